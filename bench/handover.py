"""From the decision to hand over until an agent sees the whole card."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bench.customers import ApiCustomer
from bench.measures import Figure, median, percentile
from bench.stand import Stand
from bench.targets import CARD
from bench.wire import Http, Unexpected
from runtime.clock import from_iso

PAUSE_S = 0.4
CARD_S = 20.0
REQUESTS = {
    "it": (
        "vorrei parlare con un operatore",
        "posso parlare con una persona?",
        "passami un operatore per favore",
        "voglio parlare con una persona vera",
        "mi passi un operatore umano?",
    ),
    "en": (
        "I want to talk to a person",
        "can I speak to a human agent please",
        "I would like to talk to a human",
        "please let me talk to an operator",
        "can you put me through to a real person",
    ),
}


class _Console:
    """An agent's open page: it follows the events and looks again at what changed."""

    def __init__(self, url: str, cookie: str) -> None:
        headers = {"Cookie": cookie}
        self._http = Http(url, headers)
        self._stream = Http(url, headers)
        self._changed: asyncio.Queue[tuple[set[str], bool]] = asyncio.Queue()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def logged_in(cls, stand: Stand) -> _Console:
        """Log in with the operator's password."""
        http = Http(stand.system.gateway_url)
        body = {
            "password": stand.system.secret("OPERATOR_PASSWORD"),
            "agent": "Bench",
            "language": "en",
        }
        answer = await http.request("POST", "/console/api/session", body)
        http.close()
        if answer.status != 200:
            raise Unexpected(f"the console's log-in answered {answer.status}")
        return cls(stand.system.gateway_url, answer.headers["set-cookie"].split(";")[0])

    async def id_of(self, customer: ApiCustomer) -> str:
        """The console's id of a customer's conversation."""
        found = await self._http.get(f"/console/api/conversations?q={customer.name}")
        items = [item for section in found["sections"] for item in section["conversations"]]
        [conversation_id] = [i["id"] for i in items if i["address"] == customer.name]
        return str(conversation_id)

    def forget(self) -> None:
        """Leave out what changed so far."""
        while not self._changed.empty():
            self._changed.get_nowait()

    async def complete_card(self, conversation_id: str) -> tuple[float, dict[str, Any]]:
        """When the page showed the hand-over with its brief (epoch seconds), and the card."""
        try:
            async with asyncio.timeout(CARD_S):
                while True:
                    ids, everything = await self._changed.get()
                    if conversation_id not in ids and not everything:
                        continue
                    page = await self._http.get(f"/console/api/conversations/{conversation_id}")
                    card = page["card"]
                    if card["handoff"] is not None and card["brief"] is not None:
                        return time.time(), card
        except TimeoutError:
            raise Unexpected(f"no complete card within {CARD_S:.0f} s") from None

    async def _listen(self) -> None:
        async for _, name, data in self._stream.events("/console/api/events"):
            if name == "changed":
                self._changed.put_nowait((set(data["ids"]), bool(data["all"])))

    def close(self) -> None:
        """Close the page."""
        self._listening.cancel()
        self._http.close()
        self._stream.close()


async def measure(stand: Stand) -> list[Figure]:
    """Verified customers ask for a person, one after the other, while an agent's page is open."""
    customers = await stand.any_api(stand.plan.pick(40, 16))
    console = await _Console.logged_in(stand)
    shown, stored = [], []
    for number, customer in enumerate(customers):
        conversation_id = await console.id_of(customer)
        texts = REQUESTS[customer.buyer.language]
        await asyncio.sleep(PAUSE_S)
        console.forget()
        asked = asyncio.create_task(customer.ask(texts[number % len(texts)]))
        at, card = await console.complete_card(conversation_id)
        await asked
        if card["brief"]["level"] != "verified" or not card["brief"]["orders"]:
            raise Unexpected(f"a card without the customer's orders: {card['brief']['level']}")
        requested = from_iso(card["handoff"]["requested_at"])
        shown.append((at - requested) * 1000)
        stored.append((from_iso(card["brief_at"]) - requested) * 1000)
    console.close()
    return [
        CARD.figure(
            median(shown),
            note=f"{len(shown)} hand-overs, from the decision until a page that follows the"
            f" console's events has read the card; p95 {percentile(shown, 95):.0f} ms;"
            f" brief stored after {median(stored):.0f} ms",
        )
    ]
