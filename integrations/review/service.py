"""What designers do with the inbox, for the page's routes."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from integrations.review import checks, dialogue, inbox, proposing, showing
from integrations.review.inbox import Filters
from integrations.review.proposing import Decision
from integrations.review.vocabulary import Vocabularies, Vocabulary
from integrations.review.workbench import Workbench
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Invalid

# Messages of a group that a trial looks at, too.
ALSO = 200


class Review:
    """The inbox."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        workbench: Workbench,
        vocabularies: Vocabularies,
    ) -> None:
        self._database = database
        self._clock = clock
        self.workbench = workbench
        self._vocabularies = vocabularies

    async def vocabulary(self) -> Vocabulary:
        """What there is to choose from."""
        return await asyncio.to_thread(self._vocabularies.load)

    async def groups(
        self, filters: Filters, *, state: str, sort: str, after: str | None, limit: int
    ) -> dict[str, Any]:
        """A page of groups."""

        def query(conn: Connection) -> dict[str, Any]:
            rows, following = inbox.page(
                conn, filters, state=state, sort=sort, after=after, limit=limit
            )
            return {
                "groups": [showing.group(row, now=self._clock.now()) for row in rows],
                "next": following,
                "totals": inbox.totals(conn, filters),
                "behind": inbox.behind(conn),
            }

        return await self._database.read(query)

    async def group(self, group_id: str, *, after: str | None, limit: int) -> dict[str, Any]:
        """A group with a page of its messages. Raises NotFound."""

        def query(conn: Connection) -> dict[str, Any]:
            row = inbox.group(conn, group_id)
            rows, following = inbox.group_messages(conn, group_id, after=after, limit=limit)
            return {
                "group": showing.group(row, now=self._clock.now()),
                "messages": [showing.message(each) for each in rows],
                "next": following,
            }

        return await self._database.read(query)

    async def dialogue(self, message_id: str) -> dict[str, Any]:
        """What was said before and after a message. Raises NotFound."""

        def query(conn: Connection) -> tuple[Any, Any]:
            message = inbox.message(conn, message_id)
            return message, dialogue.around(conn, message)

        message, (before, after, conversation) = await self._database.read(query)
        # Redacting takes longer than the queries do.
        return {
            "before": await asyncio.to_thread(dialogue.shown, before, conversation),
            "message": showing.message(message),
            "after": await asyncio.to_thread(dialogue.shown, after, conversation),
        }

    async def transcript(self, conversation_id: str) -> dict[str, Any]:
        """A conversation for replaying. Raises NotFound."""
        rows, conversation, models = await self._database.read(
            lambda conn: dialogue.whole(conn, conversation_id)
        )
        return await asyncio.to_thread(dialogue.transcript, rows, conversation, models)

    async def try_example(
        self, text: str, language: str, intent: str, group_id: str | None
    ) -> dict[str, Any]:
        """What one more example would change. Raises Temporary (`workbench_away`)."""
        if intent not in (await self.vocabulary()).intents:
            raise Invalid("choose one of the bot's intents", field="intent")
        also: list[dict[str, str]] = []
        if group_id is not None:
            rows = await self._database.read(lambda conn: inbox.open_texts(conn, group_id, ALSO))
            also = [
                {"text": row.text, "language": row.language, "expected": intent} for row in rows
            ]
        example = {"text": text, "language": language, "intent": intent}
        return await self.workbench.try_example(example, also)

    async def decide(self, decision: Decision, author: str) -> dict[str, Any]:
        """Take a decision. Raises Invalid, PersonalData, NotFound or Stale."""
        vocabulary = await self.vocabulary()
        decision = checks.completed(decision, vocabulary)

        def check(conn: Connection) -> None:
            checks.language_fits(conn, decision, vocabulary)
            checks.refuse_personal_data(conn, decision)

        await self._database.read(check)
        now = self._clock.now()

        def write(conn: Connection) -> dict[str, Any]:
            made = proposing.decide(conn, decision, author=author, now=now)
            row = inbox.group(conn, decision.group)
            return {"proposals": made, "group": showing.group(row, now=now)}

        return await self._database.write(write)

    async def split(
        self, group_id: str, version: int, messages: Collection[str], author: str
    ) -> dict[str, Any]:
        """Split a group. Raises NotFound, Stale or Invalid."""
        now = self._clock.now()

        def write(conn: Connection) -> dict[str, Any]:
            new = proposing.split(conn, group_id, version, messages, author=author, now=now)
            return {
                "group": showing.group(inbox.group(conn, group_id), now=now),
                "new_group": showing.group(inbox.group(conn, new), now=now),
            }

        return await self._database.write(write)

    async def withdraw(self, proposal_id: str, author: str) -> None:
        """Take a proposal back. Raises NotFound or Conflict (`too_late`)."""
        now = self._clock.now()
        await self._database.write(
            lambda conn: proposing.withdraw(conn, proposal_id, author=author, now=now)
        )

    async def proposals(
        self, *, state: str | None, after: str | None, limit: int, oldest_first: bool = False
    ) -> dict[str, Any]:
        """A page of proposals, the newest first; `oldest_first`: those for the working tree."""

        def query(conn: Connection) -> dict[str, Any]:
            rows, following = inbox.proposed(
                conn, state=state, after=after, limit=limit, oldest_first=oldest_first
            )
            counts = inbox.proposal_counts(conn)
            return {
                "proposals": [showing.proposal(row) for row in rows],
                "next": following,
                "counts": {name: sum(kinds.values()) for name, kinds in counts.items()},
            }

        return await self._database.read(query)
