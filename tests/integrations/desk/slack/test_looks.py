"""What stands in Slack keeps its limits and shows nothing but words, whatever anybody wrote."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.desk.slack import cards, messages, modals, wording
from integrations.desk.slack.case import Case
from integrations.desk.slack.messages import Entry
from integrations.desk.slack.mrkdwn import cut_escaped, escape, plain, split_escaped
from tests.simulators.slack import limits

IT, EN = (wording.load(language, ZoneInfo("Europe/Rome")) for language in ("it", "en"))
URL = "https://desk.example/console/c/c1"
ANY = st.text(max_size=400) | st.sampled_from(
    ["<!channel>", "<@U1> &amp; <b>" * 200, "a" * 9000, "\n" * 500, "&<>" * 3000, "ok *_~`"]
)
WORDS = st.sampled_from([IT, EN])


def case(**values: Any) -> Case:
    given_values: dict[str, Any] = {
        "handoff_id": "h1",
        "conversation_id": "c1",
        "state": "queued",
        "owner": "queued",
        "version": 2,
        "current": True,
        "name": "Giulia",
        "handle": "giulia",
        "channel": "telegram",
        "language": "it",
        "level": "verified",
        "tier": "gold",
        "priority": "high",
        "reasons": [{"code": "asked", "it": "Ha chiesto", "en": "Asked"}],
        "collected": {},
        "effects": [],
        "brief": None,
        "case_reference": None,
        "requested_at": 1_780_000_000.0,
        "due_at": 1_780_001_200.0,
        "answered_at": None,
        "claimed_by": None,
        "closing_word": None,
        "rating": None,
        "unreachable": False,
        **values,
    }
    return Case(**given_values)


def brief(text: str, many: int) -> dict[str, Any]:
    return {
        "level": "verified",
        "person": {"first_name": text, "last_name": text, "email": text, "phone": text},
        "orders": [
            {
                "number": text,
                "status": "shipped",
                "total": 96.5,
                "currency": "EUR",
                "shipment": {"status": "in_transit", "tracking": text},
            }
        ]
        * many,
        "cases": [
            {
                "reference": text,
                "topic": "complaint",
                "status": "open",
                "summary": text,
                "promise": text,
            }
        ]
        * many,
    }


def check(posting: cards.Posting) -> str:
    """Slack takes it; its texts without our own links."""
    limits.message({"text": posting.text, "blocks": posting.blocks})
    shown = str(posting.blocks) + posting.text
    return shown.replace(f"<{URL}|", "").replace("|console>", "")


@settings(max_examples=60, deadline=None)
@given(
    ANY, st.integers(0, 30), WORDS, st.sampled_from(["queued", "claimed", "returned", "message"])
)
def test_any_card_is_taken(text: str, many: int, words: wording.Wording, state: str) -> None:
    shown = check(
        cards.card(
            case(
                state=state,
                owner="agent" if state == "claimed" else state,
                name=text,
                handle=text,
                claimed_by=text,
                closing_word=text,
                reasons=[{"it": text, "en": text}] * many,
                collected={f"{text}{n}": text for n in range(many)},
                effects=[{"it": text, "en": text}] * many,
                brief=brief(text, many),
                case_reference=text[:20] or None,
                unreachable=True,
            ),
            words,
            console=URL,
            now=1_780_000_000.0,
            key="ascolto:h1:card",
        )
    )
    header = "plain_text"
    assert "<!channel>" not in shown.split(header)[0]


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY, max_size=60), WORDS, st.integers(0, 500))
def test_any_transcript_is_taken(texts: list[str], words: wording.Wording, earlier: int) -> None:
    entries = [Entry(str(n), "customer", "message", text, 1.0) for n, text in enumerate(texts)]
    posting = messages.transcript(entries, earlier, words, console=URL, key="k")
    assert "<!channel>" not in check(posting)
    limits.view(modals.reply("h1", entries, "Marta", words, console=URL))


@settings(max_examples=60, deadline=None)
@given(ANY, st.sampled_from(["message", "edit", "postback", "reaction", "delete"]), WORDS)
def test_any_message_is_taken(text: str, kind: str, words: wording.Wording) -> None:
    files = ({"kind": "image", "name": text, "size": 5},) * 3
    entry = Entry("m1", "customer", kind, text, 1.0, attachments=files)
    assert "<!channel>" not in check(messages.said(entry, words, console=URL, key="k"))
    check(messages.fate(entry, text, "failed", text, words, key="k"))
    for corrects in (False, True):
        check(messages.ask(text, "n1", words, corrects=corrects))
    check(messages.notice(text or "-"))


@pytest.mark.parametrize("shape", ["thread", "transcript"])
def test_a_tap_is_the_words_on_the_button_and_marked(shape: str) -> None:
    for text, expected in (
        ("Parla con <qualcuno>", "_Ha toccato un pulsante: Parla con &lt;qualcuno&gt;_"),
        (None, "_Ha toccato un pulsante_"),
    ):
        entry = Entry("m1", "customer", "postback", text, 1.0)
        posting = (
            messages.said(entry, IT, console=URL, key="k")
            if shape == "thread"
            else messages.transcript([entry], 0, IT, console=URL, key="k")
        )
        assert expected in str(posting.blocks)


@given(ANY, st.integers(10, 300))
def test_cutting_never_breaks_an_entity(text: str, longest: int) -> None:
    for piece in [cut_escaped(text, longest), *split_escaped(text, longest)]:
        assert len(piece) <= longest
        bare = piece.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
        assert "&" not in bare
        assert "<" not in bare


@given(st.text(max_size=200).map(lambda text: text.replace(":", "")))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert plain(escape(text)) == text.strip()


@pytest.mark.parametrize(
    ("slack", "customer"),
    [
        ("<https://a.example>", "https://a.example"),
        ("<https://a.example|qui>", "qui (https://a.example)"),
        ("<http://a.example|a.example>", "http://a.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<@U1> guarda", "Marta guarda"),
        ("<@U2> guarda", "guarda"),
        ("<!channel> ciao", "ciao"),
        ("<!here|here> ciao", "ciao"),
        ("<#C1|assistenza>", "#assistenza"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("grazie :blush:", "grazie 😊"),
        (":un_emoji_nostro:", ":un_emoji_nostro:"),
    ],
)
def test_slack_markup_becomes_plain_text(slack: str, customer: str) -> None:
    assert plain(slack, {"U1": "Marta"}.get) == customer


def test_every_state_of_a_card_speaks_both_languages() -> None:
    for words in (IT, EN):
        for state in ("queued", "claimed", "message", "resolved", "returned", "abandoned"):
            assert words.say(f"card.state_{state}", agent="x")


@pytest.mark.parametrize(
    ("state", "owner", "current", "buttons"),
    [
        ("queued", "queued", True, {cards.CLAIM, cards.RETURN, cards.RESOLVE}),
        ("claimed", "agent", True, {cards.REPLY, cards.RETURN, cards.RESOLVE}),
        ("message", "bot", True, {cards.CLAIM}),
        ("resolved", "wrap_up", True, set()),
        ("returned", "bot", True, set()),
        ("queued", "queued", False, set()),
    ],
)
def test_a_card_offers_what_is_possible(
    state: str, owner: str, current: bool, buttons: set[str]
) -> None:
    card = cards.card(
        case(state=state, owner=owner, current=current), EN, console=URL, now=0.0, key="k"
    )
    found = {e["action_id"] for e in card.blocks[-1]["elements"]}
    assert found == buttons | {cards.CONSOLE}
