"""A delivery that went wrong: from the first word to a case with a reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.problem_words import kind_of
from tests.actions.conftest import CONVERSATION, Outcome, perform
from tests.actions.fake_bridge import FakeBridge, day, moment, order

FORM = "delivery_problem_form"
VALIDATE = f"validate_{FORM}"
ASK_PROBLEM = f"action_ask_{FORM}_problem"
ASK_NUMBER = f"action_ask_{FORM}_order_number"
OPEN = "action_open_case"


async def start(text: str, **options: Any) -> Outcome:
    """The message that starts the form."""
    return await perform(VALIDATE, text, "order_problem", form=FORM, starts=True, **options)


async def hear(slot: str, text: str, intent: str = "nlu_fallback", **options: Any) -> Outcome:
    """A message while `slot` is asked for."""
    slots = {"requested_slot": slot, **options.pop("slots", {})}
    return await perform(VALIDATE, text, intent, form=FORM, slots=slots, **options)


# Telling it


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


# The case

DRAFT = {"topic": "delivery_problem", "summary": "bagnato", "order_number": None, "kind": "damaged"}


async def test_a_case_is_opened_and_named(bridge: FakeBridge) -> None:
    outcome = await perform(OPEN, slots={"case_draft": DRAFT})
    assert "pratica C-7K2M2" in outcome.text
    assert outcome.signals == {"problem": {"topic": "delivery_problem"}}
    assert outcome.report["effect"] == {
        "it": "Ha aperto la pratica C-7K2M2",
        "en": "Opened case C-7K2M2",
    }
    [request] = bridge.calls("POST", "/v1/cases")
    assert request["key"] == "t1:m2:action_open_case:1"
    assert "order_number" not in request["body"]
    assert outcome.slots["case_draft"] is None


async def test_a_repeated_turn_opens_one_case(bridge: FakeBridge) -> None:
    first = await perform(OPEN, slots={"case_draft": DRAFT})
    again = await perform(OPEN, slots={"case_draft": DRAFT})
    assert first.text == again.text
    assert len(bridge.cases) == 1


async def test_the_same_thing_twice_is_one_case_unless_wanted(bridge: FakeBridge) -> None:
    first = await perform(OPEN, slots={"case_draft": DRAFT})
    again = await perform(OPEN, slots={**first.slots, "case_draft": DRAFT}, message_id="m3")
    assert again.responses == ["utter_case_already_open"]
    assert again.slots["open_question"] == "offer_case"
    another = await perform(OPEN, slots={**first.slots, **again.slots}, message_id="m4")
    assert another.responses == ["utter_case_opened"]


async def test_nothing_is_read_without_a_grant(bridge: FakeBridge) -> None:
    draft = {**DRAFT, "order_number": "LA-20398", "kind": "not_arrived", "look": True}
    outcome = await perform(OPEN, slots={"case_draft": draft})
    assert outcome.responses == ["utter_case_opened_order"]


@pytest.mark.parametrize(
    ("person", "number", "responses"),
    [
        ("emma", "LA-20391", ["utter_facts_late", "utter_case_opened_order"]),
        ("paolo", "LA-20372", ["utter_facts_delivered", "utter_case_opened_order"]),
        ("giulia", "LA-20398", ["utter_facts_in_time"]),
        ("tom", "LA-20400", ["utter_facts_not_shipped"]),
    ],
)
async def test_a_verified_customer_hears_the_facts(
    bridge: FakeBridge, person: str, number: str, responses: list[str]
) -> None:
    bridge.grant(CONVERSATION, person)
    draft = {**DRAFT, "order_number": number, "kind": "not_arrived", "look": True}
    outcome = await perform(OPEN, slots={"case_draft": draft})
    assert outcome.responses == responses
    opened = "utter_case_opened_order" in responses
    assert len(bridge.cases) == int(opened)
    if not opened:
        assert outcome.slots["open_question"] == "offer_case"
        yes = await perform(OPEN, slots=outcome.slots)
        assert yes.responses == ["utter_case_opened_order"]


async def test_a_parcel_without_a_day_is_just_travelling(bridge: FakeBridge) -> None:
    bridge.people["giulia"] = [order("LA-20398", "shipped")]
    bridge.grant(CONVERSATION, "giulia")
    draft = {**DRAFT, "order_number": "LA-20398", "kind": "not_arrived", "look": True}
    assert (await perform(OPEN, slots={"case_draft": draft})).responses == [
        "utter_facts_travelling"
    ]


async def test_damage_needs_no_lecture_about_the_shipment(bridge: FakeBridge) -> None:
    bridge.people["giulia"] = [order("LA-20398", "shipped", estimated_delivery=day(2))]
    bridge.grant(CONVERSATION, "giulia")
    draft = {**DRAFT, "order_number": "LA-20398", "look": True, "sorry": True}
    outcome = await perform(OPEN, slots={"case_draft": draft})
    assert outcome.responses == ["utter_sorry_for_problem", "utter_case_opened_order"]


@pytest.mark.parametrize("language", ["it", "en"])
async def test_the_bridge_is_away_and_the_story_is_kept(
    broken: Callable[[str], None], language: str
) -> None:
    broken("/v1/cases")
    outcome = await perform(OPEN, slots={"case_draft": DRAFT}, language=language)
    assert outcome.responses == ["utter_trouble_case"]
    assert outcome.signals == {"action_failed": {"name": OPEN}}
    assert "case_draft" not in outcome.slots
    assert outcome.slots["open_question"] == "offer_case"
    assert outcome.buttons[0]["payload"] == "/affirm"


# A photo of what is wrong


async def ask_photo(text: str, intent: str = "nlu_fallback", **options: Any) -> Outcome:
    """A message while the photo is asked for."""
    told = {
        "problem": "il cardigan è bucato",
        "order_number": "LA-20372",
        "topic": "delivery_problem",
    }
    return await hear("photo", text, intent, slots={**told, **options.pop("slots", {})}, **options)


@pytest.mark.parametrize(
    "text", ["l'ordine LA-20372 è arrivato bucato", "order LA-20372 came torn", "colore sbagliato"]
)
async def test_what_a_photo_shows_is_asked_for_one(bridge: FakeBridge, text: str) -> None:
    outcome = await start(text, slots={"order_number": "LA-20372"})
    assert outcome.slots["requested_slot"] == "photo"
    asked = await perform(f"action_ask_{FORM}_photo", form=FORM, slots=outcome.slots)
    assert asked.responses == ["utter_ask_problem_photo_sorry"]


async def test_a_photo_that_comes_with_the_words_isn_t_asked_for(bridge: FakeBridge) -> None:
    number = {"order_number": "LA-20372"}
    outcome = await start("è arrivato bucato", slots=number, attachments=1)
    assert outcome.form_ended
    assert outcome.slots["case_draft"]["summary"] == "è arrivato bucato (con foto in chat)"


async def test_a_photo_that_comes_before_the_number_isn_t_asked_for(bridge: FakeBridge) -> None:
    first = await start("è arrivato bucato", attachments=1)
    assert first.slots["requested_slot"] == "order_number"
    number = {"order_number": "LA-20372"}
    second = await hear(
        "order_number", "LA-20372", "inform", entities=number, slots={**first.slots, **number}
    )
    assert second.form_ended
    assert "foto" in second.slots["case_draft"]["summary"]


async def test_the_photo_of_an_earlier_case_is_not_this_one(bridge: FakeBridge) -> None:
    slots = {"order_number": "LA-20372", "photo": "sent"}
    assert (await start("è arrivato bucato", slots=slots)).slots["requested_slot"] == "photo"


async def test_a_photo_alone_is_the_answer() -> None:
    outcome = await ask_photo("", "inform", entities={"choice": "attachment"}, attachments=2)
    assert outcome.form_ended
    assert outcome.slots["photo"] == "sent"
    assert outcome.slots["case_draft"]["summary"] == "il cardigan è bucato (con foto in chat)"


async def test_what_is_written_under_the_photo_is_kept() -> None:
    outcome = await ask_photo("anche la manica è scucita", attachments=1)
    assert "anche la manica è scucita" in outcome.slots["case_draft"]["summary"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("no", "deny"),
        ("non ce l'ho la foto", "nlu_fallback"),
        ("non riesco a mandarla", "payment_problem"),
        ("la mando più tardi", "nlu_fallback"),
        ("I can't take a picture", "out_of_scope"),
        ("I threw the whole thing away", "correct"),
        ("arrivederci", "goodbye"),
    ],
)
async def test_without_a_photo_the_case_is_opened_all_the_same(text: str, intent: str) -> None:
    outcome = await ask_photo(text, intent)
    assert outcome.form_ended
    assert outcome.slots["photo"] == "none"
    assert outcome.slots["case_draft"]["summary"].startswith("il cardigan è bucato")
    assert "foto in chat" not in outcome.slots["case_draft"]["summary"]


async def test_more_of_the_story_instead_is_noted_and_asked_once_more() -> None:
    first = await ask_photo("e il filo tira dappertutto")
    assert first.slots["problem"].endswith("e il filo tira dappertutto")
    assert first.slots["asking"] == {"mode": "noted", "failures": 1}
    second = await ask_photo("è una vergogna davvero", slots={"asking": first.slots["asking"]})
    assert second.form_ended


async def test_a_question_before_the_photo_is_answered_first() -> None:
    assert (await ask_photo("quanto costa il reso?", "return_item")).rejected


@pytest.mark.parametrize(
    ("kind", "reason"), [("damaged", "damaged"), ("wrong", "wrong_item"), ("missing", None)]
)
async def test_what_came_damaged_or_wrong_can_go_back(
    bridge: FakeBridge, kind: str, reason: str | None
) -> None:
    draft = {"topic": "delivery_problem", "summary": "x", "order_number": "LA-20372", "kind": kind}
    outcome = await perform(OPEN, "no", "deny", slots={"case_draft": draft})
    payloads = [b["payload"] for b in outcome.buttons]
    wanted = f'/return_item{{"order_number": "LA-20372", "reason": "{reason}"}}'
    assert payloads == ([wanted] if reason else [])
