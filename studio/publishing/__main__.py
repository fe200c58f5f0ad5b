"""`make publish` and `make rollback`: `python -m studio.publishing publish|rollback …`."""

from __future__ import annotations

import argparse
import sys

from ops.deploying import NothingLive, Overtaken
from ops.environment import SettingsMistake
from ops.gateway import GatewayProblem
from ops.rolling import RollFailed
from studio.publishing import commands
from studio.publishing.installation import Installation
from studio.publishing.refusal import Refused


def share(written: str) -> float:
    """`10%` or `0.1` as 0.1; raises argparse's complaint."""
    try:
        value = float(written.rstrip("%")) / (100 if written.endswith("%") else 1)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{written!r} is no share: write 10% or 0.1")
    return value


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="publishing", description=__doc__)
    ways = parser.add_subparsers(dest="way", required=True)
    publish = ways.add_parser("publish", help="train, guard, try, and serve everybody with it")
    publish.add_argument("--canary", type=share, metavar="10%", help="a share of conversations")
    publish.add_argument("--dirty", action="store_true", help="though not all is committed")
    publish.add_argument("--promote", action="store_true", help="the trial's model for everybody")
    publish.add_argument("--withdraw", action="store_true", help="the trial's model for nobody")
    back = ways.add_parser("rollback", help="serve the previous model again")
    back.add_argument("--to", default="", metavar="MODEL", help="another one: its name or hash")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    chosen = _arguments(given)
    try:
        here = Installation.here()
        if chosen.way == "rollback":
            commands.roll_back(here, chosen.to)
        elif chosen.promote or chosen.withdraw:
            commands.end_trial(here, promote=chosen.promote)
        else:
            commands.Publication(here, share=chosen.canary, dirty=chosen.dirty).run()
    except Refused as error:
        print(f"Nothing was changed: {error}", file=sys.stderr)
        return 1
    except (
        *(GatewayProblem, Overtaken, RollFailed),
        *(NothingLive, SettingsMistake, OSError),
    ) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Nothing is half live; run it again to finish.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
