"""The NLU components, alone and in Rasa's graph."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.graph_runner import OrderedGraphRunner
from bot.nlu.ambiguity import choose_lead
from bot.nlu.classifier import CareIntentClassifier
from bot.nlu.entities import ZONE, CareEntities, day_of
from bot.nlu.featurizer import SentenceEncoder
from bot.nlu.language import MessageLanguage
from bot.nlu.model import IntentModel
from bot.nlu.ngrams import NgramVectorizer
from bot.nlu.text import for_features, says_something
from bot.nlu.thresholds import Judged, best_thresholds

CONTEXT = ExecutionContext(GraphSchema({}), "model", node_name="node")

EXAMPLES = {
    "greet": ["ciao", "hello", "buongiorno a tutti", "good morning", "salve", "hey there"],
    "order": [
        "dov'è il mio ordine?",
        "where is my order?",
        "quando arriva il pacco?",
        "when does my parcel arrive?",
        "a che punto è la spedizione",
        "track my delivery",
    ],
    "wash": [
        "come si lava la lana?",
        "how do I wash wool?",
        "posso metterlo in lavatrice?",
        "is it machine washable?",
        "a che temperatura si lava",
        "washing instructions please",
    ],
    "price": [
        "quanto costa?",
        "how much is it?",
        "qual è il prezzo del maglione",
        "what's the price of the scarf",
        "è in sconto?",
        "is there a discount?",
    ],
}


def component(cls: Any, folder: Path, **config: Any) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    storage = LocalModelStorage.create(folder)
    defaults = cls.get_default_config()
    return cls.create({**defaults, **config}, storage, Resource("classifier"), CONTEXT)


def featurized(texts: list[tuple[str, str | None]], folder: Path) -> list[Message]:
    messages = [
        Message({"text": text, **({"intent": intent} if intent else {})}) for text, intent in texts
    ]
    return list(component(SentenceEncoder, folder / "encoder").process(messages))


def trained(
    folder: Path, examples: dict[str, list[str]], **config: Any
) -> tuple[CareIntentClassifier, TrainingData]:
    pairs = [(text, intent) for intent, texts in examples.items() for text in texts]
    data = TrainingData(featurized(pairs, folder))  # type: ignore[arg-type]
    classifier = component(CareIntentClassifier, folder / "model", **config)
    classifier.train(data)
    return classifier, data


def parsed(classifier: CareIntentClassifier, text: str, folder: Path) -> dict[str, Any]:
    (message,) = classifier.process(featurized([(text, None)], folder))
    return {key: message.get(key) for key in ("intent", "intent_ranking", "rejection")}


def test_the_featurizer_adds_one_unit_vector(tmp_path: Path) -> None:
    message, empty = featurized([("ciao", None), ("", None)], tmp_path)
    sequence, sentence = message.get_dense_features("text")
    assert sequence is None
    assert sentence.features.shape == (1, 512)
    assert np.isclose(np.linalg.norm(sentence.features), 1, atol=1e-5)
    assert empty.features == []


def test_the_encoder_is_part_of_the_fingerprint() -> None:
    assert "sentence-encoder" in SentenceEncoder.fingerprint_addon({})


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("WHERE IS MY ORDER?", "where is my order?"),
        ("Where is my order?", "Where is my order?"),
        ("OK", "OK"),
        ("ordine LA-20417 in ritardo", "ordine in ritardo"),
        ("LA-20417", "LA-20417"),
        ("aiuto!!!!!!", "aiuto!!"),
        ("graaaazie", "grazie"),
        ("👍🏽", "👍"),
        ("ciao\x00", "ciao"),
        ("   ", "…"),
    ],
)
def test_features_are_computed_from_a_calmed_text(text: str, features: str) -> None:
    assert for_features(text) == features


def test_only_marks_say_nothing() -> None:
    assert not any(says_something(text) for text in ("…", "???", " ", "--", "\u200b"))
    assert all(says_something(text) for text in ("a", "7", "👍", "è", "♥"))


def test_the_language_comes_from_the_metadata() -> None:
    messages = [
        Message({"text": "hi", "metadata": {"language": "en"}}),
        Message({"text": "hallo", "metadata": {"language": "de"}}),
        Message({"text": "ciao"}),
    ]
    found = [message.get("entities") for message in MessageLanguage().process(messages)]
    assert [[item["value"] for item in items or []] for items in found] == [["en"], [], []]


def test_entities_join_those_already_found() -> None:
    message = Message({"text": "LA 20417", "metadata": {"language": "it"}})
    CareEntities().process(MessageLanguage().process([message]))
    assert [(item["entity"], item["value"]) for item in message.get("entities")] == [
        ("language", "it"),
        ("order_number", "LA-20417"),
    ]


def test_days_are_counted_from_the_day_of_the_message() -> None:
    # 23:30 UTC on 17 November is the 18th at the mill.
    at = datetime(2026, 11, 17, 23, 30, tzinfo=timezone.utc).timestamp()
    message = Message({"text": "arrivato ieri", "metadata": {"language": "it", "at": at}})
    CareEntities().process([message])
    assert [item["value"] for item in message.get("entities")] == ["2026-11-17"]
    assert day_of(None) == day_of("soon") == day_of(1e30) == datetime.now(ZONE).date()


def test_a_number_that_is_taken_back_has_a_role() -> None:
    message = Message({"text": "LA-20391, non LA-20398"})
    CareEntities().process([message])
    assert [(item["value"], item.get("role")) for item in message.get("entities")] == [
        ("LA-20391", None),
        ("LA-20398", "not"),
    ]


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


def test_thresholds_part_the_known_from_the_unknown() -> None:
    random = np.random.RandomState(0)
    known, unknown = random.uniform(0.6, 1, 200), random.uniform(0, 0.5, 200)
    judged = Judged(
        predicted=np.zeros(400, int),
        second=np.full(400, -1),
        score=np.concatenate([known, unknown]),
        margin=np.ones(400),
        truth=np.repeat([0, -1], 200),
        left_out=np.repeat([False, True], 200),
    )
    thresholds = best_thresholds(judged, most_lost=0.05)
    assert 0.49 < thresholds.score < 0.62
    assert thresholds.margin == 0


def test_thresholds_spare_what_is_understood() -> None:
    random = np.random.RandomState(0)
    judged = Judged(
        predicted=np.zeros(400, int),
        second=np.full(400, -1),
        score=np.concatenate([random.uniform(0.2, 1, 200), random.uniform(0.2, 0.9, 200)]),
        margin=np.ones(400),
        truth=np.repeat([0, -1], 200),
        left_out=np.repeat([False, True], 200),
    )
    known = judged.score[:200]
    spared = best_thresholds(judged, most_lost=0.05)
    assert np.mean(known < spared.score) == pytest.approx(0.05, abs=0.01)
    assert spared.score < best_thresholds(judged, most_lost=1.0).score


def held_out(near: int, helped: float) -> Judged:
    """1,000 examples: `near` have a lead under 0.1 and are wrong, `helped` of them by one place."""
    truth = np.zeros(1000, int)
    predicted, second = np.zeros(1000, int), np.ones(1000, int)
    predicted[:near] = 1
    second[: int(near * helped)] = 0
    second[int(near * helped) : near] = 2
    margin = np.full(1000, 0.6)
    margin[:near] = np.linspace(0.0, 0.099, near)
    return Judged(
        predicted=predicted,
        second=second,
        score=np.ones(1000),
        margin=margin,
        truth=truth,
        left_out=np.zeros(1000, bool),
    )


def test_it_asks_where_asking_spares_wrong_answers() -> None:
    everything = np.ones(1000, bool)
    assert choose_lead(held_out(60, helped=1.0), everything) == pytest.approx(0.1)
    # Neither of the two would be right: the question would only annoy.
    assert choose_lead(held_out(60, helped=0.0), everything) == 0
    # So many questions would make a bot that only asks.
    assert choose_lead(held_out(400, helped=1.0), everything) < 0.1
    assert choose_lead(held_out(60, helped=1.0), ~everything) == 0


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


def test_ngrams_catch_what_is_misspelt() -> None:
    vectorizer = NgramVectorizer.learn(["spedizione in ritardo", "lavaggio della lana"])
    first, second, typo = vectorizer.matrix(
        ["spedizione in ritardo", "lavaggio della lana", "spedizzione in RITÀRDO!"]
    )
    assert typo.multiply(first).sum() > 3 * typo.multiply(second).sum()
    assert vectorizer.row("")[0].size == 0


async def test_our_runner_gives_what_rasas_gives(tiny_model: Path) -> None:
    agent = Agent.load(str(tiny_model))
    assert agent.processor is not None
    rasas = agent.processor.graph_runner
    for text in ("ciao", "dov'è LA-20417?", "qwertz"):
        message = UserMessage(text, metadata={"language": "it"})
        agent.processor.graph_runner = rasas
        expected = await agent.processor.parse_message(message)
        agent.processor.graph_runner = OrderedGraphRunner.of(rasas)
        assert await agent.processor.parse_message(message) == expected


def test_the_featurizer_needs_a_tokenizer() -> None:
    from rasa.nlu.tokenizers.tokenizer import Tokenizer

    assert SentenceEncoder.required_components() == [Tokenizer]
    assert issubclass(WhitespaceTokenizer, Tokenizer)
