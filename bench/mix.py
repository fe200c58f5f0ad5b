"""A mix of what platforms call us with, as requests that are ready to go.

What people do is done in the simulators while nothing is delivered, so that every body, id and
signature is as the real platform's; then the requests are sent by somebody who keeps the time.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bench.customers import ApiCustomer
from bench.open_loop import Request
from bench.platforms import Platforms, TelegramCustomer
from bench.texts import Speaker, Utterance
from integrations.desk.slack.cards import CLAIM
from tests.simulators.slack.outgoing import Outgoing, sign

# Of twenty requests so many are of a kind.
SHARES: Mapping[str, int] = {
    "telegram text": 7,
    "telegram photo": 1,
    "telegram edit": 1,
    "telegram tap": 1,
    "slack message": 3,
    "slack edit": 1,
    "slack press": 1,
    "slack reaction": 1,
    "api message": 3,
    "duplicate": 1,
}
# How many requests after its message an edit comes at the earliest, and after a request its copy.
EDITED_AFTER, AGAIN_AFTER = 200, 200
# So many of the desk's messages are for the customer, where the agent has the case.
REPLIES_OF = 5
TELEGRAM, EVENTS, INTERACTIONS, API = (
    "/channels/telegram/webhook",
    "/slack/events",
    "/slack/interactions",
    "/channels/api/messages",
)


def schedule(count: int, seed: int = 1) -> list[str]:
    """The kinds of `count` requests: each twenty hold all shares, in an order of their own.

    What refers to an earlier request (edits, duplicates) is a new message while there is none.
    """
    r = random.Random(seed)
    block = [kind for kind, share in SHARES.items() for _ in range(share)]
    kinds = [kind for _ in range(-(-count // len(block))) for kind in r.sample(block, len(block))][
        :count
    ]
    first = {"telegram edit": "telegram text", "slack edit": "slack message"}
    for place, kind in enumerate(kinds[: 2 * EDITED_AFTER]):
        if kind in first:
            kinds[place] = first[kind]
        elif kind == "duplicate" and place < AGAIN_AFTER:
            kinds[place] = "telegram text"
    return kinds


@dataclass(frozen=True)
class Case:
    """A conversation that waits for people or is with one: its card's ts, and who holds it."""

    customer: TelegramCustomer
    card: str
    holder: str | None


@dataclass
class Expected:
    """What must be found afterwards, each once."""

    updates: list[str] = field(default_factory=list)
    slack: list[str] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    # ts of the desk's messages: what the team keeps for itself, what the customer gets.
    notes: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    # How many notes were corrected by their authors.
    corrected: int = 0
    # (chat, message id) of what customers of the bot wrote in Telegram.
    asked: list[tuple[str, str]] = field(default_factory=list)


class Mix:
    """Makes requests of each kind, and remembers what they must lead to."""

    def __init__(
        self,
        platforms: Platforms,
        chats: Sequence[tuple[TelegramCustomer, Speaker]],
        cases: Sequence[Case],
        agents: Sequence[str],
        api: Sequence[tuple[ApiCustomer, Speaker]],
        api_headers: Mapping[str, str],
    ) -> None:
        self._platforms = platforms
        self._chats = [(customer, speaker, speaker.mixed()) for customer, speaker in chats]
        self._cases = cases
        self._agents = agents
        self._api = [(customer, speaker.mixed()) for customer, speaker in api]
        self._json = {"Content-Type": "application/json"}
        self._api_headers = {**self._json, **api_headers}
        self._random = random.Random(3)
        self._counts: dict[str, int] = {}
        self._texts: list[tuple[int, TelegramCustomer, int, Iterator[Utterance]]] = []
        self._posts: list[tuple[int, str, str]] = []
        self._made: list[tuple[Request, Outgoing | None]] = []
        self.expected = Expected()

    def requests(self, count: int) -> list[Request]:
        """So many requests in the order in which they are to be sent; nothing is delivered."""
        telegram, outbox = self._platforms.telegram, self._platforms.slack.outbox
        called, telegram.state.webhook = telegram.state.webhook, None
        self._platforms.slack.faults.hold = True
        try:
            for place, kind in enumerate(schedule(count)):
                maker = getattr(self, "_" + kind.replace(" ", "_"))
                self._made.append(maker(place))
        finally:
            telegram.updates.clear()
            telegram.state.webhook = called
            ours = {id(outgoing) for _, outgoing in self._made}
            outbox.held = [held for held in outbox.held if id(held) not in ours]
            outbox.release()
        return [request for request, _ in self._made]

    def _next(self, kind: str, of: Sequence[Any]) -> Any:
        number = self._counts.get(kind, 0)
        self._counts[kind] = number + 1
        return of[number % len(of)]

    # -- Telegram ------------------------------------------------------------------------------

    def _update(self) -> tuple[Request, None]:
        update = self._platforms.telegram.updates.history[-1]
        self.expected.updates.append(str(update["update_id"]))
        headers = {**self._json, "X-Telegram-Bot-Api-Secret-Token": self._platforms.secret}
        return Request(TELEGRAM, headers, json.dumps(update)), None

    def _telegram_text(self, place: int) -> tuple[Request, None]:
        customer, _, mixed = self._next("chat", self._chats)
        message = customer.person.text(next(mixed).text)
        self._texts.append((place, customer, message["message_id"], mixed))
        self.expected.asked.append((str(customer.chat), str(message["message_id"])))
        return self._update()

    def _telegram_photo(self, _place: int) -> tuple[Request, None]:
        customer, speaker, _ = self._next("chat", self._chats)
        message = customer.person.photo(speaker.small_talk().text)
        self.expected.asked.append((str(customer.chat), str(message["message_id"])))
        return self._update()

    def _telegram_edit(self, place: int) -> tuple[Request, None]:
        earlier = [text for text in self._texts if text[0] <= place - EDITED_AFTER]
        found = earlier[-1]
        self._texts.remove(found)
        _, customer, message_id, mixed = found
        customer.person.edit(message_id, next(mixed).text)
        return self._update()

    def _telegram_tap(self, _place: int) -> tuple[Request, None]:
        case: Case = self._next("tap", self._cases)
        case.customer.person.tap(next(iter(case.customer.person.buttons())))
        return self._update()

    # -- Slack ---------------------------------------------------------------------------------

    def _signed(self, outgoing: Outgoing, *, retry: bool = False) -> tuple[Request, Outgoing]:
        events = outgoing.kind == "events_api"
        body = json.dumps(outgoing.payload)
        headers = self._json
        if not events:
            body = urlencode({"payload": body})
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
        headers = headers | sign(self._platforms.slack.signing_secret, body.encode())
        if retry:
            headers |= {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
        else:
            self.expected.slack.append(key_of(outgoing.payload))
        return Request(EVENTS if events else INTERACTIONS, headers, body), outgoing

    def _slack_message(self, place: int) -> tuple[Request, Outgoing]:
        case: Case = self._next("thread", self._cases)
        number = self._counts["thread"]
        speaks = case.holder is not None and number // len(self._cases) % REPLIES_OF == 0
        agent = case.holder if speaks and case.holder else self._random.choice(self._agents)
        text = f"{'!' if speaks else ''}pacco {number}: il corriere richiama fra un'ora"
        ts, outgoing = self._platforms.slack.post(agent, text, thread_ts=case.card)
        if speaks:
            self.expected.replies.append(ts)
        else:
            self.expected.notes.append(ts)
            self._posts.append((place, agent, ts))
        return self._signed(outgoing)

    def _slack_edit(self, place: int) -> tuple[Request, Outgoing]:
        earlier = [post for post in self._posts if post[0] <= place - EDITED_AFTER]
        found = earlier[-1]
        self._posts.remove(found)
        _, agent, ts = found
        self.expected.corrected += 1
        outgoing = self._platforms.slack.edit(agent, ts, f"corretto alle {place}: domani alle nove")
        return self._signed(outgoing)

    def _slack_press(self, _place: int) -> tuple[Request, Outgoing]:
        free = [case for case in self._cases if case.holder is None]
        case: Case = self._next("press", free)
        agent = self._random.choice(self._agents)
        return self._signed(self._platforms.slack.click(agent, case.card, CLAIM))

    def _slack_reaction(self, _place: int) -> tuple[Request, Outgoing]:
        slack = self._platforms.slack
        number = self._counts["reaction"] = self._counts.get("reaction", 0) + 1
        slack.react(self._agents[0], self._cases[0].card, f"eyes_{number}")
        return self._signed(slack.outbox.held[-1])

    # -- the rest ------------------------------------------------------------------------------

    def _api_message(self, place: int) -> tuple[Request, None]:
        customer, mixed = self._next("api", self._api)
        body = {
            "conversation": customer.name,
            "message_id": f"mix-{place}",
            "text": next(mixed).text,
        }
        self.expected.messages.append((customer.name, f"mix-{place}"))
        return Request(API, self._api_headers, json.dumps(body)), None

    def _duplicate(self, place: int) -> tuple[Request, Outgoing | None]:
        request, outgoing = self._made[self._random.randrange(0, place - AGAIN_AFTER + 1)]
        return (request, None) if outgoing is None else self._signed(outgoing, retry=True)


def key_of(payload: Mapping[str, Any]) -> str:
    """What tells one occurrence in Slack from another: an event's id, or a press's trigger."""
    return str(payload.get("event_id") or payload["trigger_id"])
