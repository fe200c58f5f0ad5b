"""One planted fault a check: it is found, and the finding names its file and line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from studio.validate import __main__ as command
from studio.validate.findings import CODES, Finding, as_json
from studio.validate.run import validate
from tests.studio.tiny import ROOT, examples

DENY = "data/nlu/it/deny.yml"
TODAY = date(2026, 11, 22)
NO_BOT = Path("no-python-here")
BOT = ROOT / ".venv" / "bot" / "bin" / "python"


def findings(root: Path, **how: bool) -> list[Finding]:
    return validate(root, NO_BOT, TODAY, rasa=False, **how).findings


RULES, MOTHS = "data/rules/all.yml", "data/knowledge/en/moths.md"
PLANTED = yaml.safe_load((Path(__file__).parent / "planted.yml").read_text("utf-8"))


def swap(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), "utf-8")


def add(root: Path, file: str, more: str) -> None:
    path = root / file
    path.write_text(path.read_text("utf-8") + more, "utf-8")


def plant(root: Path, fault: dict[str, str]) -> int:
    """Plant it; the line that a finding must name."""
    file = fault["file"]
    if "old" in fault:
        swap(root, file, fault["old"], fault["new"])
    elif "add" in fault:
        add(root, file, fault["add"])
    else:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(fault["whole"], "utf-8")
    lines = (root / file).read_text("utf-8").splitlines()
    return max((n for n, line in enumerate(lines, 1) if fault.get("at", "\0") in line), default=1)


@pytest.mark.parametrize("fault", PLANTED, ids=[fault["code"] for fault in PLANTED])
def test_a_planted_fault_is_found_with_its_place(project: Path, fault: dict[str, str]) -> None:
    line = plant(project, fault)
    # What only shows when everything was looked at needs Rasa's check as well.
    rasa = fault["code"] == "reviewed-for-nothing"
    found = validate(project, BOT, TODAY, rasa=rasa).findings
    hits = [one for one in found if one.code == fault["code"]]
    assert hits, found
    assert all(one.what and one.do for one in hits)
    where = {(one.file, one.line) for one in hits}
    # Of two that don't go together one is the place, and the other is named.
    where |= {(file, int(at)) for file, at in (one.also.split(":") for one in hits if one.also)}
    if "found_in" in fault:
        assert fault["found_in"] in {file for file, _ in where}
    else:
        assert (fault["file"], line) in where, hits


def test_an_example_that_stands_twice(project: Path) -> None:
    first = examples(project, "deny", "it")[6].strip()
    add(project, DENY, f"    {first.upper()}\n")
    [found] = findings(project)
    assert (found.code, found.also) == ("example-twice", f"{DENY}:7")


def test_the_clean_project_has_no_findings(clean_project: Path) -> None:
    assert findings(clean_project) == []


def test_too_few_examples_in_one_language(project: Path) -> None:
    path = project / "data/nlu/en/deny.yml"
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:30]) + "\n", "utf-8")
    [found] = findings(project)
    assert (found.code, found.file) == ("too-few-examples", "data/nlu/en/deny.yml")


def test_an_article_in_one_language_only(project: Path) -> None:
    (project / "data/knowledge/en/moths.md").unlink()
    found = [one for one in findings(project) if one.code == "article-one-language"]
    assert [one.file for one in found] == ["data/knowledge/it/tarme.md"]
    assert found[0].line == 2


def test_articles_that_say_the_same(project: Path) -> None:
    folder = project / "data/knowledge/en"
    copy = (folder / "moths.md").read_text("utf-8").replace("slug: moths", "slug: mites")
    (folder / "mites.md").write_text(copy, "utf-8")
    codes = {(one.code, one.file) for one in findings(project)}
    assert {code for code, _ in codes} >= {"articles-overlap", "article-unfindable"}
    assert ("articles-overlap", "data/knowledge/en/mites.md") in codes


def test_broken_yaml_does_not_hide_other_findings(project: Path) -> None:
    add(project, DENY, "    - CODICE  tracking\n")
    (project / "data/rules/all.yml").write_text("rules:\n  - rule: [\n", "utf-8")
    (project / "data/nlu/en/greet.yml").write_text("nlu:\n- intent: greet\n examples: |\n", "utf-8")
    found = findings(project)
    codes = {(one.code, one.file) for one in found}
    assert ("broken-yaml", "data/rules/all.yml") in codes
    assert ("broken-yaml", "data/nlu/en/greet.yml") in codes
    assert ("example-in-two-intents", "data/nlu/it/order_status.yml") in codes or (
        "example-in-two-intents",
        "data/nlu/it/deny.yml",
    ) in codes
    # What only follows from the broken files isn't said.
    assert not {"unused-intent", "too-few-examples"} & {code for code, _ in codes}


def test_a_domain_that_cannot_be_read_is_named_first(project: Path) -> None:
    (project / "domain.yml").write_text("intents:\n  - greet\n - deny\n", "utf-8")
    found = findings(project)
    assert ("broken-yaml", "domain.yml", 3) in {(f.code, f.file, f.line) for f in found}


def test_a_reviewed_finding_is_left_out(project: Path) -> None:
    add(project, DENY, "    - mi mandate il tracking per favore?\n")
    [found] = findings(project)
    path = project / "data/reviewed.yml"
    entry = {"code": found.code, "about": list(found.about), "reason": "meant so"}
    content = path.read_text("utf-8").replace("reviewed: []", f"reviewed: [{json.dumps(entry)}]")
    path.write_text(content, "utf-8")
    assert findings(project) == []


def test_json_is_the_same_for_the_same_data(project: Path) -> None:
    add(project, DENY, "    - CODICE  tracking\n")
    first, second = (as_json(findings(project), []) for _ in range(2))
    assert first == second
    asked = "code severity file line what do about also"
    [row] = [one for one in json.loads(first)["findings"] if one["severity"] == "error"]
    assert set(row) == {*asked.split()}


def test_fast_says_what_it_left_out(project: Path) -> None:
    add(project, DENY, "    - una frase che nessuno ha mai scritto prima\n")
    outcome = validate(project, NO_BOT, TODAY, fast=True)
    assert outcome.findings == []
    assert any("weren't compared" in one for one in outcome.left_out)


def test_the_exit_status_tells(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def status(*arguments: str) -> int:
        return command.main(["--root", str(project), "--fast", *arguments])

    assert status("--strict") == 0
    swap(project, MOTHS, "valid_to: null", "valid_to: 2020-01-01")
    findings(project)
    assert (status(), status("--strict")) == (0, 1)
    swap(project, RULES, "intent: deny", "intent: denyy")
    assert status("--json") == 1
    shown = capsys.readouterr().out
    assert '"unknown-intent"' in shown


def test_rasas_own_check_is_run_and_its_false_alarms_left_out(project: Path) -> None:
    assert validate(project, BOT, TODAY).findings == []
    # Rasa alone sees this one: the rule for the form's end and its start lead apart.
    add(
        project,
        RULES,
        "  - rule: asks for an order, and greets\n    steps:\n      - intent: order_status\n"
        "      - action: order_form\n      - active_loop: order_form\n"
        "      - action: utter_greet\n",
    )
    found = validate(project, BOT, TODAY)
    assert found.left_out == []
    assert "contradicting-rules" in {one.code for one in found.findings}
    assert all(one.file == RULES for one in found.findings)
    # The second time its answer is remembered: no program is needed.
    again = validate(project, NO_BOT, TODAY)
    assert again.findings == found.findings
    assert again.left_out == []


def test_every_code_is_explained() -> None:
    page = (ROOT / "docs" / "validate.md").read_text("utf-8")
    assert [code for code in CODES if f"`{code}`" not in page] == []


def test_the_repository_validates_clean() -> None:
    assert [one for one in findings(ROOT) if one.code != "reviewed-for-nothing"] == []
