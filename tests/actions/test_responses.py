"""What designers may break without noticing: names, languages, buttons, blanks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.actions.conftest import EXECUTOR
from tests.actions.responses import PLACEHOLDER, ROOT, buttons, responses, variations

DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
LANGUAGES = ("it", "en")
PAYLOAD = re.compile(r"/(\w+)(\{.*\})?")
MARKUP = re.compile(r"\*\*|__|`|\]\(|^#|<[a-z]+>", re.MULTILINE)
SAID = re.compile(r'"(utter_\w+)"')


def names(entries: list[Any]) -> set[str]:
    return {next(iter(e)) if isinstance(e, dict) else e for e in entries}


def rule_actions() -> set[str]:
    found = set()
    for path in sorted((ROOT / "data").glob("rules/*.yml")):
        for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]:
            found |= {step["action"] for step in rule["steps"] if "action" in step}
    return found


def said_by_actions() -> set[str]:
    sources = sorted(Path(ROOT / "actions").rglob("*.py"))
    return {name for path in sources for name in SAID.findall(path.read_text("utf-8"))}


@pytest.mark.parametrize("name", sorted(responses()))
def test_every_response_speaks_both_languages(name: str) -> None:
    for variation in responses()[name]:
        [condition] = variation["condition"]
        assert (condition["type"], condition["name"]) == ("slot", "language")
        assert condition["value"] in LANGUAGES
    assert all(variations(name, language) for language in LANGUAGES)


@pytest.mark.parametrize("name", sorted(responses()))
def test_languages_say_the_same(name: str) -> None:
    """The same blanks and the same buttons' payloads in every variation."""
    blanks = {frozenset(PLACEHOLDER.findall(v["text"])) for v in responses()[name]}
    payloads = {tuple(b["payload"] for b in v.get("buttons", [])) for v in responses()[name]}
    assert len(blanks) == 1
    assert len(payloads) == 1


@pytest.mark.parametrize("name", sorted(responses()))
def test_texts_fit_every_channel(name: str) -> None:
    for variation in responses()[name]:
        assert not MARKUP.search(variation["text"])
        assert len(variation["text"]) <= 400
        assert len(variation.get("buttons", [])) <= 3
        for button in variation.get("buttons", []):
            assert 1 <= len(button["title"]) <= 20, button["title"]


@pytest.mark.parametrize("name", sorted(responses()))
def test_buttons_mean_something(name: str) -> None:
    for variation in responses()[name]:
        for raw, button in zip(variation.get("buttons", []), buttons(variation), strict=True):
            if raw["payload"] == "{again}":
                # What has just failed, with all that was said.
                continue
            # Rasa fills blanks in payloads too: single braces would be taken for one.
            assert raw["payload"].count("{{") == button["payload"].count("{")
            match = PAYLOAD.fullmatch(button["payload"])
            assert match, button
            assert match[1] in DOMAIN["intents"]
            assert set(json.loads(match[2] or "{}")) <= names(DOMAIN["entities"])


def test_everything_said_exists_and_everything_written_is_said() -> None:
    used = said_by_actions() | {a for a in rule_actions() if a.startswith("utter_")}
    stems = {name for name in used if name not in responses()}
    # f"{stem}_{mode}" and the like: each must be the beginning of something.
    for stem in stems:
        assert any(name.startswith(stem) for name in responses()), f"nothing says {stem}"
    built = (
        "utter_recorded_",
        "utter_consent_",
        "utter_ask_order_number",
        "utter_ask_code",
        "utter_ask_problem",
        "utter_order_",
        "utter_request_",
        "utter_ask_return_item_",
        "utter_ask_exchange_item_",
        "utter_ask_change_address_",
        "utter_ask_promo_code_",
        "utter_promo_",
        # Said instead where there is no e-mail address to write to.
        "utter_return_done_",
        "utter_exchange_done_",
    )
    unused = {n for n in responses() if n not in used and not n.startswith(built)}
    assert unused == set()


def test_every_way_of_asking_has_its_words() -> None:
    for stem, modes in {
        "utter_ask_order_number": ("again", "where", "way_out", "resume", "patient"),
        "utter_ask_code": ("again", "way_out", "resume", "patient"),
        "utter_ask_problem": ("again", "way_out", "resume", "patient", "have_number"),
        "utter_ask_problem_photo": ("again", "way_out", "resume", "patient", "noted", "sorry"),
        "utter_request": ("again", "way_out", "resume", "patient"),
        "utter_ask_problem_order_number": ("again", "way_out", "resume", "patient", "noted"),
    }.items():
        for mode in modes:
            assert f"{stem}_{mode}" in responses()


def test_the_domain_lists_the_actions_that_exist() -> None:
    ours = {name for name in EXECUTOR.actions if "test" not in name}
    assert set(DOMAIN["actions"]) == ours


def test_rules_use_what_the_domain_knows() -> None:
    forms = set(DOMAIN["forms"])
    own = {"action_deactivate_loop", "action_listen"}
    assert rule_actions() <= set(DOMAIN["actions"]) | set(responses()) | forms | own
