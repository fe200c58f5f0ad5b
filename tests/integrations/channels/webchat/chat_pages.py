"""The chat in a browser, in a customer's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selenium.webdriver.common.keys import Keys

from tests.integrations.console.browsing import Browser

from .chat_gateways import ChatGateway

_INSIDE = "const root = document.querySelector('ascolto-chat').shadowRoot;"


class ChatPage:
    """Looks into the chat's shadow root."""

    def __init__(self, browser: Browser, gateway: ChatGateway) -> None:
        self.browser = browser
        self.gateway = gateway

    def visit(self, language: str = "it", url: str = "") -> None:
        """Open the page and wait until the chat can be written to."""
        self.browser.driver.get(url or f"{self.gateway.url}/chat?language={language}")
        self.browser.until(lambda: self.run("return root.querySelector('textarea') !== null"), "it")

    def run(self, script: str, *given: Any) -> Any:
        """Evaluate with `root`, the chat's inside."""
        return self.browser.run(_INSIDE + script, *given)

    def measure(self, script: str, *given: Any) -> Any:
        """Evaluate with `root` when nothing moves: for sizes, places and colours."""
        return self.browser.measure(_INSIDE + script, *given)

    def write(self, text: str, *keys: str) -> None:
        """Into the box, then keys."""
        box = self.run("return root.querySelector('textarea')")
        box.send_keys(text, *keys)

    def say(self, text: str) -> None:
        """Write and send."""
        self.write(text, Keys.ENTER)

    def click(self, css: str) -> None:
        """What a mouse would, once the element stands still."""

        def done() -> bool:
            self.browser.still()
            element = self.find(css)
            if element is not None:
                element.click()
            return element is not None

        self.browser.until(done, f"something to click at {css}")

    def find(self, css: str) -> Any:
        """The first such element inside."""
        return self.run("return root.querySelector(arguments[0])", css)

    def texts(self, css: str = ".row .text") -> list[str]:
        """What the visible elements say, in order."""
        found: list[str] = self.run(
            "return [...root.querySelectorAll(arguments[0])]"
            ".filter((node) => node.checkVisibility()).map((node) => node.textContent)",
            css,
        )
        return found

    def see(self, text: str, css: str = ".row .text") -> None:
        """Wait until such an element says it."""
        self.browser.until(
            lambda: any(text in each for each in self.texts(css)), f"“{text}” in {css}"
        )

    def gone(self, css: str) -> None:
        """Wait until there is no such element."""
        self.browser.until(lambda: self.find(css) is None, f"no {css}")

    def focused(self, name: str) -> None:
        """Wait until this has the focus (see `focus`)."""
        self.browser.until(lambda: self.focus() == name, f"the focus on “{name}”")

    def focus(self) -> str:
        """What has the focus inside: its name for who listens, else its class."""
        found: str = self.run(
            "const at = root.activeElement;"
            "return at ? at.getAttribute('aria-label') ?? at.textContent : ''"
        )
        return found

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Without a network while inside."""
        self._network(offline=True)
        try:
            yield
        finally:
            self._network(offline=False)

    def _network(self, *, offline: bool) -> None:
        driver = self.browser.driver
        driver.execute_cdp_cmd("Network.enable", {})
        driver.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
        )
