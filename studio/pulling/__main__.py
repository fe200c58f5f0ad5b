"""`make review-pull`: `python -m studio.pulling [--json] [--dry-run]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ops.gateway import Gateway, GatewayProblem
from studio.pulling.pull import CantPull, Pulled, pull

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Command line: 1 when nothing could be pulled or something was refused."""
    parser = argparse.ArgumentParser(
        prog="make review-pull", description="Accepted proposals into the working tree."
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.add_argument("--dry-run", action="store_true", help="only say what it would do")
    parser.add_argument("--root", type=Path, default=ROOT, help="another working tree")
    options = parser.parse_args(arguments)
    try:
        with Gateway.of() as gateway:
            done = pull(gateway, options.root.resolve(), dry=options.dry_run)
    except GatewayProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except CantPull as reason:
        print(reason, file=sys.stderr)
        print("Nothing was written. Mend this first, then pull again.", file=sys.stderr)
        return 1
    print(as_json(done) if options.json else "\n".join(told(done, dry=options.dry_run)))
    return 1 if done.plan.refused or done.removal.stuck else 0


def told(done: Pulled, *, dry: bool = False) -> Iterator[str]:
    """What a pull did, line by line, and what to do next."""
    made, taken = done.plan, done.removal
    yield from _written(done, "would get" if dry else "has")
    for proposal, reason in made.refused:
        yield f"not written, still queued: '{proposal['text']}' ({_for(proposal)}): {reason}"
    if made.gaps:
        yield f"No article answers these yet ({len(made.gaps)}); they stay queued:"
        yield from (f"    ? {one['language']}: {one['text']}" for one in made.gaps)
    for file, number in sorted(Counter(taken.files).items()):
        yield f"{file}: {number} removed, because they were withdrawn or their writer erased"
    if taken.files:
        yield "    They still stand in git's history: docs/validate.md says what to do about it."
    yield from taken.stuck
    if not (made.pulled or made.refused or made.gaps or taken.files or taken.stuck):
        yield "Nothing is waiting."
    elif (made.written or taken.files) and not dry:
        yield "Next: git diff data/ · make validate · make compare · git commit"


def _written(done: Pulled, gets: str) -> Iterator[str]:
    made = done.plan
    for file, number in sorted(Counter(file for file, _ in made.written).items()):
        yield f"{file} {gets} {number} new:"
        yield from (f"    + {line}" for name, line in made.written if name == file)
    standing = sum(1 for file in made.pulled.values() if file) - len(made.written)
    if standing:
        yield f"{standing} stood there already."


def as_json(done: Pulled) -> str:
    """The same for programs. Words of erased people aren't in it."""
    return json.dumps(
        {
            "written": [{"file": file, "line": line} for file, line in done.plan.written],
            "pulled": done.plan.pulled,
            "refused": [
                {"id": proposal["id"], "text": proposal["text"], "reason": reason}
                for proposal, reason in done.plan.refused
            ],
            "gaps": [
                {"id": one["id"], "text": one["text"], "language": one["language"]}
                for one in done.plan.gaps
            ],
            "removed": dict(sorted(Counter(done.removal.files).items())),
            "stuck": done.removal.stuck,
        },
        ensure_ascii=False,
        indent=1,
    )


def _for(proposal: dict[str, object]) -> str:
    return str(proposal.get("intent") or proposal.get("article") or proposal["kind"])


if __name__ == "__main__":
    sys.exit(main())
