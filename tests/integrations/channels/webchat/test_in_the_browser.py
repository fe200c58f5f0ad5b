"""The chat in Chromium: nothing lost or doubled when the network, the page or a tab goes."""

from __future__ import annotations

import asyncio
import struct
import threading
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from integrations.channels.webchat import config

from .chat_gateways import ChatGateway
from .chat_pages import ChatPage


def picture() -> bytes:
    """A small brick-red PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\x00" + b"\x8f\x3a\x2b" * 160) * 100
    header = struct.pack(">IIBBBBB", 160, 100, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_say_and_be_answered_by_bot_and_by_a_person(chat: ChatPage, gateway: ChatGateway) -> None:
    chat.visit()
    chat.say("avete la lana merino?")
    chat.see("Hai scritto: avete la lana merino?", ".row.bot .text")
    chat.say("voglio parlare con una persona")
    chat.click(".row.last .choices button")
    chat.see("aspettiamo insieme", ".row .text")
    chat.browser.until(lambda: chat.texts(".chosen") == ["Aspetto qui"], "what was chosen")
    assert chat.run(
        "return [...root.querySelectorAll('.choices button')].every((each) => each.disabled)"
    )
    gateway.agent("Ciao, sono Marta. Guarda https://www.lanificioaurora.example/it).")
    chat.see("sono Marta", ".row.agent .text")
    chat.see("Marta", ".row.agent .name")
    chat.see("Ti segue Marta", ".presence")
    link = chat.run("const a = root.querySelector('.agent a'); return [a.href, a.rel, a.target]")
    assert link == [
        "https://www.lanificioaurora.example/it",
        "noopener noreferrer nofollow",
        "_blank",
    ]


def test_reload_in_mid_conversation(chat: ChatPage, gateway: ChatGateway) -> None:
    chat.visit()
    for number in range(3):
        chat.say(f"numero {number}")
        chat.see(f"Hai scritto: numero {number}", ".row.bot .text")
    before = chat.texts()
    chat.browser.driver.refresh()
    chat.browser.until(lambda: chat.texts() == before, "the same conversation")
    chat.say("numero 3")
    chat.see("Hai scritto: numero 3", ".row.bot .text")
    assert [text for _, text in gateway.said()] == [f"numero {n}" for n in range(4)]


def test_reload_before_the_acknowledgement_loses_and_doubles_nothing(
    chat: ChatPage, gateway: ChatGateway
) -> None:
    chat.visit()
    chat.say("prima")
    chat.see("Hai scritto: prima", ".row.bot .text")
    for number in range(5):
        chat.say(f"di corsa {number}")
        chat.browser.driver.refresh()
        chat.browser.until(lambda: chat.find("textarea"), "the box")
    chat.see("Hai scritto: di corsa 4", ".row.bot .text")
    assert [text for _, text in gateway.said()] == ["prima", *(f"di corsa {n}" for n in range(5))]


def test_what_is_written_without_a_network_goes_out_later_in_order(
    chat: ChatPage, gateway: ChatGateway
) -> None:
    chat.visit()
    chat.say("con la rete")
    chat.see("Hai scritto: con la rete", ".row.bot .text")
    with chat.offline():
        chat.see("Sei offline", ".banner")
        chat.say("senza rete uno")
        chat.say("senza rete due")
        chat.see("Parte appena torni in rete", ".under")
        assert len(gateway.said()) == 1
        gateway_says = gateway.container.bus.publish
        gateway_says("resync")
    chat.see("Hai scritto: senza rete due", ".row.bot .text")
    chat.browser.until(lambda: chat.texts(".banner") == [], "the word that it's over")
    assert [text for _, text in gateway.said()] == [
        "con la rete",
        "senza rete uno",
        "senza rete due",
    ]
    mine = chat.texts(".row.customer .text")
    assert mine == ["con la rete", "senza rete uno", "senza rete due"]


def test_written_offline_and_reloaded_online_still_goes_out(
    chat: ChatPage, gateway: ChatGateway
) -> None:
    chat.visit()
    chat.say("prima")
    chat.see("Hai scritto: prima", ".row.bot .text")
    with chat.offline():
        chat.see("Sei offline", ".banner")
        chat.say("in galleria")
    chat.visit()
    chat.see("Hai scritto: in galleria", ".row.bot .text")
    assert [text for _, text in gateway.said()] == ["prima", "in galleria"]


def test_two_tabs_are_one_conversation(chat: ChatPage, gateway: ChatGateway) -> None:
    driver = chat.browser.driver
    chat.visit()
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    try:
        chat.visit()
        chat.say("dalla seconda")
        chat.see("Hai scritto: dalla seconda", ".row.bot .text")
        driver.switch_to.window(first)
        chat.see("Hai scritto: dalla seconda", ".row.bot .text")
        chat.say("dalla prima")
        chat.see("Hai scritto: dalla prima", ".row.bot .text")
        driver.switch_to.window(driver.window_handles[-1])
        chat.see("Hai scritto: dalla prima", ".row.bot .text")
        assert chat.texts(".row.customer .text") == ["dalla seconda", "dalla prima"]
        driver.close()
    finally:
        driver.switch_to.window(first)
    assert [text for _, text in gateway.said()] == ["dalla seconda", "dalla prima"]


def test_files_both_ways_and_what_is_refused(
    chat: ChatPage, gateway: ChatGateway, tmp_path: Path
) -> None:
    (tmp_path / "matassa <b>.png").write_bytes(picture())
    (tmp_path / "virus.pdf").write_bytes(b"MZ\x90\x00" + b"\x00" * 100)
    chat.visit()
    choose = chat.run(
        "const input = root.querySelector('input[type=file]'); input.hidden = false; return input"
    )
    choose.send_keys(str(tmp_path / "virus.pdf"))
    chat.see("virus.pdf non va bene", ".word")
    choose.send_keys(str(tmp_path / "matassa <b>.png"))
    chat.see("matassa <b>.png", ".chip .name")
    chat.browser.until(lambda: chat.find(".chip:not(.busy)"), "the file is there")
    chat.say("ecco la matassa")
    loaded = (
        "const image = root.querySelector('.row.customer img');"
        "return image && image.complete && image.naturalWidth"
    )
    chat.browser.until(lambda: chat.run(loaded) == 160, "the picture")
    chat.see("Hai scritto: ecco la matassa", ".row.bot .text")
    chat.gone(".chip")
    chat.browser.driver.refresh()
    chat.browser.until(lambda: chat.run(loaded) == 160, "the picture again")


def test_hostile_words_are_only_words(chat: ChatPage, gateway: ChatGateway) -> None:
    hostile = (
        "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>",
        "javascript:alert(1) data:text/html,x https://ok.example/a?b=(c) http://user@evil.example",
        "\u202egnp.exe \u202d\u2066 rovesciato",
        "parola" * 300,
    )
    gateway.bot.on_message = lambda message: {"intent": "greet", "text": message["text"]}
    chat.visit()
    for text in hostile:
        chat.run("root.querySelector('textarea').value = arguments[0]", text)
        chat.write(" ", Keys.ENTER)
    chat.browser.until(lambda: len(chat.texts(".row.bot .text")) == len(hostile), "the echoes")
    assert chat.browser.run("return window.pwned ?? null") is None
    assert (
        chat.run("return root.querySelectorAll('.log :is(script, img, form, iframe)').length") == 0
    )
    links = chat.run("return [...root.querySelectorAll('.customer a')].map((a) => a.href)")
    assert links == ["https://ok.example/a?b=(c)", "http://user@evil.example/"]
    wide = "const log = root.querySelector('.log'); return log.scrollWidth <= log.clientWidth"
    assert chat.measure(wide)


def test_forgetting_leaves_nothing_in_the_browser(chat: ChatPage, gateway: ChatGateway) -> None:
    chat.visit("en")
    chat.say("hello there")
    chat.see("hello there", ".row.bot .text")
    chat.click(".forget")
    chat.click(".sure .pill")
    chat.browser.until(lambda: chat.texts(".row .text") == [], "an empty log")
    chat.see("Hello! How can we help?", ".greeting")
    kept = chat.browser.run("return JSON.stringify(localStorage)")
    assert "hello there" not in kept
    chat.say("somebody else")
    chat.see("somebody else", ".row.bot .text")
    assert "hello there" not in " ".join(chat.texts())


def test_what_can_not_be_sent_comes_back_to_be_changed(
    chat: ChatPage, gateway: ChatGateway
) -> None:
    chat.visit()
    chat.run("root.querySelector('textarea').value = '\\u200b\\u2060'")
    chat.write(" x", Keys.BACK_SPACE, Keys.ENTER)
    chat.see("Non inviato", ".under.bad")
    chat.click(".under.bad button")
    chat.gone(".under.bad")
    chat.run("const box = root.querySelector('textarea'); box.value = 'a'.repeat(4001)")
    chat.write("b")
    chat.see("2 caratteri di troppo", ".word")
    chat.write(Keys.ENTER)
    assert gateway.said() == []
    chat.write(Keys.BACK_SPACE, Keys.BACK_SPACE, Keys.ENTER)
    chat.see("Hai scritto: aaa", ".row.bot .text")


def test_a_session_that_is_over_begins_anew_and_takes_along_what_waits(
    chat: ChatPage, gateway: ChatGateway
) -> None:
    chat.visit()
    chat.say("prima")
    chat.see("Hai scritto: prima", ".row.bot .text")
    with chat.offline():
        chat.see("Sei offline", ".banner")
        chat.say("aspetta qui")
        chat.browser.run(
            "for (const key of Object.keys(localStorage))"
            "  if (key.endsWith(':token')) localStorage.setItem(key, 'eyJjIjoidzAifQ.x')"
        )
    chat.see("Hai scritto: aspetta qui", ".row.bot .text")
    assert [text for _, text in gateway.said()] == ["prima", "aspetta qui"]
    # It is another conversation now: nothing of the old one is shown.
    assert chat.texts(".row.customer .text") == ["aspetta qui"]


def test_dots_while_the_bot_works(chat: ChatPage, gateway: ChatGateway) -> None:
    chat.visit()
    chat.say("prima")
    chat.see("Hai scritto: prima", ".row.bot .text")
    working = threading.Event()

    async def slowly(request: dict[str, Any]) -> dict[str, Any]:
        await asyncio.to_thread(working.wait, 60)
        return await gateway.bot.turn(request)

    dialogue: Any = gateway.container.worker._steps._dialogue
    dialogue._care = SimpleNamespace(turn=slowly, void_turn=gateway.bot.void_turn)
    chat.say("pensaci bene")
    dots = "const dots = root.querySelector('.typing'); return !dots.hidden && dots.ariaLabel"
    chat.browser.until(lambda: chat.run(dots) == "Il bot sta scrivendo", "the dots")
    working.set()
    chat.see("Hai scritto: pensaci bene", ".row.bot .text")
    chat.browser.until(lambda: chat.run(dots) is False, "no dots")


def test_a_queue_longer_than_the_rate_goes_out_whole_and_in_order(
    chat: ChatPage, gateway: ChatGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "MESSAGES_PER_SESSION", config.Limit(4, 2))
    chat.visit()
    chat.say("prima")
    chat.see("Hai scritto: prima", ".row.bot .text")
    with chat.offline():
        chat.see("Sei offline", ".banner")
        for number in range(9):
            chat.say(f"numero {number}")
    chat.see("Hai scritto: numero 8", ".row.bot .text")
    assert [text for _, text in gateway.said()] == ["prima", *(f"numero {n}" for n in range(9))]


def test_the_desk_sees_whom_it_has_and_what_was_read(chat: ChatPage, gateway: ChatGateway) -> None:
    browser, driver = chat.browser, chat.browser.driver
    chat.visit()
    chat.say("voglio parlare con una persona")
    chat.see("Ho chiamato una persona", ".row .text")
    gateway.agent("Ciao, sono Marta.")
    chat.see("sono Marta", ".row.agent .text")
    customer = driver.current_window_handle
    driver.switch_to.new_window("tab")
    try:
        password = gateway.container.settings.operator_password.get_secret_value()
        browser.size(1360, 860)
        place = f"/console/c/{gateway.conversation_id()}"
        browser.log_in(gateway.url, "Marta", password, to=place)
        browser.see("Visitatore ", "#list")
        browser.see("Letto", "#messages")
        driver.close()
    finally:
        driver.switch_to.window(customer)
