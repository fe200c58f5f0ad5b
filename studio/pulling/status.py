"""`make review-status`: where each accepted proposal is. `python -m studio.pulling.status`."""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ops import served
from ops.environment import compose
from ops.gateway import Gateway, GatewayProblem
from ops.processes import Layout
from studio.pulling.article_files import questions
from studio.pulling.example_files import entries, intents
from studio.pulling.lines import CantWrite, Text
from studio.pulling.pull import fetch
from studio.validate.examples import normalised, plain

ROOT = Path(__file__).resolve().parents[2]
_STATES = ("queued", "pulled", "published", "withdrawn")


class Whereabouts:
    """Whether a text stands in a file of the working tree, of git's HEAD, of the live model."""

    def __init__(self, root: Path, models: Path, model: str | None) -> None:
        self._root = root
        self._inputs = _inputs(models, model)
        self._seen: dict[tuple[str, str], set[str]] = {}

    def of(self, proposal: dict[str, Any]) -> dict[str, bool]:
        """{tree, head, model}: where a pulled proposal stands."""
        file, key = str(proposal.get("file") or ""), normalised(str(proposal["text"]))
        if not file:
            return {"tree": False, "head": False, "model": False}
        return {
            "tree": key in self._texts("tree", file, self._tree),
            "head": key in self._texts("head", file, self._head),
            "model": self._in_model(file, key),
        }

    def _in_model(self, file: str, key: str) -> bool:
        """The model's record has a digest a file: one of the two versions may be the one."""
        wanted = self._inputs.get(file)
        versions = (("tree", self._tree), ("head", self._head))
        return wanted is not None and any(
            (content := read(file)) is not None
            and hashlib.sha256(content).hexdigest() == wanted
            and key in self._texts(name, file, read)
            for name, read in versions
        )

    def _texts(self, name: str, file: str, read: Callable[[str], bytes | None]) -> set[str]:
        if (name, file) not in self._seen:
            content = read(file)
            self._seen[name, file] = set() if content is None else _texts(file, content)
        return self._seen[name, file]

    def _tree(self, file: str) -> bytes | None:
        path = self._root / file
        return path.read_bytes() if path.is_file() else None

    def _head(self, file: str) -> bytes | None:
        command = ["git", "show", f"HEAD:./{file}"]
        shown = subprocess.run(command, cwd=self._root, capture_output=True, check=False)
        return shown.stdout if shown.returncode == 0 else None


def _texts(file: str, content: bytes) -> set[str]:
    """The normalised examples or questions of a version of a file."""
    try:
        text = Text.of(Path(file), content)
        if file.endswith(".md"):
            return {normalised(question) for _, question in questions(text)}
        return {
            normalised(plain(line)) for intent in intents(text) for _, line in entries(text, intent)
        }
    except CantWrite:
        return set()


def _inputs(folder: Path, model: str | None) -> dict[str, str]:
    """File → SHA-256 of what a model was trained on, from the record beside it. `model` is the
    hash of its file; None: the model that `make run` serves, as long as nothing was published."""
    try:
        name = served.find(folder, model) if model else served.read(folder).model
        record = folder / str(name).replace(".tar.gz", ".json")
        return dict(json.loads(record.read_text("utf-8"))["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def status(gateway: Gateway, root: Path, models: Path) -> dict[str, Any]:
    """Counts by state, and where each pulled proposal stands. Raises GatewayProblem."""
    counts = gateway.get("status")
    live = gateway.get("routing")["live"]
    found = {state: fetch(gateway, state) for state in _STATES}
    where = Whereabouts(root, models, live)
    pulled = [{**_short(one), **where.of(one)} for one in found["pulled"]]
    return {
        "counts": {state: len(found[state]) for state in _STATES},
        "to_remove": counts.get("withdrawn", 0),
        "queued": [_short(one) for one in found["queued"]],
        "pulled": pulled,
        "model": live,
    }


def _short(proposal: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "kind", "intent", "article", "language", "author", "created_at", "file", "text")
    return {name: proposal.get(name) for name in kept}


def table(found: dict[str, Any]) -> str:
    """The same for a person."""
    counts = found["counts"]
    lines = ["State       proposals"]
    lines += [f"{_WORDS[state]:<12}{counts[state]:>9}" for state in _STATES]
    if found["to_remove"]:
        lines.append(f"{found['to_remove']} to be removed from the working tree: make review-pull")
    if found["queued"]:
        lines += ["", "Waiting (make review-pull)"]
        lines += [f"  {_line(one)}" for one in found["queued"]]
    if found["pulled"]:
        lines += ["", "Pulled                          tree  git   model"]
        lines += [f"  {_for(one):<30}{_stands(one)}{one['text']}" for one in found["pulled"]]
    return "\n".join(lines)


_WORDS = {
    "queued": "waiting",
    "pulled": "pulled",
    "published": "published",
    "withdrawn": "withdrawn",
}


def _line(one: dict[str, Any]) -> str:
    return f"{str(one['created_at'])[:10]}  {one['author']!s:<12}{_for(one):<30}{one['text']}"


def _for(one: dict[str, Any]) -> str:
    return f"{one['language']} {one['intent'] or one['article'] or one['kind']}"


def _stands(one: dict[str, Any]) -> str:
    return "".join(f"{'yes' if one[where] else 'no':<6}" for where in ("tree", "head", "model"))


def main(arguments: list[str] | None = None) -> int:
    """Command line of `make review-status`."""
    parser = argparse.ArgumentParser(
        prog="make review-status", description=(__doc__ or "").split(":")[0]
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.add_argument("--root", type=Path, default=ROOT, help="another working tree")
    options = parser.parse_args(arguments)
    try:
        models = Layout.of(compose(ROOT)).models
        with Gateway.of() as gateway:
            found = status(gateway, options.root.resolve(), models)
    except GatewayProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    print(json.dumps(found, ensure_ascii=False, indent=1) if options.json else table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
