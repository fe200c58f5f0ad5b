"""What the bot says: languages, channels, blanks, buttons, forms' questions, the formal voice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ops.voices import response_problems
from studio.validate.examples import LANGUAGES
from studio.validate.findings import Finding
from studio.validate.names import in_tellings, payload
from studio.validate.project import Place, Project, Response

_BLANK = re.compile(r"{([^\n{}]+?)}")
_NAME = re.compile(r"\butter_\w+")
# The payload of a button that tries again what failed; the action fills it in whole.
_AGAIN = "{again}"


def check(project: Project) -> Iterator[Finding]:
    """Everything about responses that makes somebody hear the wrong thing or nothing."""
    if project.domain is None:
        return
    yield from _twice(project)
    for response in project.responses.values():
        yield from _languages(response)
        yield from _alike(response)
    yield from _questions(project)
    yield from _used(project)
    yield from _formal(project)


def language_of(variation: dict[str, Any]) -> str | None:
    """The language that a variation's condition asks for."""
    for condition in variation.get("condition") or ():
        if isinstance(condition, dict) and condition.get("name") == "language":
            return str(condition.get("value"))
    return None


def _twice(project: Project) -> Iterator[Finding]:
    for file in (*project.files("domain.yml"), *project.files("data/responses/*.yml")):
        content = file.data.get("responses") if isinstance(file.data, dict) else None
        for name in content if isinstance(content, dict) else ():
            first = project.responses[name]
            if first.file is not file:
                at = first.place()
                what = f"{name} stands in {at.file}:{at.line} as well: which one is said is chance"
                line = file.line("responses", str(name))
                do = "Keep one of the two."
                yield Finding(file.name, line, "duplicate-response", what, do)


def _languages(response: Response) -> Iterator[Finding]:
    spoken = set()
    for number, variation in enumerate(response.variations):
        language = language_of(variation)
        place, channel = response.place(number), variation.get("channel")
        do = "Add: condition: [{type: slot, name: language, value: it}] (or en)"
        if language is None and channel:
            # Rasa prefers a channel's variation without condition to a conditional one without
            # channel (rasa/core/nlg/generator.py): the other language would hear it, too.
            what = f"{response.name} for {channel} has no language: everybody there hears it"
            yield place.finding("channel-without-language", what, do)
        elif language is None:
            what = f"a text of {response.name} has no language"
            yield place.finding("response-without-language", what, do)
        elif language not in LANGUAGES:
            what = f"'{language}' is no language of the bot's"
            do = f"Known are {' and '.join(LANGUAGES)}."
            yield place.finding("response-without-language", what, do)
        elif not channel:
            spoken.add(language)
    for language in LANGUAGES:
        if language not in spoken:
            what = f"{response.name} has no text in '{language}' that holds on every channel"
            do = f"Add one with the condition language = {language}."
            yield response.place().finding("response-language-missing", what, do)


def _alike(response: Response) -> Iterator[Finding]:
    first: tuple[set[str], list[str]] | None = None
    for number, variation in enumerate(response.variations):
        place = response.place(number)
        payloads = []
        for position, button in enumerate(variation.get("buttons") or ()):
            written = str(button.get("payload", "")) if isinstance(button, dict) else ""
            payloads.append(written)
            if payload(written) is None and written != _AGAIN and not button.get("url"):
                what = f"a button of {response.name} sends {written!r}"
                do = 'Write /intent or /intent{{"entity": "value"}}, with doubled braces.'
                at = response.place(number, "buttons", position)
                yield at.finding("bad-button", what, do)
        has = set(_BLANK.findall(str(variation.get("text", "")))), payloads
        if first is None:
            first = has
        elif first[0] != has[0]:
            there, here = (_listed(one[0]) for one in (first, has))
            what = f"{response.name} fills in {here} here and {there} in its first text"
            yield place.finding("blanks-differ", what, "Use the same blanks in every text.")
        elif first[1] != has[1]:
            what = f"{response.name} has other buttons here than with its first text"
            yield place.finding("buttons-differ", what, "Give every text the same payloads.")


def _questions(project: Project) -> Iterator[Finding]:
    actions, responses = project.declared("actions"), project.responses
    for form, about, place in project.entries("forms"):
        for slot in about.get("required_slots") or ():
            names = [
                f"{kind}_ask_{of}{slot}" for of in (f"{form}_", "") for kind in ("action", "utter")
            ]
            if not any(name in actions or name in responses for name in names):
                what = f"{form} has no question for {slot}: the customer would hear nothing"
                do = f"Write a response utter_ask_{form}_{slot} (or an action_ask_{form}_{slot})."
                yield place.finding("form-without-question", what, do)


def _used(project: Project) -> Iterator[Finding]:
    told = in_tellings(project).actions
    slots = {*project.declared("slots"), "requested_slot"}
    for name, response in project.responses.items():
        if name in told:
            for number, variation in enumerate(response.variations):
                for blank in _BLANK.findall(str(variation.get("text", ""))):
                    if blank not in slots:
                        what = f"a rule says {name} directly, and no slot fills in {{{blank}}}"
                        do = "Have an action say it, or use a slot's name."
                        yield response.place(number).finding("unfilled-blank", what, do)
        elif not project.code.says(name) and not _asks(project, name):
            what = f"nothing says {name}"
            do = "Remove it, or say it in a rule or an action."
            yield response.place().finding("unused-response", what, do)
    for name, (file, line) in project.code.responses.items():
        # Some are only how others begin: f"{stem}_{how}".
        if name not in project.responses and not any(
            other.startswith(f"{name}_") for other in project.responses
        ):
            what = f"the code says {name}, which is in no file of data/responses"
            do = "Write it there in both languages, or correct the name."
            yield Finding(file, line, "unknown-response", what, do)


def _asks(project: Project, name: str) -> bool:
    return any(
        name in (f"utter_ask_{form}_{slot}", f"utter_ask_{slot}")
        for form, about, _ in project.entries("forms")
        for slot in about.get("required_slots") or ()
    )


def _formal(project: Project) -> Iterator[Finding]:
    folder = project.root / "data" / "responses"
    if not (folder / "formal").is_dir() or any(
        finding.file.startswith("data/responses/") for finding in project.broken
    ):
        return
    for problem in response_problems(folder):
        named = _NAME.search(problem)
        place = _formal_place(project, named[0] if named else "", folder)
        what = re.sub(r"^\S*data/responses/formal: ", "", problem)
        do = "Write it in data/responses/formal/ (docs/voice.md)."
        yield place.finding("formal-voice", what, do)


def _formal_place(project: Project, name: str, folder: Path) -> Place:
    for file in project.files("data/responses/formal/*.yml"):
        if ("responses", name) in file.lines:
            return Place(file.name, file.line("responses", name))
    if name in project.responses:
        return project.responses[name].place()
    buttons = folder / "formal" / "buttons.yml"
    return Place(buttons.relative_to(project.root).as_posix(), 1)


def _listed(blanks: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(blanks)) or "nothing"
