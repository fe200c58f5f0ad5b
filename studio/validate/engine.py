"""Rasa's own check, run in the bot's environment beside ours, and its complaints as findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from studio.validate import besides
from studio.validate.findings import Finding
from studio.validate.project import Place, Project
from studio.validate.remembered import Memory, digest

CODE = Path(__file__).resolve().parents[2]
_MODULE = "bot.validation"
# What decides on its answer besides the data.
_CODE = (
    "bot/validation.py",
    "bot/stand_ins.py",
    "bot/checking.py",
    "requirements/bot.txt",
)
_DIALOGUE = ("config.yml", "domain.yml", "data/rules/*.yml", "data/stories/*.yml")
_RESPONSES = "data/responses/*.yml"
_EXAMPLES = "data/nlu/*/*.yml"

# What Rasa says that isn't so here, or that a check of ours says with its line. With the reason.
_LEFT_OUT = {
    r"^Slot auto-fill has been removed": "said of every domain that has slots",
    r"is listed in the domain file, but is not found in the NLU": "intent-without-examples; the "
    "classifier's rules give `inform` and the like without examples",
    r"^The intent '.*' is not used in any story or rule": "unused-intent",
    r"^The intent '.*' is used in your stories, but": "unknown-intent",
    r"labeled with intent '.*'. This intent is not listed": "unknown-intent",
    r"^The utterance '.*' is not used in any story or rule": "unused-response, which knows that "
    "actions and forms say most of them",
    r"^The action 'utter_.*' is used in the stories, but": "unknown-response",
    r"^The action '.*' is used in the '.*' block, but": "unknown-action",
    r"^The form '.*' is used in the '.*' block, but": "unknown-form",
    r"^The form slot '.*' in form '.*' is not present": "unknown-slot",
    r"was found labeled with multiple different intents": "example-in-two-intents",
    r"unregistered slot": "unknown-slot",
    r"^Found duplicate response": "duplicate-response",
}
_QUOTED = re.compile(r"'([^'\n]+)'")
_FILE = re.compile(r"(?:data/|domain|config)[\w./-]*\.yml")
_LINE = re.compile(r"(?:[Ll]ine|:) ?(\d+)")


class Engine:
    """One run of it: what is remembered, and the program for the rest."""

    def __init__(self, project: Project, memory: Memory, python: Path, *, fast: bool) -> None:
        self._project, self._memory = project, memory
        root = project.root
        code = digest(CODE, (CODE / name for name in _CODE))
        examples = sorted(root.glob(_EXAMPLES))
        self._examples = {
            path.relative_to(root).as_posix(): digest(root, [path], code) for path in examples
        }
        dialogue = [path for pattern in (*_DIALOGUE, _RESPONSES) for path in root.glob(pattern)]
        intents = {e.intent for listed in project.training.values() for e in listed}
        self._dialogue = digest(root, dialogue, code, *sorted(intents))
        self._known = {
            name: found
            for name, of in self._examples.items()
            if (found := memory.recall("rasa-examples", of)) is not None
        }
        self._said = memory.recall("rasa-dialogue", self._dialogue)
        self._program = None
        new = [name for name in self._examples if name not in self._known]
        self.pending = bool(new) or self._said is None
        if self.pending and not fast and python.exists():
            what = ["--examples", *new] if new else []
            also = [] if self._said is not None else ["--dialogue", "--intents", *sorted(intents)]
            self._program = besides.start(python, _MODULE, *what, *also, code=CODE, root=root)
            self.pending = False

    def findings(self, others: Iterable[Finding]) -> Iterator[Finding]:
        """Its complaints, without those that others already found. Waits for it."""
        if self._program is not None:
            try:
                answer = self._program.answer()
            except besides.BesideFailed as error:
                do = "Look at it alone: .venv/bot/bin/python -m bot.validation --dialogue"
                yield Finding("domain.yml", 1, "check-failed", f"Rasa's check failed: {error}", do)
                return
            self._remember(answer)
        found = {finding.what for finding in others if finding.code == "contradicting-rules"}
        for complaint in self._said or ():
            for text in _single(complaint["text"]):
                if not any(re.search(pattern, text) for pattern in _LEFT_OUT):
                    yield from self._dialogue_finding(text, found)
        for name, complaints in self._known.items():
            for text in complaints:
                line = _LINE.search(text)
                place = Place(name, int(line[1]) if line else 1)
                yield place.finding("rasa", f"Rasa: {_short(text)}", "Correct what it names.")

    def _remember(self, answer: dict[str, Any]) -> None:
        if answer.get("dialogue") is not None:
            self._said = answer["dialogue"]
            self._memory.keep("rasa-dialogue", {self._dialogue: self._said})
        self._known |= answer.get("examples") or {}
        kept = {self._examples[name]: found for name, found in self._known.items()}
        self._memory.keep("rasa-examples", kept)

    def stop(self) -> None:
        """End the program if it still runs."""
        if self._program is not None:
            self._program.stop()

    def _dialogue_finding(self, text: str, found: set[str]) -> Iterator[Finding]:
        quoted = _QUOTED.findall(text)
        tellings = {
            str(told.get("rule") or told.get("story")): (file, kind, number)
            for file, kind, number, told in self._project.tellings
        }
        named = [name for name in quoted if name in tellings]
        if "contradict" in text.lower() and named:
            # Ours names both rules, too, with the line.
            if any(all(name in what for name in named) for what in found):
                return
            file, kind, number = tellings[named[0]]
            place = Place(file.name, file.line(kind, number))
            do = "Give one of them a condition, or make them do the same."
            yield place.finding("contradicting-rules", f"Rasa: {_short(text)}", do)
            return
        if named:
            file, kind, number = tellings[named[0]]
            place = Place(file.name, file.line(kind, number))
        else:
            file_name, line = _FILE.search(text), _LINE.search(text)
            place = Place(file_name[0] if file_name else "domain.yml", int(line[1]) if line else 1)
        yield place.finding("rasa", f"Rasa: {_short(text)}", "Correct what it names.")


def _single(text: str) -> list[str]:
    """A complaint that lists several ("- the prediction of …"), one by one."""
    listed = re.findall(r"(?m)^- (.+)$", text)
    return listed if listed and "contradict" in text.lower() else [text]


def _short(text: str) -> str:
    """One line, without the addresses of manuals."""
    return re.sub(r"\s+", " ", re.sub(r"\S*https?://\S+", "", text)).strip()[:400]
