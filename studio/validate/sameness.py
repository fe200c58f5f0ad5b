"""Examples that stand twice, nearly twice, too seldom, or among what the model is judged by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from studio.validate import letters
from studio.validate.examples import RULED, Example, marks, trigrams
from studio.validate.findings import Finding
from studio.validate.nearness import Nearness, Trained
from studio.validate.project import Place, Project
from studio.validate.remembered import Memory

FEWEST = 40
FEWEST_OUT_OF_SCOPE = 80
# An evaluation message is as good as trained on when both hold: nearly its meaning, and more than
# this share of its trigrams.
SAME_MEANING = 0.97
SAME_LETTERS = 0.5


def check(
    project: Project, memory: Memory, left_out: list[str], *, fast: bool = False
) -> Iterator[Finding]:
    """Everything that compares examples; `left_out` is told of texts not compared (`fast`)."""
    yield from _annotated(project)
    yield from _few(project)
    yield from _twice(project)
    yield from _judged(project)
    trained = Trained(project.root)
    for language, listed in project.training.items():
        judged = letters.near_again(
            memory, language, listed, project.judged[language], SAME_LETTERS
        )
        # The encoder can't read emoji: all messages of nothing else have one vector.
        texts = {e.plain for e in (*listed, *judged) if re.search(r"\w", e.plain)}
        near = Nearness(project.root, language, trained)
        pairs, missing = near.pairs(sorted(texts), only_known=fast)
        if missing:
            left_out.append(
                f"{missing} new texts in '{language}' weren't compared by meaning (--fast)"
            )
        yield from _near(listed, judged, pairs)


def _place(example: Example) -> Place:
    return Place(example.file, example.line)


def _annotated(project: Project) -> Iterator[Finding]:
    roles = {
        name: [str(role) for role in about.get("roles") or ()]
        for name, about, _ in project.entries("entities")
    }
    for example in (e for listed in project.training.values() for e in listed if "[" in e.text):
        for found in marks(example.text):
            if found.problem:
                what = f"{found.problem}: {example.text}"
                do = 'Write [LA-20398](order_number), or {"entity":"…","value":"…"} after the text.'
                yield _place(example).finding("bad-annotation", what, do)
            elif found.role and found.role not in roles.get(found.entity, [found.role]):
                what = f"the entity {found.entity} has no role '{found.role}'"
                do = "Correct it, or add it to the entity's roles in domain.yml."
                yield _place(example).finding("unknown-entity", what, do)


def _few(project: Project) -> Iterator[Finding]:
    counted = Counter(
        (e.language, e.intent) for listed in project.training.values() for e in listed
    )
    written = {intent for _, intent in counted}
    for intent in project.declared("intents"):
        if intent in RULED or intent not in written:
            continue
        fewest = FEWEST_OUT_OF_SCOPE if intent == "out_of_scope" else FEWEST
        for language in project.training:
            has = counted[language, intent]
            if has < fewest:
                what = f"{intent} has {has} examples in '{language}', {fewest - has} too few"
                do = f"Write {fewest} at least, as customers really write; see `make review-pull`."
                file = f"data/nlu/{language}/{intent}.yml"
                yield Finding(file, 1, "too-few-examples", what, do)


def _twice(project: Project) -> Iterator[Finding]:
    """The same text, however it is spelt: in one intent and language, or in two intents."""
    first: dict[str, Example] = {}
    for example in (e for listed in project.training.values() for e in listed):
        other = first.setdefault(example.key, example)
        if other is example:
            continue
        there = f"{other.file}:{other.line}"
        also = f"{there}: {other.plain}"
        if other.intent != example.intent:
            what = f"'{example.plain}' is {example.intent} here and {other.intent} in {also}"
            do = "Decide which intent it is and remove the other line."
            yield _place(example).finding("example-in-two-intents", what, do, also=there)
        elif other.language == example.language:
            what = f"'{example.plain}' stands in {also} already"
            do = "Remove one of the two lines."
            yield _place(example).finding("example-twice", what, do, also=there)


def _judged(project: Project) -> Iterator[Finding]:
    judged = {m.key: m for listed in project.judged.values() for m in listed}
    for example in (e for listed in project.training.values() for e in listed):
        message = judged.get(example.key)
        if message is not None:
            what = f"'{example.plain}' is judged by: {message.file}:{message.line}"
            do = (
                "Remove the line here: what was trained on says nothing about what customers write."
            )
            there = f"{message.file}:{message.line}"
            yield _place(example).finding("evaluation-in-training", what, do, also=there)


def _near(
    listed: list[Example], judged: list[Example], pairs: dict[tuple[str, str], float]
) -> Iterator[Finding]:
    trained: dict[str, list[Example]] = {}
    for example in listed:
        trained.setdefault(example.plain, []).append(example)
    messages = {message.plain: message for message in judged}
    for (one, other), cosine in sorted(pairs.items()):
        if one in trained and other in trained:
            yield from _near_duplicate(trained[one][0], trained[other][0], cosine)
        for text, message in ((one, messages.get(other)), (other, messages.get(one))):
            if text in trained and message is not None and cosine > SAME_MEANING:
                yield from _near_judged(trained[text][0], message)


def _near_duplicate(one: Example, other: Example, cosine: float) -> Iterator[Finding]:
    # The same, but for spelling, is another finding.
    if one.intent == other.intent or one.key == other.key:
        return
    what = (
        f"'{other.plain}' ({other.intent}) is nearly '{one.plain}' ({one.intent}, "
        f"{one.file}:{one.line}): {cosine:.2f}"
    )
    do = (
        "Keep one, or make clear what tells them apart; if both are right, list the pair with a "
        "reason in data/reviewed.yml."
    )
    about = tuple(sorted((one.key, other.key)))
    yield _place(other).finding("near-duplicate", what, do, about, f"{one.file}:{one.line}")


def _near_judged(example: Example, message: Example) -> Iterator[Finding]:
    mine, theirs = trigrams(example.plain), trigrams(message.plain)
    if example.key == message.key or len(mine & theirs) <= SAME_LETTERS * len(mine | theirs):
        return
    what = (
        f"'{example.plain}' is nearly '{message.plain}', judged by: {message.file}:{message.line}"
    )
    do = "Write the example differently, or remove it."
    there = f"{message.file}:{message.line}"
    yield _place(example).finding("nearly-evaluation", what, do, also=there)
