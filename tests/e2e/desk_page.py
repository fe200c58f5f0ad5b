"""What an agent does on the console's page, in a browser."""

from __future__ import annotations

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from ops.system import System
from tests.integrations.console.browsing import Browser, chord


class DeskPage:
    """One agent in one browser window, from log-in on; only what can be seen is used."""

    def __init__(self, browser: Browser, system: System, agent: str, language: str) -> None:
        self.browser = browser
        browser.forget(system.gateway_url)
        browser.log_in(
            system.gateway_url, agent, system.secret("OPERATOR_PASSWORD"), language=language
        )

    def waiting(self, name: str) -> WebElement:
        """The row of somebody who waits for a person."""
        rows = "section[aria-labelledby=section-waiting] a.row"

        def found() -> WebElement | None:
            for row in self.browser.driver.find_elements(By.CSS_SELECTOR, rows):
                if name in row.text:
                    return row
            return None

        row: WebElement = self.browser.until(found, f"{name} among those who wait")
        return row

    def open(self, name: str) -> None:
        """Open the conversation of somebody who waits."""

        def opened() -> bool:
            self.waiting(name).click()
            return True

        self.browser.until(opened, f"the row of {name}")
        self.browser.see(name, "#conversation-title")

    def card(self) -> str:
        """The card's text."""
        return self.browser.text("#card")

    def transcript(self) -> list[str]:
        """What stands in the conversation, oldest first, one text an entry."""
        entries = "[...document.querySelectorAll('#messages > li.message')]"
        return [str(each) for each in self.browser.run(f"return {entries}.map((n) => n.innerText)")]

    def claim(self) -> None:
        self._press("claim")
        self.browser.until(lambda: self.browser.find("#reply-form"), "the box for a reply")

    def reply(self, text: str) -> None:
        self._press("reply-tab")
        self._write("reply", text)

    def note(self, text: str) -> None:
        self._press("note-tab")
        self._write("note", text)

    def return_to_bot(self, word: str) -> None:
        self._close("return", word)

    def resolve(self, word: str) -> None:
        self._close("resolve", word)

    def _press(self, button: str) -> None:
        def pressed() -> bool:
            found = self.browser.find(f"#{button}")
            if found is not None:
                found.click()
            return found is not None

        self.browser.until(pressed, f"the button {button}")

    def _write(self, kind: str, text: str) -> None:
        box = self.browser.until(lambda: self.browser.find(f"#{kind}-text"), f"the {kind}'s box")
        box.send_keys(text, *chord(Keys.CONTROL, Keys.ENTER))
        self.browser.see(text, "#messages")

    def _close(self, action: str, word: str) -> None:
        self._press(action)
        box = self.browser.until(lambda: self.browser.find("#word"), "the box for a word")
        box.send_keys(word, *chord(Keys.CONTROL, Keys.ENTER))
        self.browser.until(lambda: not self.browser.find("#ask"), "the question is gone")
