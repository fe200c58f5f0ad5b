"""The intent classifier: trained, kept, loaded; what it understands, rejects and asks about."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import CareIntentClassifier
from bot.nlu.model import IntentModel
from tests.bot.nlu_components import CONTEXT, EXAMPLES, component, featurized, parsed, trained


def test_new_wordings_find_their_intent(tmp_path: Path) -> None:
    classifier, _ = trained(tmp_path, EXAMPLES)
    cases = {
        "where's my order": "order",
        "DOVE IL MIO ORDINE LA-20417": "order",
        "ciaoo": "greet",
        "how to wash the wool": "wash",
        "quanto costa il maglione?": "price",
    }
    found = {text: parsed(classifier, text, tmp_path)["intent"]["name"] for text in cases}
    assert found == cases


def test_a_foreign_matter_is_rejected_and_the_ranking_stays(tmp_path: Path) -> None:
    classifier, _ = trained(tmp_path, EXAMPLES)
    result = parsed(classifier, "chi vincerà le elezioni in Perù?", tmp_path)
    assert result["intent"]["name"] == "nlu_fallback"
    ranking = result["intent_ranking"]
    assert {item["name"] for item in ranking} == set(EXAMPLES)
    assert np.isclose(sum(item["confidence"] for item in ranking), 1)
    assert ranking == sorted(ranking, key=lambda item: -item["confidence"])


def test_a_message_that_only_gives_a_value_informs(tmp_path: Path) -> None:
    classifier, _ = trained(tmp_path, EXAMPLES)
    result = parsed(classifier, "il codice è 482 913", tmp_path)
    assert result["intent"] == {"name": "inform", "confidence": 1.0}
    silent, _ = trained(tmp_path / "silent", EXAMPLES, inform=False)
    assert parsed(silent, "482913", tmp_path)["intent"]["name"] != "inform"


def test_out_of_scope_examples_are_an_intent_and_teach_rejection(tmp_path: Path) -> None:
    foreign = [
        "che tempo fa?",
        "who won the match?",
        "raccontami una barzelletta",
        "capital of Peru",
        "ricetta della carbonara",
        "play some music",
    ]
    classifier, _ = trained(tmp_path, {**EXAMPLES, "out_of_scope": foreign})
    result = parsed(classifier, "tell me a joke", tmp_path)
    assert result["intent"]["name"] in ("out_of_scope", "nlu_fallback")


def test_training_twice_gives_the_same_model(tmp_path: Path) -> None:
    first, _ = trained(tmp_path / "a", EXAMPLES)
    second, _ = trained(tmp_path / "b", EXAMPLES)
    assert first.model is not None
    assert second.model is not None
    assert first.model.settings == second.model.settings
    assert first.model.thresholds == second.model.thresholds
    assert np.array_equal(first.model.encoder.matrix, second.model.encoder.matrix)
    assert np.array_equal(first.model.ngrams.matrix, second.model.ngrams.matrix)


def test_a_loaded_model_judges_as_the_trained_one(tmp_path: Path) -> None:
    classifier, _ = trained(tmp_path, EXAMPLES)
    model = classifier.model
    assert model is not None
    folder = tmp_path / "saved"
    folder.mkdir()
    model.save(folder)
    assert {file.suffix for file in folder.iterdir()} == {".npz", ".json"}
    loaded = IntentModel.load(folder)
    for text in ("dove si trova il pacco", "hello", "zxcv"):
        (message,) = featurized([(text, None)], tmp_path)
        vector = message.get_dense_features("text")[1].features[0]
        mine, theirs = model.judge(vector, text), loaded.judge(vector, text)
        assert np.allclose(mine.probabilities, theirs.probabilities, atol=2e-3)
        assert mine.rejected == theirs.rejected


def test_a_model_of_another_encoder_is_refused(tmp_path: Path) -> None:
    trained(tmp_path, EXAMPLES)
    folder = tmp_path / "model"
    (described,) = folder.rglob("model.json")
    content = json.loads(described.read_text("utf-8"))
    described.write_text(json.dumps({**content, "encoder_version": "another"}), "utf-8")
    storage = LocalModelStorage(folder)
    with pytest.raises(ValueError, match="train again"):
        CareIntentClassifier.load({}, storage, Resource("classifier"), CONTEXT)


@pytest.mark.parametrize(
    "examples",
    [
        {"greet": ["ciao"]},
        {"greet": ["ciao", "salve"]},
        {"greet": ["ciao"], "order": ["dov'è il mio ordine?"]},
        {"greet": ["ciao", "salve", "hey"], "order": ["dov'è il pacco?", "quando arriva?"]},
        {"greet": ["ciao"] * 5, "order": ["ordine"] * 5, "wash": ["lavare"] * 5},
    ],
)
def test_tiny_sets_train(tmp_path: Path, examples: dict[str, list[str]]) -> None:
    classifier, _ = trained(tmp_path, examples)
    result = parsed(classifier, "ciao", tmp_path)
    assert result["intent_ranking"][0]["name"] == "greet"


def test_without_examples_nothing_is_understood(tmp_path: Path) -> None:
    classifier = component(CareIntentClassifier, tmp_path / "model")
    classifier.train(TrainingData([]))
    assert parsed(classifier, "ciao", tmp_path)["intent"] == {"name": None, "confidence": 0.0}


@pytest.mark.parametrize("config", [{"threshold": 0.3}, {"ranking_length": 0}, {"most_known": 0}])
def test_settings_that_do_nothing_are_refused(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfigException):
        CareIntentClassifier.validate_config(config)


def test_two_readings_that_are_too_near_are_asked_about(tmp_path: Path) -> None:
    classifier, _ = trained(tmp_path, EXAMPLES)
    assert classifier.model is not None
    sure = replace(classifier.model.thresholds, score=0.0, margin=0.0, ambiguous=1.1)
    classifier.model = replace(classifier.model, thresholds=sure)
    assert parsed(classifier, "quanto costa?", tmp_path)["intent"]["name"] == "nlu_ambiguous"
    ranking = parsed(classifier, "quanto costa?", tmp_path)["intent_ranking"]
    assert ranking[0]["name"] == "price"
    classifier._config["same_answer"] = [[item["name"] for item in ranking[:2]]]
    assert parsed(classifier, "quanto costa?", tmp_path)["intent"]["name"] == "price"
    classifier._config.update(same_answer=[], never_asked=["price"])
    assert parsed(classifier, "quanto costa?", tmp_path)["intent"]["name"] == "price"
