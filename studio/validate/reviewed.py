"""data/reviewed.yml: findings that somebody looked at and decided to live with, with the reason.

reviewed:
  - code: near-duplicate
    about: ["newsletter no", "newsletter on"]
    reason: one word is the whole difference, and customers write both
# What looks like somebody's in the examples and is nobody's.
invented: [Laura Palmer, via Roma 3]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.validate.examples import normalised
from studio.validate.findings import CODES, Finding
from studio.validate.project import Place, Project

FILE = "data/reviewed.yml"


def apply(project: Project, findings: Iterable[Finding], *, whole: bool) -> Iterator[Finding]:
    """The findings that aren't listed, and those about the list itself.

    Unless everything was looked at (`whole`), an entry that fits nothing is left alone.
    """
    listed = dict(_entries(project))
    fitted = set()
    for finding in findings:
        key = (finding.code, tuple(sorted(map(normalised, finding.about))))
        if finding.about and key in listed:
            fitted.add(key)
        else:
            yield finding
    file = project.file(FILE)
    if file is None:
        return
    yield from _mistakes(project)
    for key, place in listed.items():
        if whole and key not in fitted:
            what = f"this {key[0]} isn't found any more"
            yield place.finding("reviewed-for-nothing", what, "Remove the entry.")


def invented(project: Project) -> set[str]:
    """What looks like personal data in the examples and is known to be nobody's, normalised."""
    file = project.file(FILE)
    listed = file.data.get("invented") if file and isinstance(file.data, dict) else None
    return {normalised(str(one)) for one in (listed if isinstance(listed, list) else ())}


def _entries(project: Project) -> Iterator[tuple[tuple[str, tuple[str, ...]], Place]]:
    file = project.file(FILE)
    content = file.data.get("reviewed") if file and isinstance(file.data, dict) else None
    for number, entry in enumerate(content if isinstance(content, list) else ()):
        good = isinstance(entry, dict) and isinstance(entry.get("about"), list)
        if file and good and str(entry.get("reason") or "").strip():
            about = tuple(sorted(normalised(str(one)) for one in entry["about"]))
            place = Place(file.name, file.line("reviewed", number))
            yield (str(entry.get("code")), about), place


def _mistakes(project: Project) -> Iterator[Finding]:
    file = project.file(FILE)
    content = file.data.get("reviewed") if file and isinstance(file.data, dict) else None
    for number, entry in enumerate(content if isinstance(content, list) else ()):
        good = (
            isinstance(entry, dict)
            and set(entry) == {"code", "about", "reason"}
            and entry["code"] in CODES
            and isinstance(entry["about"], list)
            and str(entry["reason"] or "").strip()
        )
        if file and not good:
            what = "an exception needs a known code, what it is about (a list) and a reason"
            line = file.line("reviewed", number)
            yield Finding(file.name, line, "wrong-shape", what, "See docs/validate.md.")
