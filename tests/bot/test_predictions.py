"""Predictions without Rasa are those that Rasa's own path through the pipeline gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot import borders, predictions, reader
from bot.care.customer_text import cleaned
from bot.nlu.deciding import AMBIGUOUS, INFORM, REJECTED
from bot.predictions import Message, messages, predict
from bot.train import current_model

# Each kind of decision, and texts that need care on the way to the classifier.
SPECIAL = ("LA-20417", "…", "👍", "/restart", "  \n/greet", "DOVE È IL MIO ORDINE???", "graaazie")


def asked(*texts: str) -> list[Message]:
    return [Message(text, "it", "evaluation", "greet", False) for text in texts]


def sample() -> list[Message]:
    """Every fourteenth evaluation message: some three hundred, of all sets and intents."""
    return [*messages()[::14], *asked(*SPECIAL)]


@pytest.fixture(scope="module")
def served() -> Path:
    """The model that is served."""
    model = current_model()
    assert model is not None
    assert model.is_file(), "make train"
    return model


async def test_they_are_those_of_the_served_model(served: Path) -> None:
    agent = Agent.load(str(served))
    assert agent.processor is not None
    found = predict(reader.load(served), sample())
    decided = {prediction.predicted for prediction in found}
    assert {REJECTED, INFORM} < decided
    for prediction in found:
        metadata = {"language": prediction.language}
        parsed = await agent.processor.parse_message(
            UserMessage(cleaned(prediction.text), metadata=metadata)
        )
        ranking = [item for item in parsed["intent_ranking"] if item["name"] != INFORM]
        assert prediction.predicted == parsed["intent"]["name"], prediction
        assert (prediction.first, prediction.second) == (ranking[0]["name"], ranking[1]["name"])
        assert prediction.confidence == pytest.approx(ranking[0]["confidence"], abs=1e-3)
        assert prediction.score == pytest.approx(parsed["rejection"]["score"], abs=1e-3)
        assert prediction.margin == pytest.approx(parsed["rejection"]["margin"], abs=1e-3)


def test_many_at_once_are_judged_as_one_by_one(served: Path) -> None:
    model = reader.load(served)
    texts = [message.text for message in sample()]
    together = model.read(texts)
    for text, reading in zip(texts, together, strict=True):
        (alone,) = model.read([text])
        assert alone.reading.intent == reading.reading.intent
        assert np.allclose(
            alone.judgement.probabilities, reading.judgement.probabilities, atol=1e-5
        )
    assert model.read([]) == []


def test_the_distance_is_what_it_takes_to_decide_otherwise(served: Path) -> None:
    model = reader.load(served)
    thresholds = model.served.model.thresholds
    for reading in model.read([cleaned(message.text) for message in sample()]):
        distance = borders.distance(thresholds, reading)
        assert distance >= 0
        if reading.ruled:
            assert distance == borders.RULED
            continue
        judgement = reading.judgement
        if reading.reading.intent == REJECTED:
            missing = (thresholds.score - judgement.score, thresholds.margin - judgement.margin)
            assert distance == pytest.approx(max(missing))
        elif reading.reading.intent == AMBIGUOUS:
            assert distance <= thresholds.ambiguous
        else:
            assert distance <= judgement.margin


def test_every_message_of_the_sets_is_read() -> None:
    found = messages()
    assert {(message.set, message.language) for message in found} == {
        (name, language) for name in predictions.SETS for language in predictions.LANGUAGES
    }
    assert any(message.critical for message in found)


def test_the_command_writes_what_the_guard_reads(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in predictions.SETS:
        for language in predictions.LANGUAGES:
            text = "- {text: 'ciao', intent: greet, critical: true}\n"
            (tmp_path / f"{name}.{language}.yml").write_text(text, "utf-8")
    arguments = ["--model", str(tiny_model), "--messages", str(tmp_path)]
    assert predictions.main(arguments) == 0
    printed = json.loads(capsys.readouterr().out)
    assert predictions.main([*arguments, "--out", str(tmp_path / "out.json")]) == 0
    assert json.loads((tmp_path / "out.json").read_text("utf-8")) == printed
    assert printed["model"] == tiny_model.name
    assert len(printed["predictions"]) == 4
    assert set(printed["predictions"][0]) == {
        *("text", "language", "set", "expected", "critical", "predicted"),
        *("first", "second", "confidence", "score", "margin", "distance"),
    }


def test_what_is_no_model_and_what_are_no_messages_is_said(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(tiny_model.read_bytes()[:2000])
    for model in (broken, tmp_path / "none.tar.gz"):
        assert predictions.main(["--model", str(model)]) == 2
        assert model.name in capsys.readouterr().err
    assert predictions.main(["--model", str(tiny_model), "--messages", str(tmp_path)]) == 2
    assert "evaluation.it.yml" in capsys.readouterr().err
