"""What the guard reads and writes: files of predictions, its report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from studio.guard import summary, telling
from studio.guard.predictions import BadPredictions, read, written
from tests.studio.planted_predictions import message, verdict


def test_files_hold_everything_in_a_stable_order() -> None:
    rows = [
        message("riga\tuna\nriga due \\n", "thank", "greet", critical=True, distance=0.0312),
        message("b", language="en", set="fresh", distance=0.449),
        message(
            "a", language="en", set="fresh", predicted="nlu_ambiguous", asked=("greet", "thank")
        ),
    ]
    files = written(rows)
    assert files == written(reversed(rows))
    assert set(files) == {
        *("evaluation.it.tsv", "evaluation.en.tsv", "fresh.it.tsv", "fresh.en.tsv"),
    }
    assert files["evaluation.it.tsv"].splitlines()[1:] == [
        "✗!\tthank\tgreet\t\t0.03\triga\\tuna\\nriga due \\\\n"
    ]
    again = {one.key: one for one in read(files)}
    assert {key: replace(one, distance=0) for key, one in again.items()} == {
        one.key: replace(one, distance=0) for one in rows
    }
    assert again["en", "b"].distance == 0.4
    assert written(again.values()) == files


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("evaluation.it.tsv", "", "no file of predictions"),
        ("readme.tsv", "mark\texpected\tpredicted\tasked\tdistance\ttext\n", "no file"),
        ("evaluation.it.tsv", "{}✓\tgreet\n", "evaluation.it.tsv:2: 2 columns"),
        ("evaluation.it.tsv", "{}✓\tgreet\tgreet\t\tfar\tciao\n", "'far' is no distance"),
        ("evaluation.it.tsv", "{}<<<<<<< HEAD\n", "evaluation.it.tsv:2"),
    ],
)
def test_a_broken_file_is_named(name: str, content: str, told: str) -> None:
    header = "mark\texpected\tpredicted\tasked\tdistance\ttext\n"
    with pytest.raises(BadPredictions, match=told):
        read({name: content.replace("{}", header)})


def test_the_verdict_as_json_and_as_text() -> None:
    was = [message("ciao"), message("<b>salve</b>", predicted="thank")]
    now = [message("ciao", predicted="thank"), message("<b>salve</b>"), message("buondì")]
    found = verdict([*was, message("ehilà")], now)
    told = json.loads(json.dumps(telling.as_json(found, now, "model", "main")))
    assert told["ok"] is True
    assert told["balances"][0] == {
        "name": "greet",
        "gains": 1,
        "losses": 1,
        "accepted": 0,
        "net": 0,
    }
    assert told["worse"][0]["was"] == "greet"
    assert told["sets"]["evaluation.it"] == {
        "messages": 3,
        "right": 2,
        "asked": 0,
        "wrong": 1,
        "accuracy": 0.6667,
    }
    text = telling.as_text(found, now, "model", "main")
    for line in ("greet → thank  'ciao'", "messages: 1 new, 1 gone", "Nothing stands against"):
        assert line in text


def test_a_report_is_kept_beside_the_model(tmp_path: Path) -> None:
    now = [
        *(message("ciao"), message("salve", predicted="thank"), message("ehi", predicted="thank")),
        message("che tempo fa?", "out_of_scope", "nlu_fallback"),
        message("hello", language="en", predicted="nlu_fallback"),
    ]
    report = summary.summary(verdict(now, now), now, "ascolto-1.tar.gz", "main")
    assert report["sets"]["evaluation.it"] == {
        "messages": 4,
        "right": 2,
        "asked": 0,
        "wrong": 2,
        "accuracy": 0.5,
        "low": 0.15,
        "high": 0.85,
    }
    assert report["rejection"] == {"in_scope": 0.25, "out_of_scope": 1.0}
    assert report["confusions"][0] == {"expected": "greet", "predicted": "thank", "count": 2}
    assert report["guard"]["ok"]
    path = summary.write(tmp_path, report)
    assert path.name == "ascolto-1.report.json"
    assert json.loads(path.read_text("utf-8")) == report
