"""Every mistake in a policy is named with its file, its line and what to do about it."""

from pathlib import Path

import pytest

from integrations.escalation import PolicyError, load
from integrations.escalation.__main__ import main
from tests.integrations.escalation.policies import REASON, SHIPPED, policy_file, rule


def mistakes(path: Path) -> list[str]:
    """The mistakes as `line: what; what to do`."""
    with pytest.raises(PolicyError) as caught:
        load(path)
    prefix = f"{path}:"
    lines = str(caught.value).splitlines()
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


BROKEN_WHEN = [
    ("signal: rejcted", "5: rules[1].when.signal can't be 'rejcted'; did you mean 'rejected'?"),
    (
        "signal: rejected\nwhere: {strek: 2}",
        "6: signal rejected has no field 'strek'; did you mean 'streak'?",
    ),
    ("signal: complaint\nwhere: {count: 2}", "6: signal complaint has no field 'count'; remove"),
    ("signal: [rejected, complaint]\nwhere: {streak: 2}", "6: signal rejected and complaint has"),
    ("signal: rejected\nwhere:\n  streak: two", "7: rules[1].when.where.streak must be a number"),
    (
        "signal: rejected\nwhere:\n  streak:\n    at_lest: 2",
        "8: unknown field 'at_lest' in rules[1].when.where.streak; did you mean 'at_least'?",
    ),
    ("signal: rejected\nwhere:\n  streak: {at_least: yes}", "7: rules[1].when.where.streak.at_lea"),
    ("signal: rejected\nwhere:\n  streak: {}", "7: rules[1].when.where.streak compares with not"),
    ("signal: rejected\nwhere: {streak: []}", "6: rules[1].when.where.streak is an empty list"),
    ("signal: rejected\nwhere: {streak: {at_least: 3, at_most: 2}}", "6: rules[1].when.where.str"),
    ("signal: problem\nwhere: {topic: {at_least: 2}}", "6: rules[1].when.where.topic is a text"),
    ("signal: problem\nwhere: {topic: no}", "6: rules[1].when.where.topic must be a text, not 'n"),
    ("signal: handoff_requested\nwhere: {collected: x}", "6: rules[1].when.where.collected is a g"),
    ("signal: complaint\ntimes: 2", "6: rules[1].when.times must be a group of `field: value` li"),
    ("signal: complaint\ntimes: {at_most: 2}", "6: unknown field 'at_most' in rules[1].when.times"),
    ("signal: complaint\nowner: robot", "6: rules[1].when.owner can't be 'robot'; did you mean 'b"),
    ("signal: complaint\ncustomer: {tier: platinum}", "6: rules[1].when.customer.tier can't be 'p"),
    ("signal: complaint\ncustomer: {level: known}", "6: rules[1].when.customer.level can't be 'kn"),
    ("signal: complaint\ncustomer: {open_case: 1}", "6: rules[1].when.customer.open_case must be "),
    ("signal: complaint\ncustomer: {}", "6: rules[1].when.customer asks nothing; add `tier`"),
    ("owner: bot", "4: rules[1].when can hold without any signal, so the rule would match every "),
    ("any:\n  - signal: complaint\n  - owner: bot", "4: rules[1].when can hold without any signal"),
    ("any: []", "5: rules[1].when.any is empty; list conditions under it"),
    ("any: complaint", "5: rules[1].when.any must be a list"),
    ("where: {streak: 2}", "5: `where` stands without a signal; add `signal: …` beside it"),
    ("all:\n  - signal: nobody\n  - signal: complaint", "6: rules[1].when.all[1].signal can't be"),
    ("not: {signal: complaint}", "5: unknown field 'not' in rules[1].when"),
]


@pytest.mark.parametrize(("when", "mistake"), BROKEN_WHEN)
def test_mistakes_in_conditions(tmp_path: Path, when: str, mistake: str) -> None:
    found = mistakes(policy_file(tmp_path, rule(when=when)))
    assert found[0].startswith(mistake)


BROKEN_THEN = [
    ("{}", "rules[1].then has no 'handoff'; add a line `handoff: …`"),
    ("yes", "rules[1].then must be a group of `field: value` lines, not 'yes'"),
    ("{handoff: maybe}", "rules[1].then.handoff must be true or false, not 'maybe'"),
    ("{handoff: true}", "rules[1].then has no 'first_answer_minutes'"),
    ("{handoff: false, priority: high}", "`priority` means nothing without a hand-over"),
    (
        "{handoff: true, offer: true, priority: high, replies: send, first_answer_minutes: 5}",
        "a rule either hands over or offers a person",
    ),
    (
        "{handoff: true, priority: highest, replies: send, first_answer_minutes: 5}",
        "rules[1].then.priority can't be 'highest'; did you mean 'high'?",
    ),
    (
        "{handoff: true, priority: high, replies: keep, first_answer_minutes: 5}",
        "rules[1].then.replies can't be 'keep'; use drop or send",
    ),
    (
        "{handoff: true, priority: high, replies: send, first_answer_minutes: 0}",
        "rules[1].then.first_answer_minutes is 0; write a number from 1 to 10080",
    ),
    (
        "{handoff: true, priority: high, replies: send, first_answer_minutes: 2.5}",
        "rules[1].then.first_answer_minutes must be a whole number, not '2.5'",
    ),
]


@pytest.mark.parametrize(("then", "mistake"), BROKEN_THEN)
def test_mistakes_in_what_a_rule_does(tmp_path: Path, then: str, mistake: str) -> None:
    found = mistakes(policy_file(tmp_path, rule(then=then)))
    assert found[0].startswith(f"6: {mistake}")


BROKEN_REASON = [
    ("{it: solo}", "rules[1].reason has no 'en'; add a line `en: …`"),
    ('{it: perché, en: ""}', "rules[1].reason.en is empty; write the text"),
    ("{it: perché, en: 5}", "rules[1].reason.en must be a text, not '5'; put it between quotes"),
    ("{it: perché, en: why, fr: pourquoi}", "unknown field 'fr' in rules[1].reason"),
    (
        '{it: "{streek}", en: why}',
        "rules[1].reason.it has the placeholder '{streek}', which no signal of this rule carries",
    ),
    ('{it: "{collected}", en: why}', "rules[1].reason.it has the placeholder '{collected}'"),
    ('{it: "{", en: why}', "rules[1].reason.it: its braces don't match"),
    ('{it: "{a.b}", en: why}', "rules[1].reason.it: '{a.b}' is not a simple placeholder"),
    ('{it: "{}", en: why}', "rules[1].reason.it: '{}' is not a simple placeholder"),
    ('{it: "{tier!r}", en: why}', "rules[1].reason.it: '{tier}' is not a simple placeholder"),
]


@pytest.mark.parametrize(("reason", "mistake"), BROKEN_REASON)
def test_mistakes_in_reasons(tmp_path: Path, reason: str, mistake: str) -> None:
    path = policy_file(tmp_path, rule(when="signal: handoff_requested", reason=reason))
    assert mistakes(path)[0].startswith(f"7: {mistake}")


def test_all_mistakes_are_listed_at_once_by_line(tmp_path: Path) -> None:
    path = policy_file(
        tmp_path,
        rule("one", "signal: complaned"),
        rule("two", then="{handoff: nope}", reason="{it: perché}"),
        rule("one"),
        "  - name: three\n    wen: {}\n",
    )
    assert [int(line.split(":")[0]) for line in mistakes(path)] == [5, 11, 12, 13, 18, 18, 19]


def test_a_name_may_be_used_once(tmp_path: Path) -> None:
    found = mistakes(policy_file(tmp_path, rule("same"), rule("same")))
    assert found == [
        "8: the rule name 'same' is already used on line 3; give each rule its own name"
    ]


def test_a_field_may_be_written_once(tmp_path: Path) -> None:
    found = mistakes(policy_file(tmp_path, rule(when="signal: complaint\nsignal: rejected")))
    assert found[0].startswith("6: 'signal' is written twice in rules[1].when (first on line 5)")


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        ("", "1: has no fields; start from the file that is shipped"),
        ("- a\n- b", "1: has no fields"),
        ("rules:\n  - name: [unclosed\n", "3: is not valid YAML"),
        ("rules:\n\t- name: x", "2: is not valid YAML"),
        ("a: 1\nb: 'x\n", "3: is not valid YAML"),
        ("a: 1\n---\nb: 2", "2: is not valid YAML"),
        ("rules: \x07", "1: is not valid YAML"),
        ("tiers: [gold]\nrules: []", "2: there are no rules; write at least one"),
        ("tiers: gold\nrules: none", "1: tiers must be a list"),
    ],
)
def test_files_that_are_no_policy(tmp_path: Path, content: str, mistake: str) -> None:
    path = tmp_path / "escalation.yml"
    path.write_text(content, encoding="utf-8")
    assert mistakes(path)[0].startswith(mistake)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "none.yml")[0].startswith("1: can't be read (No such file")
    (tmp_path / "latin.yml").write_bytes("perché".encode("latin-1"))
    assert mistakes(tmp_path / "latin.yml") == ["1: is not UTF-8 text; save the file as UTF-8"]


def test_words_for_values_are_checked(tmp_path: Path) -> None:
    head = "tiers: [gold]\nwords:\n  topik:\n    a: {it: b, en: c}\n  topic:\n    a: {it: b}\n"
    found = mistakes(policy_file(tmp_path, rule(), head=head))
    assert found[0] == "3: no signal carries 'topik'; did you mean 'topic'?"
    assert found[1].startswith("6: words.topic.a has no 'en'")


def test_a_condition_that_contains_itself_is_refused(tmp_path: Path) -> None:
    when = "signal: complaint\nany: &loop\n  - any: *loop"
    assert "nested too deep" in mistakes(policy_file(tmp_path, rule(when=when)))[0]


def test_braces_in_a_reason_are_written_twice(tmp_path: Path) -> None:
    path = policy_file(tmp_path, rule(reason='{it: "{{così}}", en: "{{so}}"}'))
    assert load(path).rules[0].reason["en"].render({}) == "{so}"


def test_the_command_checks_the_shipped_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SHIPPED) == 0
    assert "are in order" in capsys.readouterr().out


def test_the_command_lists_the_mistakes_of_every_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy_file(tmp_path, rule(when="signal: nothing", reason=REASON))
    assert main(tmp_path) == 1
    said = capsys.readouterr().err
    assert "escalation.yml:5:" in said
    assert "desk.yml:1: can't be read" in said
    assert "messages.yml:1: can't be read" in said
