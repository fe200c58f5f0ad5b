"""Between plain text and Slack's own markup; pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable

_ENTITY = re.compile(r"<([^<>]*)>")
# What people type most; the rest of Slack's names stays as it is.
_EMOJI = {
    "slightly_smiling_face": "🙂",
    "smile": "😄",
    "smiley": "😃",
    "grinning": "😀",
    "blush": "😊",
    "wink": "😉",
    "joy": "😂",
    "heart": "❤️",
    "heart_eyes": "😍",
    "pray": "🙏",
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "ok_hand": "👌",
    "wave": "👋",
    "clap": "👏",
    "raised_hands": "🙌",
    "tada": "🎉",
    "sparkles": "✨",
    "star": "⭐",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "x": "❌",
    "disappointed": "😞",
    "cry": "😢",
    "thinking_face": "🤔",
    "package": "📦",
    "truck": "🚚",
    "gift": "🎁",
    "email": "✉️",
    "phone": "☎️",
    "yarn": "🧶",
    "sunflower": "🌻",
    "slightly_frowning_face": "🙁",
    "sweat_smile": "😅",
    "hugging_face": "🤗",
    "point_down": "👇",
    "point_right": "👉",
    "clock1": "🕐",
    "calendar": "📅",
    "fire": "🔥",
}
_EMOJI_NAME = re.compile(r":([a-z0-9_+-]{1,40}):")


def escape(text: str) -> str:
    """Text of anybody's as Slack shows it literally: no mention, link or channel comes of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, longest: int) -> str:
    """At most `longest` characters, the last an ellipsis if something was left out."""
    return text if len(text) <= longest else text[: max(0, longest - 1)].rstrip() + "…"


def cut_escaped(text: str, longest: int) -> str:
    """`escape(text)` of at most `longest` characters, without cutting an entity in two."""
    escaped = escape(text)
    if len(escaped) <= longest:
        return escaped
    kept, room = [], longest - 1
    for character in text:
        piece = escape(character)
        if len(piece) > room:
            break
        kept.append(piece)
        room -= len(piece)
    return "".join(kept).rstrip() + "…"


def split_escaped(text: str, longest: int) -> list[str]:
    """`escape(text)` in pieces of at most `longest` characters, broken at lines or spaces."""
    pieces: list[str] = []
    rest = text
    while rest:
        if len(escape(rest)) <= longest:
            pieces.append(escape(rest))
            break
        room, end = longest, 0
        for character in rest:
            room -= len(escape(character))
            if room < 0:
                break
            end += 1
        space = max(rest.rfind("\n", end // 2, end), rest.rfind(" ", end // 2, end))
        end = space + 1 if space > 0 else end
        pieces.append(escape(rest[:end]).rstrip() or "…")
        rest = rest[end:]
    return pieces


def quote(text: str) -> str:
    """Escaped text as a quotation, each line of it."""
    return "\n".join(f">{line}" for line in text.split("\n"))


def plain(text: str, name_of: Callable[[str], str | None] = lambda _user: None) -> str:
    """What somebody wrote in Slack as a customer may read it.

    Links become addresses, people the name that customers know (`name_of(user id)`), calls to a
    whole channel nothing, common emoji themselves.
    """

    def entity(match: re.Match[str]) -> str:
        body, _, label = match[1].partition("|")
        if body.startswith("@"):
            return name_of(body[1:]) or ""
        if body.startswith("#"):
            return f"#{label}" if label else ""
        if body.startswith("!"):
            return label if body.startswith("!date") else ""
        address = re.sub(r"^(mailto|tel):", "", body)
        if not label or label in (body, address) or body.endswith(f"//{label}"):
            return address
        return f"{label} ({address})"

    written = _ENTITY.sub(entity, text)
    written = written.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return _EMOJI_NAME.sub(lambda m: _EMOJI.get(m[1], m[0]), written).strip()
