"""`make chat REPLAY=<conversation>`: a conversation again, beside what was said then; and onwards.

Reads from the environment: REPLAY (a conversation's id at the running gateway), FILE (a
conversation in a file instead), REHEARSE (=1: an empty stage), JSON (=1: print the comparison as
JSON and end).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from ops.chat_client import ChatProblem
from ops.environment import SettingsMistake
from ops.gateway import Gateway, GatewayProblem
from ops.processes import ROOT
from ops.readiness import NotReady
from ops.steps import Interrupted, StepFailed
from studio.rehearsal import view
from studio.rehearsal.recording import BadRecording, Recording, fetch, load
from studio.rehearsal.rehearsal import NothingSaid, Rehearsal
from studio.rehearsal.stage import Stage, StageProblem
from studio.rehearsal.stand_ins import NOTE
from studio.rehearsal.wordings import Wordings

_PROMPT = "stage> "
_RESPONSES = ROOT / "data" / "responses"
HELP = """\
Write as a customer would; /say TEXT does the same for a text that begins with a slash.
A number taps the button with that number.
  /back [n]     take the last message (or n) back; the rest is played again without it
  /edit TEXT    say the last message otherwise
  /again        everything again with the data as it is now, trained first
  /diff         what came out otherwise than in the play before
  /all          everything so far, beside what was said then
  /quit         leave (or Ctrl-D); the stage and all that happened on it are gone"""
_FAILURES = (
    *(ChatProblem, SettingsMistake, GatewayProblem, BadRecording, StageProblem),
    *(StepFailed, Interrupted, NotReady),
)


def wanted(environ: Mapping[str, str]) -> bool:
    """Whether `make chat` was asked for a rehearsal."""
    return any(environ.get(name, "").strip() for name in ("REPLAY", "FILE", "REHEARSE"))


class Terminal:
    """The commands at the prompt."""

    def __init__(self, rehearsal: Rehearsal, console: Console) -> None:
        self._rehearsal = rehearsal
        self._console = console
        self._commands: dict[str, Callable[[str], None]] = {
            "/back": self._back,
            "/edit": self._edit,
            "/say": self._say,
            "/again": self._again,
            "/diff": self._diff,
            "/all": self._all,
            "/help": lambda _: self._write(HELP),
        }

    def do(self, line: str) -> bool:
        """One line; False when it says to leave."""
        name, _, rest = line.strip().partition(" ")
        if name == "/quit":
            return False
        try:
            if command := self._commands.get(name):
                command(rest.strip())
            elif name:
                self._say(line.strip())
        except NothingSaid as problem:
            self._write(f"{str(problem).capitalize()}.")
        except _FAILURES as problem:
            self._console.print(str(problem), style="red", markup=False, highlight=False)
        return True

    def _say(self, text: str) -> None:
        if not text:
            self._write("Say what?")
            return
        offered = self._rehearsal.offered()
        if text.isdigit() and 1 <= int(text) <= len(offered):
            self._rehearsal.tap(offered[int(text) - 1])
        else:
            self._rehearsal.say(text)
        self._last()

    def _back(self, rest: str) -> None:
        if rest and not rest.isdigit():
            self._write("/back takes a number of messages.")
            return
        self._rehearsal.back(int(rest or 1))
        left = len(self._rehearsal.messages)
        self._write(f"Played again without it: {left} message{'' if left == 1 else 's'} said.")
        if left:
            self._last()

    def _edit(self, rest: str) -> None:
        if not rest:
            self._write("/edit takes the new words.")
            return
        self._rehearsal.edit(rest)
        self._last()

    def _again(self, _: str) -> None:
        self._rehearsal.again()
        self._all("")
        self._diff("")

    def _diff(self, _: str) -> None:
        changes = self._rehearsal.changes()
        if not changes:
            self._write("Nothing came out otherwise than in the play before.")
            return
        self._console.print(view.shown(changes, titles=("before", "now")))

    def _all(self, _: str) -> None:
        comparisons = self._rehearsal.comparisons()
        self._console.print(view.shown(comparisons))
        for line in view.summary(comparisons):
            self._write(line)

    def _last(self) -> None:
        comparisons = self._rehearsal.comparisons()
        self._console.print(view.side_by_side(comparisons[-1:], first=len(comparisons)))
        for number, title in enumerate(self._rehearsal.offered(), start=1):
            self._write(f"  [{number}] {title}")

    def _write(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False)


def converse(terminal: Terminal) -> int:
    """The prompt, until Ctrl-D or /quit."""
    try:
        while terminal.do(input(_PROMPT)):
            pass
    except (EOFError, KeyboardInterrupt):
        print()
    return 0


def recorded(environ: Mapping[str, str]) -> Recording | None:
    """The conversation that was asked for; None for an empty stage."""
    if file := environ.get("FILE", "").strip():
        return load(Path(file))
    if name := environ.get("REPLAY", "").strip():
        with Gateway.of() as gateway:
            return fetch(gateway, name)
    return None


def main(environ: Mapping[str, str] | None = None, console: Console | None = None) -> int:
    """Command line; returns the exit status. Differences are no failure."""
    environ = os.environ if environ is None else environ
    as_json = environ.get("JSON", "").strip() not in ("", "0")
    console = console or Console(stderr=as_json)
    try:
        recording = recorded(environ)

        def say(text: str) -> None:
            console.print(text, style="dim", markup=False, highlight=False)

        with Stage(say) as stage:
            rehearsal = Rehearsal(stage, recording, lambda: Wordings.read(_RESPONSES))
            terminal = Terminal(rehearsal, console)
            if recording:
                say(f"Playing {len(recording.exchanges)} messages. {NOTE}")
                comparisons = rehearsal.play()
                if as_json:
                    found = view.record(
                        comparisons, name=recording.name, model=stage.model, note=NOTE
                    )
                    print(json.dumps(found, ensure_ascii=False, indent=1))
                    return 0
                terminal.do("/all")
            if not sys.stdin.isatty() and recording and not environ.get("REHEARSE", "").strip():
                return 0
            say("On the stage; nothing here is real. /help, /quit.")
            return converse(terminal)
    except _FAILURES as problem:
        console.print(str(problem), style="red", markup=False, highlight=False)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
