"""Personal data that somebody else planted: nearly all is found, and ordinary messages stay whole.

The sets were written without knowledge of the code. On the first run `planted` had a recall of
0.8725 (it) and 0.8549 (en); the code was mended, and `planted_again`, unseen until then, had 0.955
and 0.891; mended again, `planted_third` had 0.962 and 0.965 unseen (and personal data seen in 5 and
3 of 40 messages without any). The writer of `planted_fourth` was asked to be hard, and was: unseen,
0.921 of 304 pieces (it) and 0.878 of 271 (en), and personal data seen in 15 and 11 of 50 messages
that tempt to it (articles and shades that bear people's names, for the most part). The writer of
`planted_fifth` was asked for what an ordinary inbox holds: unseen, 0.983 of 291 pieces (it) and
0.985 of 270 (en), and none and one of 50 messages without any. (It was written with order numbers
in AL-, as another shop's might be: so, 0.976 and 0.974.)
Since then the code has been mended by all five: what they hold now is that nothing is lost again.
How it does on unseen text is only told by a set that nobody has mended it by.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from understanding.personal_data import Span, find

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
RECALL = 0.98
MOST_REDACTED = 0.025
"""Planted messages without personal data in which some may be seen: one in forty.

None is left in the sets now that the code was mended by them. The bound isn't nought, because a
rule that finds one more name may cost one message too much: a designer misses a word then, while
what is not found is read.
"""
MOST_FALSE = 0.03
"""Ordinary messages in which a name or an address may be seen that is none."""

per_set = pytest.mark.parametrize(
    "which", ["planted", "planted_again", "planted_third", "planted_fourth", "planted_fifth"]
)
per_language = pytest.mark.parametrize("language", ["it", "en"])


@dataclass(frozen=True)
class Planted:
    """A message and what of it is personal."""

    text: str
    personal: tuple[str, ...]

    def missed(self, language: str) -> list[str]:
        """What of it no span covers wholly, signs and blanks inside included."""
        covered = bytearray(len(self.text))
        for span in find(self.text, language=language):
            covered[span.start : span.end] = b"\x01" * (span.end - span.start)
        missed, place = [], 0
        for one in self.personal:
            found = self.text.find(one, place)
            start = found if found >= 0 else self.text.index(one)
            place = start + len(one)
            if not all(covered[start:place]):
                missed.append(one)
        return missed


def planted(which: str, language: str) -> list[Planted]:
    """A set's cases in a language; `personal: []` in a message that only looks like one."""
    file = HERE / f"{which}.{language}.yml"
    cases = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [Planted(case["text"], tuple(case.get("personal") or ())) for case in cases]


def ordinary(language: str) -> list[str]:
    """What customers write, for judging the understanding of it."""
    file = ROOT / "tests" / "nlu" / f"evaluation.{language}.yml"
    return [case["text"] for case in yaml.safe_load(file.read_text(encoding="utf-8"))]


@per_set
@per_language
def test_nearly_all_that_was_planted_is_found(language: str, which: str) -> None:
    cases = planted(which, language)
    missed = [(case.text, one) for case in cases for one in case.missed(language)]
    count = sum(len(case.personal) for case in cases)
    assert count >= 200
    recall = 1 - len(missed) / count
    report = "\n".join(f"{one!r} in {text!r}" for text, one in missed)
    print(f"recall {language}: {recall:.4f} of {count}\n{report}")
    assert recall >= RECALL, report


@per_set
@per_language
def test_messages_that_only_look_personal_stay_whole(language: str, which: str) -> None:
    cases = [case for case in planted(which, language) if not case.personal]
    redacted = [(case.text, spans) for case in cases if (spans := find(case.text))]
    report = "\n".join(f"{[span.text for span in spans]} in {text!r}" for text, spans in redacted)
    print(f"precision {language}: {len(redacted)} of {len(cases)}\n{report}")
    assert len(redacted) <= MOST_REDACTED * len(cases), report


@per_language
def test_ordinary_messages_keep_their_words(language: str) -> None:
    messages = ordinary(language)
    named = [(text, spans) for text in messages if (spans := _named(text, language))]
    report = "\n".join(f"{[span.text for span in spans]} in {text!r}" for text, spans in named)
    # Real names are among them: a bound on all is a bound on the false ones.
    assert len(named) < MOST_FALSE * len(messages), report


def _named(text: str, language: str) -> list[Span]:
    spans = find(text, language=language)
    return [span for span in spans if span.kind in ("name", "address")]
