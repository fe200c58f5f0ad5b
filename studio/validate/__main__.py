"""`make validate`: `python -m studio.validate [--json] [--fast] [--strict]`."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from datetime import date
from pathlib import Path

from studio.validate.findings import as_json, as_text
from studio.validate.run import validate

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Command line. 1 with errors (with `--strict` with warnings, too), else 0."""
    parser = argparse.ArgumentParser(
        prog="make validate",
        description="What is wrong with the language data. See docs/validate.md.",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.add_argument(
        "--fast",
        action="store_true",
        help="leave out what isn't known from the last run and takes long",
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="another project's folder")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    python = Path(os.environ.get("ASCOLTO_BOT_PYTHON") or ROOT / ".venv" / "bot" / "bin" / "python")
    outcome = validate(options.root.resolve(), python, date.today(), fast=options.fast)  # noqa: DTZ011 — the designer's own day
    show = as_json if options.json else as_text
    print(show(outcome.findings, outcome.left_out))
    if not options.json:
        print(f"({time.monotonic() - started:.1f} s)")
    return 1 if outcome.errors or (options.strict and outcome.findings) else 0


if __name__ == "__main__":
    # A tenth of the time would go into looking for garbage, of which next to nothing is made.
    gc.disable()
    sys.exit(main())
