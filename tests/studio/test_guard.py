"""The guard's rules, with planted predictions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.guard import accepted
from studio.guard.comparing import compare
from studio.guard.predictions import EPSILON, Mark
from studio.guard.verdict import TURNED_AWAY, outdated
from tests.studio.planted_predictions import ACCEPTED, kinds, message, verdict


def test_nothing_changed_nothing_found() -> None:
    same = [message("ciao"), message("boh", "thank", "greet")]
    assert verdict(same, same).ok


def test_a_net_loss_in_an_intent_fails() -> None:
    was = [message("ciao"), message("salve", language="en", predicted="thank")]
    now = [message("ciao", predicted="thank"), message("salve", language="en")]
    balanced = verdict(was, now)
    # One better and one worse in the intent; Italian alone has lost one.
    assert kinds(balanced) == [("net_loss", "it")]
    lost = verdict(was[:1], now[:1])
    assert kinds(lost) == [("net_loss", "greet"), ("net_loss", "it")]
    (change,) = lost.findings[0].changes
    assert (change.now.text, change.was.reading, change.now.reading) == ("ciao", "greet", "thank")


def test_gains_elsewhere_hide_no_loss() -> None:
    was = [message("ciao"), *(message(f"grazie {n}", "thank", "greet") for n in range(5))]
    now = [message("ciao", predicted="thank"), *(message(f"grazie {n}", "thank") for n in range(5))]
    assert kinds(verdict(was, now)) == [("net_loss", "greet")]


def test_asking_is_worse_than_knowing_and_better_than_being_wrong() -> None:
    right = message("ciao")
    asks = message("ciao", predicted="nlu_ambiguous", asked=("thank", "greet"))
    wrong = message("ciao", predicted="thank")
    assert [one.mark for one in (wrong, asks, right)] == list(Mark)
    assert not verdict([right], [asks]).ok
    assert verdict([wrong], [asks]).ok
    asks_in_vain = message("ciao", predicted="nlu_ambiguous", asked=("thank", "affirm"))
    assert asks_in_vain.mark is Mark.WRONG


def test_out_of_scope_fails_both_ways() -> None:
    foreign = message("che tempo fa?", "out_of_scope", "nlu_fallback")
    answered = message("che tempo fa?", "out_of_scope", "garment_care")
    assert ("net_loss", "out_of_scope") in kinds(verdict([foreign], [answered]))
    recognised = message("che tempo fa?", "out_of_scope")
    assert verdict([foreign], [recognised]).ok
    misread = message("dov'è il pacco?", "order_status", "parcel_late")
    rejected = message("dov'è il pacco?", "order_status", "nlu_fallback")
    # As wrong as before, but now it is turned away.
    assert kinds(verdict([misread], [rejected])) == [("net_loss", TURNED_AWAY)]
    assert verdict([rejected], [misread]).ok


def test_a_critical_message_must_be_right_or_asked_about() -> None:
    wrong = message("voglio una persona", "talk_to_human", "thank", critical=True)
    found = verdict([wrong], [wrong])
    assert kinds(found) == [("critical", "tests/nlu/evaluation.it.yml")]
    assert "voglio una persona" in found.findings[0].message
    asks = replace(wrong, predicted="nlu_ambiguous", asked=("thank", "talk_to_human"))
    assert verdict([wrong], [asks]).ok


def test_an_accepted_loss_passes_and_only_that_one() -> None:
    wrong = message("voglio una persona", "talk_to_human", "thank", critical=True)
    assert verdict([wrong], [wrong], ACCEPTED).ok
    right = replace(wrong, predicted="talk_to_human")
    passed = verdict([right], [wrong], ACCEPTED)
    assert passed.ok
    assert [balance.accepted for balance in passed.balances if balance.name == "it"] == [1]
    otherwise_wrong = replace(wrong, predicted="greet")
    found = verdict([right], [otherwise_wrong], ACCEPTED)
    assert {kind for kind, _ in kinds(found)} == {"net_loss", "critical"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (ACCEPTED.replace("nobody says it so", "''"), "a reason is what makes it acceptable"),
        (ACCEPTED.replace("  reason: nobody says it so\n", ""), "reason"),
        (ACCEPTED.replace("language: it", "language: fr"), "it or en"),
        (ACCEPTED.replace("expected:", "intent:"), "nothing else"),
    ],
)
def test_an_entry_without_a_reason_accepts_nothing(content: str, told: str) -> None:
    wrong = message("voglio una persona", "talk_to_human", "thank", critical=True)
    found = verdict([wrong], [wrong], content)
    assert [finding.kind for finding in found.findings] == ["critical", "acceptance"]
    assert told in found.findings[1].message
    assert found.findings[1].place == "tests/nlu/accepted_losses.yml:2"


def test_an_entry_that_is_not_used_is_told_and_stops_nobody() -> None:
    right = message("voglio una persona", "talk_to_human")
    found = verdict([right], [right], ACCEPTED)
    assert found.ok
    assert [note.split(" ")[0] for note in found.notes] == ["tests/nlu/accepted_losses.yml:2"]


def test_a_second_entry_of_a_message_is_a_mistake() -> None:
    _, mistakes = accepted.parse(ACCEPTED + ACCEPTED.split("\n", 1)[1])
    assert [(mistake.line, mistake.message) for mistake in mistakes] == [
        (7, "this message has an entry already")
    ]
    with pytest.raises(accepted.BadAcceptance):
        accepted.parse("text: not a list")
    with pytest.raises(accepted.BadAcceptance):
        accepted.parse("- [")


def test_a_flip_on_the_border_is_told_and_does_not_count() -> None:
    near = EPSILON / 2
    was = message("ciao", distance=near, critical=True)
    now = message("ciao", predicted="thank", distance=near, critical=True)
    found = verdict([was], [now])
    assert found.ok
    assert [change.now.text for change in found.comparison.borderline] == ["ciao"]
    # Clear on either side, it is a loss.
    for one, other in ((0.0, EPSILON), (EPSILON, 0.0)):
        lost = verdict([replace(was, distance=one)], [replace(now, distance=other)])
        assert ("net_loss", "greet") in kinds(lost)
        assert any(finding.kind == "critical" for finding in lost.findings)
    # Once it is under git as wrong, it is wrong.
    assert not verdict([now], [now]).ok
    # What accepts it here isn't superfluous where it falls on the other side.
    accepts = ACCEPTED.replace("voglio una persona", "ciao").replace("talk_to_human", "greet")
    assert verdict([now], [now], accepts).ok
    assert verdict([now], [was], accepts).ok


def test_messages_come_and_go_and_get_other_labels() -> None:
    was = [message("ciao"), message("grazie", "thank")]
    now = [message("salve", predicted="thank"), message("grazie", "praise", "thank")]
    found = verdict(was, now)
    # The new one has no history, and both readings of the other are judged by today's label.
    assert found.ok
    comparison = found.comparison
    assert [one.text for one in comparison.added] == ["salve"]
    assert [one.text for one in comparison.removed] == ["ciao"]
    assert [one.now.expected for one in comparison.relabelled] == ["praise"]
    moved = replace(was[0], set="fresh")
    assert compare([was[0]], [moved]).changes == ()


def test_the_file_must_be_this_models() -> None:
    kept = [message("ciao", distance=0.001)]
    assert outdated(compare(kept, kept)) is None
    flipped = replace(kept[0], predicted="thank")
    assert outdated(compare(kept, [flipped])) is None
    for now in (
        [replace(flipped, distance=0.3)],
        [*kept, message("salve")],
        [],
        [replace(kept[0], expected="thank")],
        [replace(kept[0], critical=True)],
    ):
        found = outdated(compare(kept, now))
        assert found is not None
        assert "make guard UPDATE=1" in found.message
