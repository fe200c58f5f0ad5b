"""Questions into and out of the front matter of help articles."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import yaml

from studio.pulling.lines import CantWrite, Text, bare, compose, member

_DASHES = "---"


def questions(text: Text) -> list[tuple[int, str]]:
    """The place (line, counted from 0) and text of each of an article's questions."""
    listed = _list(text)
    return [(1 + item.start_mark.line, str(item.value)) for item in listed.value]


def add(text: Text, asked: Sequence[str]) -> Text:
    """The article with these questions at the end of its list. Raises CantWrite."""
    listed = _list(text)
    if listed.flow_style or not listed.value:
        raise CantWrite(f"{text.path}: write its questions one a line (`  - …`), then pull again")
    last = listed.value[-1]
    first_line = bare(text.lines[1 + listed.value[0].start_mark.line])
    indent = re.match(r"\s*", first_line)
    assert indent is not None
    # Where a question goes on over several lines, the last of them.
    place = 1 + last.end_mark.line
    if last.end_mark.column == 0 or last.style in ("|", ">"):
        place -= 1
    added = text.after(place, [f"{indent[0]}- {_scalar(question)}" for question in asked])
    if [question for _, question in questions(added)] != [
        *(question for _, question in questions(text)),
        *asked,
    ]:
        raise CantWrite(f"{text.path}: its questions are written in a way that can't be added to")
    return added


def _list(text: Text) -> yaml.SequenceNode:
    written = [bare(line).strip() for line in text.lines]
    if not written or written[0] != _DASHES or _DASHES not in written[1:]:
        raise CantWrite(f"{text.path} has no front matter between lines of three dashes")
    end = written.index(_DASHES, 1)
    listed = member(compose(text, text.lines[1:end]), "questions")
    if not isinstance(listed, yaml.SequenceNode):
        raise CantWrite(f"{text.path} has no list of questions")
    return listed


def _scalar(question: str) -> str:
    """A question as YAML: plain where that means the same, else in quotes."""
    try:
        if yaml.safe_load(f"- {question}") == [question]:
            return question
    except yaml.YAMLError:
        pass
    return json.dumps(question, ensure_ascii=False)
