"""The Bot API's methods, as far as a care bot needs them, with the documented limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.simulators.telegram.errors import ApiError, bad_request
from tests.simulators.telegram.markup import keyboard, plain
from tests.simulators.telegram.media import Media, Upload
from tests.simulators.telegram.rates import RateLimits
from tests.simulators.telegram.state import Chat, Json, State
from tests.simulators.telegram.webhooks import webhook_info, webhook_settings

TEXT_CHARS = 4096
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
ANSWER_CHARS = 200


class Methods:
    """Everything but getUpdates, which waits. Each takes the call's parameters and files."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._media = Media(state)
        self._rates = RateLimits()
        self._known: dict[str, Callable[[Json, dict[str, Upload]], Any]] = {
            "getme": lambda p, f: state.bot,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": lambda p, f: webhook_info(state),
            "sendmessage": self._send_message,
            "sendphoto": self._one_file("photo"),
            "senddocument": self._one_file("document"),
            "sendvoice": self._one_file("voice"),
            "sendvideo": self._one_file("video"),
            "sendaudio": self._one_file("audio"),
            "sendmediagroup": self._send_media_group,
            "sendchataction": self._send_chat_action,
            "editmessagetext": self._edit_message_text,
            "answercallbackquery": self._answer_callback_query,
            "getfile": self._get_file,
        }

    def knows(self, method: str) -> bool:
        """Whether there is such a method; names are compared without case."""
        return method in self._known

    def call(self, method: str, parameters: Json, uploads: dict[str, Upload]) -> Any:
        """The call's result. Raises ApiError."""
        with self._state.lock:
            return self._known[method](parameters, uploads)

    # -- webhooks ------------------------------------------------------------------------------

    def _set_webhook(self, p: Json, _files: dict[str, Upload]) -> bool:
        self._state.webhook = webhook_settings(p)
        self._state.webhook_error = None
        self._allow(p)
        if _true(p.get("drop_pending_updates")):
            self._state.updates.clear()
        self._state.changed()
        return True

    def _delete_webhook(self, p: Json, _files: dict[str, Upload]) -> bool:
        self._state.webhook = None
        if _true(p.get("drop_pending_updates")):
            self._state.updates.clear()
        self._state.changed()
        return True

    def _allow(self, p: Json) -> None:
        if p.get("allowed_updates") is not None:
            names = _list(p["allowed_updates"], "can't parse allowed_updates JSON object")
            self._state.updates.allowed = frozenset(names) or None

    # -- sending -------------------------------------------------------------------------------

    def _send_message(self, p: Json, _files: dict[str, Upload]) -> Json:
        chat = self._to(p)
        text = plain(str(p.get("text") or ""), p.get("parse_mode"))
        if not text.strip():
            raise bad_request("message text is empty")
        if len(text) > TEXT_CHARS:
            raise bad_request("message is too long")
        return self._write(chat, p, {"text": text.strip()})

    def _one_file(self, field: str) -> Callable[[Json, dict[str, Upload]], Json]:
        def send(p: Json, files: dict[str, Upload]) -> Json:
            chat = self._to(p)
            content = self._media.content(field, p.get(field), files)
            return self._write(chat, p, content | self._media.caption(p))

        return send

    def _send_media_group(self, p: Json, files: dict[str, Upload]) -> list[Json]:
        chat = self._to(p)
        contents = self._media.group(p.get("media"), files)
        group = str(self._state.number())
        return [self._write(chat, p, {**c, "media_group_id": group}) for c in contents]

    def _to(self, p: Json) -> Chat:
        if not p.get("chat_id"):
            raise bad_request("chat_id is empty")
        chat = self._state.chat_to_write(p["chat_id"])
        if self._state.rates_enforced:
            self._rates.count(chat.id, group=chat.type != "private")
        return chat

    def _write(self, chat: Chat, p: Json, content: Json) -> Json:
        markup = keyboard(p.get("reply_markup"))
        if markup is not None:
            content = {**content, "reply_markup": markup}
        replied = self._replied(chat, p)
        if replied is not None:
            content = {**content, "reply_to_message": replied}
        if p.get("message_thread_id"):
            content = {**content, "message_thread_id": int(p["message_thread_id"])}
        message = self._state.message(chat, self._state.bot, content)
        self._state.sent[chat.id].append(message)
        self._state.changed()
        return message

    def _replied(self, chat: Chat, p: Json) -> Json | None:
        raw = p.get("reply_parameters")
        if not raw:
            return None
        reply = _object(raw, "can't parse reply parameters JSON object")
        found = chat.messages.get(int(reply.get("message_id", 0)))
        if found is None and not _true(reply.get("allow_sending_without_reply")):
            raise bad_request("message to be replied not found")
        return {k: v for k, v in found.items() if k != "reply_to_message"} if found else None

    def _send_chat_action(self, p: Json, _files: dict[str, Upload]) -> bool:
        self._state.chat_to_write(p.get("chat_id"))
        if p.get("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        return True

    def _edit_message_text(self, p: Json, _files: dict[str, Upload]) -> Json:
        chat = self._state.chat_to_write(p.get("chat_id"))
        message = chat.messages.get(int(p.get("message_id") or 0))
        if message is None or not message["from"]["is_bot"]:
            raise bad_request("message to edit not found")
        text = plain(str(p.get("text") or ""), p.get("parse_mode"))
        if not text.strip():
            raise bad_request("message text is empty")
        if len(text) > TEXT_CHARS:
            raise bad_request("MESSAGE_TOO_LONG")
        markup = keyboard(p.get("reply_markup"))
        if text == message.get("text") and markup == message.get("reply_markup"):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        message.update({"text": text, "edit_date": message["date"]})
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        return message

    # -- the rest ------------------------------------------------------------------------------

    def _answer_callback_query(self, p: Json, _files: dict[str, Upload]) -> bool:
        query = self._state.queries.get(str(p.get("callback_query_id")))
        if query is None or query["answered"]:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        if len(str(p.get("text") or "")) > ANSWER_CHARS:
            raise bad_request("MESSAGE_TOO_LONG")
        query["answered"] = True
        return True

    def _get_file(self, p: Json, _files: dict[str, Upload]) -> Json:
        return self._media.file(str(p.get("file_id") or ""))


def _true(raw: Any) -> bool:
    return raw is True or str(raw).lower() in ("true", "1")


def _object(raw: Any, complaint: str) -> Json:
    found = _loads(raw, complaint)
    if not isinstance(found, dict):
        raise bad_request(complaint)
    return found


def _list(raw: Any, complaint: str) -> list[Any]:
    found = _loads(raw, complaint)
    if not isinstance(found, list):
        raise bad_request(complaint)
    return found


def _loads(raw: Any, complaint: str) -> Any:
    if not isinstance(raw, str):
        return raw
    try:
        return json.loads(raw)
    except ValueError as error:
        raise bad_request(complaint) from error


def outcome(answer: Json) -> tuple[bool, str | None]:
    """Whether a call was accepted, and the complaint otherwise."""
    return bool(answer["ok"]), answer.get("description")


__all__ = ["ApiError", "Methods", "outcome"]
