"""The language data is well formed. What `make validate` looks for (examples that stand twice or in
two intents, messages that are judged by and trained on) is held by tests/studio."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import chain

import pytest
import yaml

from tests.nlu.sets import (
    ANNOTATION,
    EVALUATION_SETS,
    INTENTS,
    LANGUAGES,
    ROOT,
    Message,
    evaluation,
    normalised,
    training,
    training_file,
    training_files,
)

RESERVED_DOMAINS = ("example.com", "example.org", "example.net")

per_language = pytest.mark.parametrize("language", LANGUAGES)
per_set = pytest.mark.parametrize("name", EVALUATION_SETS)


def everything() -> list[Message]:
    judged = (evaluation(language, name) for language in LANGUAGES for name in EVALUATION_SETS)
    trained = (training(language) for language in LANGUAGES)
    return list(chain(chain.from_iterable(judged), chain.from_iterable(trained)))


@per_language
def test_there_is_one_file_an_intent_and_it_says_where_the_intent_ends(language: str) -> None:
    assert {path.stem for path in training_files(language)} == set(INTENTS)
    for path in training_files(language):
        content = training_file(path)
        assert content["version"] == "3.1", path
        assert [block["intent"] for block in content["nlu"]] == [path.stem], path
        before_examples = path.read_text(encoding="utf-8").split("nlu:")[0]
        assert "\n# " in before_examples, f"{path}: a comment says what belongs here"


@per_language
def test_there_are_enough_training_examples(language: str) -> None:
    sizes = Counter(message.intent for message in training(language))
    assert set(sizes) == set(INTENTS)
    assert min(sizes.values()) >= 40
    assert sizes["out_of_scope"] >= 80


@per_language
def test_there_are_enough_evaluation_messages(language: str) -> None:
    sizes = Counter(message.intent for message in evaluation(language, "evaluation"))
    assert set(sizes) == set(INTENTS)
    assert min(sizes.values()) >= 20
    assert sizes["out_of_scope"] >= 200
    assert {message.intent for message in evaluation(language, "fresh")} == set(INTENTS)


@per_language
@per_set
def test_evaluation_messages_are_well_formed(language: str, name: str) -> None:
    path = ROOT / "tests" / "nlu" / f"{name}.{language}.yml"
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        assert set(entry) in ({"text", "intent"}, {"text", "intent", "critical"}), entry
        assert isinstance(entry["text"], str)
        assert entry["text"].strip() == entry["text"] != ""
        assert entry["intent"] in INTENTS, entry
        assert entry.get("critical", True) is True, f"{entry}: leave out instead of false"


@per_language
def test_some_messages_are_marked_as_critical(language: str) -> None:
    marked = [message for message in evaluation(language, "evaluation") if message.critical]
    assert {message.intent for message in marked} >= {
        "legal_safety",
        "parcel_missing",
        "privacy_erase",
        "stop_messages",
        "talk_to_human",
        "out_of_scope",
    }


@per_language
def test_no_evaluation_message_stands_twice(language: str) -> None:
    messages = [message for name in EVALUATION_SETS for message in evaluation(language, name)]
    counted = Counter(normalised(message.text) for message in messages)
    assert [text for text, times in counted.items() if times > 1] == []


def test_annotations_are_few_and_consistent() -> None:
    for language in LANGUAGES:
        annotated = [message for message in training(language) if message.plain != message.text]
        assert len(annotated) <= 0.05 * len(training(language))
        for message in annotated:
            for found in ANNOTATION.finditer(message.text):
                details = json.loads(found["details"]) if found["details"] else {}
                entity = details.get("entity", found["entity"])
                value = details.get("value", found["text"])
                assert entity in ("order_number", "email"), message
                if entity == "order_number":
                    assert re.fullmatch(r"LA-\d{5}", value), message
                    assert re.findall(r"\d{5}", found["text"]) == [value[3:]], message


@per_language
def test_no_training_example_is_nothing_but_a_value(language: str) -> None:
    """A rule of the classifier recognises those; as examples they would teach an intent."""
    for message in training(language):
        remains = ANNOTATION.sub(" ", message.text)
        assert message.plain == message.text or re.search(r"\w\w", remains), message


def test_nobody_real_can_be_recognised() -> None:
    for message in everything():
        for domain in re.findall(r"[\w.+-]+@([\w.-]+\.\w+)", message.plain):
            assert domain in RESERVED_DOMAINS, message
        for host in re.findall(r"https?://([^\s/]+)", message.plain):
            assert host.endswith(".example"), message
        # Order numbers have five digits; phones, cards and account numbers have more.
        assert not re.search(r"\d(?:[\s./-]?\d){6,}", message.plain), message
        assert not re.search(r"\b[A-Z]{2}\d{2}[A-Z0-9]{10,}\b", message.plain), message


def test_the_examples_speak_of_everything_in_the_lookups() -> None:
    spoken = " ".join(
        f" {normalised(message.plain)} " for language in LANGUAGES for message in training(language)
    )
    lookups = {
        path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "data" / "lookups").glob("*.yml"))
    }
    # The others (products, cities) are lists that the bot itself reads: see test_lookups.py.
    words = {name: content["nlu"] for name, content in lookups.items() if "nlu" in content}
    assert words
    for name, content in words.items():
        for line in content[0]["examples"].splitlines():
            assert f" {normalised(line[2:])} " in spoken, f"{name}: {line}"
