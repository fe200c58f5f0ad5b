"""What an action may know of the message it is answering, read from the tracker once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker

# Events of these actions are the engine's own and don't mean that something was answered.
_SILENT_ACTIONS = frozenset({"action_listen", "action_extract_slots", "action_session_start"})
# Longer messages are read this far; the patterns of the forms needn't run over a novel.
_TEXT_READ = 2000
# Questions that know what they are about, whatever is said after them.
_STAYING = frozenset({"cancel_order", "offer_case", "offer_person"})
# The role of a value that the customer takes back.
_TAKEN_BACK = "not"


class Turn:
    """The message being answered: who wrote it, where, in which language, what was understood."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        message: dict[str, Any] = tracker.latest_message or {}
        self.metadata: dict[str, Any] = message.get("metadata") or {}
        self.text: str = (message.get("text") or "").strip()[:_TEXT_READ]
        self.intent: str = (message.get("intent") or {}).get("name") or ""
        # The classifier ranks all intents; a payload stands for exactly one.
        ranked = message.get("intent_ranking") or []
        self._tapped = bool(self.metadata.get("payload")) or len(ranked) == 1
        self._entities: list[dict[str, Any]] = message.get("entities") or []

    @property
    def language(self) -> str:
        """`it` or `en`; Italian when nothing is known."""
        return "en" if self.slot("language") == "en" else "it"

    @property
    def conversation_id(self) -> str:
        """The gateway's id of the conversation, which is also Rasa's sender."""
        return str(self._tracker.sender_id)

    @property
    def conversation(self) -> dict[str, str]:
        """The reference that the bridge takes."""
        return {
            "id": self.conversation_id,
            "channel": str(self.metadata.get("channel") or "api"),
            "account": str(self.metadata.get("account") or "default"),
            "handle": str(self.metadata.get("handle") or self.conversation_id),
        }

    @property
    def public(self) -> bool:
        """Whether others can read along (a comment, a mention)."""
        return bool(self.metadata.get("public"))

    @property
    def more_to_come(self) -> bool:
        """Whether the customer's message holds a second wish, which is answered right after."""
        return bool(self.metadata.get("more_to_come"))

    @property
    def in_passing(self) -> bool:
        """Whether an answer must ask nothing of its own: a form does, or the other half of this
        message has asked something already or is to be answered right after."""
        asked_in = self.slot("asked_in")
        other = asked_in != self.message_id and _whole(asked_in) == _whole(self.message_id)
        return bool(self.active_form or self.more_to_come or (other and self.slot("open_question")))

    @property
    def drops(self) -> bool:
        """Whether the message begins by dropping what was asked; the care channel hears that."""
        return bool(self.metadata.get("drops"))

    @property
    def late_tap(self) -> bool:
        """Whether a yes or a no was tapped under an earlier question; the care channel sees it."""
        return bool(self.metadata.get("late_tap"))

    @property
    def words(self) -> str:
        """What the customer wrote with their own hands.

        Where a button was tapped that says what the message before meant, that message; nothing
        for any other button.
        """
        if not self.is_payload:
            return self.text
        unclear = self.slot("unclear") or {}
        chosen = unclear.get("asked_in") and unclear["asked_in"] == self._previous_id
        return str(unclear.get("text") or "") if chosen else ""

    @property
    def is_payload(self) -> bool:
        """Whether a button was tapped: then the text is not the customer's own words."""
        return self._tapped or not self.text or self.text.startswith("/")

    def key(self, action: str, n: int = 1) -> str:
        """The idempotency key of the `n`-th changing call of `action` for this message."""
        turn_id = self.metadata.get("turn_id") or self.conversation_id
        message_id = self.message_id or len(self._tracker.events)
        return f"{turn_id}:{message_id}:{action}:{n}"

    def slot(self, name: str) -> Any:
        """The value of a slot, None when it isn't set."""
        return self._tracker.slots.get(name)

    def entity(self, name: str) -> str | None:
        """The last value found in this message for an entity, but for those taken back."""
        values = [value for value, role in self._values(name) if role != _TAKEN_BACK]
        return str(values[-1]) if values and values[-1] else None

    def taken_back(self, name: str) -> frozenset[str]:
        """Values that this message says are not meant: "not LA-20398, LA-20391"."""
        return frozenset(str(value) for value, role in self._values(name) if role == _TAKEN_BACK)

    def _values(self, name: str) -> list[tuple[Any, Any]]:
        return [(e.get("value"), e.get("role")) for e in self._entities if e.get("entity") == name]

    def mentioned(self, names: Sequence[str]) -> list[str]:
        """What this message and the one before name of these entities, oldest first, each once."""
        before = (self._previous_message().get("parse_data") or {}).get("entities") or []
        values = [
            str(e.get("value")) for e in [*before, *self._entities] if e.get("entity") in names
        ]
        return list(dict.fromkeys(values))

    @property
    def active_form(self) -> str | None:
        """The form that is being filled in."""
        loop: dict[str, Any] = self._tracker.active_loop or {}
        return loop.get("name")

    def activates(self, form: str) -> bool:
        """Whether this very message starts the form."""
        return any(
            event.get("event") == "active_loop" and event.get("name") == form
            for event in self._events_since_message()
        )

    def interrupted(self, form: str) -> bool:
        """Whether something else was answered first and the form is now taken up again."""
        own = _SILENT_ACTIONS | {form}
        return not self.activates(form) and any(
            event.get("event") == "action" and event.get("name") not in own
            for event in self._events_since_message()
        )

    def set_now(self, slot: str) -> bool:
        """Whether an action has set the slot in answer to this very message."""
        return any(
            event.get("event") == "slot" and event.get("name") == slot
            for event in self._events_since_message()
        )

    @property
    def asked_now(self) -> str | None:
        """The question that an action has put in answer to this very message."""
        return str(self.slot("open_question")) if self.set_now("asked_in") else None

    @property
    def attachments(self) -> int:
        """How many files came with the message."""
        return int(self.metadata.get("attachments") or 0)

    @property
    def message_id(self) -> str:
        """The channel's id of this message."""
        return str(self.metadata.get("message_id") or "")

    @property
    def question(self) -> str | None:
        """The question that the bot asked when it answered the customer's previous message.

        A question stands for one message: "yes" ten messages later answers something else.
        """
        if not self._previous_id or not self._just_asked:
            return None
        if self.late_tap and self.intent != "repeat":
            return None
        question = self.slot("open_question")
        return str(question) if question else None

    @property
    def _just_asked(self) -> bool:
        """Whether the question stood in the last reply; of two wishes, the first may have asked
        what stays to be answered behind the second, unless a form asks since."""
        asked_in = self.slot("asked_in")
        if asked_in == self._previous_id:
            return True
        stays = self.slot("open_question") in _STAYING and not self.active_form
        return stays and _whole(asked_in) == _whole(self._previous_id)

    @property
    def article_just_given(self) -> str | None:
        """The slug of the article that was the answer to the message before."""
        last = self.slot("last_answer") or {}
        just_now = bool(self._previous_id) and last.get("given_in") == self._previous_id
        return str(last["slug"]) if just_now and last.get("slug") else None

    @property
    def previous_intent(self) -> str | None:
        """The intent of the customer's message before this one."""
        intent = (self._previous_message().get("parse_data") or {}).get("intent") or {}
        return intent.get("name")

    @property
    def last_said(self) -> list[tuple[str, list[dict[str, str]]]]:
        """Texts and buttons of the bot's answer to the previous message, oldest first."""
        said: list[tuple[str, list[dict[str, str]]]] = []
        begun = False
        for event in reversed(self._tracker.events):
            if event.get("event") == "user":
                message_id = str((event.get("metadata") or {}).get("message_id"))
                if begun and _whole(message_id) == message_id:
                    break
                begun = True
            elif event.get("event") == "bot" and begun and event.get("text"):
                buttons = (event.get("data") or {}).get("buttons") or []
                said.append((str(event["text"]), list(buttons)))
        return said[::-1]

    @property
    def readings(self) -> list[str]:
        """The intents that the message may have, likeliest first."""
        ranked = (self._tracker.latest_message or {}).get("intent_ranking") or []
        return [str(item.get("name")) for item in ranked]

    @property
    def _previous_id(self) -> str | None:
        """The channel's id of the customer's message before this one."""
        return (self._previous_message().get("metadata") or {}).get("message_id")

    def _previous_message(self) -> dict[str, Any]:
        messages = [e for e in self._tracker.events if e.get("event") == "user"]
        return messages[-2] if len(messages) > 1 else {}

    def _events_since_message(self) -> list[dict[str, Any]]:
        events = self._tracker.events
        for index in range(len(events) - 1, -1, -1):
            if events[index].get("event") == "user":
                return list(events[index + 1 :])
        return list(events)


def _whole(message_id: str | None) -> str:
    """The id of a message whose second wish has an id of its own."""
    return (message_id or "").removesuffix("/2")
