"""The table: on the terminal, in bench/results/latest.json and in docs/performance.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.measures import Figure

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
_HEAD = ("figure", "value", "baseline", "ratio", "target", "met")


def _number(value: float | None, unit: str = "") -> str:
    if value is None:
        return "–"
    if abs(value) >= 100:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{text} {unit}".rstrip()


def row(figure: Figure) -> tuple[str, ...]:
    """A figure's cells."""
    met = {True: "yes", False: "no", None: ""}[figure.met]
    return (
        figure.name,
        _number(figure.value, figure.unit),
        _number(figure.baseline, figure.unit) if figure.baseline is not None else "",
        f"{figure.ratio:.2f}×" if figure.ratio is not None else "",
        figure.target,
        met,
    )


def plain(figures: Sequence[Figure]) -> str:
    """The table for a terminal, each figure's note below it."""
    rows = [_HEAD, *(row(figure) for figure in figures)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(_HEAD))]
    lines = []
    for number, cells in enumerate(rows):
        padded = [c.ljust(w) for c, w in zip(cells, widths, strict=True)]
        lines.append("  ".join(padded).rstrip())
        if number and figures[number - 1].note:
            lines.append(f"    {figures[number - 1].note}")
    return "\n".join(lines)


def markdown(figures: Sequence[Figure], machine: dict[str, Any]) -> str:
    """The table for docs/performance.md, with its notes and the machine."""
    lines = ["| " + " | ".join(_HEAD) + " |", "|" + "---|" * len(_HEAD)]
    for figure in figures:
        cells = list(row(figure))
        if figure.met is False:
            cells[-1] = "**no**"
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "What stands behind each:", ""]
    lines += [f"- {figure.name}: {figure.note}." for figure in figures if figure.note]
    described = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in machine.items())
    return "\n".join([*lines, "", f"Machine: {described}."])


def write_json(
    file: Path, figures: Sequence[Figure], machine: dict[str, Any], order: Sequence[str]
) -> None:
    """Write the results in the order of names; a run of some figures keeps the others there."""
    kept: dict[str, dict[str, Any]] = {}
    if file.exists():
        kept = {one["name"]: one for one in json.loads(file.read_text("utf-8"))["figures"]}
    kept |= {figure.name: figure.as_json() for figure in figures}
    file.parent.mkdir(parents=True, exist_ok=True)
    listed = [kept[name] for name in order if name in kept]
    content = {"figures": listed, "machine": machine}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_json(file: Path) -> tuple[list[Figure], dict[str, Any]]:
    """What `write_json` wrote."""
    content = json.loads(file.read_text("utf-8"))
    figures = [Figure(**{**one, "target": one["target"] or ""}) for one in content["figures"]]
    return figures, content["machine"]


def write_docs(file: Path, table: str) -> None:
    """Put the table between its marks. Raises ValueError when they aren't there."""
    text = file.read_text("utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{file} has no marks {BEGIN} and {END}")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    file.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")
