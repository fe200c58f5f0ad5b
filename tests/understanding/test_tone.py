"""How messages sound: measured on messages that were never trained on, and safe with any text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from understanding import tone, tone_features, tone_training, vectors
from understanding.tone_examples import LANGUAGES, POLARITIES, Example, evaluation

TESTS = Path(__file__).resolve().parents[1] / "tone"
per_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def model() -> tone.ToneModel:
    return tone.shared()


def told(model: tone.ToneModel, name: str, language: str) -> list[tuple[Example, tone.Tone]]:
    messages = evaluation(TESTS / f"{name}.{language}.yml", language)
    return list(zip(messages, model.read_all([m.text for m in messages]), strict=True))


@per_language
def test_the_tone_of_four_in_five_messages_is_told(model: tone.ToneModel, language: str) -> None:
    pairs = told(model, "evaluation", language)
    scores = []
    for name in POLARITIES:
        both = sum(message.polarity == name == found.polarity for message, found in pairs)
        either = sum(
            (message.polarity == name) + (found.polarity == name) for message, found in pairs
        )
        scores.append(2 * both / either)
    assert sum(scores) / len(scores) >= 0.83


@per_language
@pytest.mark.parametrize(("name", "floor"), [("negation", 0.68), ("sarcasm", 0.68)])
def test_negations_and_irony_are_mostly_understood(
    model: tone.ToneModel, language: str, name: str, floor: float
) -> None:
    pairs = told(model, name, language)
    assert sum(message.polarity == found.polarity for message, found in pairs) >= floor * len(pairs)


@per_language
def test_who_is_called_angry_or_urgent_mostly_is(model: tone.ToneModel, language: str) -> None:
    pairs = told(model, "evaluation", language)
    for kind in ("angry", "urgent"):
        right = sum(getattr(m, kind) and getattr(found, kind) for m, found in pairs)
        assert right >= 0.8 * sum(getattr(found, kind) for _, found in pairs), kind
        assert right >= 0.55 * sum(getattr(m, kind) for m, _ in pairs), kind


@per_language
def test_calm_questions_and_thanks_call_nobody(model: tone.ToneModel, language: str) -> None:
    calm = [
        found
        for message, found in told(model, "evaluation", language)
        if message.polarity != "negative"
    ]
    assert sum(found.angry for found in calm) <= 0.02 * len(calm)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("non sono per niente contenta del maglione", "negative"),
        ("niente male, complimenti", "positive"),
        ("I'm not happy with this jumper", "negative"),
        ("not bad at all, thank you", "positive"),
        ("where is my order LA-20417?", "neutral"),
        ("complimenti, un altro pacco perso", "negative"),
    ],
)
def test_plain_cases(model: tone.ToneModel, text: str, expected: str) -> None:
    assert model.read(text).polarity == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "\ud800", "\u200b", "…", "?!?", "😀" * 10_000, "a" * 10_000, "ciao " * 9_000],
)
def test_odd_input_has_a_tone_and_raises_nothing(model: tone.ToneModel, text: str) -> None:
    found = model.read(text)
    assert found.polarity in POLARITIES
    assert all(0 <= value <= 1 for value in (found.score, found.anger, found.urgency))


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\n\t"])
def test_silence_is_neutral(model: tone.ToneModel, text: str) -> None:
    assert model.read(text) == tone.SILENT


def test_emoji_alone_have_a_tone(model: tone.ToneModel) -> None:
    assert model.read("😡😡").polarity == "negative"
    assert model.read("😡😡").angry
    assert model.read("😍😍").polarity == "positive"


def test_a_record_holds_nothing_of_the_text(model: tone.ToneModel) -> None:
    record = model.read("SIETE DEI LADRI, rispondete entro oggi!").record()
    assert record["angry"] is True
    assert set(record) == {"polarity", "score", "anger", "urgency", "angry", "urgent"}
    assert not any(isinstance(value, str) for key, value in record.items() if key != "polarity")


def test_reading_beyond_the_encoding_takes_milliseconds(model: tone.ToneModel) -> None:
    text = "ho scritto tre volte e non risponde nessuno, è una vergogna! " * 4
    vector = vectors.encode([tone_features.readable(text)])[0]
    taken = []
    for _ in range(20):
        started = time.perf_counter()
        model.read(text, vector)
        taken.append(time.perf_counter() - started)
    assert min(taken) < 0.005


def test_the_same_examples_give_the_same_model(model: tone.ToneModel, tmp_path: Path) -> None:
    few = evaluation(TESTS / "negation.it.yml", "it") + evaluation(TESTS / "sarcasm.it.yml", "it")
    few.append(Example("subito!", "neutral", angry=False, urgent=True, language="it"))
    first, facts = tone_training.train(few)
    again, same = tone_training.train(few)
    assert facts == same
    path = tmp_path / "tone.npz"
    first.save(path, facts)
    assert tone.ToneModel.load(path).read("non male") == again.read("non male")


def test_a_changed_example_wants_another_model(tmp_path: Path) -> None:
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        for polarity in POLARITIES:
            (tmp_path / language / f"{polarity}.yml").write_text(
                f"calm: |\n  {polarity} a\n  {polarity} b\nangry: |\n  {polarity} !\n"
                f"urgent: |\n  {polarity} subito\n",
                "utf-8",
            )
    models = tmp_path / "models"
    before = tone_training.ensure(models, tmp_path)
    assert tone_training.ensure(models, tmp_path) == before
    (tmp_path / "it" / "neutral.yml").write_text("calm: |\n  quando\n  dove\n", "utf-8")
    after = tone_training.ensure(models, tmp_path)
    assert after != before
    assert {path.name for path in models.glob("*.npz")} == {before.name, after.name}
