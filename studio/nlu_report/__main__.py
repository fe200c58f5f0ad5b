"""`make nlu-report`: a page about the served model, written to var/reports. Exit status: 0, or 2
if it can't be made."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ops import served
from ops.environment import SettingsMistake, compose
from ops.gateway import Gateway, GatewayProblem
from ops.processes import ROOT
from studio.guard import checking, model
from studio.guard.comparing import Comparison, compare
from studio.guard.history import NoHistory
from studio.guard.predictions import LANGUAGES, BadPredictions, Prediction
from studio.nlu_report.figures import Held, confusions, of_json
from studio.nlu_report.page import Content, Review, page

_MOST_MESSAGES = 5


def families(domain: str) -> list[tuple[str, list[str]]]:
    """The intents of domain.yml in their order, under the comments that head them; those that
    rules of the classifier give are left out."""
    found: list[tuple[str, list[str]]] = []
    inside = False
    for line in domain.splitlines():
        if not line.startswith(" "):
            inside = line.rstrip() == "intents:" or (inside and not line.strip())
            continue
        text = line.strip()
        if inside and text.startswith("#"):
            found.append((text.lstrip("# ").rstrip("."), []))
        elif inside and text.startswith("- ") and found:
            found[-1][1].append(text.removeprefix("- ").split("#")[0].strip())
    ruled = {"inform", "nlu_fallback", "nlu_ambiguous"}
    kept = [(name, [one for one in some if one not in ruled]) for name, some in found]
    return [(name, some) for name, some in kept if some]


def published(read: model.Read) -> tuple[Comparison | None, str]:
    """What changed since the model that customers are served with or, if that is this one, since
    the one before; where the file of neither is here, since the predictions under git before these.
    """
    models = model.folder()
    for wanted, what in _served(models):
        name = served.find(models, wanted) if wanted else None
        if not name or name == read.model:
            continue
        try:
            before = model.predictions(models / name)
        except model.NoModel as error:
            # Trained by code that was otherwise: the report doesn't depend on it.
            print(f"nlu-report: {_plain(name)} isn't compared with: {error}", file=sys.stderr)
            continue
        return compare(before.predictions, read.predictions), f"{_plain(name)}, {what}"
    try:
        found = checking.reference(ROOT, read.predictions)
    except (NoHistory, BadPredictions):
        return None, ""
    if found is None:
        return None, ""
    return compare(found.predictions, read.predictions), found.name


def _served(models: Path) -> list[tuple[str | None, str]]:
    """The live and the previous model as the gateway knows them (by hash) or, while it is away, as
    they are written down here (by name)."""
    live, before = "which is published", "which was published before"
    try:
        with Gateway.of() as gateway:
            routing = gateway.get("routing")
        return [(routing.get("live"), live), (routing.get("previous"), before)]
    except (GatewayProblem, SettingsMistake):
        here = served.read(models)
        return [(here.model, live), (here.previous, before)] if here.published else []


def _plain(name: str) -> str:
    return name.removesuffix(".tar.gz")


def reviewed(held: Sequence[Held]) -> Review:
    """Messages in review behind the worst confusions of each language."""
    pairs = {
        (one.expected, one.decided)
        for language in LANGUAGES
        for one in confusions([h for h in held if h.language == language])
    }
    found: dict[tuple[str, str], list[str]] = {}
    try:
        with Gateway.of() as gateway:
            for expected, decided in sorted(pairs):
                answer = gateway.get(
                    "messages", intent=expected, confused_with=decided, limit=_MOST_MESSAGES
                )
                texts = [str(message["text"]) for message in answer.get("messages", ())]
                found[expected, decided] = texts
    except (GatewayProblem, SettingsMistake) as error:
        return Review(found, str(error))
    return Review(found)


def make(root: Path, out: Path) -> Path:
    """Write the page; its path. Raises NoModel."""
    read = model.predictions()
    validated = model.cross_validated()
    held = of_json(validated["examples"])
    comparison, since = published(read)
    content = Content(
        model=_plain(read.model),
        seconds=float(validated["seconds"]),
        families=families((root / "domain.yml").read_text("utf-8")),
        held=held,
        now=_sorted(read.predictions),
        comparison=comparison,
        since=since,
        review=reviewed(held),
    )
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"nlu-{content.model}.html"
    path.write_text(page(content), "utf-8")
    return path


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="nlu-report", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="the path and the seconds as JSON")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        model.train(quiet=options.json)
        path = make(ROOT, Path(compose(ROOT)["ASCOLTO_HOME"]) / "reports")
    except (model.NoModel, SettingsMistake) as error:
        print(f"nlu-report: {error}", file=sys.stderr)
        return 2
    seconds = time.monotonic() - started
    if options.json:
        print(json.dumps({"path": str(path), "seconds": round(seconds, 1)}))
    else:
        print(f"{path}  ({seconds:.0f} s)")
    return 0


def _sorted(predictions: Sequence[Prediction]) -> list[Prediction]:
    return sorted(predictions, key=lambda one: (one.set, one.language, one.expected, one.text))


if __name__ == "__main__":
    sys.exit(main())
