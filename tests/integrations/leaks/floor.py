"""One gateway with every customer channel and the desk in Slack; only bot and CRM are scripted."""

from __future__ import annotations

import contextlib
import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Engine, Select, create_engine, select

from integrations.channels.telegram.adapter import TelegramChannel
from integrations.channels.webchat import config as webchat_config
from integrations.channels.webchat.config import Limit
from integrations.conversations.tables import conversations, handoffs, inbound, outbound
from integrations.desk.slack import deriving, pacing
from integrations.desk.slack.tables import slack_events, slack_queue, slack_threads
from runtime import migrations
from tests.care import until
from tests.integrations.channels.webchat.chat_gateways import ChatGateway, running, settings
from tests.people.customers import CustomerOn
from tests.people.in_slack import AgentInSlack, CaseInSlack
from tests.people.on_api import OnApi
from tests.people.on_telegram import InAGroup, OnTelegram
from tests.people.on_webchat import OnWebChat
from tests.simulators.slack import SlackSimulator
from tests.simulators.telegram import TOKEN, TelegramSimulator

# What stands in everything that must stay inside.
INSIDE = "SOLO-PER-NOI"
ASKS = "vorrei parlare con una persona"


class Floor:
    """Where customers of all channels meet the desk. `customers` are all who ever wrote."""

    def __init__(
        self,
        gateway: ChatGateway,
        slack: SlackSimulator,
        telegram: TelegramSimulator,
        engine: Engine,
    ) -> None:
        self.gateway = gateway
        self.slack = slack
        self.telegram = telegram
        self.customers: list[CustomerOn] = []
        self._engine = engine
        # Never the same in two runs of a test: they share a gateway.
        self.numbers = itertools.count(1)
        self._open = contextlib.ExitStack()
        self._at_the_console: dict[str, Any] = {}
        self._names = (f"Cliente{n}" for n in itertools.count(1))
        self._makers: dict[str, Callable[[str], CustomerOn]] = {
            "api": lambda name: OnApi(gateway.url, self._api_headers(), name),
            "telegram": lambda name: OnTelegram(telegram, name),
            "group": lambda name: InAGroup(telegram, name),
            "webchat": lambda name: OnWebChat(gateway.url),
        }

    def customer(self, channel: str) -> CustomerOn:
        """Somebody new on a channel; `group` is a group on Telegram."""
        made = self._makers[channel](next(self._names))
        self.customers.append(made)
        return made

    def agent(self, name: str, **account: Any) -> AgentInSlack:
        return AgentInSlack(self.slack, name, **account)

    def conversation_of(self, customer: CustomerOn) -> str:
        """The gateway's own name for it, once their first word is there."""
        c = conversations.c
        query = select(c.id).where(c.channel == customer.channel, c.address == customer.address)
        return str(
            until(
                lambda: self.read(lambda conn: conn.execute(query).scalar()),
                f"the conversation on {customer.channel}",
            )
        )

    def holder(self, customer: CustomerOn) -> str | None:
        """The agent who has claimed their conversation."""
        c = conversations.c
        query = (
            select(handoffs.c.claimed_by)
            .join_from(handoffs, conversations, c.handoff_id == handoffs.c.id)
            .where(c.id == self.conversation_of(customer), c.owner == "agent")
        )
        found: str | None = self.read(lambda conn: conn.execute(query).scalar())
        return found

    def case(self, customer: CustomerOn, number: int = 1) -> CaseInSlack:
        """The customer's case of this number, once it is in Slack."""
        return CaseInSlack.of(self.slack, self.conversation_of(customer), number)

    def console(self, customer: CustomerOn, action: str, name: str = "Chiara", **body: Any) -> None:
        """Somebody at the console does something with the customer's conversation."""
        place = f"/console/api/conversations/{self.conversation_of(customer)}/{action}"
        if name not in self._at_the_console:
            desk = self._open.enter_context(self.gateway.at_the_desk(name))
            self._at_the_console[name] = desk
        self._at_the_console[name].post(place, json=body).raise_for_status()

    def read(self, query: Callable[[Connection], Any]) -> Any:
        with self._engine.connect() as conn:
            return query(conn)

    def quiet(self, *, slack: bool = True) -> None:
        """Wait until everything that came in is worked off and shown wherever it belongs.

        Without `slack` what comes from there, or goes there, may still be on its way.
        """
        look = self._under_way if slack else self._with_customers
        try:
            until(lambda: not self.read(look), "all is quiet")
        except AssertionError as error:
            raise AssertionError(f"still under way: {self.read(look)}") from error

    def outgoing(self) -> list[str]:
        """Every text that was ever meant for a customer, sent or not."""
        return list(self.read(lambda conn: conn.execute(select(outbound.c.text)).scalars().all()))

    def known_to_the_bot(self) -> str:
        """Everything that the bot was ever told."""
        return f"{self.gateway.bot.turns} {self.gateway.bot.learnt}"

    def close(self) -> None:
        """Everybody leaves."""
        for customer in self.customers:
            customer.close()
        self._open.close()

    def leaks(self) -> list[str]:
        """Internal words on the way to a customer, or there already."""
        wires = [customer.wire() for customer in self.customers]
        return [text for text in (*self.outgoing(), *wires) if INSIDE in text]

    def _with_customers(self, conn: Connection) -> list[str]:
        c = conversations.c
        queries = {
            "to customers": select(outbound.c.id).where(
                outbound.c.state.in_(("pending", "sending"))
            ),
            "from customers": select(inbound.c.id).where(inbound.c.disposition.is_(None)),
            "conversations held": select(c.id).where(c.lease_token.is_not(None)),
        }
        return _found(conn, queries) + ["on Telegram"] * bool(self.telegram.updates.count())

    def _under_way(self, conn: Connection) -> list[str]:
        q, e, t, c = slack_queue.c, slack_events.c, slack_threads.c, conversations.c
        queries = {
            "to Slack": select(q.kind).where(q.done_at.is_(None)),
            "from Slack": select(e.kind).where(e.done_at.is_(None)),
            # What follows the end of a case isn't for its thread.
            "threads behind": select(t.handoff_id)
            .join_from(slack_threads, conversations, c.handoff_id == t.handoff_id)
            .where(c.owner.in_(("queued", "agent")), c.next_seq - 1 > t.seq),
        }
        found = self._with_customers(conn) + _found(conn, queries)
        if any(not each.answered.is_set() for each in self.slack.outbox.sent):
            found.append("to the desk")
        look = deriving.look(conn, now=self.gateway.container.clock.now())
        if look.cases or look.cards or look.marks:
            found.append(f"to be derived: {look}")
        return found

    def _api_headers(self) -> dict[str, str]:
        key = self.gateway.container.settings.api_channel_key.get_secret_value()
        return {"Authorization": f"Bearer {key}"}


def _found(conn: Connection, queries: dict[str, Select[Any]]) -> list[str]:
    first = ((what, conn.execute(query).first()) for what, query in queries.items())
    return [f"{what}: {row[0]}" for what, row in first if row is not None]


@contextlib.contextmanager
def open_floor(home: Path) -> Iterator[Floor]:
    """The platforms' paces and the chat's limits on newcomers are lifted for it."""
    database = f"sqlite:///{home / 'gateway.sqlite3'}"
    migrations.upgrade(database, "gateway", "integrations/migrations")
    engine = create_engine(database)
    slack = SlackSimulator()
    at_once = replace(TelegramChannel.capabilities, per_address_s=0.0, overall_per_s=0.0)
    many = Limit(1_000_000, 60)
    with (
        TelegramSimulator() as telegram,
        slack.serving(),
        patch.dict(pacing.RATES, clear=True),
        patch.object(TelegramChannel, "capabilities", at_once),
        patch.multiple(
            webchat_config,
            SESSIONS_PER_NETWORK=many,
            SOCKETS_PER_NETWORK=many,
            MESSAGES_PER_NETWORK=many,
            MESSAGES_PER_SESSION=many,
        ),
        running(
            settings(
                home,
                telegram_bot_token=TOKEN,
                telegram_api_url=telegram.url,
                slack_bot_token=slack.bot_token,
                slack_signing_secret=slack.signing_secret,
                slack_api_url=slack.api_url,
                slack_channel=slack.channel,
            )
        ) as gateway,
    ):
        slack.deliver_to(gateway.url)
        floor = Floor(gateway, slack, telegram, engine)
        try:
            yield floor
        finally:
            floor.close()
            engine.dispose()


def new_key() -> str:
    """As the console names what it does, so that it is done once."""
    return uuid.uuid4().hex
