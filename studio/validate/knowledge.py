"""Help articles: mistakes in them, expired ones, those in one language, those that aren't found.

The bridge's own search says what it makes of them (`crm_bridge.knowledge.check`, run beside).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from studio.validate import besides
from studio.validate.findings import Finding
from studio.validate.project import Place
from studio.validate.remembered import Memory, digest
from understanding import vectors

CODE = Path(__file__).resolve().parents[2]
FOLDER = Path("data") / "knowledge"
_MODULE = "crm_bridge.knowledge.check"
# Two articles overlap when each takes at least this share of the other's questions.
OVERLAP = 0.3
# Below this the nearest article in the other language is about something else. Of our pairs the
# loosest has 0.68.
COUNTERPART = 0.6


class Articles:
    """One run of it."""

    def __init__(self, root: Path, memory: Memory, *, fast: bool) -> None:
        self._memory = memory
        own = sorted((CODE / "crm_bridge" / "knowledge").glob("*.py"))
        code = digest(CODE, own, vectors.version())
        files = sorted((root / FOLDER).glob("*/*.md"))
        self._digest = digest(root, files, code)
        self._found = memory.recall("articles", self._digest)
        self._program = None
        self.pending = self._found is None and bool(files)
        if not files:
            self._found = {"mistakes": [], "articles": []}
        elif self.pending and not fast:
            where = FOLDER.as_posix()
            self._program = besides.start(sys.executable, _MODULE, where, code=CODE, root=root)
            self.pending = False

    def findings(self, today: date) -> Iterator[Finding]:
        """What is wrong with the articles on this day. Waits for the search."""
        if self._program is not None:
            try:
                self._found = self._program.answer()
            except besides.BesideFailed as error:
                do = f"Look at it alone: python -m {_MODULE}"
                what = f"the articles' check failed: {error}"
                yield Finding(FOLDER.as_posix(), 1, "check-failed", what, do)
                return
            self._memory.keep("articles", {self._digest: self._found})
        if self._found is not None:
            yield from _wrong(self._found, today)

    def stop(self) -> None:
        """End the program if it still runs."""
        if self._program is not None:
            self._program.stop()


def _wrong(found: dict[str, Any], today: date) -> Iterator[Finding]:
    for mistake in found["mistakes"]:
        place = Place(mistake["file"], mistake["line"])
        yield place.finding("article-mistake", mistake["what"], "Correct it: it isn't served.")
    by_name = {(row["language"], row["slug"]): row for row in found["articles"]}
    for row in found["articles"]:
        yield from _validity(row, today)
        yield from _counterpart(row)
        for stray in row["strays"]:
            place = Place(row["file"], stray["line"])
            own = stray["found"] == row["slug"]
            instead = "nothing surely enough" if own else f"{stray['found']} first"
            what = f"its own question '{stray['question']}' finds {instead}"
            do = "Take the question out of the other article, or ask it in clearer words."
            yield place.finding("article-unfindable", what, do)
        for slug, share in row["rivals"].items():
            other = by_name.get((row["language"], slug))
            back = other["rivals"].get(row["slug"], 0.0) if other else 0.0
            if other and row["slug"] < slug and share >= OVERLAP and back >= OVERLAP:
                what = (
                    f"{row['slug']} and {slug} answer each other's questions "
                    f"({share:.0%} and {back:.0%} of them)"
                )
                do = f"Join them, or move questions to where they belong: see {other['file']}."
                place = Place(row["file"], row["lines"].get("questions", 1))
                about = tuple(sorted((row["slug"], slug)))
                yield place.finding("articles-overlap", what, do, about)


def _validity(row: dict[str, Any], today: date) -> Iterator[Finding]:
    last = row["valid_to"]
    if last and date.fromisoformat(last) < today:
        what = f"{row['slug']} was valid to {last} and isn't given any more"
        do = "Renew valid_to, or remove the article (in both languages)."
        place = Place(row["file"], row["lines"].get("valid_to", 1))
        yield place.finding("article-expired", what, do, (row["slug"],))


def _counterpart(row: dict[str, Any]) -> Iterator[Finding]:
    other = row["abroad"]
    if other is None or other["cosine"] < COUNTERPART:
        missing = "en" if row["language"] == "it" else "it"
        what = f"no article in '{missing}' says what {row['slug']} says"
        if other is not None:
            what += f" (the nearest is {other['slug']})"
        do = f"Write it in data/knowledge/{missing}/, or list it in data/reviewed.yml."
        place = Place(row["file"], row["lines"].get("title", 1))
        yield place.finding("article-one-language", what, do, (row["slug"],))
