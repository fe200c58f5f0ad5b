"""Reading the demo's mail folder."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from crm_bridge.mails.schemas import MailView


def newest(folder: Path, limit: int) -> list[MailView]:
    """The newest mails in a folder, newest first; files that are no mail are passed over."""
    if not folder.is_dir():
        return []
    dated = sorted(((path.stat().st_mtime_ns, path) for path in folder.glob("*.eml")), reverse=True)
    return [view for _, path in dated[:limit] if (view := _read(path)) is not None]


def _read(path: Path) -> MailView | None:
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(
            path.read_bytes()
        )
        body = message.get_body(("plain",))
        return MailView(
            id=path.stem,
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=body.get_content() if body is not None else "",
            at=parsedate_to_datetime(str(message["Date"])).timestamp(),
        )
    except (OSError, ValueError, LookupError):
        return None
