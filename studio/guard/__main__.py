"""`make guard`: may the model of the working tree be served? `python -m studio.guard`.

Writes models/<name>.report.json (studio/guard/summary.py). Exit status: 0 nothing stands against
it, 1 something does, 2 it can't be said.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ops.processes import ROOT
from studio.guard import checking, model, summary, telling
from studio.guard.accepted import BadAcceptance
from studio.guard.history import NoHistory
from studio.guard.predictions import BadPredictions
from studio.guard.verdict import UPDATE


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="guard", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--update", action="store_true", help="write the predictions under git")
    parser.add_argument("--base", default="", metavar="REV", help="compare with this revision")
    parser.add_argument("--model", type=Path, help="another model than the working tree's")
    parser.add_argument("--no-dialogues", action="store_true", help="they have just been played")
    options = parser.parse_args(arguments)
    try:
        if options.model is None:
            model.train(quiet=options.json)
        read = model.predictions(options.model)
        verdict, reference = checking.check(
            ROOT, read.predictions, options.base, update=options.update
        )
        if not options.no_dialogues:
            verdict = checking.with_dialogues(verdict, model.play(options.model))
        report = summary.summary(verdict, read.predictions, read.model, reference)
        summary.write(options.model.parent if options.model else model.folder(), report)
        changed = checking.update(ROOT, read.predictions) if options.update else []
    except (model.NoModel, NoHistory, BadPredictions, BadAcceptance) as error:
        print(f"guard: {error}", file=sys.stderr)
        return 2
    if options.json:
        content = telling.as_json(verdict, read.predictions, read.model, reference)
        print(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        print(telling.as_text(verdict, read.predictions, read.model, reference))
        for path in changed:
            print(f"wrote {path}")
        if options.update and not verdict.ok:
            print(f"{UPDATE} writes what is; what stands against it stands until it is accepted.")
    return 0 if verdict.ok else 1


if __name__ == "__main__":
    sys.exit(main())
