"""Articles are read strictly, and mistakes name file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crm_bridge.knowledge.__main__ import main
from crm_bridge.knowledge.articles import Article, load, read_article

GOOD = """\
---
title: Lavare il merino
slug: lavare-merino
questions:
  - Come si lava il merino?
  - "Attenzione: va in lavatrice?"
tags: [lavaggio]
valid_from: 2026-01-01
valid_to: null
---
A mano, in acqua fredda.

Oppure in lavatrice
con il programma lana.
"""


def write(folder: Path, text: str, name: str = "lavare-merino", language: str = "it") -> Path:
    path = folder / language / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_an_article_is_its_front_matter_and_its_paragraphs(tmp_path: Path) -> None:
    article = read_article(write(tmp_path, GOOD), "it")
    assert isinstance(article, Article)
    assert article.title == "Lavare il merino"
    assert article.questions[1] == "Attenzione: va in lavatrice?"
    assert article.answer == "A mano, in acqua fredda."
    assert article.paragraphs[1] == "Oppure in lavatrice\ncon il programma lana."
    assert article.valid_from == date(2026, 1, 1)


def test_both_ends_of_the_validity_belong_to_it() -> None:
    article = Article("it", "a", "A", (), (), ("a",), date(2026, 1, 2), date(2026, 1, 4))
    days = [date(2026, 1, day) for day in range(1, 6)]
    assert [article.valid_on(day) for day in days] == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("---\ntitle", "title"), 1, "three dashes"),
        (("null\n---", "null"), 1, "no closing line"),
        (("title: Lavare", "title: [Lavare"), 4, "not valid YAML"),
        (("title: Lavare il merino", "title:"), 2, "'title' is missing"),
        (("slug: lavare-merino", "slug: Lavare Merino"), 3, "lower-case words"),
        (("slug: lavare-merino", "slug: lavare-lana"), 3, "must be the file's name"),
        (("  - Come si lava il merino?\n", "  - Come si lava: il merino?\n"), 4, "list of texts"),
        (("Come si lava il merino?", "attenzione: VA in lavatrice?"), 4, "list of texts"),
        (("tags: [lavaggio]", "tags: [lana, Lana]"), 7, "the same thing twice"),
        (("tags:", "tag:"), 7, "'tag' is not a field"),
        (("2026-01-01", "2026-13-01"), 8, ""),
        (("2026-01-01", "soon"), 8, "must be a date"),
        (("2026-01-01", "2026-01-01 10:00:00"), 8, "must be a date"),
        (("valid_to: null", "valid_to: 2025-01-01"), 9, "lies before"),
        (("A mano, in acqua fredda.\n\nOppure in lavatrice\ncon il programma lana.", ""), 10,
         "no text"),
    ],
)  # fmt: skip
def test_a_mistake_names_file_line_and_what_to_do(
    tmp_path: Path, change: tuple[str, str], line: int, words: str
) -> None:
    assert change[0] in GOOD
    path = write(tmp_path, GOOD.replace(*change))
    mistakes = read_article(path, "it")
    assert isinstance(mistakes, list)
    assert words in mistakes[0].what
    if words not in ("", "not valid YAML"):
        assert str(mistakes[0]).startswith(f"{path}:{line}: ")
    else:
        assert mistakes[0].line in range(2, 10)


def test_every_mistake_is_named_and_the_good_articles_are_kept(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace("slug: lavare-merino", "slug: lavare-lana"), "lavare-lana")
    write(tmp_path, "no front matter", "tarme")
    write(tmp_path, GOOD.replace("tags:", "tag:").replace("soon", "x"), "lavare-merino", "en")
    articles, mistakes = load(tmp_path)
    assert {article.slug for article in articles} == {"lavare-merino", "lavare-lana"}
    assert len(mistakes) == 2


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes(b"\xff\xfe")
    mistakes = read_article(path, "it")
    assert isinstance(mistakes, list)
    assert "UTF-8" in mistakes[0].what


def test_a_folder_without_articles_is_a_mistake(tmp_path: Path) -> None:
    articles, mistakes = load(tmp_path / "nowhere")
    assert not articles
    assert len(mistakes) == 1


def test_the_check_exits_with_one_when_something_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, GOOD)
    assert main([str(tmp_path)]) == 0
    bad = write(tmp_path, "nothing", "tarme")
    assert main([str(tmp_path)]) == 1
    assert f"{bad}:1: " in capsys.readouterr().err
