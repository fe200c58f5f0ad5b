"""The settings a start sees: the environment, else `.env`, else the defaults of `make run`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

PREFIX = "ASCOLTO_"
# What platforms call their own settings keeps their name.
PLATFORMS = ("TELEGRAM_", "SLACK_")
PREFIXES = (PREFIX, *PLATFORMS)

# `make run` is the demo until somebody says otherwise; the services themselves default to no demo.
DEFAULTS = {"ASCOLTO_HOME": "var", "ASCOLTO_DEMO": "1"}

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


class SettingsMistake(Exception):
    """A setting can't be used; the message names it and says what to do."""


def parse(text: str, source: str = ".env") -> dict[str, str]:
    """Read `KEY=VALUE` lines.

    Values may stand in single quotes (taken as they are) or double quotes (with \\n, \\t, \\", \\\\
    and \\$); `#` begins a comment at the start of a line or after white space outside quotes.
    Raises SettingsMistake naming the file and the line.
    """
    values: dict[str, str] = {}
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise SettingsMistake(f"{source}:{number}: expected KEY=VALUE")
        values[match[1]] = _value(match[2], f"{source}:{number}")
    return values


def _value(written: str, where: str) -> str:
    quote = written[:1]
    if quote not in ("'", '"') or not quote:
        return re.split(r"(?:^|\s)#", written, maxsplit=1)[0].strip()
    body = r"'([^']*)'" if quote == "'" else r'"((?:[^"\\]|\\.)*)"'
    match = re.fullmatch(body + r"\s*(?:#.*)?", written)
    if match is None:
        raise SettingsMistake(f"{where}: a quote is not closed, or something follows it")
    if quote == "'":
        return match[1]
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), match[1])


def compose(root: Path, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """All of `environ`, completed by `.env` (only names that begin with PREFIXES) and the defaults.

    An empty value counts as unset. `ASCOLTO_HOME` comes back as an absolute path, taken from
    `root` when it is relative.
    """
    environ = os.environ if environ is None else environ
    file = root / ".env"
    try:
        written = parse(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsMistake(f"{file} can't be read: {error}") from error
    result = {k: value for k, value in environ.items() if value or not k.startswith(PREFIXES)}
    for source in (written, DEFAULTS):
        for key, value in source.items():
            if key.startswith(PREFIXES) and value:
                result.setdefault(key, value)
    result["ASCOLTO_HOME"] = str((root / Path(result["ASCOLTO_HOME"]).expanduser()).resolve())
    return result


def number(environment: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole-number setting within bounds; raises SettingsMistake."""
    written = environment.get(name) or str(default)
    if not re.fullmatch(r"\d{1,9}", written.strip()) or not low <= int(written) <= high:
        raise SettingsMistake(
            f"{name}={written} must be a whole number from {low} to {high} (in .env or exported)"
        )
    return int(written)


def has_web_chat(environment: Mapping[str, str]) -> bool:
    """Whether there is a page at `/chat`: yes, unless `ASCOLTO_WEBCHAT` is switched off."""
    given = environment.get("ASCOLTO_WEBCHAT", "").strip().lower()
    return given not in ("0", "false", "no", "off")


def is_demo(environment: Mapping[str, str]) -> bool:
    """Whether `ASCOLTO_DEMO` is switched on."""
    return environment.get("ASCOLTO_DEMO", "").strip().lower() in ("1", "true", "yes", "on")
