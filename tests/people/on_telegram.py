"""A customer with the simulated Telegram's app, in private or in a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.people.customers import Heard
from tests.simulators.telegram import TelegramSimulator
from tests.simulators.telegram.customers import Chat, Person, mention

_FILES = ("document", "video", "audio", "voice")


class OnTelegram:
    """In private."""

    channel = "telegram"
    edits = True
    brings_files = True
    turns_round = True

    def __init__(self, telegram: TelegramSimulator, name: str, language: str = "it") -> None:
        self.name = name
        self._telegram = telegram
        self._person: Person = telegram.person(name, language)
        self._chat: Chat = self._person.private

    @property
    def address(self) -> str:
        """The chat's id."""
        return str(self._chat.id)

    def close(self) -> None:
        """Nothing is held open."""

    def says(self, text: str) -> str:
        return str(self._person.text(self._to_the_bot(text), chat=self._chat)["message_id"])

    def sends_picture(self, caption: str) -> str:
        sent = self._person.photo(self._to_the_bot(caption), chat=self._chat)
        return str(sent["message_id"])

    def corrects(self, message: str, text: str) -> None:
        self._person.edit(int(message), self._to_the_bot(text), chat=self._chat)

    def again(self, message: str) -> None:
        [update] = [
            each["update_id"]
            for each in self._telegram.updates.history
            if each.get("message", {}).get("message_id") == int(message)
            and each["message"]["chat"]["id"] == self._chat.id
        ]
        self._telegram.updates.repeat(update)

    def writes_late(self, texts: Sequence[str]) -> None:
        self._telegram.updates.hold()
        for text in texts:
            self.says(text)
        self._telegram.updates.release(reverse=True)

    def corrects_too_fast(self, text: str, corrected: str) -> None:
        self._telegram.updates.hold()
        self.corrects(self.says(text), corrected)
        self._telegram.updates.release(reverse=True)

    def taps(self, title: str) -> None:
        self._person.tap(title, chat=self._chat)

    def heard(self) -> list[Heard]:
        return [
            Heard(
                str(message.get("text") or message.get("caption") or ""),
                tuple(
                    button["text"]
                    for row in message.get("reply_markup", {}).get("inline_keyboard", ())
                    for button in row
                ),
                tuple(self._files(message)),
            )
            for message in self._person.received(self._chat)
        ]

    def wire(self) -> str:
        calls = [
            c for c in self._telegram.calls if str(c.parameters.get("chat_id")) == self.address
        ]
        return "\n".join(str(each) for each in (*calls, *self._telegram.sent(self._chat.id)))

    def _to_the_bot(self, text: str) -> str:
        return text

    def _files(self, message: dict[str, Any]) -> list[bytes]:
        about = [message[kind] for kind in _FILES if kind in message]
        about += message.get("photo", [])[-1:]
        stored = self._telegram.state.files
        return [stored[each["file_id"]].content for each in about]


class InAGroup(OnTelegram):
    """In a group, where the bot hears what begins with its name."""

    def __init__(self, telegram: TelegramSimulator, name: str, language: str = "it") -> None:
        super().__init__(telegram, name, language)
        self._chat = telegram.group(f"Gruppo {name}")

    def _to_the_bot(self, text: str) -> str:
        return mention(text)
