"""A review inbox beside a gateway's parts, and words for what tests do with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select, update

from integrations.conversations.tables import conversations, handoffs
from integrations.jobs.lease import JobLease
from integrations.review import forgetting, queue
from integrations.review.inbox import Filters
from integrations.review.job import ReviewJob
from integrations.review.proposing import Decision, Example
from integrations.review.service import Review
from integrations.review.tables import messages
from integrations.review.vocabulary import Vocabularies
from integrations.review.workbench import Workbench
from tests.integrations.world import World

from .workbenches import TOKEN, WorkbenchSimulator

T = TypeVar("T")
ROOT = Path(__file__).parents[3]
# Longer than the collector waits before it looks at what has just happened.
MOMENT_S = 10.0


class Inbox:
    """`world` is what customers and agents use, `review` what designers do."""

    def __init__(self, world: World, bench: WorkbenchSimulator) -> None:
        self.world = world
        self.bench = bench
        self.workbench = Workbench(bench.url, TOKEN)
        vocabularies = Vocabularies(ROOT, ROOT / "policy", ROOT / "data" / "knowledge")
        self.review = Review(world.database, world.clock, self.workbench, vocabularies)
        self.job = self.new_job()
        self.understood: dict[str, dict[str, Any]] = {}
        world.bot.on_message = self._read

    def new_job(self, name: str = "review") -> ReviewJob:
        """The background job of another process, or of this one after a restart."""
        lease = JobLease(self.world.database, self.world.clock, name)
        return ReviewJob(
            self.world.database, self.world.clock, self.workbench, lease, default_language="it"
        )

    async def close(self) -> None:
        await self.workbench.close()

    async def says(self, text: str, *, to: str = "giulia", **reading: Any) -> str:
        """A customer writes, the bot reads it like this and answers; our id of the conversation.

        `reading`: the bot's reading, and `reply`, `signals`, `actions`, `handoff` of the turn;
        `payload` is a tapped button.
        """
        payload = reading.pop("payload", None)
        self.understood[text] = reading
        conversation_id = await self.world.say(text, conversation=to, payload=payload)
        await self.world.settled(conversation_id)
        self.world.clock.advance(MOMENT_S)
        return conversation_id

    async def rejects(self, text: str, *, to: str = "giulia", streak: int = 1) -> str:
        """A customer writes something that the bot does not understand."""
        return await self.says(
            text,
            to=to,
            intent="nlu_fallback",
            confidence=0.8,
            rejected=True,
            ranking=[
                {"intent": "garment_care", "confidence": 0.2},
                {"intent": "return_item", "confidence": 0.1},
            ],
            signals=[{"name": "rejected", "data": {"streak": streak}}],
        )

    async def catch_up(self) -> None:
        """Let the background job do all that there is to do."""
        await self.job.tick()

    async def rows(self) -> list[Any]:
        """Every message of the inbox, oldest first."""
        query = select(messages).order_by(messages.c.at, messages.c.id)
        return await self.world.database.read(lambda conn: list(conn.execute(query)))

    async def messages(self) -> dict[str, dict[str, Any]]:
        """The inbox's messages by their text, as the page gets them."""
        found = {}
        for group in await self.groups(limit=200) + await self.groups(state="done", limit=200):
            shown = await self.review.group(group["id"], after=None, limit=200)
            found |= {each["text"]: each for each in shown["messages"]}
        return found

    async def groups(
        self, *, state: str = "open", sort: str = "frequency", limit: int = 50, **filters: str
    ) -> list[dict[str, Any]]:
        """A page of groups."""
        page = await self.review.groups(
            Filters(**filters), state=state, sort=sort, after=None, limit=limit
        )
        groups: list[dict[str, Any]] = page["groups"]
        return groups

    async def group_of(self, text: str) -> dict[str, Any]:
        """The group that a text is in."""
        message = (await self.messages())[text]
        shown = await self.review.group(message["group"], after=None, limit=200)
        group: dict[str, Any] = shown["group"]
        return group

    async def teach(
        self,
        text: str,
        intent: str,
        *,
        by: str = "Dora",
        group: dict[str, Any] | None = None,
        edited: str | None = None,
    ) -> list[str]:
        """A designer chooses the intent of a message's group; the proposals' ids."""
        group = group or await self.group_of(text)
        message = (await self.messages())[text]
        decision = Decision(
            group["id"],
            group["version"],
            "intent",
            intent=intent,
            examples=[Example(message["id"], edited or text)],
        )
        proposals: list[str] = (await self.review.decide(decision, by))["proposals"]
        return proposals

    async def page(self, *, limit: int = 50, after: str | None = None, q: str = "") -> Any:
        """A page of open groups, with its totals."""
        return await self.review.groups(
            Filters(q=q), state="open", sort="frequency", after=after, limit=limit
        )

    async def teach_newest(self, text: str, intent: str) -> list[str]:
        """As `teach`, for the newest message of a text that was written several times."""
        newest = [row for row in await self.rows() if row.text == text][-1]
        shown = await self.review.group(newest.group_id, after=None, limit=1)
        decision = Decision(
            newest.group_id,
            shown["group"]["version"],
            "intent",
            intent=intent,
            examples=[Example(newest.id, text)],
        )
        proposals: list[str] = (await self.review.decide(decision, "Dora"))["proposals"]
        return proposals

    async def proposals(self, state: str) -> dict[str, Any]:
        """What designers proposed, as the page gets it."""
        return await self.review.proposals(state=state, after=None, limit=50)

    async def for_pulling(self) -> list[dict[str, Any]]:
        """What `make review-pull` would write."""
        page = await self.review.proposals(state="queued", after=None, limit=50, oldest_first=True)
        proposals: list[dict[str, Any]] = page["proposals"]
        return proposals

    async def pulled(self, proposal: str) -> None:
        """`make review-pull` has written a proposal."""
        await self.write(lambda conn: queue.writing(conn, [proposal]))
        await self.stood(proposal)

    async def stood(self, proposal: str) -> None:
        """`make review-pull` has found a proposal in the working tree already."""
        files = {proposal: "data/nlu/it/garment_care.yml"}
        await self.write(lambda conn: queue.pulled(conn, [proposal], files, now=1.0))

    async def named(self, address: str, name: str) -> None:
        """The platform tells us a customer's name."""
        there = conversations.c.address == address
        await self.write(
            lambda conn: conn.execute(update(conversations).where(there).values(sender_name=name))
        )

    async def read(self, query: Callable[[Connection], T]) -> T:
        return await self.world.database.read(query)

    async def write(self, query: Callable[[Connection], T]) -> T:
        return await self.world.database.write(query)

    async def count(self, table: Any, where: Any) -> int:
        """Rows of a table."""
        query = select(func.count()).select_from(table).where(where)
        return await self.read(lambda conn: int(conn.execute(query).scalar_one()))

    async def label(self, conversation_id: str, wanted: str | None, words: str | None) -> None:
        """An agent says what the customer of the conversation's case wanted."""
        now = self.world.clock.now()

        def query(conn: Connection) -> None:
            here = handoffs.c.conversation_id == conversation_id
            conn.execute(update(handoffs).where(here).values(wanted=wanted, wanted_words=words))
            there = conversations.c.id == conversation_id
            conn.execute(update(conversations).where(there).values(last_activity_at=now))

        await self.world.database.write(query)
        self.world.clock.advance(MOMENT_S)

    async def erase(self, conversation_id: str) -> forgetting.Forgotten:
        now = self.world.clock.now()

        def query(conn: Connection) -> forgetting.Forgotten:
            return forgetting.erase(conn, conversation_id, now=now)

        return await self.world.database.write(query)

    def _read(self, message: dict[str, Any]) -> dict[str, Any]:
        reading = dict(self.understood.get(str(message["text"] or ""), {}))
        if message["payload"]:
            reading.setdefault("intent", message["payload"]["intent"])
        return {
            "intent": "product_question",
            "text": reading.pop("reply", "Ecco la risposta."),
            **reading,
        }
