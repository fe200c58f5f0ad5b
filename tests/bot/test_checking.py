"""Rasa's check with stand-ins and quick reading complains of what Rasa's own complains of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.training_data.message import Message

from bot import checking
from tests.bot.conftest import ROOT
from tests.studio.tiny import build

PLANTED = yaml.safe_load((ROOT / "tests" / "studio" / "planted.yml").read_text("utf-8"))
# Faults that Rasa sees and that `make validate` leaves to it, or words in its own way.
MORE: list[dict[str, str]] = [
    {
        "file": "data/rules/all.yml",
        "add": "  - rule: asks for an order, and greets\n    steps:\n      - intent: order_status\n"
        "      - action: order_form\n      - active_loop: order_form\n"
        "      - action: utter_greet\n",
    },
    {
        "file": "data/stories/all.yml",
        "add": "  - story: greets, and goes otherwise\n    steps:\n      - intent: greet\n"
        "      - action: utter_refused\n",
    },
    {"file": "domain.yml", "old": "entity: order_number", "new": "entity: nothing"},
    {"file": "domain.yml", "old": "required_slots: [order_number]", "new": "required_slots: [no]"},
    {"file": "domain.yml", "old": "type: text", "new": "type: float\n    max_value: x"},
    {"file": "config.yml", "old": "language: en\n", "new": ""},
    {"file": "data/responses/all.yml", "old": '- text: "Va bene."', "new": "- texts: Va bene."},
]
HEAD, LINE = 'version: "3.1"\n\nnlu:\n', "  examples: |\n    - ciao\n"
# Files of examples: what is said of each is the same, and what is plain is so for both parsers.
PLAIN_FILES = {
    "plain": HEAD + "- intent: greet\n" + LINE,
    "comment": 'version: "3.1"\n\n# Hello: "it", [x], {y}\nnlu:\n- intent: greet\n' + LINE,
    "two": HEAD + "- intent: greet\n" + LINE + "- intent: deny\n" + LINE,
    "signs": HEAD
    + '- intent: greet\n  examples: |\n    - ciao: #a \'b "c" {d} [e](f) & * ! % @ è 🧶\n',
    "entity": HEAD + '- intent: greet\n  examples: |\n    - [a]{"entity": b}\n',
    "ends": HEAD + "- intent: greet\n  examples: |\n    - ---\n    - ...\n    -  ciao  \n",
}
OTHER_FILES = {
    "tab": HEAD + "- intent: greet\n  examples: |\n\t- ciao\n",
    "tab_inside": HEAD + "- intent: greet\n  examples: |\n    - ciao\ta te\n",
    "escape": HEAD + "- intent: greet\n  examples: |\n    - ciao\\u000anlu\n",
    "bell": HEAD + "- intent: greet\n  examples: |\n    - ciao\x07\n",
    "next_line": HEAD + "- intent: greet\n  examples: |\n    - ciao\x85ciao\n",
    "separator": HEAD + "- intent: greet\n  examples: |\n    - ciao\u2028ciao\n",
    "mark": HEAD + "- intent: greet\n  examples: |\n    - ciao\ufeffciao\n",
    "no_name": HEAD + "- intent: null\n" + LINE,
    "a_number": HEAD + "- intent: 123\n" + LINE,
    "yes": HEAD + "- intent: yes\n" + LINE,
    "no_examples": HEAD + "- intent: greet\n",
    "a_list": HEAD + "- intent: greet\n  examples:\n    - ciao\n",
    "no_lines": HEAD + "- intent: greet\n  examples: |\n    ciao\n",
    "twice": HEAD + "- intent: greet\n  intent: deny\n" + LINE,
    "no_version": "nlu:\n- intent: greet\n" + LINE,
    "old": HEAD.replace("3.1", "1.0") + "- intent: greet\n" + LINE,
    "broken": HEAD + "- intent: [\n" + LINE,
    "unknown": HEAD + "- intnt: greet\n" + LINE,
    "empty": "",
    "anchor": HEAD + "- intent: &a greet\n" + LINE + "- intent: *a\n" + LINE,
    "strange": HEAD + "- intent: !x greet\n" + LINE,
    "returns": (HEAD + "- intent: greet\n" + LINE).replace("\n", "\r\n"),
    "metadata": HEAD + "- intent: greet\n  metadata: {day: 2026-11-22}\n" + LINE,
}


def plant(root: Path, fault: dict[str, str]) -> None:
    path = root / fault["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if path.exists() else ""
    assert fault.get("old", "") in before
    changed = before.replace(fault["old"], fault["new"], 1) if "old" in fault else before
    path.write_text(fault.get("whole", changed + fault.get("add", "")), "utf-8")


def answers(how: str, folders: list[Path]) -> dict[str, Any]:
    # The same order of sets in both.
    environment = os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.bot.rasa_complaints", how, *map(str, folders)]
    told = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_planted_faults_are_complained_of_as_without(tmp_path: Path) -> None:
    ours = [fault for fault in PLANTED if not fault["file"].startswith(("tests/", "data/know"))]
    folders = []
    for number, fault in enumerate([*ours, *MORE]):
        folders.append(build(tmp_path / str(number)))
        plant(folders[-1], fault)
    odd = build(tmp_path / "odd")
    for name, content in (PLAIN_FILES | OTHER_FILES).items():
        (odd / f"data/nlu/it/{name}.yml").write_text(content, "utf-8", newline="")
    (odd / "data/nlu/it/latin.yml").write_bytes((HEAD + "- intent: perché\n").encode("latin-1"))
    folders.append(odd)
    quick, whole = answers("quick", folders), answers("whole", folders)
    assert quick == whole
    # There was something to complain of.
    said = {text for one in whole.values() for _, text in one["dialogue"]}
    assert len(said) > 30
    wrong = [file for file, texts in whole[str(odd)]["examples"].items() if texts]
    assert len(wrong) > 12


@pytest.mark.parametrize("name", PLAIN_FILES)
def test_plain_files_are_the_same_to_both_parsers(name: str) -> None:
    content = PLAIN_FILES[name]
    assert checking.PLAIN.fullmatch(content)
    assert checking.READ(content) == checking.READ(content, ["safe", "rt"])


@pytest.mark.parametrize("name", OTHER_FILES)
def test_what_parsers_may_read_in_two_ways_is_not_plain(name: str) -> None:
    assert not checking.PLAIN.fullmatch(OTHER_FILES[name])


def test_the_examples_are_plain_and_the_same_to_both_parsers() -> None:
    files = sorted((ROOT / "data" / "nlu").glob("*/*.yml"))
    plain = [
        content for path in files if checking.PLAIN.fullmatch(content := path.read_text("utf-8"))
    ]
    assert len(plain) > 0.9 * len(files)
    for content in plain[:: len(plain) // 8]:
        assert checking.READ(content) == checking.READ(content, ["safe", "rt"])


def test_schemas_are_read_once_and_nobody_changes_another_s() -> None:
    name = str(checking._OWN / "nlu/training_data/schemas/nlu.yml")
    first = checking.read_yaml_file(name)
    assert first == checking.READ_FILE(name)
    first.clear()
    assert checking.read_yaml_file(name) == checking.READ_FILE(name)


def test_messages_are_cleaned_as_rasa_does_and_kept() -> None:
    def messages() -> list[Message]:
        return [Message({"text": "ciao", "intent": " greet "}), Message({"text": "no"})]

    ours = checking.sanitized([*messages(), *messages()])
    assert [one.data for one in ours] == [one.data for one in checking.SANITIZE(messages())] * 2
