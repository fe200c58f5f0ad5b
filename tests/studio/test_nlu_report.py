"""The figures of the report, and the page that shows them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from ops import served
from ops.gateway import GatewayProblem
from ops.processes import ROOT
from studio.guard import model
from studio.guard.comparing import compare
from studio.guard.predictions import Prediction
from studio.guard.predictions import of_json as of_message
from studio.guard.shares import Share
from studio.nlu_report import __main__ as command
from studio.nlu_report import pictures
from studio.nlu_report.__main__ import families
from studio.nlu_report.figures import (
    Held,
    calibration,
    calibration_error,
    confusions,
    of_json,
    scores,
)
from studio.nlu_report.page import Content, Review, page

FAMILIES = [("Talking", ["greet", "thank"]), ("Else", ["out_of_scope"])]


def held(expected: str, predicted: str, confidence: float = 0.9, **more: str) -> Held:
    return Held(
        text=more.get("text", f"{expected} {predicted} {confidence}"),
        language=more.get("language", "it"),
        file="data/nlu/it/greet.yml",
        line=7,
        expected=expected,
        predicted=predicted,
        first=more.get("first", predicted),
        second="thank",
        confidence=confidence,
    )


def test_shares_have_wilsons_interval() -> None:
    # Newcombe 1998, table I: 81 of 263.
    low, high = Share(81, 263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(5, 5).interval[1] == 1.0
    assert Share(0, 5).interval[0] == 0.0


def test_what_is_rejected_counts_as_out_of_scope_and_what_is_asked_as_the_likelier() -> None:
    assert held("out_of_scope", "nlu_fallback").right
    assert not held("greet", "nlu_fallback", first="greet").right
    assert held("greet", "nlu_ambiguous", first="greet").right
    assert held("greet", "inform").decided == "inform"


def test_calibration_is_the_gap_between_sureness_and_truth() -> None:
    sure = [held("greet", "greet", 0.95)] * 3 + [held("greet", "thank", 0.95)]
    unsure = [held("greet", "greet", 0.15), held("greet", "thank", 0.15)]
    bins = calibration([*sure, *unsure, held("greet", "greet", 1.0)])
    assert [one.count for one in bins] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 5]
    assert bins[1].accuracy == 0.5
    assert calibration_error(calibration(sure)) == pytest.approx(0.2)
    assert calibration_error(calibration([])) == 0


def test_precision_and_recall_of_an_intent() -> None:
    some = [held("greet", "greet")] * 3 + [held("greet", "thank"), held("thank", "greet")]
    greet, thank = scores(some, ["greet", "thank"])
    assert (greet.examples, greet.precision, greet.recall, greet.f1) == (4, 0.75, 0.75, 0.75)
    assert (thank.precision, thank.recall, thank.f1) == (0, 0, 0)


def test_the_worst_confusions_come_first_and_the_surest_mistake_before_others() -> None:
    some = [
        *(held("greet", "thank", 0.4), held("greet", "thank", 0.8)),
        *(held("thank", "greet"), held("greet", "greet")),
    ]
    worst = confusions(some)
    assert [(one.expected, one.decided, len(one.examples)) for one in worst] == [
        *(("greet", "thank", 2), ("thank", "greet", 1)),
    ]
    assert [one.confidence for one in worst[0].examples] == [0.8, 0.4]
    assert len(confusions(some, 1)) == 1


def test_intents_stand_in_the_families_of_the_domain() -> None:
    found = families((ROOT / "domain.yml").read_text("utf-8"))
    assert [name for name, _ in found][:2] == ["Orders and parcels", "Returns and money"]
    names = [name for _, some in found for name in some]
    assert len(names) == len(set(names)) == 49
    assert "nlu_fallback" not in names


def content(**more: object) -> Content:
    some = [
        held("greet", "greet", text="ciao"),
        held("greet", "thank", text="<script>alert(1)</script>"),
        held("thank", "greet", language="en", text="ta & so on"),
    ]
    now = Prediction("<i>x</i>", "it", "evaluation", "greet", True, "thank", (), 0.3)
    usual: dict[str, object] = {
        "model": "ascolto-1",
        "seconds": 7.0,
        "families": FAMILIES,
        "held": some,
        "now": [now],
        "comparison": compare([replace(now, predicted="greet")], [now]),
        "since": "the one before",
        "review": Review({("greet", "thank"): ["<b>salve</b>"]}),
    }
    return Content(**{**usual, **more})  # type: ignore[arg-type]


def test_the_page_stands_alone_and_escapes_what_people_wrote() -> None:
    html = page(content())
    for written in ("<script>", "<i>x", "<b>salve"):
        assert written not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "&lt;b&gt;salve&lt;/b&gt;" in html
    assert "data/nlu/it/greet.yml:7" in html
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\(|@import|<link""", html)
    assert "prefers-color-scheme: dark" in html
    # Each picture says in words what it is, and what it shows stands in a table as well.
    assert html.count("<svg") == html.count('<svg role="img" aria-label="') == 6
    assert "1 worse" in html


def test_what_is_missing_is_said() -> None:
    away = page(content(review=Review({}, "No gateway answers"), comparison=None, since=""))
    assert "Customers’ messages are missing: No gateway answers" in away
    assert "There is nothing to compare with yet" in away
    assert "No customer’s message" not in away
    assert "No customer’s message in review" in page(content(review=Review({})))


def test_a_matrix_colours_mistakes_only() -> None:
    picture = pictures.matrix([held("greet", "greet"), held("greet", "thank")], FAMILIES)
    assert picture.count('class="wrong"') == 1
    assert "greet read as thank: 1" in picture
    assert picture.count('class="same"') == 3
    # A reading that is no intent of the domain (a bare number) has no column.
    assert "inform" not in pictures.matrix([held("greet", "inform")], FAMILIES)


def test_examples_are_read_as_the_bot_writes_them() -> None:
    (one,) = of_json([vars(held("greet", "thank"))])
    assert one.place == "data/nlu/it/greet.yml:7"


def told(text: str, predicted: str) -> Prediction:
    """An evaluation message that greets, as a model read it."""
    return of_message(
        {
            "text": text,
            "language": "it",
            "set": "evaluation",
            "expected": "greet",
            "critical": False,
            "predicted": predicted,
            "first": predicted,
            "second": "thank",
            "confidence": 0.9,
            "score": 0.9,
            "margin": 0.8,
            "distance": 0.4,
        }
    )


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three models: `old` was published before `live`, `tree` is the working tree's; the newer
    ones read more of what `old` reads wrongly."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("old", "live", "tree"):
        (folder / f"{name}.tar.gz").write_text(name)
    right = {"old": 0, "live": 1, "tree": 2}

    def predictions(archive: Path) -> model.Read:
        return read(archive.name.removesuffix(".tar.gz"))

    def read(name: str) -> model.Read:
        said = [told(f"ciao {n}", "greet" if n < right[name] else "thank") for n in range(3)]
        return model.Read(f"{name}.tar.gz", tuple(said), {})

    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command.model, "folder", lambda: folder)
    monkeypatch.setattr(command.model, "predictions", predictions)
    return folder


class Routed:
    """A gateway that knows what is live; its address is refused when nothing is."""

    routing: ClassVar[dict[str, str | None]] = {}

    @classmethod
    def of(cls) -> Routed:
        if not cls.routing:
            raise GatewayProblem("Nobody is there: make run")
        return cls()

    def __enter__(self) -> Routed:
        return self

    def __exit__(self, *_: object) -> None: ...

    def get(self, path: str) -> dict[str, str | None]:
        assert path == "routing"
        return self.routing


@pytest.mark.parametrize("away", [False, True])
def test_what_changed_is_against_the_model_that_is_live_or_was(
    models: Path, monkeypatch: pytest.MonkeyPatch, away: bool
) -> None:
    shas = {name: served.sha(models / f"{name}.tar.gz") for name in ("old", "live")}
    routing = {} if away else {"live": shas["live"], "previous": shas["old"]}
    monkeypatch.setattr(Routed, "routing", routing)
    monkeypatch.setattr(command, "Gateway", Routed)
    served.write(models, served.Served("live.tar.gz", "old.tar.gz", published=True))
    for name, since, better in (
        ("tree", "live, which is published", 1),
        ("live", "old, which was published before", 1),
        ("old", "live, which is published", 0),
    ):
        compared, said = command.published(command.model.predictions(models / f"{name}.tar.gz"))
        assert compared is not None
        assert (said, len(compared.better)) == (since, better)
