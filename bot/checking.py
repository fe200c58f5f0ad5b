"""What Rasa does while it reads files to check them, without what says nothing about them.

Only `bot.validation` puts this in place: it throws away what it reads. What is complained of is the
same (tests/bot/test_checking.py).
"""

from __future__ import annotations

import copy
import re
from functools import cache
from pathlib import Path
from typing import Any

import rasa.shared
import rasa.shared.utils.io as rasa_io
from rasa.shared.nlu.constants import INTENT, RESPONSE
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

READ_FILE = rasa_io.read_yaml_file
READ = rasa_io.read_yaml
SANITIZE = TrainingData.sanitize_examples

_OWN = Path(rasa.shared.__file__).parent
# Without what some parser takes for no sign at all or for a line's end, and without backslashes,
# which Rasa reads as escapes in a file that has nothing but ASCII.
_TEXT = r"[^\x00-\x1f\x7f-\xa0\\\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
# Names that YAML takes for something else.
_NO_NAME = r"(?!(?:null|true|false|yes|no|on|off|y|n)\n)"
# A file of examples as all of them are: nothing in it that two parsers could read in two ways, or
# that a schema could complain of.
PLAIN = re.compile(
    rf'version: "3\.1"\n(?:(?:#{_TEXT}*)?\n)*nlu:\n'
    rf"(?:- intent: {_NO_NAME}[a-z_]+\n  examples: \|\n(?:    - {_TEXT}+\n)+)+"
)


def apply() -> None:
    """Put the faster versions in place; safe to call more than once."""
    rasa_io.read_yaml_file = read_yaml_file
    rasa_io.read_yaml = read_yaml
    TrainingData.sanitize_examples = staticmethod(sanitized)


def read_yaml_file(filename: str | Path, reader_type: str | list[str] = "safe") -> Any:
    """The same as Rasa's; its own schemas are read once, not for each file that is held to them."""
    if reader_type == "safe" and Path(filename).is_relative_to(_OWN):
        return copy.deepcopy(_schema(str(filename)))
    return READ_FILE(filename, reader_type)


@cache
def _schema(filename: str) -> Any:
    return READ_FILE(filename)


def read_yaml(content: str, reader_type: str | list[str] = "safe") -> Any:
    """The same as Rasa's; a plain file is read by the quick parser, also where the one that knows
    lines is asked for: it is only asked for them where there is something to complain of."""
    if reader_type == ["safe", "rt"] and PLAIN.fullmatch(content):
        return READ(content)
    return READ(content, reader_type)


def sanitized(examples: list[Message]) -> list[Message]:
    """The same as Rasa's, but what stands twice is kept: `studio.validate` looks for that."""
    for example in examples:
        for name in (INTENT, RESPONSE):
            value = example.get(name)
            if value:
                example.set(name, value.strip())
    return examples
