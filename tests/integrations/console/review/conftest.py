from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrations.container import build
from integrations.gateway import create_app
from integrations.review.job import ReviewJob
from runtime.settings import Settings

from ..browsing import Browser
from ..conftest import MEANT, ROOT
from ..simulators import serving
from .inbox import Inbox
from .pages import ReviewPage
from .workbench import TOKEN, Workbench

# And of what the gateway doesn't take.
REFUSED = re.compile(MEANT.pattern.replace("401", "401|422"))
DESIGNERS = "disegni-di-lana"
AGENTS = "banco-di-lana"


@pytest.fixture(scope="session")
def one_workbench() -> Iterator[tuple[str, Workbench]]:
    """A workbench on a port."""
    workbench = Workbench()
    with serving(workbench.app()) as url:
        yield url, workbench


@pytest.fixture
def inbox(
    new_settings: Callable[..., Settings],
    one_workbench: tuple[str, Workbench],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Inbox]:
    """A whole gateway on a port; what is in its review, tests put there."""

    async def idle(_: ReviewJob) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(ReviewJob, "run", idle)
    url, workbench = one_workbench
    workbench.known, workbench.evaluation, workbench.away = [], [], False
    given: dict[str, Any] = {
        "designer_password": DESIGNERS,
        "agent_password": AGENTS,
        "workbench_url": url,
        "workbench_token": TOKEN,
        "knowledge_dir": ROOT / "data" / "knowledge",
    }
    settings = new_settings(**given)
    container = build(settings)
    with serving(create_app(settings, container)) as gateway:
        try:
            yield Inbox(gateway, container, workbench, DESIGNERS)
        finally:
            container.stopping.set()


@pytest.fixture
def page(browser: Browser, inbox: Inbox) -> Iterator[ReviewPage]:
    """A browser at the gateway; at the end it has complained of nothing that wasn't meant."""
    browser.size(1280, 800)
    yield ReviewPage(browser, inbox.url, DESIGNERS)
    complaints = browser.complaints()
    browser.forget(inbox.url)
    assert [line for line in complaints if not REFUSED.search(line)] == []
