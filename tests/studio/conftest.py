from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from studio.validate.run import validate
from tests.studio.tiny import build


@pytest.fixture(scope="session")
def clean_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that validates clean. Not to be changed: what its copies have in common (sentence
    vectors, what the articles' search says) was computed here, once."""
    root = build(tmp_path_factory.mktemp("clean"))
    validate(root, Path("no-python-here"), date(2026, 11, 22), rasa=False)
    return root


@pytest.fixture
def project(clean_project: Path, tmp_path: Path) -> Path:
    """A copy of it, to plant faults in."""
    root = tmp_path / "project"
    shutil.copytree(clean_project, root)
    return root
