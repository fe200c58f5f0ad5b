"""The desk's page in a browser, in an agent's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from .browsing import Browser
from .gateways import Gateway

SEND = Keys.CONTROL + Keys.ENTER + Keys.NULL


class DeskPage:
    """Marta's page of a gateway."""

    def __init__(self, browser: Browser, gateway: Gateway, password: str) -> None:
        self.browser = browser
        self.gateway = gateway
        self.password = password

    def log_in(self, language: str = "it", agent: str = "Marta", to: str = "") -> None:
        self.browser.log_in(self.gateway.url, agent, self.password, language=language, to=to)

    def open(self, name: str) -> None:
        """Open one of the scene's conversations by its row."""
        row = f"#list a[data-id={self.gateway.ids[name]}]"
        self.browser.until(lambda: self.browser.find(row), f"the row of {name}")
        self.click(row)
        self.browser.until(lambda: self.showing(name), f"the conversation of {name}")

    def visit(self, name: str) -> None:
        """Open one of the scene's conversations by its address."""
        self.browser.driver.get(f"{self.gateway.url}/console/c/{self.gateway.ids[name]}")
        self.browser.until(lambda: self.showing(name), f"the conversation of {name}")

    def showing(self, name: str) -> bool:
        here = self.browser.driver.current_url.endswith(f"/console/c/{self.gateway.ids[name]}")
        return here and self.browser.find("#messages li.message") is not None

    def claim(self) -> None:
        self.click("#claim")
        self.browser.until(lambda: self.browser.find("#reply-text"), "the reply box")

    def click(self, css: str) -> None:
        self.browser.click(css)

    def write(self, css: str, text: str, *keys: str) -> None:
        element = self.browser.until(lambda: self.browser.find(css), css)
        element.send_keys(text, *keys)

    def gone(self, css: str) -> None:
        """Wait until nothing of it is seen."""
        self.browser.until(lambda: self.browser.find(css) is None, f"no {css}")

    def emptied(self, css: str) -> None:
        """Wait until a box holds nothing: what was sent is seen before its answer is back."""
        self.browser.until(lambda: self.value(css) == "", f"an empty box at {css}")

    def value(self, css: str) -> str:
        element = self.browser.driver.find_element(By.CSS_SELECTOR, css)
        return str(element.get_property("value"))

    def messages(self, css: str = "") -> list[str]:
        """The shown messages' texts."""
        found = self.browser.run(
            "return [...document.querySelectorAll(`#messages li.message${arguments[0]} .text`)]"
            ".map((node) => node.textContent)",
            css,
        )
        return [str(text) for text in found]

    def told_customer(self, name: str) -> list[str]:
        """What agents wrote that the customer sees."""
        return [m["text"] for m in self.gateway.customer_sees(name) if m["role"] == "agent"]

    @contextmanager
    def offline(self) -> Iterator[None]:
        """No network meanwhile."""
        given = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.browser.driver.execute_cdp_cmd("Network.enable", {})
        command = "Network.emulateNetworkConditions"
        self.browser.driver.execute_cdp_cmd(command, {"offline": True, **given})
        try:
            yield
        finally:
            self.browser.driver.execute_cdp_cmd(command, {"offline": False, **given})
