"""Dialogues that designers write, and how they are played. README.md explains the format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

DIALOGUES = Path(__file__).parent / "dialogues"
LANGUAGES = ("it", "en")
HEADER_KEYS = {"conversation", "language", "memory", "public", "gateway", "note", "steps"}
STEP_KEYS = {
    *(
        "customer",
        "taps",
        "taps_earlier",
        "given",
        "intent",
        "bot_contains",
        "bot_avoids",
        "buttons",
    ),
    *("signals", "handoff", "form", "note", "attachments", "sends", "collected"),
}
# What a customer does in a step.
DOES = ("customer", "taps", "taps_earlier", "sends")


@dataclass
class Button:
    """A button under a reply; `payload` is whatever the system wants back when it is tapped."""

    title: str
    payload: Any


@dataclass
class Reply:
    """What came back for one message of the customer.

    `None` means that this way of playing can't see it, and it is then not checked.
    """

    text: str
    buttons: list[Button] = field(default_factory=list)
    intents: list[str] | None = None
    signals: list[str] = field(default_factory=list)
    handoff: str | None = None
    collected: dict[str, str] | None = None
    form: str | None = None
    sees_form: bool = False


class Customer(Protocol):
    """One customer in one conversation."""

    async def say(self, text: str, attachments: int = 0) -> Reply:
        """Write a message, perhaps with pictures, and wait for what it brings."""

    async def tap(self, button: Button) -> Reply:
        """Tap a button of the last reply."""

    async def code(self) -> str:
        """The newest one-time code that was mailed."""

    async def proof_over(self) -> None:
        """What the customer proved with a code holds no longer."""

    async def promised(self, promise: str) -> None:
        """A person had the conversation meanwhile and promised something."""


class CareSystem(Protocol):
    """Whatever the dialogues are played against."""

    async def customer(
        self, language: str, memory: dict[str, Any] | None, *, public: bool
    ) -> Customer:
        """A new customer in a new conversation."""

    async def bridge(self, *, up: bool) -> None:
        """Stop or start the bridge."""


@dataclass(frozen=True)
class Dialogue:
    """One conversation of a file."""

    name: str
    language: str
    steps: tuple[dict[str, Any], ...]
    memory: dict[str, Any] | None
    public: bool
    gateway: bool


class Mistake(ValueError):
    """A dialogue is written wrongly."""


def dialogues(folder: Path = DIALOGUES) -> Iterator[Dialogue]:
    """Every dialogue of every file; raises Mistake naming file and dialogue."""
    for path in sorted(folder.glob("*.yml")):
        for number, entry in enumerate(yaml.safe_load_all(path.read_text("utf-8")), 1):
            place = f"{path.name}, dialogue {number}"
            unknown = set(entry) - HEADER_KEYS
            if unknown:
                raise Mistake(f"{place}: unknown words {sorted(unknown)}")
            if entry.get("language") not in LANGUAGES:
                raise Mistake(f"{place}: language must be it or en")
            for step in entry["steps"]:
                if set(step) - STEP_KEYS:
                    raise Mistake(f"{place}: unknown words {sorted(set(step) - STEP_KEYS)}")
            yield Dialogue(
                name=f"{path.stem}: {entry['conversation']}",
                language=entry["language"],
                steps=tuple(entry["steps"]),
                memory=entry.get("memory"),
                public=bool(entry.get("public")),
                gateway=bool(entry.get("gateway")),
            )


async def play(dialogue: Dialogue, system: CareSystem) -> None:
    """Play a dialogue; an AssertionError tells the step, what was wanted and what was said."""
    customer = await system.customer(dialogue.language, dialogue.memory, public=dialogue.public)
    reply = Reply("")
    earlier: list[Button] = []
    try:
        for number, step in enumerate(dialogue.steps, 1):
            if "given" in step:
                await _arrange(step["given"], customer, system)
                continue
            if "taps" in step:
                reply = await customer.tap(_button(reply.buttons, step["taps"], number))
            elif "taps_earlier" in step:
                reply = await customer.tap(_button(earlier, step["taps_earlier"], number))
            elif "sends" in step:
                reply = await customer.say("", int(step.get("attachments", 1)))
            else:
                text = str(step["customer"])
                if "{code}" in text:
                    text = text.replace("{code}", await customer.code())
                reply = await customer.say(text, int(step.get("attachments", 0)))
            did = next(step[key] for key in DOES if key in step)
            check(step, reply, f"step {number} ({did!r})")
            earlier = [*reply.buttons, *earlier]
    finally:
        await system.bridge(up=True)


async def _arrange(given: dict[str, str], customer: Customer, system: CareSystem) -> None:
    if "bridge" in given:
        await system.bridge(up=given["bridge"] == "up")
    unknown = set(given) - {"bridge", "promise", "proof"}
    assert not unknown, f"given: unknown words {sorted(unknown)}"
    if "proof" in given:
        await customer.proof_over()
    if "promise" in given:
        await customer.promised(given["promise"])


def check(step: dict[str, Any], reply: Reply, place: str) -> None:
    """Compare one reply with what its step wants."""
    said = " ".join(reply.text.split())
    told = f"{place}: the bot said {said!r}, intents {reply.intents}"
    wants_words = "handoff" not in step
    assert said or not wants_words, f"{place}: the bot said nothing"
    for wanted in step.get("bot_contains", []):
        options = wanted if isinstance(wanted, list) else [wanted]
        assert any(o.casefold() in said.casefold() for o in options), f"{told}; wanted {wanted!r}"
    for unwanted in step.get("bot_avoids", []):
        assert unwanted.casefold() not in said.casefold(), f"{told}; unwanted {unwanted!r}"
    titles = [button.title for button in reply.buttons]
    for title in step.get("buttons", []):
        assert title in titles, f"{told}; buttons {titles}, wanted {title!r}"
    if "intent" in step and reply.intents is not None:
        assert reply.intents == [step["intent"]], f"{told}; wanted intent {step['intent']}"
    for signal in step.get("signals", []):
        assert signal in reply.signals, f"{told}; signals {reply.signals}, wanted {signal!r}"
    if "handoff" in step:
        assert "handoff_requested" in reply.signals, f"{told}; no person was asked for"
        if reply.handoff is not None:
            assert reply.handoff == step["handoff"], f"{told}; the reason was {reply.handoff!r}"
    for name, wanted in step.get("collected", {}).items():
        if reply.collected is not None:
            value = reply.collected.get(name, "")
            assert wanted.casefold() in value.casefold(), f"{told}; collected {reply.collected}"
    if "form" in step and reply.sees_form:
        assert reply.form == step["form"], f"{told}; the form is {reply.form!r}"


def _button(buttons: list[Button], title: str, number: int) -> Button:
    for button in buttons:
        if button.title == title:
            return button
    titles = [button.title for button in buttons]
    raise AssertionError(f"step {number}: no button {title!r} among {titles}")
