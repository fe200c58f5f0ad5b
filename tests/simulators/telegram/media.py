"""Files that the bot sends or fetches, with the limits of the cloud Bot API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.simulators.telegram.errors import ApiError, bad_request
from tests.simulators.telegram.markup import plain
from tests.simulators.telegram.state import DOWNLOAD_LIMIT, Json, State, StoredFile

CAPTION_CHARS = 1024
PHOTO_BYTES = 10 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
GROUP = range(2, 11)
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request."""

    name: str
    mime: str
    content: bytes


class Media:
    """Turns what a call carries into parts of a Message."""

    def __init__(self, state: State) -> None:
        self._state = state

    def caption(self, p: Json) -> Json:
        """The caption's part of a message. Raises ApiError over 1024 characters."""
        text = plain(str(p.get("caption") or ""), p.get("parse_mode"))
        if len(text) > CAPTION_CHARS:
            raise bad_request("message caption is too long")
        return {"caption": text} if text else {}

    def content(self, field: str, given: Any, uploads: dict[str, Upload]) -> Json:
        """`{field: …}` of an upload, a file_id or an address. Raises ApiError."""
        stored = self._stored(field, given, uploads)
        shared = {"file_id": stored.file_id, "file_unique_id": stored.file_id[-8:]}
        shared["file_size"] = stored.size
        name = stored.path.rsplit("_", 1)[-1]
        if field == "photo":
            return {"photo": [{**shared, "width": 640, "height": 480}]}
        about: Json = {**shared, "mime_type": stored.mime}
        if field in ("video", "audio", "voice"):
            about["duration"] = 1
        if field == "video":
            about |= {"width": 640, "height": 480}
        if field in ("document", "video", "audio"):
            about["file_name"] = name
        return {field: about}

    def group(self, raw: Any, uploads: dict[str, Upload]) -> list[Json]:
        """The contents of an album's messages. Raises ApiError."""
        try:
            items = json.loads(raw) if isinstance(raw, str) else raw
        except ValueError as error:
            raise bad_request("can't parse media JSON object") from error
        if not isinstance(items, list) or len(items) not in GROUP:
            raise bad_request("there must be 2-10 messages in a media group")
        kinds = {item.get("type") for item in items}
        if not (kinds <= {"photo", "video"} or kinds in ({"document"}, {"audio"})):
            raise bad_request("media of different types can't be mixed in an album")
        contents = []
        for item in items:
            kind = str(item["type"])
            contents.append(self.content(kind, item.get("media"), uploads) | self.caption(item))
        return contents

    def file(self, file_id: str) -> Json:
        """The File object. Raises ApiError for unknown files and those over 20 MB."""
        stored = self._state.files.get(file_id)
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if stored.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return {
            "file_id": stored.file_id,
            "file_unique_id": stored.file_id[-8:],
            "file_size": stored.size,
            "file_path": stored.path,
        }

    def _stored(self, field: str, given: Any, uploads: dict[str, Upload]) -> StoredFile:
        if isinstance(given, str) and given.startswith("attach://"):
            upload = uploads.get(given.removeprefix("attach://"))
        else:
            upload = uploads.get(field)
        if upload is None:
            return self._known(field, given)
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > UPLOAD_BYTES:
            raise ApiError(413, "Request Entity Too Large")
        if field == "photo":
            if len(upload.content) > PHOTO_BYTES:
                raise bad_request("PHOTO_SAVE_FILE_INVALID")
            if not upload.content.startswith(_IMAGES):
                raise bad_request("IMAGE_PROCESS_FAILED")
        return self._state.store_file(upload.content, upload.name, upload.mime, folder=f"{field}s")

    def _known(self, field: str, given: Any) -> StoredFile:
        if not given:
            raise bad_request(f"there is no {field} in the request")
        stored = self._state.files.get(str(given))
        if stored is None and str(given).startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        if stored is None:
            raise bad_request("wrong remote file identifier specified: Wrong string length")
        return stored
