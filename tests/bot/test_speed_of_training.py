"""What training leaves out of Rasa's own way changes nothing of what is learnt from."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import rasa.engine.training.graph_trainer as graph_trainer
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.speed import training
from tests.bot.conftest import ROOT, TINY


@pytest.fixture
def applied() -> Iterator[None]:
    hook = graph_trainer.TrainingHook
    training.apply()
    yield
    graph_trainer.TrainingHook = hook
    TrainingData.merge = training.MERGE
    TrainingData.sanitize_examples = staticmethod(training.SANITIZE)
    RasaFileImporter.get_nlu_data = training.READ


def importer() -> TrainingDataImporter:
    return TrainingDataImporter.load_from_config(
        config_path="config.yml",
        domain_path=str(TINY / "domain.yml"),
        training_data_paths=[str(TINY / name) for name in ("nlu.yml", "rules.yml", "stories.yml")],
    )


THEIRS = importer().get_nlu_data()


def test_the_examples_are_those_that_rasa_reads(applied: None) -> None:
    ours = importer().get_nlu_data()
    assert ours.fingerprint() == THEIRS.fingerprint()
    assert [one.data for one in ours.training_examples] == [
        one.data for one in THEIRS.training_examples
    ]


def test_files_are_read_once(applied: None, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[str] = []
    read = training.READ

    def counted(self: RasaFileImporter, language: str) -> TrainingData:
        times.append(language)
        return read(self, language)

    monkeypatch.setattr("bot.speed.training.READ", counted)
    one = importer()
    one.get_nlu_data()
    one.get_domain()
    one.get_nlu_data(language="en")
    assert times == ["en"]


def messages() -> list[Message]:
    found = [("ciao ", " greet "), ("ciao ", "greet"), ("no", "deny"), ("no", None), ("no", "deny")]
    return [Message({"text": text, "intent": intent}) for text, intent in found]


def test_duplicates_are_those_that_rasa_finds() -> None:
    theirs = [one.data for one in training.SANITIZE(messages())]
    assert [one.data for one in training.sanitized(messages())] == theirs
    assert len(theirs) == 3


def test_merging_gives_what_rasa_gives() -> None:
    one = TrainingData(messages()[:2], {"la": "LA"}, [{"name": "n", "pattern": "x"}])
    other = TrainingData(messages()[2:], {"el": "EL"}, None, [{"name": "l", "elements": ["a"]}])
    theirs = training.MERGE(one, None, other)
    ours = training.merge(one, None, other)
    assert ours.fingerprint() == theirs.fingerprint()
    assert ours.entity_synonyms == theirs.entity_synonyms
    assert one.entity_synonyms == {"la": "LA"}


def test_jax_is_not_imported() -> None:
    code = (
        "from bot.imports import without_jax; without_jax(); import sys, tensorflow;"
        "print(sorted(name for name in sys.modules if name.startswith('jax')), sys.modules['jax'])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert told.stdout.decode().strip() == "['jax'] None"
