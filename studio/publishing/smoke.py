"""Tries a candidate model by itself before any customer meets it.

A real process loads it, with a database of its own and no action server, and has conversations of
one message: each must be answered, and nearly all of them understood.
"""

from __future__ import annotations

import socket
import tempfile
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from ops import care, readiness
from ops.fleet import Fleet
from ops.process import Process
from ops.processes import ROOT, Layout
from studio.publishing.refusal import Refused

SENTENCES = ROOT / "data" / "smoke.yml"
# Of each language's sentences, as many may be read otherwise.
MISREAD = 1
_READY_S = 180.0
_CONTEXT = {"channel": "api", "account": "smoke", "handle": "smoke", "public": False}


@dataclass(frozen=True)
class Sentence:
    """What is said, and the intent that it should be read as."""

    language: str
    text: str
    intent: str


def sentences(file: Path = SENTENCES) -> list[Sentence]:
    """What to say, by language. Raises Refused without any."""
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
        found = [
            Sentence(language, str(each["text"]), str(each["intent"]))
            for language, listed in content.items()
            for each in listed
        ]
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise Refused(f"{file} can't be read: {error}") from error
    if not found:
        raise Refused(f"{file} has no sentences: nothing could be tried")
    return found


def passes(
    layout: Layout,
    model: Path,
    said: Sequence[Sentence],
    between: Callable[[], None] = lambda: None,
) -> str:
    """Try the model in this file; what it came to in a few words. Raises Refused."""
    with tempfile.TemporaryDirectory(prefix="ascolto-smoke-") as folder:
        process = _scratch(layout, model, Path(folder))
        fleet = Fleet([process], Path(folder))
        try:
            fleet.start()
            try:
                fleet.wait_ready([process.name], _READY_S)
            except readiness.NotReady as error:
                raise Refused(f"{model.name} can't be loaded: {error}") from error
            between()
            return _talked(process, said)
        finally:
            fleet.close()


def _scratch(layout: Layout, model: Path, home: Path) -> Process:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    plain = as_here(layout)
    environment = {
        **plain.environment,
        "ASCOLTO_HOME": str(home),
        "ASCOLTO_DATABASE_URL": "",
        "ASCOLTO_MODEL": str(model),
        "ASCOLTO_RASA_PORT": str(port),
        # Nobody listens there: what needs an action isn't asked.
        "ASCOLTO_ACTIONS_URL": "http://127.0.0.1:9/webhook",
    }
    url = f"http://127.0.0.1:{port}/webhooks/care/ready"
    probe_there = replace(plain.probe, url=url)
    return replace(plain, name="smoke", environment=environment, probe=probe_there, port=port)


def as_here(layout: Layout) -> Process:
    """How a Rasa runs here, or would where all of them run elsewhere."""
    return (layout if layout.rasa_ports else replace(layout, rasa_ports=(1,))).rasas()[0]


def _talked(process: Process, said: Sequence[Sentence]) -> str:
    silent, misread = [], []
    for sentence in said:
        status, answer = care.post(process, "turn", _turn(sentence))
        replies = [str(reply.get("text") or "") for reply in answer.get("replies") or ()]
        read = (answer.get("nlu") or [{}])[0].get("intent")
        if status != 200 or not any(text.strip() for text in replies):
            silent.append(f"“{sentence.text}” ({sentence.language}): {_why(status, answer)}")
        if read != sentence.intent:
            misread.append((sentence, read))
    worst = [
        f"“{sentence.text}” ({sentence.language}) read as {read}"
        for language in {sentence.language for sentence in said}
        if len(wrong := [each for each in misread if each[0].language == language]) > MISREAD
        for sentence, read in wrong
    ]
    if silent or worst:
        raise Refused("\n".join(["the model doesn't answer as it should:", *silent, *worst]))
    return f"{len(said)} conversations, {len(said) - len(misread)} understood as expected"


def _turn(sentence: Sentence) -> dict[str, Any]:
    name = uuid.uuid4().hex
    message = {"id": f"m{name}", "text": sentence.text, "language": sentence.language}
    return {
        "turn_id": f"t{name}",
        "conversation": f"smoke-{name}",
        "messages": [message],
        "context": _CONTEXT,
    }


def _why(status: int, answer: dict[str, Any]) -> str:
    if status == 200:
        return "no reply"
    return f"{status} {(answer.get('error') or {}).get('code', '')}".strip()
