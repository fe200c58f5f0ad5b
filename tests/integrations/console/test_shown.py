"""What the desk's page makes of taps and corrections, in a browser."""

from __future__ import annotations

from sqlalchemy import Connection

from . import factory
from .gateways import Gateway
from .pages import DeskPage


def test_taps_and_corrections_say_what_they_are(desk: DeskPage, gateway: Gateway) -> None:
    tom, at = gateway.ids["tom"], gateway.container.clock.now()

    def fill(conn: Connection) -> None:
        meaning = {"intent": "gateway_choice", "entities": {"choice": "wait"}}
        factory.said(conn, tom, "Aspetto qui", at=at, kind="postback", payload=meaning)
        factory.said(conn, tom, None, at=at, kind="postback", payload=meaning)
        first = factory.told(
            conn,
            tom,
            "Arriva lunedì.",
            at=at,
            role="agent",
            author="Luca",
            corrected_text="Arriva martedì.",
            corrected_at=at,
        )
        factory.told(
            conn, tom, "Arriva martedì.", at=at, role="agent", author="Luca", corrects=first
        )

    gateway.write(fill)
    desk.log_in("it", to=f"/console/c/{tom}")
    desk.browser.until(lambda: desk.showing("tom"), "Tom's conversation")
    taps = desk.messages(".customer")[-2:]
    assert taps == ["Ha toccato un pulsante: Aspetto qui", "Ha toccato un pulsante"]
    assert "gateway_choice" not in " ".join(desk.messages())
    assert desk.messages(".agent.replaced") == ["Arriva lunedì."]
    desk.browser.see("Corretto anche per il cliente alle", "#messages .agent.replaced")
    assert desk.messages(".agent")[-1] == "Arriva martedì."
    desk.browser.see("Correzione", "#messages li.agent:last-child .by")
