"""`make erase-review`: `python -m studio.pulling.erasing CONVERSATION …`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from ops.gateway import Gateway, GatewayProblem


def erase(gateway: Gateway, conversations: Sequence[str]) -> Iterator[str]:
    """Erase conversations from the review inbox and say what went. Raises GatewayProblem."""
    examples = 0
    for name in conversations:
        try:
            done = gateway.post("erasures", {"conversation": name})
        except GatewayProblem as problem:
            yield from _next(examples)
            raise GatewayProblem(f"{name}: {problem}", status=problem.status) from problem
        examples += done["examples"]
        yield f"{name}: erased (messages: {done['messages']}, proposals: {done['proposals']})"
    yield from _next(examples)


def _next(examples: int) -> Iterator[str]:
    if examples:
        yield f"Examples to take out: {examples}. Next: make review-pull, in every clone"


def main(arguments: list[str] | None = None) -> int:
    """Command line: 1 when a conversation isn't known; those before it are erased."""
    parser = argparse.ArgumentParser(
        prog="make erase-review", description="Erase conversations from the review inbox."
    )
    parser.add_argument("conversations", nargs="+", help="as the console's address names them")
    options = parser.parse_args(arguments)
    try:
        with Gateway.of() as gateway:
            for line in erase(gateway, options.conversations):
                print(line)
    except GatewayProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
