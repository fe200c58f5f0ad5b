"""Has the bot's environment train the model if its inputs changed: `python -m ops.training`.

`bot.train` knows the inputs and whether they changed; this gives it its environment, a log and
somebody who says how far it is.
"""

from __future__ import annotations

import fcntl
import sys
import threading
from pathlib import Path

from ops import generated_secrets
from ops.environment import SettingsMistake, compose
from ops.process import Step
from ops.processes import ROOT, Layout
from ops.steps import Interrupted, StepFailed, run_step, tail

_SAY_AFTER_SECONDS = 2.0


def ensure(
    layout: Layout,
    log_folder: Path,
    *,
    force: bool = False,
    published_is_enough: bool = False,
    aside: bool = False,
    stopping: threading.Event | None = None,
    quiet: bool = False,
) -> None:
    """Train if need be (two callers at once train once). Raises StepFailed or Interrupted.

    published_is_enough: a model that was published is served, whatever the working tree says.
    aside: nobody is to be served by it yet.
    """
    models = layout.models
    models.mkdir(exist_ok=True)
    with (models / ".training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        options = ["--force"] if force else ["--unless-published"] if published_is_enough else []
        options += ["--aside"] if aside else []
        command = (layout.bot_python, "-m", "bot.train", *options)
        run_step(
            Step("train", command, layout.environment("rasa")),
            log_folder,
            stopping=stopping,
            announce=None if quiet else "Training the model (up to a minute)",
            announce_after=_SAY_AFTER_SECONDS,
        )


def main(arguments: list[str]) -> int:
    """Command line of `make train`."""
    try:
        layout = Layout.of(generated_secrets.complete(compose(ROOT)))
        logs = layout.home / "logs"
        ensure(layout, logs, force="--force" in arguments)
    except (SettingsMistake, StepFailed, Interrupted) as error:
        print(error, file=sys.stderr)
        return 1
    print(tail(logs / "train.log", 1).strip())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
