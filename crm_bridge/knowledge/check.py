"""What the search itself makes of the articles, as JSON: `python -m crm_bridge.knowledge.check`.

For the designer's `make validate`, which can't import this package. Prints
`{"mistakes": [{file, line, what}], "articles": [{language, slug, file, title, valid_from, valid_to,
lines: {field: line}, strays: [{question, line, found, score, threshold}], rivals: {slug: share},
abroad: {slug, cosine}}]}`: `strays` are the article's own questions that don't find it first or
surely enough; `rivals` says which other articles take which share of its questions when each is
left out once; `abroad` is its counterpart in the other language, null where none is left for it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from crm_bridge.knowledge.articles import LANGUAGES, Article, load
from crm_bridge.knowledge.retrieval import Retriever
from understanding import vectors


def examine(folder: Path) -> dict[str, Any]:
    """Everything of the module's JSON for the articles under `folder/{it,en}`."""
    articles, mistakes = load(folder)
    retrievers = {
        language: Retriever([a for a in articles if a.language == language], _encode)
        for language in LANGUAGES
    }
    return {
        "mistakes": [
            {"file": one.path.as_posix(), "line": one.line, "what": one.what} for one in mistakes
        ],
        "articles": [
            row
            for language, retriever in retrievers.items()
            for other in (next(r for name, r in retrievers.items() if name != language),)
            for row in _rows(folder, retriever, other)
        ],
    }


_known: dict[str, Any] = {}


def _encode(texts: list[str]) -> Any:
    """Vectors of texts; a question is searched for after it was indexed, so they are kept."""
    new = [text for text in dict.fromkeys(texts) if text not in _known]
    for start in range(0, len(new), 256):
        part = new[start : start + 256]
        _known.update(zip(part, vectors.encode(part), strict=True))
    return np.stack([_known[text] for text in texts])


def _rows(folder: Path, retriever: Retriever, other: Retriever) -> Iterable[dict[str, Any]]:
    taken: dict[str, Counter[str]] = {}
    for article, _, found in retriever.rivals():
        taken.setdefault(article.slug, Counter())[found.slug] += 1
    abroad = _counterparts(retriever, other)
    for number, article in enumerate(retriever.articles):
        path = folder / article.language / f"{article.slug}.md"
        lines = path.read_text(encoding="utf-8").splitlines()
        counted = taken.get(article.slug, Counter())
        yield {
            "language": article.language,
            "slug": article.slug,
            "file": path.as_posix(),
            "title": article.title,
            "valid_from": article.valid_from and article.valid_from.isoformat(),
            "valid_to": article.valid_to and article.valid_to.isoformat(),
            "lines": _fields(lines),
            "strays": _strays(retriever, article, lines),
            "rivals": {
                slug: round(times / counted.total(), 3)
                for slug, times in counted.most_common()
                if slug != article.slug
            },
            "abroad": abroad.get(number),
        }


def _counterparts(retriever: Retriever, other: Retriever) -> dict[int, dict[str, Any]]:
    """For articles by number the one of the other language that stands for it.

    The encoder puts both languages into one space: the pairs are those that fit best in all.
    """
    if not retriever.articles or not other.articles:
        return {}
    cosines = retriever.centres() @ other.centres().T
    pairs = zip(*linear_sum_assignment(-cosines), strict=True)
    return {
        int(row): {
            "slug": other.articles[int(column)].slug,
            "cosine": round(float(cosines[row, column]), 3),
        }
        for row, column in pairs
    }


def _strays(retriever: Retriever, article: Article, lines: list[str]) -> list[dict[str, Any]]:
    # Whatever the day, an article must be found on those on which it holds.
    today = article.valid_to or article.valid_from or date.today()  # noqa: DTZ011 — the writer's own day
    found = []
    for question in dict.fromkeys((article.title, *article.questions)):
        matches = retriever.search(question, today)
        best = matches[0]
        if best.article is not article or best.score < retriever.judgement.threshold:
            found.append(
                {
                    "question": question,
                    "line": next((n for n, line in enumerate(lines, 1) if question in line), 1),
                    "found": best.article.slug,
                    "score": round(best.score, 3),
                    "threshold": round(retriever.judgement.threshold, 3),
                }
            )
    return found


def _fields(lines: list[str]) -> dict[str, int]:
    """The line of each field of the front matter."""
    found: dict[str, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == "---":
            break
        name, colon, _ = line.partition(":")
        if colon and name.isidentifier():
            found[name] = number
    return found


def main(arguments: list[str]) -> int:
    """Command line: the folder, `data/knowledge` if none is given."""
    found = examine(Path(arguments[0] if arguments else "data/knowledge"))
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main([one for one in sys.argv[1:] if one != "--json"]))
