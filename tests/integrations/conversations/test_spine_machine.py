"""A state machine over inbox, ownership and outbox: any order of events keeps the promises.

The queries run on one SQLite connection with a fake clock; workers are lease tokens, and a worker
that is killed simply forgets what it held.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import create_engine, select
from sqlalchemy.pool import StaticPool

from integrations.channels.contract import Envelope, Sender
from integrations.conversations import inbox, outbox, queues, work
from integrations.conversations.ids import new_id
from integrations.conversations.outcome import Handled, Outcome, Work
from integrations.conversations.ownership import BOT_ANSWERS, Change, Owner
from integrations.conversations.tables import conversations, inbound, metadata, outbound, turns
from integrations.conversations.work import Fenced
from integrations.desk import records
from runtime.errors import Conflict

LEASE_S = 10.0
SENDING_S = 30.0


class Spine(RuleBasedStateMachine):
    """One conversation, two workers, one agent, a channel that pushes."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        metadata.create_all(self.engine)
        self.conn = self.engine.connect()
        self.now = 1000.0
        self.accepted: list[str] = []
        self.conversation: str | None = None
        self.held: dict[str, tuple[str, Work]] = {}
        self.on_the_way: Any = None
        self.arrived: list[Any] = []
        self.claimed_at_arrival: int | None = None
        self.began_after_claim: list[str] = []

    def teardown(self) -> None:
        self.conn.close()
        self.engine.dispose()

    def row(self) -> Any:
        return self.conn.execute(
            select(conversations).where(conversations.c.id == self.conversation)
        ).one()

    # -- the customer ------------------------------------------------------------------------

    @rule(again=st.booleans())
    def customer_writes(self, again: bool) -> None:
        repeat = again and bool(self.accepted)
        name = self.accepted[-1] if repeat else f"m{len(self.accepted)}"
        envelope = Envelope(
            channel="push",
            account="a",
            dedup_key=name,
            external_id=name,
            address="x",
            sender=Sender("x"),
            text=name,
        )
        with self.conn.begin():
            stored = inbox.store(self.conn, envelope, now=self.now, token=None, lease_until=0)
        assert stored.duplicate == repeat
        self.conversation = stored.conversation_id
        if not repeat:
            self.accepted.append(name)

    # -- workers -----------------------------------------------------------------------------

    @precondition(lambda self: self.conversation)
    @rule(worker=st.sampled_from(["a", "b"]))
    def worker_begins(self, worker: str) -> None:
        token = f"{worker}{new_id('l')}"
        with self.conn.begin():
            begun = work.begin(
                self.conn, str(self.conversation), token=token, now=self.now, lease_s=LEASE_S
            )
        if begun is not None:
            self.held[worker] = (token, begun)

    @precondition(lambda self: self.held)
    @rule(
        data=st.data(),
        hand_over=st.booleans(),
    )
    def worker_finishes(self, data: st.DataObject, hand_over: bool) -> None:
        worker = data.draw(st.sampled_from(sorted(self.held)))
        token, held = self.held.pop(worker)
        outcome = Outcome()
        if held.owner in BOT_ANSWERS:
            for message in held.messages:
                outcome.handled.append(Handled(message.id, "answered"))
                outcome.drafts.append(outbox.Draft("bot", "…", in_reply_to=(message.external_id,)))
            if hand_over and held.messages and held.owner is not Owner.CLOSED:
                outcome.change = Change.HAND_OVER
        else:
            outcome.handled = [Handled(m.id, "relayed") for m in held.messages]
        try:
            with self.conn.begin():
                if held.sync:
                    queues.synced(self.conn, held.conversation.id, held.sync[-1].n)
                following = work.commit(
                    self.conn,
                    held,
                    outcome,
                    token=token,
                    now=self.now,
                    lease_s=LEASE_S,
                    pulls=False,
                )
        except Fenced:
            return
        if following is not None:
            self.held[worker] = (token, following)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def worker_is_killed(self, data: st.DataObject) -> None:
        del self.held[data.draw(st.sampled_from(sorted(self.held)))]

    @rule(seconds=st.sampled_from([1.0, 5.0, 11.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    # -- delivery ----------------------------------------------------------------------------

    @precondition(lambda self: self.conversation and self.on_the_way is None)
    @rule()
    def delivery_starts(self) -> None:
        with self.conn.begin():
            started = outbox.start_next(
                self.conn, str(self.conversation), now=self.now, sending_s=SENDING_S
            )
        if started is not None:
            message, place = started
            self.on_the_way = message
            if message.role == "bot":
                assert message.version >= place.fence

    @precondition(lambda self: self.on_the_way is not None)
    @rule(outcome=st.sampled_from(["sent", "failed", "unknown", "retry", "killed"]))
    def delivery_ends(self, outcome: str) -> None:
        message, self.on_the_way = self.on_the_way, None
        with self.conn.begin():
            if outcome == "sent":
                self.arrived.append(message)
                outbox.sent(self.conn, message.id, external_id=None, now=self.now)
            elif outcome == "failed":
                outbox.failed(self.conn, message.id, error="no", now=self.now)
            elif outcome == "unknown":
                outbox.unknown(self.conn, message.id, error="?", now=self.now)
            elif outcome == "retry":
                outbox.retry_at(self.conn, message.id, at=self.now, error="429", now=self.now)
            else:
                self.now += SENDING_S + 1
                outbox.expire_sending(self.conn, now=self.now)

    # -- the agent ---------------------------------------------------------------------------

    @precondition(lambda self: self.conversation)
    @rule()
    def agent_claims(self) -> None:
        try:
            with self.conn.begin():
                row = records.lock(self.conn, str(self.conversation))
                row = records.change_owner(
                    self.conn, row, Change.CLAIM, now=self.now, due_at=self.now
                )
                records.void_open_turn(self.conn, row.id, now=self.now)
                outbox.refuse_pending_bot(self.conn, row.id, now=self.now)
        except Conflict:
            return
        pending = self.conn.execute(
            select(outbound).where(outbound.c.role == "bot", outbound.c.state == "pending")
        ).all()
        self.conn.rollback()
        assert pending == []

    @precondition(lambda self: self.conversation)
    @rule(
        change=st.sampled_from(
            [Change.RETURN_TO_BOT, Change.RESOLVE, Change.WRAP_UP_OVER, Change.CLOSE]
        )
    )
    def ownership_moves(self, change: Change) -> None:
        try:
            with self.conn.begin():
                row = records.lock(self.conn, str(self.conversation))
                records.relay_waiting(self.conn, row, now=self.now) if change in (
                    Change.RETURN_TO_BOT,
                    Change.RESOLVE,
                ) else None
                records.change_owner(self.conn, row, change, now=self.now, due_at=self.now)
        except Conflict:
            return

    # -- promises ----------------------------------------------------------------------------

    @invariant()
    def every_message_is_stored_once_and_answered_at_most_once(self) -> None:
        stored = self.conn.execute(select(inbound.c.external_id).order_by(inbound.c.seq)).scalars()
        assert list(stored) == self.accepted
        replies = Counter(
            name
            for names in self.conn.execute(select(outbound.c.in_reply_to)).scalars()
            for name in names or ()
        )
        self.conn.rollback()
        assert all(count == 1 for count in replies.values())

    @invariant()
    def nothing_is_sent_twice_and_order_is_kept(self) -> None:
        numbers = [message.n for message in self.arrived]
        assert numbers == sorted(set(numbers))

    @invariant()
    def an_answered_message_has_its_reply_and_a_relayed_one_has_none(self) -> None:
        replied = {
            name
            for names in self.conn.execute(select(outbound.c.in_reply_to)).scalars()
            for name in names or ()
        }
        for row in self.conn.execute(select(inbound.c.external_id, inbound.c.disposition)).all():
            assert (row.disposition == "answered") == (row.external_id in replied)
        self.conn.rollback()

    @invariant()
    def at_most_one_turn_is_open(self) -> None:
        open_turns = self.conn.execute(select(turns.c.id).where(turns.c.status == "frozen")).all()
        self.conn.rollback()
        assert len(open_turns) <= 1

    @precondition(lambda self: self.conversation)
    @rule()
    def in_the_end_everything_is_handled(self) -> None:
        """Give the system time and a working process: no message stays without a disposition."""
        self.held.clear()
        for _ in range(20):
            self.now += LEASE_S + 1
            self.worker_begins("a")
            if "a" not in self.held:
                break
            while "a" in self.held:
                self._finish_quietly()
        waiting = self.conn.execute(
            select(inbound.c.id).where(inbound.c.disposition.is_(None))
        ).all()
        self.conn.rollback()
        assert waiting == []

    def _finish_quietly(self) -> None:
        token, held = self.held.pop("a")
        outcome = Outcome()
        answered = held.owner in BOT_ANSWERS
        for message in held.messages:
            outcome.handled.append(Handled(message.id, "answered" if answered else "relayed"))
            if answered:
                outcome.drafts.append(outbox.Draft("bot", "…", in_reply_to=(message.external_id,)))
        with self.conn.begin():
            if held.sync:
                queues.synced(self.conn, held.conversation.id, held.sync[-1].n)
            following = work.commit(
                self.conn, held, outcome, token=token, now=self.now, lease_s=LEASE_S, pulls=False
            )
        if following is not None:
            self.held["a"] = (token, following)


TestSpine = Spine.TestCase
TestSpine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
