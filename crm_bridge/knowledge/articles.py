"""Help articles as files: loading them, and saying exactly where one is wrong.

`python -m crm_bridge.knowledge data/knowledge` checks a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("it", "en")
_FIELDS = {"title", "slug", "questions", "tags", "valid_from", "valid_to"}
_REQUIRED = ("title", "slug", "questions")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language; its first paragraph is the short answer."""

    language: str
    slug: str
    title: str
    questions: tuple[str, ...]
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def answer(self) -> str:
        """The short answer."""
        return self.paragraphs[0]

    def valid_on(self, day: date) -> bool:
        """Whether it holds on that day; both ends belong to it."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a file, and on which line."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def load(folder: Path) -> tuple[list[Article], list[Mistake]]:
    """Every good article under `folder/{it,en}`, and every mistake in the others."""
    articles: list[Article] = []
    mistakes: list[Mistake] = []
    for language in LANGUAGES:
        seen: dict[str, Path] = {}
        for path in sorted((folder / language).glob("*.md")):
            read = read_article(path, language)
            if isinstance(read, Article) and read.slug in seen:
                read = [Mistake(path, 1, f"the slug is already used by {seen[read.slug].name}")]
            if isinstance(read, Article):
                seen[read.slug] = path
                articles.append(read)
            else:
                mistakes += read
    if not articles and not mistakes:
        mistakes.append(Mistake(folder, 1, "there are no articles under it/ and en/"))
    return articles, mistakes


def read_article(path: Path, language: str) -> Article | list[Mistake]:
    """One article, or everything that is wrong with it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return [Mistake(path, 1, "can't be read as UTF-8 text")]
    if not lines or lines[0].strip() != "---":
        return [Mistake(path, 1, "must begin with a line of three dashes, then the front matter")]
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        return [Mistake(path, 1, "the front matter has no closing line of three dashes")]
    front = _front_matter(path, "\n".join(lines[1:end]))
    if isinstance(front, Mistake):
        return [front]
    fields, where = front
    paragraphs = _paragraphs(lines[end + 1 :])
    mistakes = [
        Mistake(path, where.get(name, 1), what) for name, what in _wrong_fields(fields, path.stem)
    ]
    if not paragraphs:
        mistakes.append(Mistake(path, end + 1, "there is no text: write the short answer first"))
    if mistakes:
        return mistakes
    return Article(
        language=language,
        slug=fields["slug"],
        title=fields["title"].strip(),
        questions=tuple(question.strip() for question in fields["questions"]),
        tags=tuple(fields.get("tags") or ()),
        paragraphs=paragraphs,
        valid_from=fields.get("valid_from"),
        valid_to=fields.get("valid_to"),
    )


def _front_matter(path: Path, text: str) -> tuple[dict[str, Any], dict[str, int]] | Mistake:
    """The fields, and the line each stands on."""
    try:
        try:
            node, fields = _parsed(yaml.CSafeLoader(text))
        except yaml.YAMLError:
            # Slower, and its words say what is wrong.
            node, fields = _parsed(yaml.SafeLoader(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return Mistake(path, mark.line + 2 if mark else 1, f"not valid YAML: {error.problem}")
    except (yaml.YAMLError, ValueError) as error:
        return Mistake(path, 2, f"not valid YAML: {error}")
    if not isinstance(fields, dict) or not isinstance(node, yaml.MappingNode):
        return Mistake(path, 2, "the front matter must be a list of 'name: value' lines")
    return fields, {str(key.value): key.start_mark.line + 2 for key, _ in node.value}


def _parsed(loader: yaml.SafeLoader | yaml.CSafeLoader) -> tuple[yaml.Node | None, Any]:
    """What a text says, and the nodes that know where it says it."""
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _wrong_fields(fields: dict[str, Any], file_name: str) -> Iterator[tuple[str, str]]:
    for name in fields.keys() - _FIELDS:
        yield str(name), f"'{name}' is not a field; known are {', '.join(sorted(_FIELDS))}"
    for name in _REQUIRED:
        if not fields.get(name):
            yield name, f"'{name}' is missing"
    title, slug = fields.get("title"), fields.get("slug")
    if title and not isinstance(title, str):
        yield "title", "the title must be text"
    if slug and (not isinstance(slug, str) or not _SLUG.fullmatch(slug)):
        yield "slug", "the slug must be lower-case words joined by dashes"
    elif slug and slug != file_name:
        yield "slug", f"the slug must be the file's name, '{file_name}'"
    yield from _wrong_lists(fields)
    yield from _wrong_dates(fields)


def _wrong_lists(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("questions", "tags"):
        values = fields.get(name)
        if not values:
            continue
        if not isinstance(values, list) or not all(
            isinstance(value, str) and value.strip() for value in values
        ):
            yield name, f"'{name}' must be a list of texts; put one with a colon in quotes"
        elif len({value.strip().lower() for value in values}) < len(values):
            yield name, f"'{name}' says the same thing twice"


def _wrong_dates(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    good = True
    for name in ("valid_from", "valid_to"):
        value = fields.get(name)
        # A moment is a date to Python, but not to who compares it with one.
        if value is not None and type(value) is not date:
            good = False
            yield name, f"'{name}' must be a date such as 2026-12-31, or null"
    first, last = fields.get("valid_from"), fields.get("valid_to")
    if good and first and last and first > last:
        yield "valid_to", "'valid_to' lies before 'valid_from'"


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    blocks = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return tuple(
        re.sub(r"[ \t]*\n[ \t]*", "\n", block.strip()) for block in blocks if block.strip()
    )
