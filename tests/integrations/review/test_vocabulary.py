"""What the review page lets designers choose from: what examples may name and mark, no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integrations.review.vocabulary import Vocabularies, Vocabulary
from ops.processes import ROOT
from studio.validate.examples import marks

BUTTONS_ALONE = {"language", "choice", "article", "item", "reason"}


@pytest.fixture(scope="module")
def ours() -> Vocabulary:
    """What the repository's own files offer."""
    return Vocabularies(ROOT, ROOT / "policy", ROOT / "data" / "knowledge").load()


def test_the_entities_offered_are_those_found_in_words(ours: Vocabulary) -> None:
    found = re.findall(r"(?m)^\| `(\w+)` \|", (ROOT / "docs" / "entities.md").read_text("utf-8"))
    assert set(ours.entities) == set(found) - BUTTONS_ALONE
    assert not BUTTONS_ALONE & set(ours.entities)


def test_every_entity_that_an_example_marks_is_offered(ours: Vocabulary) -> None:
    texts = [file.read_text("utf-8") for file in (ROOT / "data" / "nlu").rglob("*.yml")]
    lines = (line for text in texts for line in text.splitlines())
    marked = {found.entity for line in lines for found in marks(line)}
    assert "order_number" in marked
    assert marked <= set(ours.entities)


def test_an_entity_that_a_designer_adds_is_offered(tmp_path: Path) -> None:
    domain = "entities:\n  - size:\n      roles: [worn]\n  - fibre\n  - choice\n"
    (tmp_path / "domain.yml").write_text(domain)
    assert Vocabularies(tmp_path, tmp_path, tmp_path).load().entities == ("size", "fibre")


def test_a_file_in_the_middle_of_an_edit_leaves_what_was_read_before(tmp_path: Path) -> None:
    domain = tmp_path / "domain.yml"
    domain.write_text("intents: [greet]\n")
    offered = Vocabularies(tmp_path, tmp_path, tmp_path)
    assert list(offered.load().intents) == ["greet"]
    for broken in (b"intents: [greet\n", b"intents: [\xff]\n"):
        domain.write_bytes(broken)
        assert list(offered.load().intents) == ["greet"]
    domain.write_text("intents: [greet, thank]\n")
    assert list(offered.load().intents) == ["greet", "thank"]


def test_an_article_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "resi.md").write_text("---\nslug: resi\ntitle: Resi: come fare\n---\n")
    (tmp_path / "it" / "lane.md").write_text("---\nslug: lane\ntitle: Le lane\n---\n")
    offered = Vocabularies(tmp_path, tmp_path, tmp_path).load()
    assert [article.slug for article in offered.articles] == ["lane"]
