"""What `bot.validation` says of several projects, with or without what makes it quick, as JSON:

python -m tests.bot.rasa_complaints quick|whole folder …
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

import yaml


def complaints(project: Path) -> dict[str, object]:
    """Everything it says of a project, in an order that depends on nothing but the project."""
    from bot import validation

    os.chdir(project)
    files = sorted(path.as_posix() for path in Path("data/nlu").glob("*/*.yml"))
    said = [(one["check"], one["text"]) for one in validation.dialogue_complaints(_intents(files))]
    return {
        "dialogue": sorted(said),
        "examples": {file: validation.example_complaints(file) for file in files},
    }


def _intents(files: list[str]) -> list[str]:
    found = set()
    for file in files:
        try:
            blocks = yaml.safe_load(Path(file).read_text("utf-8"))["nlu"]
            found |= {str(block["intent"]) for block in blocks}
        except (yaml.YAMLError, UnicodeDecodeError, TypeError, KeyError):
            continue
    return sorted(found)


def main(how: str, *folders: str) -> None:
    """Command line."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    if how == "quick":
        from bot import stand_ins

        stand_ins.install()
        from bot import checking

        checking.apply()
    with redirect_stdout(sys.stderr):
        found = {folder: complaints(Path(folder)) for folder in folders}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
