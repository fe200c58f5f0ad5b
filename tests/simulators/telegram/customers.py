"""The people of the simulated Telegram: each method is something that a person does in the app."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.simulators.telegram.state import BOT_USERNAME, Chat, Json, State

# The smallest PNG there is.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da63fcff1f0003030200ef9a4e0f0000000049454e44ae426082"
)
OGG = b"OggS" + bytes(60)
PDF = b"%PDF-1.4\n%%EOF\n"
_ENTITIES = re.compile(r"(?P<mention>@\w{5,32})|(?P<bot_command>(?<!\S)/\w{1,32}(?:@\w+)?)")


def entities(text: str) -> list[Json]:
    """Mentions and commands, placed in UTF-16 units as Telegram does."""
    return [
        {
            "type": found.lastgroup,
            "offset": len(text[: found.start()].encode("utf-16-le")) // 2,
            "length": len(found.group().encode("utf-16-le")) // 2,
        }
        for found in _ENTITIES.finditer(text)
    ]


class Person:
    """Somebody with the app. Without `chat` they write to the bot in private."""

    def __init__(self, state: State, user: Json) -> None:
        self._state = state
        self.user = user
        self.private = Chat(id=user["id"], type="private", user=user)
        state.chats[self.private.id] = self.private

    # -- writing -------------------------------------------------------------------------------

    def start(self, payload: str | None = None) -> Json:
        """Tap START, perhaps behind a t.me link with a payload."""
        return self.text(f"/start {payload}" if payload else "/start")

    def text(self, text: str, **where: Any) -> Json:
        """Write; `chat`, `reply_to` (a message id) and further Message fields may be given."""
        content: Json = {"text": text}
        if found := entities(text):
            content["entities"] = found
        return self.send(content, **where)

    def photo(
        self,
        caption: str | None = None,
        content: bytes = PNG,
        size: int | None = None,
        **where: Any,
    ) -> Json:
        stored = self._state.store_file(content, "photo.jpg", "image/jpeg", size=size)
        small = self._state.store_file(content[:20], "small.jpg", "image/jpeg")
        sizes = [
            {**self._about(small.file_id), "width": 90, "height": 67},
            {**self._about(stored.file_id), "width": 1280, "height": 960},
        ]
        return self.send({"photo": sizes, **_caption(caption)}, **where)

    def album(self, pictures: int = 3, caption: str | None = None, **where: Any) -> list[Json]:
        """Several photos sent at once: one update each, with a common media_group_id."""
        group = f"1350{self._state.number():012d}"
        return [
            self.photo(caption if n == 0 else None, media_group_id=group, **where)
            for n in range(pictures)
        ]

    def document(
        self,
        name: str = "fattura.pdf",
        content: bytes = PDF,
        mime: str = "application/pdf",
        caption: str | None = None,
        size: int | None = None,
        **where: Any,
    ) -> Json:
        stored = self._state.store_file(content, name, mime, folder="documents", size=size)
        about = {**self._about(stored.file_id), "file_name": name, "mime_type": mime}
        return self.send({"document": about, **_caption(caption)}, **where)

    def voice(self, seconds: int = 4, content: bytes = OGG, **where: Any) -> Json:
        stored = self._state.store_file(content, "voice.oga", "audio/ogg", folder="voice")
        about = {**self._about(stored.file_id), "duration": seconds, "mime_type": "audio/ogg"}
        return self.send({"voice": about}, **where)

    def location(self, latitude: float = 45.5622, longitude: float = 8.0583, **where: Any) -> Json:
        return self.send({"location": {"latitude": latitude, "longitude": longitude}}, **where)

    def contact(self, first_name: str, phone: str, last_name: str = "", **where: Any) -> Json:
        about = {"phone_number": phone, "first_name": first_name}
        if last_name:
            about["last_name"] = last_name
        return self.send({"contact": about}, **where)

    def sticker(self, emoji: str = "🧶", **where: Any) -> Json:
        stored = self._state.store_file(b"RIFF    WEBP", "sticker.webp", "image/webp")
        about = {
            **self._about(stored.file_id),
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return self.send({"sticker": about}, **where)

    def send(
        self, content: Json, *, chat: Chat | None = None, reply_to: int | None = None, **more: Any
    ) -> Json:
        """Any message at all, as the API describes it."""
        state = self._state
        with state.lock:
            place = chat or self.private
            if place is self.private:
                place.started = True
            if reply_to is not None:
                replied = place.messages[reply_to]
                more["reply_to_message"] = {
                    k: v for k, v in replied.items() if k != "reply_to_message"
                }
            message = state.message(place, self.user, {**content, **more})
            state.updates.add({"message": message})
            return message

    def edit(self, message_id: int, text: str, *, chat: Chat | None = None) -> Json:
        """Change a message's text, or its caption if it is a picture's."""
        with self._state.lock:
            message = (chat or self.private).messages[message_id]
            caption = "text" not in message
            message["caption" if caption else "text"] = text
            message["caption_entities" if caption else "entities"] = entities(text)
            message["edit_date"] = message["date"] + 1
            self._state.updates.add({"edited_message": message})
            return message

    # -- buttons and the chat itself -------------------------------------------------------------

    def buttons(self, chat: Chat | None = None) -> dict[str, str]:
        """Titles and callback data that stand under the bot's messages, the newest last."""
        found: dict[str, str] = {}
        for message in self._state.sent[(chat or self.private).id]:
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                found |= {b["text"]: b["callback_data"] for b in row if "callback_data" in b}
        return found

    def tap(
        self, title: str | None = None, *, data: str | None = None, chat: Chat | None = None
    ) -> str:
        """Tap the newest button of this title (or carrying `data`); the callback query's id."""
        place = chat or self.private
        with self._state.lock:
            for message in reversed(self._state.sent[place.id]):
                for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                    for button in row:
                        if title in (None, button["text"]) and data in (
                            None,
                            button.get("callback_data"),
                        ):
                            return self._tap(message, button["callback_data"])
        raise AssertionError(f"no button {title or data}")

    def _tap(self, message: Json, data: str) -> str:
        query = {
            "id": f"43{self._state.number():016d}",
            "from": self.user,
            "message": message,
            "chat_instance": "-7361532",
            "data": data,
        }
        self._state.queries[query["id"]] = {"answered": False}
        self._state.updates.add({"callback_query": query})
        return str(query["id"])

    def react(self, message_id: int, *emoji: str, chat: Chat | None = None) -> None:
        """Let these be one's reactions to a message; none takes them back."""
        place = chat or self.private
        with self._state.lock:
            known = place.reactions.get((message_id, self.user["id"]), ())
            place.reactions[message_id, self.user["id"]] = emoji
            self._state.updates.add(
                {
                    "message_reaction": {
                        "chat": place.public(),
                        "message_id": message_id,
                        "user": self.user,
                        "date": int(time.time()),
                        "old_reaction": [{"type": "emoji", "emoji": each} for each in known],
                        "new_reaction": [{"type": "emoji", "emoji": each} for each in emoji],
                    }
                }
            )

    def block(self) -> None:
        """Stop and block the bot."""
        self.private.blocked = True
        self._membership("member", "kicked")

    def unblock(self) -> None:
        self.private.blocked = False
        self._membership("kicked", "member")

    def _membership(self, before: str, after: str) -> None:
        def member(status: str) -> Json:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"user": self._state.bot, "status": status, **until}

        self._state.updates.add(
            {
                "my_chat_member": {
                    "chat": self.private.public(),
                    "from": self.user,
                    "date": int(time.time()),
                    "old_chat_member": member(before),
                    "new_chat_member": member(after),
                }
            }
        )

    # -- what they see ---------------------------------------------------------------------------

    def heard(self, chat: Chat | None = None) -> list[str]:
        """The texts and captions that the bot wrote, oldest first."""
        sent = self._state.sent[(chat or self.private).id]
        return [str(m.get("text") or m.get("caption") or "") for m in sent]

    def received(self, chat: Chat | None = None) -> list[Json]:
        """The bot's messages, whole."""
        return list(self._state.sent[(chat or self.private).id])

    def _about(self, file_id: str) -> Json:
        stored = self._state.files[file_id]
        return {
            "file_id": file_id,
            "file_unique_id": file_id[-8:],
            "file_size": stored.size,
        }


class Group(Chat):
    """A group that the bot is in."""

    def migrate(self, state: State, by: Person) -> Group:
        """Become a supergroup under a new id; the new chat."""
        with state.lock:
            bigger = Group(id=-1_000_000_000_000 + self.id, type="supergroup", title=self.title)
            state.chats[bigger.id] = bigger
            self.moved_to = bigger.id
            leaving = state.message(self, by.user, {"migrate_to_chat_id": bigger.id})
            state.updates.add({"message": leaving})
            arriving = state.message(bigger, by.user, {"migrate_from_chat_id": self.id})
            state.updates.add({"message": arriving})
            return bigger


def mention(text: str) -> str:
    """The text with the bot addressed."""
    return f"@{BOT_USERNAME} {text}"


def _caption(caption: str | None) -> Json:
    if caption is None:
        return {}
    found = entities(caption)
    return {"caption": caption, **({"caption_entities": found} if found else {})}
