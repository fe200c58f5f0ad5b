"""The designer's whole loop: a misread message is labelled, fixed, pulled, checked, published while
a hundred customers write, and taken back; in a browser and with the commands."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.care import Agent, Customer, until
from tests.e2e.crowd import Crowd
from tests.e2e.working_tree import WorkingTree
from tests.integrations.console.browsing import Browser
from tests.integrations.console.review.pages import ReviewPage

# A model is trained, and processes take as long to load as the machine is busy.
pytestmark = pytest.mark.timeout(1500)

MISREAD = "mi conservate la matassa fino a sabato?"
LIKE_IT = ("me la conservate fino a sabato, la matassa?", "conservatemi la matassa fino a sabato")
MEANT = "availability"
LOADING_S = 240.0
FILE = f"data/nlu/it/{MEANT}.yml"


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[WorkingTree]:
    tree = WorkingTree(tmp_path / "ascolto")
    with tree.running():
        yield tree


@pytest.fixture
def marta(tree: WorkingTree) -> Iterator[Agent]:
    agent = Agent(tree, "Marta")
    yield agent
    agent.close()


def done(run: subprocess.CompletedProcess[str]) -> str:
    """What a command said that went well."""
    assert run.returncode == 0, f"{run.args}\n{run.stdout}\n{run.stderr}"
    return run.stdout


def reading(tree: WorkingTree, text: str) -> str:
    """The intent that the bot reads in a text now, from somebody it doesn't know."""
    customer = Customer(tree)
    message = customer.send(text)
    customer.handled(message)
    intent = str(customer.explain(message)["intent"])
    customer.close()
    return intent


def test_a_misread_message_is_fixed_published_and_taken_back(
    tree: WorkingTree, marta: Agent, browser: Browser
) -> None:
    before, model = reading(tree, MISREAD), tree.model
    assert before != MEANT

    _an_agent_says_what_they_wanted(tree, marta)
    _a_designer_fixes_it(tree, browser)
    _the_files_have_it_and_are_in_order(tree)
    tree.git("add", "-A")
    tree.commit("What customers call keeping something for them")
    _it_is_published_while_a_hundred_write(tree)

    assert reading(tree, MISREAD) == MEANT
    assert tree.live == tree.model != model
    status = json.loads(done(tree.command("studio.pulling.status", "--json")))
    assert status["counts"]["published"] == 1

    done(tree.command("studio.publishing", "rollback"))
    assert (reading(tree, MISREAD), tree.live, tree.model) == (before, model, model)


def _an_agent_says_what_they_wanted(tree: WorkingTree, marta: Agent) -> None:
    for text in (MISREAD, *LIKE_IT):
        customer = Customer(tree)
        customer.handled(customer.send(text))
        customer.handled(customer.send("vorrei parlare con una persona, per favore"))
        conversation = marta.find(customer.name)
        until(lambda waiting=customer: waiting.state()["owner"] == "queued", "the hand-over")
        marta.claim(conversation)
        marta.reply(conversation, "Certo, te la teniamo da parte.")
        marta.resolve(conversation, "Tenuta da parte", wanted=MEANT)
        customer.close()


def _a_designer_fixes_it(tree: WorkingTree, browser: Browser) -> None:
    page = ReviewPage(browser, tree.gateway_url, tree.secret("OPERATOR_PASSWORD"))
    browser.forget(tree.gateway_url)
    page.log_in(to="/console/review")

    def row() -> Any:
        browser.driver.get(f"{tree.gateway_url}/console/review")
        page.wait("#list")
        rows = [one for one in page.all("#list a.row") if "matassa" in one.text]
        return rows[0].get_attribute("data-id") if rows else None

    page.open(str(browser.until(row, "the group of what was misread")))
    page.choose(MEANT)
    page.click("#try")
    # The first trial of a workbench loads what it stands on.
    until(lambda: browser.find("#outcome .itself"), "what it would change", LOADING_S)
    page.click("#accept")
    page.settled()
    assert browser.complaints() == []


def _the_files_have_it_and_are_in_order(tree: WorkingTree) -> None:
    done(tree.command("studio.pulling"))
    changed = tree.git("diff", "--numstat", "--", "data").split("\n")[0].split("\t")
    assert changed == ["1", "0", FILE]
    assert "Nothing is waiting" in done(tree.command("studio.pulling"))
    done(tree.command("studio.validate"))


def _it_is_published_while_a_hundred_write(tree: WorkingTree) -> None:
    crowd = Crowd(tree)
    with crowd.writing():
        told = done(tree.command("studio.publishing", "publish", ASCOLTO_AUTHOR="Anna Neri"))
    crowd.check()
    assert re.search(r"ascolto-[0-9a-f]{12}", told)
    compared = json.loads(
        tree.command("studio.compare", "HEAD~1", "--json", TQDM_DISABLE="1").stdout
    )
    assert MISREAD not in json.dumps(compared["worse"], ensure_ascii=False)


def test_the_commands_say_what_to_do_when_nothing_runs(tmp_path: Path) -> None:
    tree = WorkingTree(tmp_path / "ascolto")
    for module in ("studio.pulling", "studio.pulling.status"):
        run = tree.command(module)
        assert run.returncode == 1
        assert "make run" in run.stderr
        assert "Traceback" not in run.stderr
