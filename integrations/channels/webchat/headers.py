"""What every answer under /chat tells the browser: who may run, embed and read what."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.channels.webchat.config import WebChatConfig, allowed

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    # The widget's files and a conversation's pictures are shown on other sites' pages.
    "cross-origin-resource-policy": "cross-origin",
}
# Anybody may read these: they are the same for all.
_PUBLIC = ("/chat/widget.js", "/chat/static/")


class ChatHeaders:
    """Adds them to whatever answers, errors included; other paths pass untouched."""

    def __init__(self, app: ASGIApp, config: WebChatConfig) -> None:
        self.app = app
        self._config = config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _ours(scope["path"]):
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        origin = asked.get("origin")
        readable = origin is not None and allowed(self._config, origin, asked.get("host", ""))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                headers.setdefault("content-security-policy", "default-src 'none'; sandbox")
                headers.setdefault("cache-control", "no-store")
                if scope["path"].startswith(_PUBLIC):
                    headers["access-control-allow-origin"] = "*"
                else:
                    headers.add_vary_header("origin")
                    # A page that may not embed us may read just that.
                    if origin is not None and (readable or message["status"] == 403):
                        headers["access-control-allow-origin"] = origin
            await send(message)

        await self.app(scope, receive, with_headers)


def page_policy(config: WebChatConfig) -> str:
    """The content security policy of the page at /chat."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            " ".join(("frame-ancestors 'self'", *sorted(config.origins))),
            # No script of ours may turn text into markup, not even by mistake.
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _ours(path: str) -> bool:
    return path == "/chat" or path.startswith("/chat/")
