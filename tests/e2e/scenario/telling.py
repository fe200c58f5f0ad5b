"""The verbs of story.yml: what the customer does and hears, and the telling itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.care import Mailbox, until
from tests.e2e.demo_orders import Buyer
from tests.people.customers import CustomerOn, Heard

STORY = yaml.safe_load((Path(__file__).parent / "story.yml").read_text())
INTERNAL = "internal_"


class Words:
    """The story's words for one customer."""

    def __init__(self, channel: str, buyer: Buyer) -> None:
        self._keys = (buyer.language, channel)
        self._filled = vars(buyer)

    def __getitem__(self, name: str) -> str:
        """A word, or a fact about the customer (`number`, `first_name` …). Raises KeyError."""
        if name not in STORY["words"]:
            return str(self._filled[name])
        word = STORY["words"][name]
        if isinstance(word, Mapping):
            [word] = [word[key] for key in self._keys if key in word]
        return str(word).format(**self._filled)

    def internal(self) -> list[str]:
        """What must never reach a customer."""
        return [self[name] for name in STORY["words"] if name.startswith(INTERNAL)]


class Customers:
    """The customer's part. `heard` counts the messages that were looked at."""

    def __init__(self, customer: CustomerOn, words: Words, buyer: Buyer, mailbox: Mailbox) -> None:
        self.customer = customer
        self.words = words
        self._buyer = buyer
        self._mailbox = mailbox
        self._written: dict[str, str] = {}
        self._looked_at = 0

    # -- what they do ----------------------------------------------------------------------------

    def customer_says(self, name: str) -> None:
        self._written[name] = self.customer.says(self.words[name])

    def customer_proves_who_they_are(self, _: None) -> None:
        """With the code from their mailbox."""
        self.customer.says(self._mailbox.code(self._buyer.email))

    def customer_sends_a_picture(self, caption: str) -> None:
        self._written[caption] = self.customer.sends_picture(self.words[caption])

    def customer_corrects(self, names: Sequence[str]) -> None:
        written, corrected = names
        self.customer.corrects(self._written[written], self.words[corrected])

    def customer_corrects_too_fast(self, names: Sequence[str]) -> None:
        written, corrected = names
        self.customer.corrects_too_fast(self.words[written], self.words[corrected])

    def customer_writes_late(self, names: Sequence[str]) -> None:
        self.customer.writes_late([self.words[name] for name in names])

    def customer_taps(self, name: str) -> None:
        self.customer.taps(self.words[name])

    def platform_repeats(self, name: str) -> None:
        self.customer.again(self._written[name])

    # -- what they hear --------------------------------------------------------------------------

    def customer_hears(self, messages: Sequence[Sequence[str]]) -> None:
        """The next messages, each with all its parts, in its text or on its buttons."""
        for parts in messages:
            [heard] = self._next(1)
            for part in parts:
                assert self.words[part] in f"{heard.text} {heard.buttons}", (part, heard)

    def customer_hears_in_any_order(self, names: Sequence[str]) -> None:
        heard = self._next(len(names))
        assert sorted(each.text for each in heard) == sorted(self.words[name] for name in names)

    def customer_hears_the_file(self, name: str) -> None:
        [heard] = self._next(1)
        assert heard.text == self.words[name]
        assert heard.files == (self.file,)

    def customer_hears_nothing_else(self, _: None) -> None:
        assert self.customer.heard()[self._looked_at :] == []

    def nothing_internal_was_on_the_wire(self, _: None) -> None:
        wire = self.customer.wire()
        assert self.words["goodbye"] in wire, "it is the wire"
        assert [words for words in self.words.internal() if words in wire] == []

    def _next(self, count: int) -> list[Heard]:
        begin, self._looked_at = self._looked_at, self._looked_at + count

        def heard() -> list[Heard]:
            found = self.customer.heard()[begin:]
            return found[:count] if len(found) >= count else []

        found: list[Heard] = until(heard, f"message {self._looked_at} to the customer")
        return found

    file = b"%PDF-1.4\n%%EOF\n"


def tell(teller: Any) -> None:
    """All steps, each a verb of `teller` with its argument; says at which one it ends."""
    for number, step in enumerate(STORY["steps"], 1):
        [(verb, argument)] = step.items()
        act = getattr(teller, verb.replace(" ", "_"))
        try:
            act(argument)
        except AssertionError as error:
            raise AssertionError(f"step {number}, {verb}: {argument}: {error}") from error
