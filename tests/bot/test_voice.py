"""The formal voice: what gives «tu» away, and a model that never says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import settings, train
from bot.voice import overlay
from bot.voice.forms import informal

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "text",
    ["Ti aiuto io.", "Scrivimi il numero.", "Dimmelo con calma.", "Il tuo ordine è partito.",
     "Vuoi una persona?", "Posso aiutarti?", "Te lo mando.", "Ciao!", "Eccoti di nuovo.",
     "Apri una pratica", "Guarda nella posta.", "È tutto a posto. Riprova tra poco.", "Lascialo",
     "Confermi?", "È pronto. Controlli il numero?", "Riceverai una mail.", "Vorresti cambiarlo?",
     "Figurati!", "Mandamela qui.", "Ce l'hai?", "Sei stato gentile.", "T’ho scritto.",
     "Raccontamelo", "Oppure chiama il negozio."],
)  # fmt: skip
def test_tu_is_found(text: str) -> None:
    assert informal(text, "it")


@pytest.mark.parametrize(
    "text",
    ["Come posso aiutarLa?", "Mi scriva il numero, per cortesia.", "Controlli il numero.",
     "Il Suo ordine è pronto, aspetta solo il corriere.", "Ha 30 giorni. Conferma?",
     "Gli ultimi ricami, 100 grammi: ottimi e bellissimi.", "Siamo aperti, esperti e certi.",
     "Una persona guarda e risponde.", "Vedo che è in viaggio con {ti}.", "Resti in linea.",
     "Quando arriva, lo provi.", "I reclami li leggono i colleghi.", "Sono 6 cifre."],
)  # fmt: skip
def test_lei_is_left_alone(text: str) -> None:
    assert informal(text, "it") == []


def test_contractions_are_informal_english() -> None:
    for text in (
        "I'll call",
        "It’s late",
        "You don't",
        "Let's see",
        "Hi there",
        "Sure, here it is",
    ):
        assert informal(text, "en")
    for text in ("I am not sure.", "Today's parcel", "The customer's order", "{it's}"):
        assert informal(text, "en") == []


def response(*texts: str, language: str = "it", **more: Any) -> list[dict[str, Any]]:
    condition = [{"type": "slot", "name": "language", "value": language}]
    return [{"text": text, "condition": condition, **more} for text in texts]


BUTTONS = [{"title": "Lascia stare", "payload": '/inform{{"choice": "give_up"}}'}]
INFORMALLY = {
    "utter_ask": response("Mi dai {number}?", buttons=BUTTONS)
    + response("Could I have {number}?", language="en"),
    "utter_done": response("Fatto."),
}


def laid(*, titles: dict[str, str] | None = None, **texts: list[str]) -> overlay.Overlay:
    return overlay.Overlay(
        {(name, "it"): said for name, said in texts.items()},
        {(old, "it"): new for old, new in (titles or {}).items()},
        {(name, "it"): "x.yml" for name in texts},
    )


ADD_IT = "add it to buttons.yml"
WHOLE = laid(utter_ask=["Mi dà {number}?", "Mi scrive {number}?"],
             titles={"Lascia stare": "Lasci stare"})  # fmt: skip


def test_only_the_words_change() -> None:
    composed = overlay.compose(INFORMALLY, WHOLE)
    italian, second, english = composed["utter_ask"]
    assert (italian["text"], second["text"]) == ("Mi dà {number}?", "Mi scrive {number}?")
    for variation in (italian, second):
        assert variation["condition"] == INFORMALLY["utter_ask"][0]["condition"]
        assert variation["buttons"] == [{**BUTTONS[0], "title": "Lasci stare"}]
    assert english == INFORMALLY["utter_ask"][1]
    assert composed["utter_done"] == INFORMALLY["utter_done"]
    # What it was made of is as it was.
    assert BUTTONS[0]["title"] == "Lascia stare"
    assert list(overlay.problems(INFORMALLY, WHOLE)) == []
    assert overlay.missing(INFORMALLY, WHOLE) == []


@pytest.mark.parametrize(
    ("formally", "problem"),
    [
        (laid(titles={"Lascia stare": "Lasci stare"}),
         "utter_ask, it: the formal text is missing (dai)"),
        (laid(utter_ask=["Mi dà {number}?"]),
         f"utter_ask, it: the button 'Lascia stare' has no formal title (lascia); {ADD_IT}"),
        (laid(utter_ask=["Mi dà il tuo {number}?"], titles={"Lascia stare": "Lasci stare"}),
         "utter_ask, it: the formal text is still informal (tuo)"),
        (laid(utter_ask=["Mi dà {numero}?"], titles={"Lascia stare": "Lasci stare"}),
         "utter_ask, it: the formal text fills in {numero} instead of {number}"),
        (laid(utter_ask=["Mi dà {number}?"], titles={"Lascia stare": "Preferirei lasciare stare"}),
         "utter_ask, it: 'Preferirei lasciare stare' is over 20 characters"),
        (laid(utter_ask=WHOLE.texts["utter_ask", "it"], utter_gone=["Sì."],
              titles={"Lascia stare": "Lasci stare"}),
         "x.yml: utter_gone has no it text to lay over"),
        (laid(utter_ask=WHOLE.texts["utter_ask", "it"],
              titles={"Lascia stare": "Lasci stare", "Vai": "Vada"}),
         "buttons.yml: no it button is called 'Vai'"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named(formally: overlay.Overlay, problem: str) -> None:
    assert list(overlay.problems(INFORMALLY, formally)) == [problem]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("responses: {utter_a: {it: 5}}", "utter_a.it must be"),
        ("responses: {utter_a: {fr: Oui.}}", "utter_a.fr must be"),
        ("responses: {utter_a: Sì.}", "utter_a must be a group"),
        ("responses: {utter_a: {it: []}}", "utter_a.it must be"),
        ("answers: {}", "unknown field 'answers'"),
        ("buttons: {it: {Vai: }}", "the title for 'Vai'"),
        ("[1", "can't be read"),
        ("- 1", "has no fields"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "bad.yml").write_text(content, "utf-8")
    with pytest.raises(overlay.OverlayMistake, match=r"bad\.yml") as mistake:
        overlay.load(tmp_path)
    assert said in str(mistake.value)


def test_a_text_stands_in_one_file(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("responses: {utter_a: {it: Sì.}}", "utf-8")
    with pytest.raises(overlay.OverlayMistake, match=r"b\.yml: utter_a stands in a\.yml"):
        overlay.load(tmp_path)


def test_what_is_shipped_is_whole() -> None:
    folder = ROOT / "data/responses"
    informally, formally = overlay.responses(folder), overlay.load(folder / "formal")
    assert list(overlay.problems(informally, formally)) == []
    assert len(formally.texts) > 200


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one response in both voices, and one that has no formal text yet."""
    for name in ("data/nlu/it", "data/responses/formal", "bot/nlu", "understanding"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("config.yml", "domain.yml", "data/nlu/it/greet.yml"):
        (tmp_path / name).write_text("x", "utf-8")
    said = {"responses": {"utter_a": response("Ciao!"), "utter_b": response("Dimmi.")}}
    (tmp_path / "data/responses/a.yml").write_text(yaml.safe_dump(said), "utf-8")
    formal = tmp_path / "data/responses/formal/a.yml"
    formal.write_text("responses: {utter_a: {it: Buongiorno!}}", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASCOLTO_VOICE", raising=False)
    monkeypatch.delenv("ASCOLTO_MODEL", raising=False)
    return tmp_path


def test_each_voice_has_a_model_of_its_own(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    informally = train.wanted_model()
    monkeypatch.setenv("ASCOLTO_VOICE", "formal")
    formally = train.wanted_model()
    assert formally != informally
    (project / "data/responses/formal/a.yml").write_text("responses: {}", "utf-8")
    assert train.wanted_model() != formally
    # Whoever speaks informally has nothing to train again.
    monkeypatch.setenv("ASCOLTO_VOICE", "informal")
    assert train.wanted_model() == informally


def test_the_model_is_trained_with_the_chosen_voice(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train._responses(project) == [Path("data/responses/a.yml")]
    monkeypatch.setenv("ASCOLTO_VOICE", "formal")
    [file] = train._responses(project)
    said = yaml.safe_load(file.read_text("utf-8"))["responses"]
    assert said["utter_a"] == response("Buongiorno!")
    # What nobody has written yet is said as it is, and one hears of it.
    assert said["utter_b"] == response("Dimmi.")
    assert "utter_b has no formal text" in capsys.readouterr().err


def test_another_voice_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASCOLTO_VOICE", "solemn")
    with pytest.raises(settings.Misconfigured, match="ASCOLTO_VOICE"):
        settings.voice()
    monkeypatch.setattr("sys.argv", ["bot.train"])
    monkeypatch.setattr("bot.logs.configure", lambda **_: None)
    assert train.main() == 1
    assert "ASCOLTO_VOICE" in capsys.readouterr().err
