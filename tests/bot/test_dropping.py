"""What drops an open form and goes on: where it is cut, and when it stays whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.care import dropping
from bot.care.not_ready import NotReady
from bot.care.requests import IncomingMessage, Payload
from bot.nlu.wishes import MOST_CHARACTERS
from tests.bot.conftest import Actions, Body, Bot

COST = "quanto costa la spedizione?"


def message(**fields: Any) -> IncomingMessage:
    values = {"id": "m1", "text": "", "payload": None, "language": "it", "at": 0.0, **fields}
    return IncomingMessage(**values)


def tracker(form: str | None, **slots: Any) -> DialogueStateTracker:
    events = [ActiveLoop(form)] if form else []
    return DialogueStateTracker.from_events("c1", [*events, *(SlotSet(*s) for s in slots.items())])


@pytest.mark.parametrize(
    "begins",
    [
        "lascia stare,",
        "Lascia stare!!!",
        "LASCIA PERDERE.",
        "lasciate stare;",
        "lasci perdere -",
        "lasciamo stare…",
        "lascia stare ma",
        "lascia stare, però",
        "lascia stare e",
        "lascia stare\n",
        "lascia stare 🙄",
        "lascia stare grazie,",
        "no no lascia stare...",
        "vabbè lascia stare,",
        "vabbe' lascia stare,",
        "uffa, che palle, lascia perdere va,",
        "non ce l'ho, lascia stare.",
        "non ce l ho qui lascia stare,",
        "come non detto:",
        "never mind,",
        "Nevermind!",
        "nvm,",
        "never mind but",
        "oh just forget it.",
        "dont bother,",
        "don’t bother,",
        "I can't find it, never mind.",
        "ffs forget about it,",
        "well, never mind then -",
    ],
)
def test_plain_words_that_drop_it_are_cut_off(begins: str) -> None:
    found = dropping.led(f"{begins} {COST}")
    assert found is not None
    assert found.rest == COST
    assert begins.startswith(found.words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lascia stare",
        "lascia stare!",
        "lascia stare quanto costa la spedizione?",
        "lascia stare il corriere, quanto costa la spedizione?",
        "lasciate stare il corriere, ditemi quando arriva",
        "lasciatelo al vicino, quando arriva?",
        "non lasciar stare, quanto costa la spedizione?",
        "non lasciate stare, quanto costa la spedizione?",
        "non lascio perdere, quanto costa la spedizione?",
        "mi hanno detto lascia stare, ma quanto costa la spedizione?",
        "quanto costa la spedizione? lascia stare",
        "basta così, quanto costa la spedizione?",
        "annulla, quanto costa la spedizione?",
        "no, quanto costa la spedizione?",
        "never mind the delay, how much is shipping?",
        "never mind how long it takes, how much is shipping?",
        "don't forget it, how much is shipping?",
        "I never mind, how much is shipping?",
        "leave it, please, with the neighbour",
        "lascia stare, " + "e poi " * MOST_CHARACTERS,
    ],
)
def test_anything_less_plain_stays_whole(text: str) -> None:
    assert dropping.led(text) is None


def test_it_only_counts_for_what_is_typed_into_a_form() -> None:
    text = f"lascia stare, {COST}"
    assert dropping.in_form(message(), text, tracker("order_status_form")) is not None
    assert dropping.in_form(message(), text, tracker(None)) is None
    tapped = message(payload=Payload("deny", {}))
    assert dropping.in_form(tapped, text, tracker("order_status_form")) is None
    assert dropping.in_form(message(part=2), text, tracker("order_status_form")) is None


READ = {
    COST: ("shipping_info", 0.99),
    "mi serve la fattura": ("invoice_request", 0.9),
    "me lo tengo": ("return_item", 0.65),
    "avete gomitoli di seta": ("availability", 0.5),
    "avete il coso per i pompon": ("nlu_fallback", 0.7),
    "il coso per i pompon?": ("nlu_ambiguous", 0.5),
    "chiedo a mia figlia": ("out_of_scope", 0.8),
    "il pacco l'ha preso mio marito": ("parcel_missing", 0.95),
    "ho visto, arriva domani": ("order_status", 0.97),
    "grazie": ("thank", 1.0),
    "ok?": ("affirm", 0.9),
    "era quello blu": ("correct", 0.9),
    "LA-20398": ("inform", 1.0),
    "voglio una persona": ("talk_to_human", 0.99),
}


async def read(text: str) -> dict[str, Any]:
    name, confidence = READ.get(text, ("complaint", 0.5))
    return {"intent": {"name": name, "confidence": confidence}}


@pytest.mark.parametrize(
    ("rest", "wished"),
    [
        (COST, COST),
        ("mi serve la fattura", "mi serve la fattura"),
        ("mi fate perdere tempo. mi serve la fattura", "mi serve la fattura"),
        ("avete gomitoli di seta", "avete gomitoli di seta"),
        ("avete il coso per i pompon", "avete il coso per i pompon"),
        ("il coso per i pompon?", "il coso per i pompon?"),
        ("me lo tengo", None),
        ("chiedo a mia figlia", None),
        ("il pacco l'ha preso mio marito", None),
        ("grazie", None),
        ("ok?", None),
        ("era quello blu", None),
        ("LA-20398", None),
    ],
)
async def test_what_follows_is_answered_where_it_is_a_wish(rest: str, wished: str | None) -> None:
    assert await dropping.wish(rest, read, "deny", frozenset()) == wished


async def test_whoever_asks_for_a_person_keeps_what_was_gathered() -> None:
    assert await dropping.wish("voglio una persona", read, "talk_to_human", frozenset()) is None
    # Where the whole doesn't read so, the person is called all the same.
    assert await dropping.wish("voglio una persona", read, "deny", frozenset()) is not None


@pytest.mark.parametrize(
    ("form", "slots", "own"),
    [
        ("order_status_form", {}, True),
        ("order_status_form", {"matter": "return_item"}, False),
        ("request_form", {}, False),
    ],
)
async def test_what_the_form_is_there_for_is_no_other_wish(
    form: str, slots: dict[str, str], own: bool
) -> None:
    heard = dropping.heard_by(tracker(form, **slots))
    assert (await dropping.wish("ho visto, arriva domani", read, "deny", heard) is None) is own


def test_a_form_about_problems_hears_every_problem() -> None:
    assert "parcel_late" in dropping.heard_by(tracker("delivery_problem_form"))


def test_the_first_part_is_a_tap_that_gives_up() -> None:
    whole = message(text=f"lascia stare, {COST}", attachments=1)
    first, second = dropping.halves(whole, "lascia stare", COST)
    assert first.payload == Payload("inform", {"choice": "give_up"})
    assert (first.id, first.text, first.part) == ("m1", "lascia stare", 1)
    assert (second.id, second.text, second.part, second.payload) == ("m1/2", COST, 2, None)


@pytest.mark.parametrize(
    "content", ["", "[]", "it: {}", "it: {phrases: [no]}", "it: {phrases: x", "it: [a]"]
)
def test_a_file_that_cannot_be_used_stops_the_start(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dropping.yml"
    path.write_text(content, "utf-8")
    with pytest.raises(NotReady, match=r"dropping\.yml"):
        dropping.prepare(path)


async def test_a_turn_drops_and_answers(bot: Bot, actions: Actions) -> None:
    def gives_up(body: Body) -> Body | None:
        chosen = [e["value"] for e in body["tracker"]["latest_message"]["entities"]]
        left = {"topic": "other", "requested_slot": None}
        events = [{"event": "slot", "name": name, "value": value} for name, value in left.items()]
        return {"events": events, "responses": []} if "give_up" in chosen else None

    actions.behave = gives_up
    await bot.say("dov'è il mio ordine?")
    answer = await bot.say("lascia stare, come si lava la lana merino?")
    assert [reply["text"] for reply in answer["replies"]] == ["Ecco None.\n\nSi lava a mano."]
    assert answer["active_form"] is None
    [understood] = answer["nlu"]
    assert understood["message_id"] == "t2m0"
    assert understood["intent"] == understood["ranking"][0]["intent"] == "product_question"
    assert understood["also"] == {"intent": "inform", "confidence": 1.0}
    assert understood["rejected"] is False
    # Without a wish it stays whole, and the form is told how it begins.
    await bot.say("dov'è il mio ordine?")
    await bot.say("lascia stare, grazie")
    metadata = actions.calls[-1]["tracker"]["latest_message"]["metadata"]
    assert (metadata["drops"], metadata["more_to_come"]) == (True, False)
