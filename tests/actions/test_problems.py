"""A delivery that went wrong: telling it, from the first word on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.problem_words import kind_of
from tests.actions.conftest import CONVERSATION, perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.fake_orders import moment, order
from tests.actions.problem_form import ASK_NUMBER, ASK_PROBLEM, FORM, OPEN, hear, start


async def test_who_says_it_all_at_once_is_asked_nothing(bridge: FakeBridge) -> None:
    outcome = await start("LA-20372: manca un gomitolo", entities={"order_number": "LA-20372"})
    assert outcome.form_ended
    assert outcome.slots["case_draft"] == {
        "topic": "delivery_problem",
        "summary": "LA-20372: manca un gomitolo",
        "order_number": "LA-20372",
        "kind": "missing",
        "look": True,
        "sorry": True,
    }


@pytest.mark.parametrize(
    "text",
    ["mi è arrivato un gomitolo con un nodo", "the yarn I got smells of mould and smoke"],
)
async def test_a_story_needs_no_known_words(bridge: FakeBridge, text: str) -> None:
    outcome = await start(text)
    assert outcome.slots["problem"] == text
    assert outcome.slots["requested_slot"] == "order_number"


@pytest.mark.parametrize(
    "text",
    [
        "ho un problema con la consegna del mio ordine",
        "ho un problema con l'ordine",
        "buongiorno, c'è qualcosa che non va",
        "I have an issue with my last order",
        "I don't have an order number",
    ],
)
async def test_a_title_is_not_a_story(bridge: FakeBridge, text: str) -> None:
    assert (await start(text)).slots["requested_slot"] == "problem"


async def test_who_only_says_that_there_is_a_problem_is_asked_which(bridge: FakeBridge) -> None:
    outcome = await start("ho un problema con la consegna")
    assert outcome.slots["requested_slot"] == "problem"
    asked = await perform(ASK_PROBLEM, form=FORM, slots=outcome.slots)
    assert "con parole tue" in asked.text


async def test_an_order_named_before_is_not_asked_for(bridge: FakeBridge) -> None:
    outcome = await start("a skein is missing", slots={"order_number": "LA-20391"}, language="en")
    assert outcome.slots["case_draft"]["order_number"] == "LA-20391"


async def test_a_verified_customer_with_one_order_is_not_asked_for_it(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "paolo")
    outcome = await start("manca un gomitolo")
    assert outcome.slots["case_draft"]["order_number"] == "LA-20372"


async def test_a_verified_customer_taps_one_of_several(bridge: FakeBridge) -> None:
    bridge.people["paolo"].append(order("LA-20300", "delivered", delivered_at=moment(-60)))
    bridge.grant(CONVERSATION, "paolo")
    outcome = await start("manca un gomitolo")
    asked = await perform(ASK_NUMBER, form=FORM, slots=outcome.slots)
    assert asked.responses == ["utter_which_order"]
    assert [b["payload"] for b in asked.buttons] == [
        '/inform{"order_number": "LA-20372"}',
        '/inform{"order_number": "LA-20300"}',
        '/inform{"choice": "other_order"}',
    ]
    other = await hear(
        "order_number", "", "inform", entities={"choice": "other_order"}, slots=outcome.slots
    )
    asked = await perform(ASK_NUMBER, form=FORM, slots={**outcome.slots, **other.slots})
    assert asked.responses == ["utter_ask_problem_order_number"]


async def test_the_bridge_may_be_away_while_it_is_told(broken: Callable[[str], None]) -> None:
    broken("/v1/orders")
    outcome = await start("manca un gomitolo")
    assert outcome.slots["requested_slot"] == "order_number"
    assert outcome.signals == {}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("sono due matasse su cinque", "nlu_fallback"),
        ("bagnato", "nlu_fallback"),
        ("siete dei ladri, il pacco era aperto", "complaint"),
        ("no, il colore è sbagliato", "deny"),
        ("how do I say, the wool smells", "product_question"),
    ],
)
async def test_any_description_will_do(text: str, intent: str) -> None:
    outcome = await hear("problem", text, intent)
    assert outcome.slots["problem"] == text
    assert outcome.slots["requested_slot"] == "order_number"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("quanto costa il reso?", "return_item"), ("grazie", "thank"), ("no", "deny")],
)
async def test_what_is_no_description_is_left_to_the_rules(text: str, intent: str) -> None:
    assert (await hear("problem", text, intent)).rejected


@pytest.mark.parametrize(("text", "intent"), [("boh", "out_of_scope"), ("?", "nlu_fallback")])
async def test_no_description_is_asked_again_then_with_a_way_out(text: str, intent: str) -> None:
    first = await hear("problem", text, intent)
    assert first.slots["asking"]["mode"] == "again"
    second = await hear("problem", text, intent, slots={"asking": first.slots["asking"]})
    asked = await perform(ASK_PROBLEM, form=FORM, slots=second.slots)
    assert asked.responses == ["utter_ask_problem_way_out"]


async def test_a_number_before_the_story_is_kept(bridge: FakeBridge) -> None:
    number = {"order_number": "LA-20372"}
    outcome = await hear("problem", "LA-20372", "inform", entities=number, slots=number)
    assert outcome.slots["asking"]["mode"] == "have_number"
    assert outcome.slots["requested_slot"] == "problem"
    asked = await perform(ASK_PROBLEM, form=FORM, slots={"asking": {"mode": "have_number"}})
    assert "Il numero ce l'ho" in asked.text
    told = await hear("problem", "manca un gomitolo", slots={"order_number": "LA-20372"})
    assert told.slots["case_draft"]["order_number"] == "LA-20372"


@pytest.mark.parametrize(
    ("text", "intent", "entities"),
    [
        ("non ce l'ho", "nlu_fallback", {}),
        ("no", "deny", {}),
        ("I don't have it", "nlu_fallback", {}),
        ("", "inform", {"choice": "no_order_number"}),
    ],
)
async def test_a_case_needs_no_order_number(
    text: str, intent: str, entities: dict[str, str]
) -> None:
    outcome = await hear(
        "order_number", text, intent, entities=entities, slots={"problem": "manca un filo"}
    )
    assert outcome.form_ended
    assert outcome.slots["case_draft"]["order_number"] is None
    assert outcome.slots["case_draft"]["summary"] == "manca un filo"


@pytest.mark.parametrize(
    "text",
    [
        "ho dovuto aspettare 3 settimane",
        "I had to wait three weeks",
        "il corriere lascia tutto fuori",
    ],
)
async def test_a_story_is_neither_a_pause_nor_giving_up(text: str) -> None:
    assert (await hear("problem", text)).slots["problem"] == text


async def test_a_pause_is_granted() -> None:
    outcome = await hear("problem", "un attimo")
    assert outcome.slots["asking"]["mode"] == "patient"


async def test_what_did_not_come_is_not_the_number() -> None:
    outcome = await hear(
        "order_number", "non ho ricevuto nemmeno il rimborso", slots={"problem": "a"}
    )
    assert outcome.slots["asking"]["mode"] == "noted"


async def test_more_of_the_story_is_added() -> None:
    outcome = await hear(
        "order_number", "volevo il blu notte", slots={"problem": "colore sbagliato"}
    )
    assert outcome.slots["problem"] == "colore sbagliato\nvolevo il blu notte"
    asked = await perform(ASK_NUMBER, form=FORM, slots=outcome.slots)
    assert asked.responses == ["utter_ask_problem_order_number_noted"]


@pytest.mark.parametrize("slot", ["problem", "order_number"])
async def test_giving_up_leaves_nothing_behind(slot: str) -> None:
    outcome = await hear(slot, "lascia perdere", slots={"problem": "bagnato"})
    assert outcome.form_ended
    assert outcome.slots["case_draft"] is None
    assert outcome.responses == ["utter_form_left"]


async def test_a_story_may_begin_with_never_mind() -> None:
    story = "lascia stare, un disastro: tutto aperto e bagnato"
    outcome = await hear("problem", story, "complaint", drops=True)
    assert outcome.slots["problem"] == story
    outcome = await hear("problem", "lascia stare, ho risolto da sola", "deny", drops=True)
    assert outcome.responses == ["utter_form_left"]


async def test_the_way_out_of_the_number_can_be_tapped() -> None:
    outcome = await hear("order_number", "", "inform", entities={"choice": "give_up"})
    assert outcome.form_ended


async def test_in_public_it_goes_private(bridge: FakeBridge) -> None:
    outcome = await start("il pacco è rotto", public=True)
    assert outcome.responses == ["utter_write_privately"]
    assert outcome.form_ended
    assert (await perform(OPEN, slots=outcome.slots)).text == ""
    assert bridge.requests == []


async def test_a_complaint_that_is_explained_stays_a_complaint(bridge: FakeBridge) -> None:
    outcome = await start("", previous=("m1", "complaint"))
    assert outcome.slots["topic"] == "complaint"
    told = await hear("problem", "mi avete ignorata per mesi", slots={"topic": "complaint"})
    done = await hear(
        "order_number", "non ce l'ho", slots={**told.slots, "topic": "complaint",
                                              "requested_slot": "order_number"}
    )  # fmt: skip
    assert done.slots["case_draft"]["topic"] == "complaint"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("damaged", "il pacco è arrivato strappato"),
        ("damaged", "the wool was soaked"),
        ("missing", "mi mancano due gomitoli"),
        ("missing", "only got two skeins"),
        ("wrong", "non è il colore che ho ordinato"),
        ("wrong", "I received someone else's parcel"),
        ("not_arrived", "non mi è ancora arrivato niente"),
        ("not_arrived", "my parcel never turned up"),
        (None, "ho un problema con la consegna"),
        (None, "there is a problem with my delivery"),
    ],
)
def test_kinds_of_problem(kind: str | None, text: str) -> None:
    assert kind_of(text) == kind
