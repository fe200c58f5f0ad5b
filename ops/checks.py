"""What `make check` looks for beside lint, types and layers: `python -m ops.checks`.

Lock files without addresses, no secrets and no machine paths in what git would take,
`.env.example` and docs/settings.md in step with what the code reads, and a formal text for every
one of the gateway's that addresses customers informally (for the bot's: `studio.validate`).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ops.environment import DEFAULTS, parse
from ops.voices import message_problems

ROOT = Path(__file__).resolve().parent.parent

_ADDRESS = re.compile(r"https?://|file:|(?<![\w-])--(?:extra-)?index|--find-links|--trusted-host")
_REQUIREMENT = re.compile(r"(?m)^[\w.-]+(?:\[[^\]]*\])?==[^\n]*(?:\n[ \t]+[^\n]*)*")
_SECRETS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{20,}"),
    re.compile(r"\b(?:ghp|gho|ghs)_[0-9A-Za-z]{30,}"),
    re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
)
_SETTING = re.compile(r"\b(?:ASCOLTO|TELEGRAM|SLACK)_[A-Z0-9]+(?:_[A-Z0-9]+)*\b")
_LARGEST_BYTES = 2_000_000


def lock_problems(name: str, text: str) -> Iterator[str]:
    """What is wrong with a lock file: an address in it, or a package without a hash."""
    for number, line in enumerate(text.splitlines(), start=1):
        if _ADDRESS.search(line):
            yield f"{name}:{number}: names an address or an index option"
    for requirement in _REQUIREMENT.findall(text):
        if "--hash=sha256:" not in requirement:
            yield f"{name}: {requirement.split()[0]} has no hash"


def secret_problems(name: str, text: str, foreign: Iterable[str] = ()) -> Iterator[str]:
    """Lines that hold a secret, or one of the `foreign` strings (paths of this machine)."""
    for number, line in enumerate(text.splitlines(), start=1):
        if any(pattern.search(line) for pattern in _SECRETS):
            yield f"{name}:{number}: looks like a secret"
        if found := [path for path in foreign if path in line]:
            yield f"{name}:{number}: names this machine's {found[0]}"


def setting_problems(example: str, page: str) -> Iterator[str]:
    """Settings that stand in only one of `.env.example` and docs/settings.md."""
    listed, described = set(_SETTING.findall(example)), set(_SETTING.findall(page))
    for name in sorted(listed - described):
        yield f"docs/settings.md: {name} is missing (it stands in .env.example)"
    for name in sorted(described - listed):
        yield f".env.example: {name} is missing (it stands in docs/settings.md)"


def undocumented(fields: Iterable[str], example: str) -> Iterator[str]:
    """Settings that the services read and `.env.example` doesn't list."""
    listed = set(_SETTING.findall(example))
    for field in sorted(fields):
        if (name := _name(field)) not in listed:
            yield f".env.example: {name} is missing (runtime/settings.py reads it)"


def _name(field: str) -> str:
    """What a field of the settings is called in the environment."""
    from runtime.settings import Settings

    about = Settings.model_fields.get(field)
    alias = about.validation_alias if about else None
    return alias if isinstance(alias, str) else f"ASCOLTO_{field.upper()}"


def default_problems(example: str) -> Iterator[str]:
    """Values in `.env.example` that aren't the defaults of runtime/settings.py."""
    from runtime.settings import Settings

    written = parse(re.sub(r"(?m)^#(?=[A-Z]+_)", "", example), ".env.example")
    for field, about in Settings.model_fields.items():
        name = _name(field)
        # `make run` has its own default for the demo (ops/environment.py).
        if name in written and name not in DEFAULTS:
            found = getattr(Settings.model_validate({field: written[name]}), field)
            if found != about.default:
                yield f".env.example: {name}={written[name]} isn't the default, {about.default}"


def unlisted_channels(folders: Iterable[str], project: str) -> Iterator[str]:
    """Channels that the layers' contract in pyproject.toml doesn't name."""
    contracts = tomllib.loads(project)["tool"]["importlinter"]["contracts"]
    named = {module for contract in contracts for module in contract.get("modules", ())}
    for folder in sorted(folders):
        if f"integrations.channels.{folder}" not in named:
            yield f"pyproject.toml: channel {folder} is missing in its contract"


def _texts() -> Iterator[tuple[str, str]]:
    """Every text file that git holds or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in sorted(set(filter(None, listed.split("\0")))):
        file = ROOT / name
        if file.is_file() and file.stat().st_size <= _LARGEST_BYTES:
            try:
                yield name, file.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def problems() -> Iterator[str]:
    """Everything that is wrong with the repository, a line each."""
    from runtime.settings import Settings

    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        yield from lock_problems(f"requirements/{lock.name}", lock.read_text())
    # Folders of whoever works here have no business in the text; short ones would match anything.
    foreign = [str(path) for path in (ROOT, Path.home()) if len(str(path)) > len("/home")]
    for name, text in _texts():
        yield from secret_problems(name, text, foreign)
    adapters = (ROOT / "integrations" / "channels").glob("*/adapter.py")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    yield from unlisted_channels((adapter.parent.name for adapter in adapters), project)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    yield from setting_problems(example, page)
    yield from undocumented(Settings.model_fields, example)
    yield from default_problems(example)
    yield from message_problems(ROOT / "policy")


def main() -> int:
    """Print what is wrong; 1 if anything is."""
    found = list(problems())
    for problem in found:
        print(problem)
    print(f"Repository: {len(found)} problems." if found else "Repository: nothing to complain of.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
