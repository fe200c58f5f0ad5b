"""The review's page in a browser, in a designer's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from ..browsing import Browser, chord

MARK = chord(Keys.CONTROL, "e")[0]
ACCEPT = chord(Keys.CONTROL, Keys.ENTER)[0]


class ReviewPage:
    """Anna's page of a gateway's review."""

    def __init__(self, browser: Browser, url: str, password: str) -> None:
        self.browser = browser
        self.url = url
        self.password = password

    def log_in(self, language: str = "it", agent: str = "Anna Neri", to: str = "") -> None:
        self.browser.log_in(self.url, agent, self.password, language=language, to=to)

    def open(self, group: str) -> None:
        """Open a group by its row."""
        self.click(f"#list a[data-id='{group}']")
        self.browser.until(lambda: self.showing(group), f"the group {group}")

    def visit(self, group: str) -> None:
        """Open a group by its address."""
        self.browser.driver.get(f"{self.url}/console/review/{group}")
        self.browser.until(lambda: self.showing(group), f"the group {group}")

    def showing(self, group: str) -> bool:
        here = self.browser.driver.current_url.endswith(f"/console/review/{group}")
        return here and self.browser.find("#messages li.case") is not None

    def look_away(self) -> None:
        """As in a tab behind others: nothing is asked for by itself."""
        self.browser.run("Object.defineProperty(document, 'hidden', { get: () => true })")

    def click(self, css: str) -> None:
        self.browser.click(css)

    def choose(self, intent: str) -> None:
        """One of the likely intents, with the mouse."""
        self.click(f"#choices [data-intent={intent}]")
        self.browser.until(lambda: self.chosen() == intent, f"{intent} chosen")

    def chosen(self) -> str | None:
        pressed = self.browser.find("#choices [aria-pressed=true]")
        return pressed.get_attribute("data-intent") if pressed else None

    def pick(self, text: str, number: int = 0) -> None:
        """Check a message with this text."""
        found = [each for each in self.all("#messages label.text") if text in each.text]
        self.browser.run("arguments[0].scrollIntoView({block: 'center'})", found[number])
        found[number].click()

    def example(self, number: int = 0) -> WebElement:
        return self.all("#examples .example textarea")[number]

    def select(self, part: str) -> None:
        """Mark a part of the first example's text, as a mouse would."""
        script = """
            const [box, part] = arguments, at = box.value.indexOf(part);
            box.focus();
            box.setSelectionRange(at, at + part.length);
            box.dispatchEvent(new Event("pointerup"));
        """
        self.browser.run(script, self.example(), part)

    def settled(self) -> None:
        """Wait until what was accepted is there."""
        self.browser.until(lambda: self.browser.find("#undo"), "the way to undo it")

    def texts(self, css: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((n) => n.textContent)"
        return [str(text) for text in self.browser.run(script, css)]

    def all(self, css: str) -> list[WebElement]:
        return self.browser.driver.find_elements(By.CSS_SELECTOR, css)

    def wait(self, css: str) -> WebElement:
        element: WebElement = self.browser.until(lambda: self.browser.find(css), css)
        return element

    def gone(self, css: str) -> None:
        self.browser.until(lambda: self.browser.find(css) is None, f"no {css}")

    def focused(self, script: str = "id") -> Any:
        return self.browser.run(f"return document.activeElement.{script}")

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
