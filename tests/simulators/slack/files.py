"""Files: uploaded in steps, shared in a thread, described."""

from __future__ import annotations

import json
from typing import Any

from tests.simulators.slack.basics import Arguments, Basics
from tests.simulators.slack.limits import Refused
from tests.simulators.slack.workspace import BOT_USER, TEAM, File, Message


class SharedFiles(Basics):
    """The methods `files.*`."""

    def _files_getUploadURLExternal(self, arguments: Arguments) -> dict[str, Any]:  # noqa: N802
        length, name = int(arguments.get("length") or 0), str(arguments.get("filename") or "")
        if not name:
            raise Refused("missing_argument")
        if length <= 0:
            raise Refused("file_upload_size_restricted")
        file = File(self.space.new_id("F"), name, BOT_USER, b"")
        self.space.files[file.id] = file
        return {"upload_url": f"{self.base}/upload/{file.id}", "file_id": file.id}

    def _files_completeUploadExternal(self, arguments: Arguments) -> dict[str, Any]:  # noqa: N802
        listed = arguments.get("files") or "[]"
        files = json.loads(listed) if isinstance(listed, str) else listed
        found = [self.space.files.get(str(file.get("id"))) for file in files]
        if not found or any(file is None or not file.content for file in found):
            raise Refused("file_not_found")
        shared: list[File] = [file for file in found if file is not None]
        for file, given in zip(shared, files, strict=True):
            file.title = str(given.get("title") or file.name)
        channel = arguments.get("channel_id")
        if channel:
            self._joined(arguments)
            thread_ts = arguments.get("thread_ts")
            message = self.space.add(
                Message(
                    str(channel),
                    self.space.new_ts(),
                    BOT_USER,
                    str(arguments.get("initial_comment") or ""),
                    thread_ts=str(thread_ts) if thread_ts else None,
                    files=[file.id for file in shared],
                    bot=True,
                )
            )
            for file in shared:
                file.shared.append((message.channel, message.ts))
            self.emit(
                {
                    **message.as_json(),
                    "subtype": "file_share",
                    "channel": message.channel,
                    "files": [self.file_json(file) for file in shared],
                }
            )
        return {"files": [self.file_json(file) for file in shared]}

    def _files_info(self, arguments: Arguments) -> dict[str, Any]:
        file = self.space.files.get(str(arguments.get("file")))
        if file is None:
            raise Refused("file_not_found")
        return {"file": self.file_json(file)}

    def file_json(self, file: File) -> dict[str, Any]:
        """A file as Slack describes it."""
        address = f"{self.base}/files-pri/{TEAM}-{file.id}/{file.name}"
        shares: dict[str, list[dict[str, str]]] = {}
        for channel, ts in file.shared:
            shares.setdefault(channel, []).append({"ts": ts})
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title or file.name,
            "mimetype": file.mime,
            "size": len(file.content),
            "user": file.user,
            "mode": "hosted",
            "file_access": "visible",
            "url_private": address,
            "url_private_download": address,
            "shares": {"public": shares},
        }
