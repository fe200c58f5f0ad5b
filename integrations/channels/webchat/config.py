"""What the web chat allows, from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from runtime.settings import Settings

CHANNEL = "webchat"
ACCOUNT = "default"

# A customer's message; an essay is not a chat.
MAX_TEXT = 4000
MAX_FILES = 5
MAX_FILE_BYTES = 10 * 1024 * 1024
FILES_PATH = "/chat/files"
# With what a form adds around its file.
LARGEST_UPLOAD = MAX_FILE_BYTES + 64 * 1024
# 4,000 characters, each as six bytes of JSON, with five files' receipts.
MAX_FRAME_BYTES = 64 * 1024
IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
ACCEPTED = IMAGES | {"application/pdf"}


@dataclass(frozen=True)
class Limit:
    """So many in a window of so many seconds."""

    uses: int
    window_s: int


MESSAGES_PER_SESSION = Limit(20, 10)
# Whole offices share an address.
MESSAGES_PER_NETWORK = Limit(200, 10)
SESSIONS_PER_NETWORK = Limit(30, 60)
SOCKETS_PER_NETWORK = Limit(120, 60)
FILES_PER_SESSION = Limit(10, 60)
FILES_PER_NETWORK = Limit(60, 60)
FRAMES_PER_SOCKET = Limit(100, 10)
SOCKETS_PER_SESSION = 10


@dataclass(frozen=True)
class WebChatConfig:
    """`origins`: pages elsewhere that may embed the widget, as `scheme://host[:port]`."""

    company: str
    privacy_url: str
    language: str
    origins: frozenset[str]
    secure: bool

    @classmethod
    def of(cls, settings: Settings) -> WebChatConfig:
        """Raises ValueError that names an origin which isn't one."""
        given = [part.strip() for part in settings.webchat_origins.split(",") if part.strip()]
        origins = {origin(part) for part in given}
        if settings.public_url:
            origins.add(origin(settings.public_url))
        return cls(
            company=settings.company,
            privacy_url=settings.privacy_url,
            language=settings.default_language,
            origins=frozenset(origins),
            secure=settings.public_url.startswith("https://"),
        )


def origin(address: str) -> str:
    """The origin of an address as browsers write it. Raises ValueError."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"ASCOLTO_WEBCHAT_ORIGINS: {address!r} is not like https://shop.example")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return f"{parts.scheme}://{host}{port}"


def allowed(config: WebChatConfig, given: str | None, host: str) -> bool:
    """Whether a page of origin `given` may talk to us under the name `host`.

    Browsers always name the origin; who doesn't is a program, which no page can make us trust.
    """
    if given is None:
        return True
    try:
        known = origin(given)
    except ValueError:
        return False
    return known in config.origins or known in (_own("http", host), _own("https", host))


def _own(scheme: str, host: str) -> str | None:
    try:
        return origin(f"{scheme}://{host}")
    except ValueError:
        return None
