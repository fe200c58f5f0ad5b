"""The NLU components that prepare a message, alone and in Rasa's graph."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.graph_runner import OrderedGraphRunner
from bot.nlu.days import ZONE, day_of
from bot.nlu.entities import CareEntities
from bot.nlu.featurizer import SentenceEncoder
from bot.nlu.language import MessageLanguage
from bot.nlu.text import for_features, says_something
from tests.bot.nlu_components import featurized


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
