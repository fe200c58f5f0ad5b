"""A small working tree with a trained model, and the workbench above it."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp.test_utils import TestClient, TestServer

from bot.nlu.fitting import learn
from bot.nlu.text import for_features
from bot.workbench.app import application
from bot.workbench.current import Current
from understanding.kept_vectors import encode

TOKEN = "workbench-token"
CONFIG = {"out_of_scope_intent": "out_of_scope", "ranking_length": 3}

EXAMPLES = {
    "order_status": [
        *("dov'è il mio ordine?", "quando arriva il pacco?", "a che punto è la spedizione"),
        *("traccia il mio pacco", "il corriere quando passa", "è stato spedito l'ordine?"),
        *("where is my order?", "when does my parcel arrive?", "track my delivery"),
        *("has my order been shipped?", "any news of my parcel", "when will it be delivered"),
    ],
    "garment_care": [
        *("come si lava la lana?", "posso metterlo in lavatrice?", "a che temperatura si lava"),
        *("si può stirare?", "come lo asciugo", "il maglione va lavato a mano?"),
        *("how do I wash wool?", "is it machine washable?", "washing instructions please"),
        *("can I iron it?", "how should it be dried", "hand wash or machine?"),
    ],
    "size_question": [
        *("che taglia devo prendere?", "veste largo o stretto?", "la M corrisponde alla 44?"),
        *("avete una guida alle taglie", "quanto è lunga la manica", "sono alta 1.80, che misura?"),
        *("which size should I take?", "does it run small?", "is there a size chart"),
        *("how long are the sleeves", "is medium a 44?", "I am tall, which size fits"),
    ],
    "greet": [
        *("ciao", "buongiorno", "salve a tutti", "buonasera", "ehi ciao", "buondì"),
        *("hello", "good morning", "hi there", "hey", "good evening", "hello everybody"),
    ],
    "out_of_scope": [
        *("che tempo fa domani a Roma?", "chi ha vinto la partita", "raccontami una favola"),
        *("quanto fa sette per otto", "consigliami un film", "ricetta della carbonara"),
        *("what's the weather like", "who won the match", "write me a poem"),
        *("book me a flight", "what is seven times eight", "the capital of France"),
    ],
}
EVALUATION = {
    "it": [
        ("quando mi arriva l'ordine?", "order_status"),
        ("si lava in lavatrice a trenta gradi?", "garment_care"),
        ("buongiorno a tutti", "greet"),
        ("ciao ciao", "greet"),
        ("che taglia mi consigliate?", "size_question"),
    ],
    "en": [
        ("where is my parcel", "order_status"),
        ("can it go in the washing machine", "garment_care"),
        ("which size do I need", "size_question"),
    ],
}


class Tree:
    """A working tree: examples, evaluation messages and models."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write_examples(self, examples: dict[str, list[str]]) -> None:
        """One file an intent, all as Italian; what was there goes."""
        folder = self.root / "data" / "nlu" / "it"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for intent, texts in examples.items():
            block = {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
            content = yaml.safe_dump({"version": "3.1", "nlu": [block]}, allow_unicode=True)
            (folder / f"{intent}.yml").write_text(content, "utf-8")

    def write_evaluation(self, language: str, messages: list[tuple[str, str]]) -> None:
        folder = self.root / "tests" / "nlu"
        folder.mkdir(parents=True, exist_ok=True)
        content = [{"text": text, "intent": intent} for text, intent in messages]
        file = folder / f"evaluation.{language}.yml"
        file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")

    def train(self, examples: dict[str, list[str]], name: str = "first") -> Path:
        """Train on these, and make the model current."""
        pairs = [(text, intent) for intent, texts in examples.items() for text in texts]
        readable = [for_features(text) for text, _ in pairs]
        model = learn(
            readable, encode(readable), [intent for _, intent in pairs], "out_of_scope", 8000
        )
        folder = self.root / "parts"
        folder.mkdir(parents=True, exist_ok=True)
        model.save(folder)
        path = self.root / "models" / f"ascolto-{name}.tar.gz"
        pack(path, folder)
        current = self.root / "models" / "current.json"
        current.write_text(json.dumps({"model": path.name}), "utf-8")
        return path


def pack(path: Path, parts: Path, config: Any = CONFIG) -> None:
    """Lay a model's parts out as Rasa does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    uses = "bot.nlu.classifier.CareIntentClassifier"
    nodes = {f"run_{uses}4": {"uses": uses, "config": config}} if config is not None else {}
    metadata = json.dumps({"predict_schema": {"nodes": nodes}}).encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("metadata.json")
        member.size = len(metadata)
        archive.addfile(member, io.BytesIO(metadata))
        for part in sorted(parts.iterdir()):
            archive.add(part, f"components/train_{uses}4/{part.name}")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree whose model has learnt exactly its examples."""
    tree = Tree(tmp_path_factory.mktemp("tree"))
    tree.write_examples(EXAMPLES)
    for language, messages in EVALUATION.items():
        tree.write_evaluation(language, messages)
    tree.train(EXAMPLES)
    return tree.root


@pytest.fixture
def tree(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A tree of the test's own."""
    monkeypatch.delenv("ASCOLTO_MODEL", raising=False)
    shutil.copytree(template, tmp_path / "tree")
    return Tree(tmp_path / "tree")


class Bench:
    """The running workbench and a client that holds its token."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    async def ask(self, path: str, body: Any, token: str = TOKEN) -> tuple[int, Any]:
        """Status and JSON answer; a body of None is a GET."""
        method = "GET" if body is None else "POST"
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        headers = {"Authorization": f"Bearer {token}"}
        async with self._client.request(
            method, path, data=None if body is None else data, headers=headers
        ) as answer:
            return answer.status, await answer.json()

    async def tried(self, *examples: tuple[str, str], **more: Any) -> dict[str, Any]:
        """What a trial of texts with their intents says; it must succeed."""
        listed = [{"text": text, "language": "it", "intent": intent} for text, intent in examples]
        status, answer = await self.ask("/v1/try", {"examples": listed, **more})
        assert status == 200, answer
        return dict(answer)


@pytest.fixture
async def bench(tree: Tree) -> AsyncIterator[Bench]:
    """The workbench above the test's tree."""
    async with TestClient(TestServer(application(TOKEN, Current(tree.root)))) as client:
        yield Bench(client)
