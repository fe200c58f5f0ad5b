"""Measure the bridge's own retrieval on any set of questions and answers.

    python -m bench.knowledge [--articles FILE.csv --queries FILE.csv]

`--articles` has the columns id, question, answer, tags. Rows with the same id are one article with
several questions; answer and tags may be empty or missing, tags are separated by `|`, `,` or `;`.
`--queries` has the columns query and relevant: the ids of the articles that answer, joined by `|`
(any other name will do for the second column, if there are only two). Without files the
project's own questions are asked of its own articles, one language after the other.

Everything is learnt from the articles, as at the bridge's start. Figures:

success_at_1     queries whose best article is a relevant one.
mrr              mean of 1 / rank of the first relevant article.
recall_at_5      share of a query's relevant articles among the first five, averaged over queries.
recall_at_10     the same among the first ten.
ms_per_query     median time of one search, encoding included.

95% intervals (bootstrap over the queries) are printed above. The last line is one JSON object with
these names; for the project's own questions, one such object for each language.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from crm_bridge.knowledge.articles import LANGUAGES, Article, load
from crm_bridge.knowledge.retrieval import Retriever
from crm_bridge.knowledge.service import readable
from tests.knowledge.sets import EVALUATION_SETS, evaluation
from understanding import vectors
from understanding.encoder import EncoderUnavailable

_ARTICLES = Path(__file__).resolve().parent.parent / "data" / "knowledge"
_TODAY = datetime.now(UTC).date()
_RESAMPLES = 2000
_RELEVANT_NAMES = ("relevant", "relevant_ids", "relevant ids", "ids", "id")
_LISTED = 3


class BadFile(Exception):
    """A mistake in a CSV file, with its line."""


@dataclass(frozen=True)
class Query:
    """A question and the ids of the articles that answer it."""

    text: str
    relevant: frozenset[str]


def read_articles(path: Path) -> list[Article]:
    """Articles of a CSV file; raises BadFile naming the line of a mistake."""
    asked: dict[str, list[str]] = {}
    told: dict[str, list[str]] = {}
    tags: dict[str, list[str]] = {}
    for where, row in _rows(path, ("id", "question")):
        name, question, answer = row["id"], row["question"], row.get("answer", "")
        if not name:
            raise BadFile(f"{where}: this row has no id")
        if "|" in name:
            raise BadFile(f"{where}: an id can't hold '|', which joins ids in the queries")
        if not question and not answer:
            raise BadFile(f"{where}: this row has neither question nor answer")
        asked.setdefault(name, []).extend(filter(None, [question]))
        told.setdefault(name, []).extend(
            piece
            for piece in re.split(r"\n\s*\n", answer)
            if piece.strip() and piece.strip() not in told[name]
        )
        tags.setdefault(name, []).extend(filter(None, re.split(r"[|,;]\s*", row.get("tags", ""))))
    return [
        Article(
            language="",
            slug=name,
            title=questions[0] if questions else told[name][0][:100],
            questions=tuple(dict.fromkeys(questions)),
            tags=tuple(dict.fromkeys(tags[name])),
            paragraphs=tuple(piece.strip() for piece in told[name]),
        )
        for name, questions in asked.items()
    ]


def read_queries(path: Path, known: frozenset[str]) -> list[Query]:
    """Queries of a CSV file; raises BadFile for a mistake or an id that isn't among `known`."""
    queries = []
    for where, row in _rows(path, ("query",)):
        names = [name for name in row if name != "query"]
        column = next((name for name in _RELEVANT_NAMES if name in names), None)
        if column is None:
            if len(names) != 1:
                raise BadFile(f"{path}: no column 'relevant'; it has {', '.join(row)}")
            column = names[0]
        relevant = frozenset(name.strip() for name in row[column].split("|") if name.strip())
        if not row["query"]:
            raise BadFile(f"{where}: this row has no query")
        if not relevant:
            raise BadFile(f"{where}: no relevant id")
        if unknown := sorted(relevant - known):
            listed = ", ".join(map(repr, unknown[:_LISTED]))
            raise BadFile(f"{where}: no article has the id {listed}")
        queries.append(Query(row["query"], relevant))
    return queries


def _rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows with where they end, names of columns in lower case; raises BadFile."""
    csv.field_size_limit(10_000_000)
    empty = True
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            for wanted in needed:
                if wanted not in columns:
                    raise BadFile(
                        f"{path}: no column {wanted!r}; it has {', '.join(columns) or 'no header'}"
                    )
            reader.fieldnames = columns
            for record in reader:
                empty = False
                if None in record:
                    raise BadFile(f"{path}:{reader.line_num}: more fields than columns")
                yield (
                    f"{path}:{reader.line_num}",
                    {name: (value or "").strip() for name, value in record.items()},
                )
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
    except csv.Error as error:
        raise BadFile(f"{path}:{reader.line_num}: not CSV ({error})") from error
    if empty:
        raise BadFile(f"{path}: no rows")


def measure(retriever: Retriever, queries: Sequence[Query]) -> dict[str, float]:
    """Ask everything once; prints intervals and returns the figures described above."""
    seconds, figures = [], []
    for query in queries:
        started = time.perf_counter()
        found = retriever.search(readable(query.text), _TODAY)
        seconds.append(time.perf_counter() - started)
        ranks = [
            rank for rank, match in enumerate(found, 1) if match.article.slug in query.relevant
        ]
        size = len(query.relevant)
        first = ranks[0] if ranks else None
        figures.append(
            (
                float(first == 1),
                1.0 / first if first else 0.0,
                sum(rank <= 5 for rank in ranks) / size,
                sum(rank <= 10 for rank in ranks) / size,
            )
        )
    table = np.array(figures)
    names = ("success_at_1", "mrr", "recall_at_5", "recall_at_10")
    drawn = np.random.default_rng(1).integers(0, len(table), (_RESAMPLES, len(table)))
    result = {}
    for column, name in enumerate(names):
        means = table[:, column][drawn].mean(axis=1)
        low, high = np.quantile(means, [0.025, 0.975])
        result[name] = round(float(table[:, column].mean()), 4)
        print(f"{name:14} {result[name]:.3f}  ({low:.3f} to {high:.3f})")
    result["ms_per_query"] = round(statistics.median(seconds) * 1000, 2)
    return result


def answered(retriever: Retriever, texts: Sequence[str]) -> int:
    """How many of these the bridge would answer at its learnt threshold."""
    scores = [retriever.search(readable(text), _TODAY)[0].score for text in texts]
    return sum(score >= retriever.judgement.threshold for score in scores)


def own() -> dict[str, dict[str, float]]:
    """The project's own questions; raises BadFile when its articles have mistakes."""
    articles, mistakes = load(_ARTICLES)
    if mistakes:
        raise BadFile(str(mistakes[0]))
    result = {}
    for language in LANGUAGES:
        retriever = index([one for one in articles if one.language == language])
        for name in EVALUATION_SETS:
            asked = evaluation(language, name)
            queries = [Query(text, frozenset([slug])) for text, slug in asked.answered]
            print(f"{language}, {name}: {len(queries)} questions")
            found = measure(retriever, queries)
            kept = answered(retriever, [query.text for query in queries])
            wrongly = answered(retriever, asked.unanswered)
            print(
                f"at the threshold: answered {kept} of {len(queries)}, "
                f"and {wrongly} of {len(asked.unanswered)} that no article answers"
            )
            result.setdefault(language, found)
    return result


def index(articles: Sequence[Article]) -> Retriever:
    """The articles ready to be searched, with what that took."""
    started = time.perf_counter()
    retriever = Retriever(articles, vectors.encode)
    took = time.perf_counter() - started
    print(f"{len(articles)} articles indexed in {took:.1f} s by {vectors.version()}", flush=True)
    return retriever


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="bench-knowledge", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--queries", type=Path)
    options = parser.parse_args(arguments)
    if (options.articles is None) != (options.queries is None):
        parser.error("--articles and --queries go together")
    try:
        if options.articles is None:
            result: object = own()
        else:
            articles = read_articles(options.articles)
            queries = read_queries(options.queries, frozenset(one.slug for one in articles))
            result = measure(index(articles), queries)
    except (BadFile, EncoderUnavailable) as error:
        print(f"bench-knowledge: {error}", file=sys.stderr)
        return 2
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
