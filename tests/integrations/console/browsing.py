"""A headless Chromium, and words for what an agent does in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

PATIENCE_S = 60.0
# Whether an animation or a transition is on its way somewhere, in the page or inside an element.
# What never ends (the dots of somebody who writes) is no reason to wait.
_MOVING = """
    const inside = (root) => [
        ...root.getAnimations(),
        ...[...root.querySelectorAll("*")].flatMap((n) => n.shadowRoot ? inside(n.shadowRoot) : []),
    ];
    const moving = inside(document).some(
        (each) => ["running", "paused"].includes(each.playState)
            && each.effect.getComputedTiming().endTime !== Infinity
    );
"""
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
)


class Browser:
    """One window; `visit` starts from nothing kept."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile

    def __enter__(self) -> Browser:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        driver = shutil.which("chromedriver")
        if not chromium or not driver:
            missing = "Chromium and its driver are needed: apt-get install chromium chromium-driver"
            if os.environ.get("ASCOLTO_TEST_REQUIRE_SERVICES") == "1":
                pytest.fail(missing)
            pytest.skip(missing)
        options = Options()
        options.binary_location = chromium
        for flag in (*_FLAGS, f"--user-data-dir={self._profile}"):
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"intl.accept_languages": "it,en"})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(driver))
        self.size(1360, 860)
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.quit()

    def size(self, width: int, height: int) -> None:
        """The page's size in CSS pixels."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def prefer(self, scheme: str) -> None:
        """`light` or `dark`."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def forget(self, origin: str) -> None:
        """No cookie, nothing kept, an empty page."""
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.driver.execute_cdp_cmd(
            "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"}
        )
        self.complaints()

    def log_in(
        self, url: str, agent: str, password: str, *, language: str = "it", to: str = ""
    ) -> None:
        """Log in through the form."""
        self.driver.get(f"{url}/console/login?language={language}&to={to or '/console'}")
        self.driver.find_element(By.ID, "agent").send_keys(agent)
        self.driver.find_element(By.ID, "password").send_keys(password, Keys.ENTER)
        self.until(lambda: self.find("#list[aria-busy=false]"), "the list")

    def find(self, css: str) -> WebElement | None:
        """The first visible element."""
        for element in self.driver.find_elements(By.CSS_SELECTOR, css):
            # The page may draw anew while it is looked at.
            with contextlib.suppress(StaleElementReferenceException):
                if element.is_displayed():
                    return element
        return None

    def see(self, text: str, css: str = "body") -> None:
        """Wait until an element shows a text."""

        def shown() -> bool:
            element = self.find(css)
            return element is not None and text in element.text

        self.until(shown, f"“{text}” in {css}")

    def text(self, css: str) -> str:
        """An element's visible text, "" without one."""
        element = self.find(css)
        with contextlib.suppress(StaleElementReferenceException):
            return element.text if element is not None else ""
        return self.text(css)

    def press(self, *keys: str) -> None:
        """Type into whatever has the focus."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def focus(self) -> str:
        """The id of what has the focus, or its text."""
        element = self.driver.switch_to.active_element
        return str(element.get_attribute("id") or element.text)

    def run(self, script: str, *given: Any) -> Any:
        """Evaluate in the page."""
        return self.driver.execute_script(script, *given)

    def still(self) -> None:
        """Wait until nothing moves: for pictures, and for what looks at the page by itself."""
        self.until(lambda: self.run(_MOVING + "return !moving"), "a page on which nothing moves")

    def measure(self, script: str, *given: Any) -> Any:
        """Evaluate at a moment when nothing moves: for sizes, places and colours."""
        evaluate = f"{_MOVING} return moving ? null : [(function () {{ {script} }})(...arguments)]"
        [found] = self.until(lambda: self.run(evaluate, *given), "a page on which nothing moves")
        return found

    def complaints(self) -> list[str]:
        """What the browser logged since it was last asked: script errors, refused contents."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]

    def click(self, css: str) -> None:
        """Click what is there as soon as it stands still."""

        def done() -> bool:
            self.still()
            element = self.find(css)
            if element is None:
                return False
            element.click()
            return True

        self.until(done, f"something to click at {css}")

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait for a condition and return what it returned."""
        deadline = time.monotonic() + PATIENCE_S
        pause = threading.Event()
        while time.monotonic() < deadline:
            try:
                if found := condition():
                    return found
            except (StaleElementReferenceException, WebDriverException):
                pass
            pause.wait(0.02)
        raise AssertionError(f"never came: {what}; the page says: {self.text('body')[:2000]}")


def chord(*keys: str) -> Sequence[str]:
    """Keys pressed together."""
    return ("".join((*keys, Keys.NULL)),)
