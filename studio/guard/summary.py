"""What is kept of a model beside its archive, for the pages that show models.

models/<name>.report.json: `{format, model, sets: {"evaluation.it": {messages, right, asked, wrong,
accuracy, low, high}, …}, rejection: {in_scope, out_of_scope}, confusions: [{expected, predicted,
count}], guard: {ok, reference, dialogues, better, worse, accepted, findings: [{kind, place,
message}]}}`. Shares are 0 to 1; `low` and `high` are a 95 % interval; `rejection` are the shares of
messages the bot is for, and isn't for, that it turns away.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studio.guard.comparing import tally
from studio.guard.predictions import LANGUAGES, OUT_OF_SCOPE, SETS, Mark, Prediction
from studio.guard.shares import Share
from studio.guard.telling import tally_json
from studio.guard.verdict import Verdict

_CONFUSIONS = 15
_FINDINGS = 40


def summary(
    verdict: Verdict, now: Sequence[Prediction], model: str, reference: str
) -> dict[str, Any]:
    """The report of a model that the guard has just judged."""
    inside = [one for one in now if one.expected != OUT_OF_SCOPE]
    outside = [one for one in now if one.expected == OUT_OF_SCOPE]
    return {
        "format": 1,
        "model": model,
        "sets": {
            f"{name}.{language}": _figures(
                [one for one in now if (one.set, one.language) == (name, language)]
            )
            for name in SETS
            for language in LANGUAGES
        },
        "rejection": {"in_scope": _refused(inside), "out_of_scope": _refused(outside)},
        "confusions": confusions(now),
        "guard": {
            "ok": verdict.ok,
            "reference": reference or None,
            "dialogues": verdict.dialogues,
            "better": len(verdict.comparison.better),
            "worse": len(verdict.comparison.worse),
            "accepted": len(verdict.accepted),
            "findings": [
                {"kind": one.kind, "place": one.place, "message": one.message}
                for one in verdict.findings[:_FINDINGS]
            ],
        },
    }


def confusions(now: Sequence[Prediction]) -> list[dict[str, Any]]:
    """Which intents are read as which, the most frequent first."""
    wrong = Counter((one.expected, one.predicted) for one in now if one.mark is Mark.WRONG)
    ranked = sorted(wrong.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"expected": expected, "predicted": predicted, "count": count}
        for (expected, predicted), count in ranked[:_CONFUSIONS]
    ]


def write(folder: Path, report: dict[str, Any]) -> Path:
    """Keep a report beside its model's archive; its path."""
    path = folder / f"{str(report['model']).removesuffix('.tar.gz')}.report.json"
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    draft.replace(path)
    return path


def _figures(some: Sequence[Prediction]) -> dict[str, Any]:
    counted = tally(some)
    low, high = Share(counted.right, counted.messages).interval
    return {**tally_json(counted), "low": round(low, 4), "high": round(high, 4)}


def _refused(some: Sequence[Prediction]) -> float:
    return round(sum(one.refused for one in some) / len(some), 4) if some else 0.0
