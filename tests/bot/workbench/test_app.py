"""The workbench's HTTP: who is let in, what is refused, what is read."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.workbench import archive, reading
from bot.workbench.requests import Message
from tests.bot.workbench.conftest import Bench, Tree, pack

PATHS = ("/ready", "/v1/vectors", "/v1/read", "/v1/prepare", "/v1/try")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", ["", "wrong", "workbench-toke", "workbench-tokenn", "\xe8"])
async def test_nobody_enters_without_the_token(bench: Bench, path: str, token: str) -> None:
    status, answer = await bench.ask(path, None if path == "/ready" else {}, token)
    assert status == 401
    assert answer["error"]["code"] == "unauthenticated"


DEEP = "[" * 100_000 + "]" * 100_000


# Preparing takes nothing of a body.
@pytest.mark.parametrize("path", ["/v1/vectors", "/v1/read", "/v1/try"])
@pytest.mark.parametrize(
    "body",
    [
        *("", "{", pytest.param(DEEP, id="deep"), b"\xff\xfe", "null", "[]", "7", "{}"),
        '{"texts": {}, "messages": "x"}',
    ],
)
async def test_hostile_bodies_are_refused(bench: Bench, path: str, body: Any) -> None:
    status, answer = await bench.ask(path, body)
    assert status == 422
    assert set(answer["error"]) == {"code", "message", "field"}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/vectors", {"texts": ["ciao", 7]}, "texts[1]"),
        ("/v1/vectors", {"texts": [" \n "]}, "texts[0]"),
        ("/v1/vectors", {"texts": ["x"] * 501}, "texts"),
        ("/v1/vectors", {"texts": ["x" * 20_001]}, "texts[0]"),
        ("/v1/read", {"messages": [{"language": "it"}]}, "messages[0].text"),
        ("/v1/read", {"messages": [{"text": "ciao", "language": 7}]}, "messages[0].language"),
        ("/v1/read", {"messages": ["ciao"]}, "messages[0]"),
        ("/v1/try", {"examples": [{"text": "x", "intent": "no_such"}]}, "examples[0].intent"),
        ("/v1/try", {"examples": [{"text": "x"}]}, "examples[0].intent"),
        ("/v1/try", {"examples": [], "also": [{"text": "x"}]}, "also[0].expected"),
        ("/v1/try", {"examples": [], "also": 7}, "also"),
    ],
)
async def test_a_mistake_is_named(bench: Bench, path: str, body: Any, field: str) -> None:
    status, answer = await bench.ask(path, body)
    assert (status, answer["error"]["code"]) == (422, "invalid")
    assert answer["error"]["field"] == field


async def test_trials_can_be_prepared_before_somebody_asks(bench: Bench) -> None:
    assert (await bench.ask("/ready", None))[1]["examples"] is None
    assert await bench.ask("/v1/prepare", {}) == (200, {"preparing": True})
    # A trial waits behind the preparation, and finds it done.
    assert (await bench.ask("/v1/try", {"examples": []}))[0] == 200
    assert (await bench.ask("/ready", None))[1]["examples"] > 0


async def test_a_body_that_is_too_large_is_refused(bench: Bench) -> None:
    status, answer = await bench.ask("/v1/vectors", b" " * (5 * 1024 * 1024))
    assert (status, answer["error"]["code"]) == (413, "too_large")


async def test_other_places_and_methods_are_refused_in_the_same_form(bench: Bench) -> None:
    assert (await bench.ask("/v1/nothing", {}))[0] == 404
    status, answer = await bench.ask("/v1/read", None)
    assert status == 405
    assert answer["error"]["code"] == "refused"


async def test_it_is_ready_at_once_and_counts_examples_once_it_knows_them(bench: Bench) -> None:
    status, before = await bench.ask("/ready", None)
    assert (status, before["ready"], before["examples"]) == (200, True, None)
    await bench.tried()
    _, after = await bench.ask("/ready", None)
    assert after == {"ready": True, "model": before["model"], "examples": 60}


async def test_vectors_have_unit_length(bench: Bench) -> None:
    status, answer = await bench.ask("/v1/vectors", {"texts": ["ciao", "half \ud83d pair"]})
    assert status == 200
    raw = np.frombuffer(base64.b64decode(answer["vectors"]), np.float16)
    found = raw.reshape(2, answer["dimensions"]).astype(np.float32)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-2)


async def test_no_text_gives_no_vectors(bench: Bench) -> None:
    _, answer = await bench.ask("/v1/vectors", {"texts": []})
    assert answer["vectors"] == ""


async def test_messages_are_read_with_ranking_and_entities(bench: Bench) -> None:
    texts = ["ma dov'è il mio ordine LA-20398?", "LA-20398", "…", "///restart"]
    messages = [{"text": text, "language": "it"} for text in texts]
    _, answer = await bench.ask("/v1/read", {"messages": messages})
    order, number, nothing, command = answer["readings"]
    assert order["intent"] == "order_status"
    assert order["ranking"][0]["intent"] == "order_status"
    (entity,) = order["entities"]
    assert entity["value"] == "LA-20398"
    assert texts[0][entity["start"] : entity["end"]] == "LA-20398"
    assert number["intent"] == "inform"
    assert (nothing["intent"], nothing["rejected"]) == ("nlu_fallback", True)
    assert command["intent"] != "restart"


async def test_it_reads_as_the_bot_does(tiny_model: Path) -> None:
    agent = Agent.load(str(tiny_model))
    assert agent.processor is not None
    served = archive.read(tiny_model)
    texts = ["ciao!", "no grazie", "dov'è il mio ordine LA-20398", "pizza con ananas", "482913"]
    for text in texts:
        parsed = await agent.processor.parse_message(UserMessage(text))
        (ours,) = reading.readings(served, [Message(text, None)])
        assert ours["intent"] == parsed["intent"]["name"]
        assert ours["confidence"] == pytest.approx(parsed["intent"]["confidence"], abs=1e-4)
        assert [item["intent"] for item in ours["ranking"]] == [
            item["name"] for item in parsed["intent_ranking"]
        ]
        assert (ours["score"], ours["margin"]) == pytest.approx(
            (parsed["rejection"]["score"], parsed["rejection"]["margin"]), abs=2e-4
        )
        assert [item["value"] for item in ours["entities"]] == [
            item["value"] for item in parsed["entities"]
        ]


async def test_without_a_model_it_says_so(bench: Bench, tree: Tree) -> None:
    (tree.root / "models" / "current.json").unlink()
    status, answer = await bench.ask("/v1/read", {"messages": [{"text": "ciao"}]})
    assert (status, answer["error"]["code"]) == (503, "no_model")
    assert (await bench.ask("/ready", None))[1]["model"] is None


@pytest.mark.parametrize("broken", ["{", "7", '{"model": "ascolto-gone.tar.gz"}'])
async def test_a_current_model_that_cannot_be_found_is_said(
    bench: Bench, tree: Tree, broken: str
) -> None:
    (tree.root / "models" / "current.json").write_text(broken, "utf-8")
    status, answer = await bench.ask("/v1/read", {"messages": [{"text": "ciao"}]})
    assert (status, answer["error"]["code"]) == (503, "no_model")


async def test_a_broken_model_is_said(bench: Bench, tree: Tree) -> None:
    (tree.root / "models" / "ascolto-first.tar.gz").write_bytes(b"not an archive")
    status, answer = await bench.ask("/v1/try", {"examples": []})
    assert (status, answer["error"]["code"]) == (503, "no_model")


def test_a_file_without_our_classifier_is_no_model(tree: Tree) -> None:
    path = tree.root / "models" / "other.tar.gz"
    pack(path, tree.root / "parts", config=None)
    with pytest.raises(archive.Unreadable, match="CareIntentClassifier"):
        archive.read(path)


async def test_another_model_is_read_with_as_soon_as_it_is_current(
    bench: Bench, tree: Tree
) -> None:
    asked = {"messages": [{"text": "ciao ciao", "language": "it"}]}
    _, before = await bench.ask("/v1/read", asked)
    swapped = {"greet": ["ciao", "salve", "hello"], "goodbye": ["ciao ciao", "addio", "bye bye"]}
    tree.train(swapped, "second")
    _, after = await bench.ask("/v1/read", asked)
    assert after["model"] != before["model"]
    assert {item["intent"] for item in after["readings"][0]["ranking"]} == {"greet", "goodbye"}
    assert json.dumps(before) != json.dumps(after)
