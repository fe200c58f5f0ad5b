"""Whether a decision can be taken: known names, places inside the text, nobody's data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from integrations.conversations.tables import conversations, inbound
from integrations.review import proposing
from integrations.review.proposing import Decision, Example
from integrations.review.redacting import known_of, personal
from integrations.review.tables import messages
from integrations.review.vocabulary import OUT_OF_SCOPE, Vocabulary
from runtime.errors import Invalid


class PersonalData(Invalid):
    """An example says who somebody is; `where` it does: [{example, start, end, kind}]."""

    code = "personal_data"

    def __init__(self, where: Sequence[dict[str, Any]]) -> None:
        super().__init__("an example must not hold personal data", field="examples")
        self.where = list(where)


def completed(decision: Decision, vocabulary: Vocabulary) -> Decision:
    """The decision with what its kind implies. Raises Invalid with the field that is wrong."""
    kind = decision.kind
    intent = article = None
    if kind == proposing.INTENT:
        intent = decision.intent
        if intent not in vocabulary.intents:
            raise Invalid("choose one of the bot's intents", field="intent")
    elif kind == proposing.OUT_OF_SCOPE:
        intent = OUT_OF_SCOPE
    elif kind == proposing.ARTICLE:
        article = decision.article
        # None: the article is still to be written.
        if article is not None and article not in {each.slug for each in vocabulary.articles}:
            raise Invalid("choose one of the articles", field="article")
    if kind == proposing.NOT_USEFUL and decision.examples:
        raise Invalid("what is not useful is no example", field="examples")
    if kind != proposing.NOT_USEFUL and not decision.examples:
        raise Invalid("at least one example is needed", field="examples")
    if len({each.message for each in decision.examples}) < len(decision.examples):
        raise Invalid("a message can be one example", field="examples")
    examples = [_checked(each, vocabulary) for each in decision.examples]
    if kind == proposing.ARTICLE:
        # A question of an article is words alone.
        examples = [Example(each.message, each.text) for each in examples]
    return Decision(
        decision.group, decision.version, kind, intent, article, examples, decision.settled
    )


def refuse_personal_data(conn: Connection, decision: Decision) -> None:
    """Raises PersonalData where an example names somebody, or what is known of its writer."""
    where: list[dict[str, Any]] = []
    for place, example in enumerate(decision.examples):
        language, known = _writer(conn, example.message)
        found = personal(example.text, language=language, known=known)
        where += [{"example": place, **each} for each in found]
    if where:
        raise PersonalData(where)


def language_fits(conn: Connection, decision: Decision, vocabulary: Vocabulary) -> None:
    """Raises Invalid for a question in another language than its article's."""
    languages = {a.language for a in vocabulary.articles if a.slug == decision.article}
    for example in decision.examples:
        if decision.article and _writer(conn, example.message)[0] not in languages:
            raise Invalid("the article is in another language", field="article")


def _writer(conn: Connection, message_id: str) -> tuple[str | None, tuple[str, ...]]:
    i, c = inbound.c, conversations.c
    row = conn.execute(
        select(
            messages.c.language,
            i.sender_name.label("wrote"),
            c.sender_name,
            c.handle,
            c.sender_email,
        )
        .join_from(messages, conversations, c.id == messages.c.conversation_id, isouter=True)
        .join(inbound, i.id == messages.c.inbound_id, isouter=True)
        .where(messages.c.id == message_id)
    ).first()
    if row is None:
        return None, ()
    return row.language, (*known_of(row), *([row.wrote] if row.wrote else []))


def _checked(example: Example, vocabulary: Vocabulary) -> Example:
    text = " ".join(example.text.split())
    if not text:
        raise Invalid("an example needs words", field="examples")
    if text != example.text and example.entities:
        # Places were marked in the text as it was sent.
        text = example.text
    end = 0
    marked = sorted(example.entities, key=lambda each: int(each["start"]))
    for each in marked:
        if each["entity"] not in vocabulary.entities:
            raise Invalid("choose one of the bot's entities", field="entities")
        if not end <= each["start"] < each["end"] <= len(text):
            raise Invalid("entities must lie apart, inside the text", field="entities")
        end = each["end"]
    return Example(example.message, text, marked)
