"""`make chat`: a customer in the terminal, who also sees how each message was understood.

Reads from the environment: SAY (one message instead of a dialogue), CONVERSATION or HANDLE (whose
conversation; `giulia` is a customer of the demo; `new` begins another one). With REPLAY, FILE or
REHEARSE it is a rehearsal on a stage of its own instead: studio/rehearsal.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console, RenderableType

from ops import chat_view
from ops.chat_client import ChatProblem, Entry, Gateway
from ops.environment import SettingsMistake, compose
from ops.generated_secrets import FILE, read
from ops.processes import ROOT, Layout

# Gives input() a history and editing keys; some builds of Python lack it.
readline: ModuleType | None = None
with contextlib.suppress(ImportError):
    import readline

_ANSWER_SECONDS = 40.0
_SETTLE_SECONDS = 0.4
_MAILS = 5
_PROMPT = "you> "
_COMMANDS = ("/mail", "/who", "/back", "/help")
_NO_WAY_BACK = (
    "What was said here is said: its codes, cases and orders are real. `make chat REHEARSE=1`, or"
    " REPLAY=<this conversation's id>, plays on a stage where you can step back."
)
_HELP = """\
Write as a customer would. A number taps the button with that number.
  /mail   the newest mails of the demo (one-time codes arrive there)
  /who    who answers now
  /back   why nothing can be unsaid here, and where it can
  /quit   leave (or Ctrl-D)"""


class Talk:
    """What of a conversation was shown already, and what comes next."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.buttons: list[dict[str, str]] = []
        self._ended: dict[str, str] = {}
        self._answered: set[str] = set()
        self._shown: set[str] = set()
        self._asked: dict[str, float] = {}
        self._explained: dict[str, dict[str, Any]] = {}
        # What stands up to this place doesn't change any more.
        self._floor = 0
        self._lock = threading.Lock()

    def catch_up(self) -> None:
        """Take what was said before as shown."""
        while entries := self.gateway.entries(self._floor):
            for entry in entries:
                self._shown.add(entry.id)
                self._floor = entry.seq

    def say(self, written: str) -> str:
        """Send a line, or tap the button whose number it is; the message's id."""
        payload, text = None, written
        if written.isdigit() and 1 <= int(written) <= len(self.buttons):
            button = self.buttons[int(written) - 1]
            payload, text = button["payload"], button["title"]
        begun = time.monotonic()
        message_id = self.gateway.say(text, payload)
        self._asked[message_id] = begun
        return message_id

    def finished(self, message_id: str) -> bool:
        """Whether a message was handled, and its answer shown if it has one."""
        ended = self._ended.get(message_id)
        return bool(ended) and (ended != "answered" or message_id in self._answered)

    def news(self) -> list[RenderableType]:
        """What is new, ready to be printed."""
        with self._lock:
            entries = self.gateway.entries(self._floor)
            shown: list[RenderableType] = []
            for entry in entries:
                if entry.role == "customer":
                    shown += self._customer(entry)
                elif entry.id not in self._shown:
                    self._shown.add(entry.id)
                    shown.append(self._reply(entry))
            for entry in entries:
                if entry.role == "customer" and not entry.disposition:
                    break  # it will still change: it must be fetched again
                self._floor = entry.seq
            return shown

    def _customer(self, entry: Entry) -> list[RenderableType]:
        if not entry.disposition or entry.id in self._shown:
            return []
        self._shown.add(entry.id)
        self._ended[entry.message_id] = entry.disposition
        self._explained[entry.message_id] = entry.explain
        return [] if entry.disposition == "answered" else [chat_view.unanswered(entry)]

    def _reply(self, entry: Entry) -> RenderableType:
        # A reply without buttons leaves the earlier ones valid for one who thinks slowly.
        self.buttons = entry.buttons or self.buttons
        self._answered.update(entry.in_reply_to)
        explained = [self._explained.get(message, {}) for message in entry.in_reply_to]
        asked = [self._asked[message] for message in entry.in_reply_to if message in self._asked]
        seconds = time.monotonic() - min(asked) if asked else None
        return chat_view.said(entry, explained, self.gateway.state(), seconds)


def say_one(talk: Talk, console: Console, text: str) -> int:
    """One message and all that comes of it; the exit status."""
    console.print(f"{_PROMPT}{text}", style="bold", markup=False, highlight=False)
    message_id = talk.say(text)
    end = time.monotonic() + _ANSWER_SECONDS
    quiet_since = time.monotonic()
    while not talk.finished(message_id) or time.monotonic() - quiet_since < _SETTLE_SECONDS:
        news = talk.news()
        for one in news:
            console.print(one)
        if news or not talk.finished(message_id):
            quiet_since = time.monotonic()
        if time.monotonic() > end:
            console.print(
                f"No answer within {_ANSWER_SECONDS:.0f} s. The message is stored and will be"
                " answered when whatever is away is back: see the logs in ASCOLTO_HOME/logs."
            )
            return 1
        time.sleep(0.05)
    return 0


def listen(talk: Talk, console: Console, leaving: threading.Event) -> None:
    """Show what arrives while the customer thinks (agents answer when they like)."""
    while not leaving.is_set():
        with contextlib.suppress(ChatProblem):
            _show_above_prompt(talk, console)
            for _ in talk.gateway.changes():
                _show_above_prompt(talk, console)
        leaving.wait(1.0)


def _show_above_prompt(talk: Talk, console: Console) -> None:
    news = talk.news()
    if not news:
        return
    sys.stdout.write("\r\x1b[K")  # the prompt, and what was typed after it, come again below
    for one in news:
        console.print(one)
    sys.stdout.write(_PROMPT + (readline.get_line_buffer() if readline else ""))
    sys.stdout.flush()


def converse(talk: Talk, console: Console) -> int:
    """A dialogue until Ctrl-D."""
    leaving = threading.Event()
    threading.Thread(target=listen, args=(talk, console, leaving), daemon=True).start()
    console.print(f"Conversation {talk.gateway.conversation!r}. /help, /quit.", highlight=False)
    try:
        while True:
            line = input(_PROMPT).strip()
            if line == "/quit":
                return 0
            if line:
                try:
                    command(talk, console, line) if line in _COMMANDS else talk.say(line)
                except ChatProblem as problem:
                    console.print(str(problem), style="red", markup=False, highlight=False)
    except (EOFError, KeyboardInterrupt):
        print()
        return 0
    finally:
        leaving.set()


def command(talk: Talk, console: Console, name: str) -> None:
    """Do one of our own commands; every other text, with a slash or not, goes to the bot."""
    if name == "/mail":
        console.print(chat_view.mails(talk.gateway.mails()[:_MAILS]))
    elif name == "/who":
        console.print(chat_view.owner(talk.gateway.state()), highlight=False)
    elif name == "/back":
        console.print(_NO_WAY_BACK, highlight=False, markup=False)
    else:
        console.print(_HELP, highlight=False, markup=False)


def choose_conversation(home: Path, wanted: str) -> str:
    """The conversation asked for, else the last one of this terminal; `new` makes another."""
    last = home / "chat-conversation"
    kept = last.read_text().strip() if last.exists() else ""
    name = wanted if wanted not in ("", "new") else kept
    if wanted == "new" or not name:
        name = f"terminal-{uuid.uuid4().hex[:8]}"
    last.write_text(name + "\n")
    return name


def channel_key(settings: Mapping[str, str], home: Path) -> str:
    """The api channel's key, as set or as generated by the first start."""
    name = "ASCOLTO_API_CHANNEL_KEY"
    if key := settings.get(name) or read(home).get(name):
        return key
    raise ChatProblem(f"There is no {FILE} in {home} yet: start Ascolto with `make run`.")


def main() -> int:
    """Command line of `make chat`."""
    from studio.rehearsal import command as rehearsal

    if rehearsal.wanted(os.environ):
        return rehearsal.main()
    console = Console()
    try:
        settings = compose(ROOT)
        home = Path(settings["ASCOLTO_HOME"])
        key = channel_key(settings, home)
        wanted = os.environ.get("CONVERSATION") or os.environ.get("HANDLE") or ""
        text = os.environ.get("SAY", "").strip()
        if not text and not wanted:
            wanted = "new"
        url = Layout.of(settings).gateway_urls[0]
        with Gateway(url, key, choose_conversation(home, wanted)) as gateway:
            talk = Talk(gateway)
            talk.catch_up()
            if text in _COMMANDS:
                command(talk, console, text)
                return 0
            return say_one(talk, console, text) if text else converse(talk, console)
    except (ChatProblem, SettingsMistake) as problem:
        console.print(str(problem), style="red", markup=False, highlight=False)
        return 1


if __name__ == "__main__":
    sys.exit(main())
