"""What a newcomer does on the simulators' page, in a browser; only what can be seen is used."""

from __future__ import annotations

from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from tests.care import until
from tests.integrations.console.browsing import Browser


class SimulatorsPage:
    """The customer's chat and the agents' channel."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        browser.driver.get(url)
        until(lambda: browser.text("#status") == "Ascolto is connected", "both are connected")
        # What an earlier test, or the same one before, has left in the channel.
        self._earlier = len(self._texts("#channel .post"))

    # -- the customer ------------------------------------------------------------------------------

    def be(self, customer: str) -> None:
        self._choose("customer", customer)

    def say(self, text: str) -> None:
        """Write, and see it in the chat."""
        self._find("#say-text").send_keys(text, Keys.ENTER)
        self.told(text)

    def answered(self, text: str) -> str:
        """Write, and wait for the bot's next words."""
        before = len(self.heard())
        self.say(text)
        until(lambda: len(self.heard()) > before, f"an answer to {text!r}")
        return self.heard()[-1]

    def told(self, text: str) -> None:
        """Wait until the chat shows it."""
        until(lambda: any(text in each for each in self.chat()), f"{text!r} in the chat")

    def chat(self) -> list[str]:
        return self._texts("#chat .bubble")

    def heard(self) -> list[str]:
        """What the customer was told, buttons included, oldest first."""
        return self._texts("#chat .bubble.bot")

    def correct_last(self, text: str) -> None:
        """Change the customer's newest message."""
        self._click_newest("#chat .own .link")
        box = self._find("#say-text")
        box.clear()
        box.send_keys(text, Keys.ENTER)
        self.told(text)

    def send_picture(self) -> None:
        self._find("#picture").click()
        until(lambda: self.browser.find("#chat .own img"), "the picture in the chat")

    # -- the agent ---------------------------------------------------------------------------------

    def work_as(self, agent: str) -> None:
        self._choose("agent", agent)

    def card(self, text: str) -> str:
        """Wait until the newest card says it; the card's text."""

        def cards() -> list[str]:
            return self._texts("#channel .post")[self._earlier :]

        until(lambda: text in (cards() or [""])[-1], f"{text!r} on the card")
        return cards()[-1]

    def press(self, action: str, place: str = "#channel") -> None:
        """Click the newest button of this action, once it is there."""
        self._click_newest(f'{place} [data-action="{action}"]')

    def post(self, text: str) -> None:
        """Write in the thread."""
        self._find("#post-text").send_keys(text, Keys.ENTER)
        self.in_thread(text.removeprefix("!"))

    def in_thread(self, text: str) -> str:
        """Wait until something in the thread says it; the newest such message."""

        def found() -> list[str]:
            return [each for each in self._texts("#thread .post") if text in each]

        return str(until(found, f"{text!r} in the thread")[-1])

    def tool(self, text: str, name: str) -> None:
        """Use the menu of the message with this text."""

        def used() -> bool:
            for post in self._all("#thread .post"):
                try:
                    if text in post.text and "APP" not in post.text:
                        post.find_element(By.CSS_SELECTOR, f'[data-tool="{name}"]').click()
                        return True
                except WebDriverException:
                    return False
            return False

        until(used, f"{name} of {text!r}")

    def fill_in(self, text: str) -> None:
        """Write into the modal that is open and submit it."""
        box = until(lambda: self.browser.find("#modal textarea"), "a modal to write in")
        box.send_keys(text)
        self._find('#modal [data-modal="submit"]').click()
        until(lambda: not self.browser.find("#modal"), "the modal is gone")

    # -- both --------------------------------------------------------------------------------------

    def fail_next(self, where: str, kind: str) -> None:
        """Let the next message go wrong."""
        self._find("#faults summary").click()
        self._find(f'#faults [data-where="{where}"][data-kind="{kind}"]').click()
        until(lambda: "to come" in self.browser.text("#faults-waiting"), "the fault waits")
        self._find("#faults summary").click()

    def _click_newest(self, css: str) -> None:
        def clicked() -> bool:
            found = self._all(css)
            try:
                found[-1].click()
            except (IndexError, WebDriverException):
                # Not there yet, just replaced, or covered by what is about to go.
                return False
            return True

        until(clicked, f"something to click at {css}")

    def _choose(self, select: str, text: str) -> None:
        box = Select(self._find(f"#{select}"))
        [wanted] = [option for option in box.options if text in option.text]
        box.select_by_visible_text(wanted.text)

    def _find(self, css: str) -> WebElement:
        found: WebElement = until(lambda: self.browser.find(css), css)
        return found

    def _all(self, css: str) -> list[Any]:
        return list(self.browser.driver.find_elements(By.CSS_SELECTOR, css))

    def _texts(self, css: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((n) => n.innerText)"
        return [str(text) for text in self.browser.run(script, css)]
