"""Six hundred past messages: who talked about what, when, where, and which cases came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from crm_bridge.cases.references import ALPHABET
from crm_bridge.demo.dialogues import DIALOGUES, Dialogue, window
from crm_bridge.demo.heroes import hero_talks
from crm_bridge.demo.model import Case, Identity, Interaction, Language, Order
from crm_bridge.demo.people import Profile
from crm_bridge.demo.tables import chance
from crm_bridge.demo.talks import Talk, Voice, render
from crm_bridge.demo.working_days import is_working_day, local_time, midnight

INTERACTIONS = 600
_ITALIAN_SHARE = 0.65
_SHORTEST, _LONGEST = 2, 8
# Conversations with people can take hours; the last one starts well before today.
_LAST_START = timedelta(hours=10)


@dataclass(frozen=True, slots=True)
class Past:
    """All that was said, in order of time, and the handles on which a code was answered."""

    interactions: tuple[Interaction, ...]
    cases: tuple[Case, ...]
    verified: frozenset[tuple[str, str]]


def past(today: date, seed: int, profiles: Sequence[Profile], orders: Sequence[Order]) -> Past:
    """Exactly `INTERACTIONS` messages in conversations of 2 to 8, the heroes' among them."""
    rng = chance(seed, "conversations")
    talks = hero_talks(rng, today, profiles)
    _Writer(rng, today, profiles, orders, talks).write()
    talks.sort(key=lambda talk: talk.lines[0].at)
    return _numbered(talks)


@dataclass(frozen=True, slots=True)
class _Occasion:
    profile: Profile
    identity: Identity
    order: Order | None
    start: datetime
    stop: datetime


@dataclass(slots=True)
class _Writer:
    rng: Random
    today: date
    profiles: Sequence[Profile]
    orders: Sequence[Order]
    talks: list[Talk]
    used: Counter[tuple[str, int]] = field(default_factory=Counter)
    about: Counter[tuple[str, str]] = field(default_factory=Counter)
    spoken: Counter[str] = field(default_factory=Counter)
    left: int = 0
    quota: dict[Language, int] = field(default_factory=dict)

    def write(self) -> None:
        """Adds talks until the count is exact."""
        self.left = INTERACTIONS - sum(len(talk.lines) for talk in self.talks)
        italian = sum(len(t.lines) for t in self.talks if t.profile.person.language == "it")
        self.quota["it"] = round(INTERACTIONS * _ITALIAN_SHARE) - italian
        self.quota["en"] = self.left - self.quota["it"]
        while self.left:
            talk = self._next()
            self.talks.append(talk)
            self.left -= len(talk.lines)
            self.quota[talk.profile.person.language] -= len(talk.lines)

    def _next(self) -> Talk:
        language: Language = "it" if self.quota["it"] >= self.quota["en"] else "en"
        wordings = [
            (dialogue, variant)
            for dialogue in DIALOGUES[language]
            for variant in range(dialogue.variants)
        ]
        self.rng.shuffle(wordings)
        wordings.sort(key=lambda pair: (self.used[pair[0].id, pair[1]], pair[0].case is None))
        for dialogue, variant in wordings:
            length = self._length(dialogue)
            occasion = None if length is None else self._occasion(dialogue, variant)
            if length is None or occasion is None:
                continue
            start = self._moment(dialogue, occasion)
            if start is None:
                continue
            return self._talk(dialogue, variant, length, occasion, start)
        raise RuntimeError("no dialogue fits: the texts for the demo company are too few")

    def _length(self, dialogue: Dialogue) -> int | None:
        """How many turns to use so that what is left can still be filled exactly."""
        core = sum(not turn.optional for turn in dialogue.turns)
        choices = [
            length
            for length in {core, len(dialogue.turns)}
            if _SHORTEST <= length <= _LONGEST
            and (length == self.left or self.left - length >= _SHORTEST)
        ]
        return self.rng.choice(sorted(choices)) if choices else None

    def _occasion(self, dialogue: Dialogue, variant: int) -> _Occasion | None:
        end = midnight(self.today) - _LAST_START
        found: list[_Occasion] = []
        by_id = {p.person.id: p for p in self.profiles if not p.hero}
        subjects: list[tuple[Profile, Order | None]]
        if dialogue.when == "any":
            subjects = [(profile, None) for profile in by_id.values()]
        else:
            subjects = [(by_id[o.person], o) for o in self.orders if o.person in by_id]
        for profile, order in subjects:
            if profile.person.language != dialogue.language or not _fits(dialogue, order):
                continue
            if order is not None and self.about[order.number, _stage(dialogue)]:
                continue
            span = window(dialogue.when, order, end)
            handles = [
                identity
                for identity in profile.person.identities
                if identity.channel in dialogue.channels
                and not (dialogue.verifies and identity.channel == "api")
            ]
            if span is not None and handles:
                found.append(_Occasion(profile, self.rng.choice(handles), order, *span))
        if not found:
            return None
        if dialogue.case is not None and variant == 0:
            # One case of each kind is recent, so that some are still open.
            return max(found, key=lambda occasion: occasion.stop)
        fewest = min(self.spoken[occasion.profile.person.id] for occasion in found)
        quiet = [o for o in found if self.spoken[o.profile.person.id] <= fewest + 1]
        return self.rng.choice(quiet)

    def _moment(self, dialogue: Dialogue, occasion: _Occasion) -> datetime | None:
        """A start within the window at an hour when people write, and agents work if needed."""
        seconds = int((occasion.stop - occasion.start).total_seconds())
        for _ in range(80):
            moment = occasion.start + timedelta(seconds=self.rng.randrange(seconds))
            local = local_time(moment, occasion.profile.person.country)
            awake = 7 <= local.hour < 23 and self.rng.random() < _liveliness(local.hour)
            at_work = is_working_day(moment.date()) and 7 <= moment.hour < 15
            if awake and (at_work or not dialogue.with_agent):
                return moment.replace(microsecond=0)
        return None

    def _talk(
        self,
        dialogue: Dialogue,
        variant: int,
        length: int,
        occasion: _Occasion,
        start: datetime,
    ) -> Talk:
        self.used[dialogue.id, variant] += 1
        self.spoken[occasion.profile.person.id] += 1
        if occasion.order is not None:
            self.about[occasion.order.number, _stage(dialogue)] += 1
        voice = Voice(occasion.profile, occasion.identity, occasion.order)
        end = midnight(self.today)
        return render(self.rng, dialogue, variant, length, voice, start, end, self._reference())

    def _reference(self) -> str:
        return "C-" + "".join(self.rng.choice(ALPHABET) for _ in range(5))


def _fits(dialogue: Dialogue, order: Order | None) -> bool:
    return order is None or dialogue.line_of(order) is not None


def _stage(dialogue: Dialogue) -> str:
    """People talk about an order once in each of its stages."""
    return "delivered" if dialogue.when == "just_delivered" else dialogue.when


def _liveliness(hour: int) -> float:
    """How likely people write at that local hour: lunch and, above all, the evening."""
    if hour >= 19:
        return 1.0
    return 0.7 if hour in {12, 13} else 0.4


def _numbered(talks: Sequence[Talk]) -> Past:
    interactions: list[Interaction] = []
    cases: list[Case] = []
    for number, talk in enumerate(talks, start=1):
        conversation = f"c-demo-{number:04d}"
        interactions += talk.interactions(conversation)
        if talk.case is not None:
            cases.append(replace(talk.case, conversation=conversation))
    return Past(
        interactions=tuple(sorted(interactions, key=lambda line: (line.at, line.key))),
        cases=tuple(sorted(cases, key=lambda case: case.opened_at)),
        verified=frozenset(
            (talk.identity.channel, talk.identity.handle) for talk in talks if talk.verified
        ),
    )
