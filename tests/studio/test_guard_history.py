"""What the guard compares with: the revisions of a repository, and the inputs of a model."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from studio.guard import accepted, checking, history, inputs
from tests.studio.planted_predictions import ACCEPTED, message


def git(root: Path, *arguments: str) -> str:
    named = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    done = subprocess.run(
        ("git", *named, *arguments), cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the inputs of a model and no predictions yet."""
    for name in ("config.yml", "data/nlu/it/greet.yml", "bot/nlu/text.py", "understanding/a.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n", "utf-8")
    lock = tmp_path / "requirements" / "bot.txt"
    lock.parent.mkdir()
    lock.write_text("numpy==1.23.5 \\\n    --hash=sha256:0\nrasa==3.6.21\n", "utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "first")
    return tmp_path


def commit(root: Path, words: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", words)


def test_an_update_that_was_committed_is_guarded_too(project: Path) -> None:
    good, bad = [message("ciao")], [message("ciao", predicted="thank")]
    found, compared_with = checking.check(project, good)
    assert [finding.kind for finding in found.findings] == ["outdated"]
    assert (found.compared, compared_with) == (False, "")
    assert checking.update(project, good)
    assert not checking.update(project, good), "the same predictions change nothing"
    commit(project, "predictions")
    assert checking.check(project, good)[0].ok
    # The model got worse: against the newest commit.
    assert {"net_loss", "outdated"} <= {f.kind for f in checking.check(project, bad)[0].findings}
    # Writing the file doesn't make it good, nor does committing it, nor a commit on top.
    checking.update(project, bad)
    for words in ("", "worse", "something else"):
        if words:
            commit(project, words)
        found, compared_with = checking.check(project, bad)
        assert {finding.kind for finding in found.findings} == {"net_loss"}, words
    assert compared_with.startswith("what was before the last update")
    # A reason does.
    losses = ACCEPTED.replace("voglio una persona", "ciao").replace("talk_to_human", "greet")
    (project / accepted.FILE).write_text(losses, "utf-8")
    assert checking.check(project, bad)[0].ok
    # A training that moves but distances is no update, and the reason is still needed.
    same = [replace(bad[0], distance=0.2)]
    assert checking.update(project, same)
    commit(project, "distances")
    assert checking.check(project, same)[0].ok
    # With the next one it is history.
    checking.update(project, good)
    commit(project, "better")
    settled = checking.check(project, good)[0]
    assert settled.ok
    assert any("isn't there any more" in note for note in settled.notes)


def test_a_revision_can_be_named_and_must_exist(project: Path) -> None:
    with pytest.raises(history.NoHistory, match="'nowhere'"):
        checking.check(project, [message("ciao")], "nowhere")
    with pytest.raises(history.NoHistory, match="has no predictions"):
        checking.check(project, [message("ciao")], "main")
    with pytest.raises(history.NoHistory, match="no revision"):
        history.resolve(project, "--all")


def test_without_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    found, _ = checking.check(tmp_path, [message("ciao")])
    assert not found.compared
    assert any("nothing to compare with" in note for note in found.notes)


def test_the_hash_of_inputs_is_that_of_what_decides_intents(project: Path) -> None:
    before = inputs.of_tree(project)
    assert before == inputs.of_revision(project, "HEAD")
    checking.update(project, [message("ciao")])
    commit(project, "predictions")
    assert inputs.current(project, "HEAD")
    (project / "domain.yml").write_text("responses are no input\n", "utf-8")
    (project / "understanding/tone_words.py").write_text("nor are tones\n", "utf-8")
    assert inputs.of_tree(project) == before
    (project / "data/nlu/it/thank.yml").write_text("an example\n", "utf-8")
    assert inputs.of_tree(project) != before
    commit(project, "an example")
    assert not inputs.current(project, "HEAD")
    assert inputs.recorded("{") == ""
