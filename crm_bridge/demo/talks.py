"""One past conversation: a dialogue template turned into messages with times and real details."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from crm_bridge.demo.dialogues import CaseTemplate, Dialogue, Turn, customers_words, slots
from crm_bridge.demo.model import Case, Identity, Interaction, Kind, Order, Role
from crm_bridge.demo.people import Profile
from crm_bridge.demo.wording import roughened, sentence

# Seconds from the message before, by who answers.
_PAUSES: dict[Role, tuple[int, int]] = {
    "bot": (2, 6),
    "customer": (15, 240),
    "agent": (4 * 60, 40 * 60),
}
_AFTER_AGENT = (2 * 60, 45 * 60)
_CASE_DAYS = (2.0, 9.0)


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a talk."""

    role: Role
    at: datetime
    text: str
    intent: str | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Voice:
    """Who talks, on which handle, about which order."""

    profile: Profile
    identity: Identity
    order: Order | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A whole conversation, and the case it opened; `verified` if a code was answered in it."""

    profile: Profile
    identity: Identity
    kind: Kind
    lines: tuple[Line, ...]
    case: Case | None
    verified: bool

    def interactions(self, conversation: str) -> Iterator[Interaction]:
        """The lines as records of that conversation."""
        for number, line in enumerate(self.lines, start=1):
            inbound = line.role == "customer"
            public = self.kind != "message"
            yield Interaction(
                key=f"{conversation}-{number:02d}",
                conversation=conversation,
                person=self.profile.person.id,
                channel=self.identity.channel,
                account=self.identity.account,
                handle=self.identity.handle,
                direction="in" if inbound else "out",
                role=line.role,
                kind="comment" if public and not inbound else self.kind,
                public=public,
                at=line.at,
                text=line.text,
                language=self.profile.person.language,
                intent=line.intent,
                confidence=line.confidence,
            )


def render(
    rng: Random,
    dialogue: Dialogue,
    variant: int,
    length: int,
    voice: Voice,
    start: datetime,
    end: datetime,
    reference: str,
) -> Talk:
    """The dialogue in that wording and length, from `start`; a case not closed by `end` is open."""
    order = voice.order
    line = None if order is None else dialogue.line_of(order)
    words = slots(rng, voice.profile, order, line, reference, start)
    spoken = customers_words(rng, words)
    texts = []
    for turn in dialogue.turns[:length]:
        text = turn.texts[variant % len(turn.texts)]
        texts.append((turn, text.format_map(spoken if turn.role == "customer" else words)))
    lines = timed(rng, texts, voice.profile, start)
    case = None
    if dialogue.case is not None:
        opened_at = next(made.at for made in lines if reference in made.text)
        case = _case(rng, dialogue.case, variant, voice, words, opened_at, end)
    return Talk(
        profile=voice.profile,
        identity=voice.identity,
        kind=dialogue.public or "message",
        lines=lines,
        case=case,
        verified=dialogue.verifies,
    )


def timed(
    rng: Random, texts: list[tuple[Turn, str]], profile: Profile, start: datetime
) -> tuple[Line, ...]:
    """The messages one after the other, at the pace of bots, people and busy agents."""
    lines: list[Line] = []
    for turn, text in texts:
        moment = start
        if lines:
            pause = _PAUSES[turn.role]
            if turn.role == "customer" and lines[-1].role == "agent":
                pause = _AFTER_AGENT
            moment = lines[-1].at + timedelta(seconds=rng.randint(*pause))
        typed = text
        if turn.role == "customer":
            typed = roughened(text, profile.style, profile.person.language)
        confidence = round(rng.uniform(0.58, 0.98), 3) if turn.intent else None
        lines.append(Line(turn.role, moment, typed, turn.intent, confidence))
    return tuple(lines)


def _case(
    rng: Random,
    template: CaseTemplate,
    variant: int,
    voice: Voice,
    words: dict[str, str],
    opened_at: datetime,
    end: datetime,
) -> Case:
    closed_at = opened_at + timedelta(seconds=int(86400 * rng.uniform(*_CASE_DAYS)))
    closed = closed_at < end
    return Case(
        reference=words["case"],
        person=voice.profile.person.id,
        topic=template.topic,
        status="resolved" if closed else "open",
        summary=sentence(template.summary[variant % len(template.summary)].format_map(words)),
        language=voice.profile.person.language,
        order_number=None if voice.order is None else voice.order.number,
        conversation="",
        channel=voice.identity.channel,
        opened_at=opened_at,
        closed_at=closed_at if closed else None,
        promise=template.promise,
        outcome=template.outcome[variant % len(template.outcome)] if closed else None,
    )
