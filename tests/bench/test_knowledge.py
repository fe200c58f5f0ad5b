"""The search of articles is measured on any CSV, and mistakes in one are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import knowledge
from bench.knowledge import BadFile, Query, main, measure, read_articles, read_queries
from crm_bridge.knowledge.retrieval import Retriever
from tests.crm_bridge.help_articles import letters_as_meaning

ARTICLES = """id,question,answer,tags
1,Wo ist mein Paket?,"Im Konto.

Oder beim Boten.",versand|paket
2,Wie wasche ich Wolle?,Kalt und von Hand.,pflege
2,Darf Wolle in die Maschine?,Kalt und von Hand.,pflege
3,Wer sind Sie?,,
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    articles, queries = tmp_path / "articles.csv", tmp_path / "queries.csv"
    articles.write_text(ARTICLES, encoding="utf-8-sig")
    queries.write_text("query,relevant\nwo bleibt mein paket,1\nwolle waschen kalt,2|3\n")
    return articles, queries


def test_rows_with_one_id_are_one_article(files: tuple[Path, Path]) -> None:
    parcel, wool, _ = read_articles(files[0])
    assert parcel.paragraphs == ("Im Konto.", "Oder beim Boten.")
    assert parcel.tags == ("versand", "paket")
    assert wool.questions == ("Wie wasche ich Wolle?", "Darf Wolle in die Maschine?")
    assert wool.paragraphs == ("Kalt und von Hand.",)


def test_the_figures_are_those_of_the_ranking(files: tuple[Path, Path]) -> None:
    retriever = Retriever(read_articles(files[0]), letters_as_meaning)
    found = measure(
        retriever,
        [Query("Wo ist mein Paket?", frozenset("1")), Query("Wie wasche ich?", frozenset("1"))],
    )
    assert found["success_at_1"] == 0.5
    assert 0.5 < found["mrr"] < 1.0
    assert found["recall_at_5"] == found["recall_at_10"] == 1.0


def test_the_last_line_is_one_object(
    files: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(knowledge.vectors, "encode", letters_as_meaning)
    assert main(["--articles", str(files[0]), "--queries", str(files[1])]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(found) == ["success_at_1", "mrr", "recall_at_5", "recall_at_10", "ms_per_query"]
    assert found["success_at_1"] == 1.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("question,answer\na,b\n", "no column 'id'; it has question, answer"),
        ("", "no column 'id'; it has no header"),
        ("id,question\n", "no rows"),
        ("id,question\n,a\n", "articles.csv:2: this row has no id"),
        ("id,question,answer\n1,,\n", "articles.csv:2: this row has neither"),
        ("id,question\n1,a,b\n", "articles.csv:2: more fields than columns"),
        ("id,question\n1|2,a\n", "can't hold"),
        ('id,question\n1,"a\n', "not CSV"),
    ],
)
def test_a_mistake_in_the_articles_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "articles.csv"
    path.write_text(text)
    with pytest.raises(BadFile, match=says.replace("|", r"\|")):
        read_articles(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("question,relevant\na,1\n", "no column 'query'"),
        ("query,some,other\na,1,2\n", "no column 'relevant'"),
        ("query,relevant\n", "no rows"),
        ("query,relevant\n,1\n", "queries.csv:2: this row has no query"),
        ("query,relevant\na, |\n", "queries.csv:2: no relevant id"),
        ("query,relevant\na,1\nb,1|9\n", "queries.csv:3: no article has the id '9'"),
    ],
)
def test_a_mistake_in_the_queries_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "queries.csv"
    path.write_text(text)
    with pytest.raises(BadFile, match=says):
        read_queries(path, frozenset("1"))


def test_the_column_of_ids_may_have_another_name(tmp_path: Path) -> None:
    path = tmp_path / "queries.csv"
    path.write_text("Query,relevant ids\na,1 | 2\n")
    assert read_queries(path, frozenset("12")) == [Query("a", frozenset("12"))]


def test_a_file_that_is_not_there_or_not_text_ends_with_a_message(
    tmp_path: Path, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"id,question\n1,\xff\xfe\n")
    for path, says in [(tmp_path / "none.csv", "No such file"), (bad, "not UTF-8")]:
        assert main(["--articles", str(path), "--queries", str(files[1])]) == 2
        assert says in capsys.readouterr().err
