"""Writes words/vocabulary.txt: the ordinary words of both languages, as this project writes them.

From the training examples, the articles, the responses and the lookups; without what is always
written with a capital letter inside a sentence, and without names. Run it when many examples came:
`python -m understanding.personal_data.vocabulary`.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from understanding.personal_data.words import FOLDER, words

_DATA = Path(__file__).resolve().parents[2] / "data"
_WORD = re.compile(r"[^\W\d_]+")
_MARKUP = re.compile(r"\]\{[^}]*\}|\]\([^)]*\)|https?://\S+|\S+@\S+")
_HEAD = """\
# Ordinary words of both languages, in small letters: whatever else stands where a name would stand
# is one. Written by understanding/personal_data/vocabulary.py from data/; not to be edited.
"""


def ordinary_words() -> list[str]:
    """Sorted, of at least two letters."""
    small: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    first: set[str] = set()
    for line in _lines():
        begun = False
        for match in _WORD.finditer(line):
            word = match.group()
            if word.islower():
                small[word] += 1
            elif begun and not line.isupper():
                inside[word.lower()] += 1
            else:
                first.add(word.lower())
            begun = not re.match(r"\W*[.!?:\n]", line[match.end() : match.end() + 3])
    lists = words()
    sure_names = (lists.given | lists.surnames) - lists.ambiguous - lists.ordinary
    # A word seen with a capital letter alone is one if it opened a sentence and never stood inside.
    seen = {word for word in small if small[word] >= inside[word]}
    seen |= {word for word in first if not small[word] and not inside[word]}
    return sorted(word for word in seen - sure_names if len(word) > 1)


def _lines() -> Iterator[str]:
    for file in sorted(_DATA.rglob("*")):
        if file.suffix in (".yml", ".md") and file.name != "reviewed.yml":
            for line in file.read_text(encoding="utf-8").splitlines():
                yield _MARKUP.sub("]", line)


def main() -> None:
    """Write the list."""
    listed = textwrap.fill(" ".join(ordinary_words()), 120, break_on_hyphens=False)
    (FOLDER / "vocabulary.txt").write_text(f"{_HEAD}{listed}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
