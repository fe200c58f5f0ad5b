"""Pictures of the report, as SVG that takes its colours from the page (light and dark alike)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from studio.nlu_report.figures import Bin, Held

_CELL = 17
_LABELS = 150
_PLOT = (560, 260)
_MARGIN = 46


def matrix(held: Sequence[Held], families: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Confusion matrix: rows are labels, columns readings, families together. Only mistakes are
    coloured; the diagonal is outlined."""
    names = [name for _, members in families for name in members]
    at = {name: position for position, name in enumerate(names)}
    counts = Counter((one.expected, one.decided) for one in held)
    most = max((n for (a, b), n in counts.items() if a != b), default=1)
    size = len(names) * _CELL
    parts = []
    for name, place in at.items():
        middle = _LABELS + place * _CELL + _CELL - 5
        parts.append(f'<text class="tick end" x="{_LABELS - 6}" y="{middle}">{escape(name)}</text>')
        parts.append(
            f'<text class="tick" transform="translate({middle} {_LABELS - 6}) rotate(-60)">'
            f"{escape(name)}</text>"
        )
        corner = _LABELS + place * _CELL
        parts.append(_box(corner, corner, "same", f"{name}: {counts[name, name]} right"))
    for (expected, decided), count in sorted(counts.items()):
        if expected == decided or expected not in at or decided not in at:
            continue
        x, y = _LABELS + at[decided] * _CELL, _LABELS + at[expected] * _CELL
        strength = 0.15 + 0.85 * (count / most) ** 0.6
        words = f"{expected} read as {decided}: {count}"
        parts.append(_box(x, y, "wrong", words, strength))
        if count > 1:
            parts.append(
                f'<text class="cell{" strong" if strength > 0.75 else ""}" '
                f'x="{x + _CELL / 2}" y="{y + 12}">{count}</text>'
            )
    parts += _family_lines(families, size)
    whole = _LABELS + size
    return _svg(
        whole + 60,
        whole + 4,
        "Confusion matrix; the table below names its largest cells.",
        "".join(parts),
    )


def histogram(held: Sequence[Held]) -> str:
    """How sure it was, for what it read rightly and wrongly; each of the two adds up to 100 %."""
    groups = (
        ("right", [one.confidence for one in held if one.first == one.expected]),
        ("wrong", [one.confidence for one in held if one.first != one.expected]),
    )
    bins = 20
    shares = {}
    for kind, values in groups:
        counted = Counter(min(int(value * bins), bins - 1) for value in values)
        shares[kind] = [counted[number] / max(len(values), 1) for number in range(bins)]
    top = max(*shares["right"], *shares["wrong"], 0.01)
    width, height = _PLOT
    step = width / bins
    parts = [_axes("confidence", "share of messages", f"{top:.0%}")]
    for offset, kind in ((0.08, "right"), (0.52, "wrong")):
        for number, share in enumerate(shares[kind]):
            tall = share / top * height
            parts.append(
                f'<rect class="{kind}" x="{_MARGIN + (number + offset) * step:.1f}"'
                f' y="{10 + height - tall:.1f}" width="{step * 0.4:.1f}" height="{tall:.1f}">'
                f"<title>{kind}, {number / bins:.2f} to {(number + 1) / bins:.2f}: {share:.1%}"
                "</title></rect>"
            )
    for number, (kind, values) in enumerate(groups):
        y = 26 + 20 * number
        parts.append(
            f'<rect class="{kind}" x="{_MARGIN + 14}" y="{y - 10}" width="11" height="11"/>'
        )
        parts.append(f'<text x="{_MARGIN + 31}" y="{y}">{kind} ({len(values):,})</text>')
    described = (
        f"Histogram of confidence: {len(groups[0][1])} right, {len(groups[1][1])} wrong messages."
    )
    return _svg(width + _MARGIN + 12, height + 52, described, "".join(parts))


def curve(bins: Sequence[Bin]) -> str:
    """Calibration: how often it is right by how sure it is; the dashes are where both agree."""
    width, height = _PLOT
    most = max((one.count for one in bins), default=1) or 1
    points = [
        (_MARGIN + one.confidence * width, 10 + (1 - one.accuracy) * height, one)
        for one in bins
        if one.count
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    parts = [
        _axes("confidence", "share right", "100%"),
        f'<line class="even" x1="{_MARGIN}" y1="{10 + height}" x2="{_MARGIN + width}" y2="10"/>',
        f'<polyline class="curve" points="{line}"/>',
    ]
    parts += [
        f'<circle class="right" cx="{x:.1f}" cy="{y:.1f}"'
        f' r="{3 + 7 * (one.count / most) ** 0.5:.1f}">'
        f"<title>{one.count} messages, {one.confidence:.0%} sure, {one.accuracy:.0%} right"
        "</title></circle>"
        for x, y, one in points
    ]
    return _svg(
        width + _MARGIN + 12,
        height + 52,
        "Calibration curve; the table below has its points.",
        "".join(parts),
    )


def _axes(across: str, up: str, top: str) -> str:
    width, height = _PLOT
    bottom = 10 + height
    ticks = "".join(
        f'<text class="mid" x="{_MARGIN + width * n / 5:.0f}" y="{bottom + 18}">{n / 5:.1f}</text>'
        f'<line class="grid" x1="{_MARGIN + width * n / 5:.0f}" y1="10"'
        f' x2="{_MARGIN + width * n / 5:.0f}" y2="{bottom}"/>'
        for n in range(6)
    )
    return (
        f'{ticks}<line class="axis" x1="{_MARGIN}" y1="{bottom}" x2="{_MARGIN + width}"'
        f' y2="{bottom}"/><text class="mid" x="{_MARGIN + width / 2:.0f}" y="{bottom + 37}">'
        f'{across}</text><text class="end" x="{_MARGIN - 6}" y="20">{top}</text>'
        f'<text class="end" x="{_MARGIN - 6}" y="{bottom}">0</text>'
        f'<text class="mid" transform="translate(14 {10 + height / 2:.0f}) rotate(-90)">{up}</text>'
    )


def _family_lines(families: Sequence[tuple[str, Sequence[str]]], size: int) -> list[str]:
    lines, place = [], 0
    for _, members in families:
        at = _LABELS + place * _CELL
        ends = f'x1="{at}" y1="{_LABELS}" x2="{at}" y2="{_LABELS + size}"'
        lines.append(f'<line class="family" {ends}/>')
        ends = f'x1="{_LABELS}" y1="{at}" x2="{_LABELS + size}" y2="{at}"'
        lines.append(f'<line class="family" {ends}/>')
        place += len(members)
    return lines


def _box(x: float, y: float, kind: str, words: str, strength: float = 1.0) -> str:
    return (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}"'
        f' style="opacity:{strength:.2f}"><title>{escape(words)}</title></rect>'
    )


def _svg(width: float, height: float, words: str, content: str) -> str:
    return (
        f'<svg role="img" aria-label="{escape(words)}" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' style="max-width:{width:.0f}px">{content}</svg>'
    )
