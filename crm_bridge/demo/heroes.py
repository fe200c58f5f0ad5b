"""What the four people of the guided demo said before today, from `texts/heroes.yml`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from crm_bridge.demo.dialogues import parse_turn
from crm_bridge.demo.model import Case
from crm_bridge.demo.people import Profile
from crm_bridge.demo.tables import table
from crm_bridge.demo.talks import Talk, timed
from crm_bridge.demo.working_days import at

_TALKS: list[dict[str, Any]] = table("heroes")


def hero_talks(rng: Random, today: date, profiles: Sequence[Profile]) -> list[Talk]:
    """Their conversations, at fixed distances from today."""
    heroes = {profile.person.first_name: profile for profile in profiles if profile.hero}
    return [_talk(rng, today, row, heroes[row["person"]]) for row in _TALKS]


def _talk(rng: Random, today: date, row: dict[str, Any], profile: Profile) -> Talk:
    identity = next(i for i in profile.person.identities if i.channel == row["channel"])
    start = at(today - timedelta(days=row["days_ago"]), row["hour"], 12)
    turns = [parse_turn(turn) for turn in row["turns"]]
    lines = timed(rng, [(turn, turn.texts[0]) for turn in turns], profile, start)
    case = None
    if "case" in row:
        opened = row["case"]
        case = Case(
            reference=opened["reference"],
            person=profile.person.id,
            topic=opened["topic"],
            status="open",
            summary=opened["summary"],
            language=profile.person.language,
            order_number=row["order"],
            conversation="",
            channel=identity.channel,
            opened_at=next(line.at for line in lines if opened["reference"] in line.text),
            closed_at=None,
            promise=opened["promise"],
            outcome=None,
        )
    return Talk(profile, identity, row.get("public", "message"), lines, case, verified=False)
