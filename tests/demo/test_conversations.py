"""Past conversations read like conversations, and know no more than they should."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import yaml

from crm_bridge.demo.dialogues import DIALOGUES
from crm_bridge.demo.model import Interaction
from tests.demo.days import company

INTENTS = set(yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["intents"])
CHANNELS = {"api", "telegram", "webchat", "instagram", "messenger", "whatsapp", "x"}
FUNCTION_WORDS = {
    "it": re.compile(
        r"il|lo|la|le|gli|una?|di|da|del|della|in|che|non|è|e'|per|con|si|h[oa]|sono|mi|ti|ci"
        r"|alla?|più|ma|se|come|o|anche|dal|sul|nel|i|quanto"
    ),
    "en": re.compile(
        r"the|an?|of|to|in|is|it|that|and|for|with|my|your?|i|we|on|not|be|are|ha(?:ve|s)|this"
        r"|if|but|from|at|what|how|do|can|our|they|me"
    ),
}


def by_conversation() -> dict[str, list[Interaction]]:
    talks: dict[str, list[Interaction]] = defaultdict(list)
    for line in company().interactions:
        talks[line.conversation].append(line)
    return talks


def test_a_conversation_has_two_to_eight_messages_and_one_customer_on_one_handle() -> None:
    for lines in by_conversation().values():
        assert 2 <= len(lines) <= 8
        assert len({(x.person, x.channel, x.account, x.handle, x.language) for x in lines}) == 1
        assert all(before.at < after.at for before, after in pairwise(lines))
        assert lines[0].role == "customer"
        assert "bot" in {line.role for line in lines}


def test_handles_belong_to_the_person_who_writes() -> None:
    owners = {
        (i.channel, i.account, i.handle): p.id for p in company().people for i in p.identities
    }
    assert all(owners[x.channel, x.account, x.handle] == x.person for x in company().interactions)


def test_roles_directions_and_intents_agree() -> None:
    for line in company().interactions:
        inbound = line.role == "customer"
        assert line.direction == ("in" if inbound else "out")
        assert (line.intent in INTENTS) if inbound else (line.intent is None)
        assert (line.confidence is not None) == inbound


def test_every_channel_is_used_and_some_of_it_is_public() -> None:
    lines = company().interactions
    assert {line.channel for line in lines} == CHANNELS
    assert {line.channel for line in lines if line.public} == {"instagram", "messenger", "x"}
    assert all(line.public == (line.kind != "message") for line in lines)
    assert 30 <= sum(line.public for line in lines) <= 90


def test_nothing_personal_is_said_in_public() -> None:
    names = {person.id: person.first_name for person in company().people}
    for line in company().interactions:
        if line.public and line.role != "customer":
            assert "LA-" not in line.text
            assert names[line.person] not in line.text


def test_texts_are_filled_in_and_hardly_ever_repeated() -> None:
    texts = [line.text for line in company().interactions]
    assert all(text.strip() == text and text for text in texts)
    assert not [text for text in texts if re.search(r"[{}]|lorem", text)]
    counted = Counter(text for text in texts if len(text.split()) > 3)
    assert max(counted.values()) <= 3


def test_texts_are_in_the_language_they_claim() -> None:
    own: Counter[str] = Counter()
    for line in company().interactions:
        words = re.findall(r"[a-zà-ù]+'?", line.text.lower())
        if len(words) < 7:
            continue
        scores = {
            name: sum(known.fullmatch(word) is not None for word in words)
            for name, known in FUNCTION_WORDS.items()
        }
        own["right" if scores[line.language] == max(scores.values()) else line.text] += 1
    wrong = [text for text in own if text != "right"]
    assert len(wrong) <= 5, wrong
    assert own["right"] > 350


def test_order_numbers_in_a_conversation_are_the_persons_own_and_not_from_the_future() -> None:
    orders = {order.number: order for order in company().orders}
    found = 0
    for line in company().interactions:
        for digits in re.findall(r"(?<!\d)20[234]\d\d(?!\d)", line.text):
            order = orders[f"LA-{digits}"]
            assert order.person == line.person
            assert order.placed_at < line.at
            found += 1
    assert found > 25


def test_a_case_belongs_to_the_conversation_that_opened_it() -> None:
    talks = by_conversation()
    orders = {order.number: order for order in company().orders}
    for case in company().cases:
        lines = talks[case.conversation]
        assert lines[0].person == case.person
        assert any(case.reference in line.text and line.at == case.opened_at for line in lines)
        assert re.fullmatch(r"C-[23456789ABCDEFGHJKMNPQRSTVWXYZ]{5}", case.reference)
        assert (case.status == "open") == (case.closed_at is None) == (case.outcome is None)
        assert case.closed_at is None or case.closed_at > case.opened_at
        assert case.order_number is not None
        assert orders[case.order_number].person == case.person
    assert {case.status for case in company().cases} == {"open", "resolved"}


def test_a_handle_is_verified_where_a_code_was_answered() -> None:
    verified = {(i.channel, i.handle) for p in company().people for i in p.identities if i.verified}
    answered = {
        (line.channel, line.handle)
        for line in company().interactions
        if line.role == "customer" and re.search(r"(?<!\d)\d{6}(?!\d)", line.text)
    }
    assert answered == verified - {("telegram", "demo-giulia")}


def test_the_bot_tells_nothing_about_an_order_before_the_code() -> None:
    told = re.compile(
        r"\{(name|product|price|total|placed|shipped|eta|due|delivered|carrier|tracking)\}"
    )
    for dialogue in (*DIALOGUES["it"], *DIALOGUES["en"]):
        for turn in dialogue.turns:
            if turn.role == "customer" and any("{code}" in text for text in turn.texts):
                break
            if turn.role == "bot":
                assert not [t for t in turn.texts if told.search(t)], dialogue.id


def test_question_and_answer_have_as_many_wordings() -> None:
    for dialogue in (*DIALOGUES["it"], *DIALOGUES["en"]):
        counts = {len(turn.texts) for turn in dialogue.turns if not turn.optional}
        assert len(counts) == 1, dialogue.id
        optional = [turn.optional for turn in dialogue.turns]
        assert optional == sorted(optional), dialogue.id
