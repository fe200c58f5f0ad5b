"""Who the customers are: the demo company's buyers with their orders, and the codes they get."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bench.wire import Http, Unexpected
from crm_bridge.demo import company
from ops.system import System

# The bridge sends no more codes to an address in an hour.
CODES_A_PERSON = 5


@dataclass(frozen=True)
class Buyer:
    """Somebody with orders, in the language they write in."""

    email: str
    language: str
    orders: tuple[str, ...]


def buyers() -> list[Buyer]:
    """Everybody with an order, Italian and English writers in turn."""
    demo = company.generate(date.today())  # noqa: DTZ011 — the seed uses the same local day
    orders: dict[str, list[str]] = defaultdict(list)
    for order in demo.orders:
        orders[order.person].append(order.number)
    found = [Buyer(p.email, p.language, tuple(orders[p.id])) for p in demo.people if orders[p.id]]
    italian = [buyer for buyer in found if buyer.language == "it"]
    english = [buyer for buyer in found if buyer.language == "en"]
    pairs = itertools.zip_longest(italian, english)
    return [buyer for pair in pairs for buyer in pair if buyer is not None]


def in_turn() -> Iterator[Buyer]:
    """Each buyer once, then each once more, as often as the bridge will send them codes."""
    everybody = buyers()
    for _ in range(CODES_A_PERSON):
        yield from everybody


class Mailbox:
    """One-time codes out of the demo's mails, one at a time for each address."""

    def __init__(self, system: System) -> None:
        token = system.secret("BRIDGE_TOKEN_GATEWAY")
        self._http = Http(system.bridge_url, {"Authorization": f"Bearer {token}"})
        self._reading = asyncio.Lock()
        self._seen: set[str] = set()
        self._addresses: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def address(self, email: str) -> asyncio.Lock:
        """To be held from asking for a code until it was read."""
        return self._addresses[email]

    async def code(self, email: str) -> str:
        """The code of the mail that comes to this address next. Raises Unexpected after 20 s."""
        for _ in range(400):
            async with self._reading:
                mails = (await self._http.get("/v1/mails?limit=20"))["mails"]
            for mail in mails:
                if email in mail["to"] and mail["id"] not in self._seen:
                    self._seen.add(mail["id"])
                    match = re.search(r"\b(\d{3})[ -]?(\d{3})\b", mail["text"])
                    if match is None:
                        raise Unexpected("a mail without a code")
                    return match[1] + match[2]
            await asyncio.sleep(0.05)
        raise Unexpected("no mail with a code came within 20 s")

    def close(self) -> None:
        """Close the connection."""
        self._http.close()
