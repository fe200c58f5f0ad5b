"""Accepted proposals reach the working tree, once, and not one byte beside them changes."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from ops import served
from ops.gateway import Gateway, GatewayProblem
from studio.pulling.__main__ import as_json, told
from studio.pulling.deciding import CantPull
from studio.pulling.pull import pull
from studio.pulling.status import status, table
from tests.studio.pulling_gateway import TOKEN, Server
from tests.studio.tiny import build


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return build(tmp_path / "tree")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()


@contextmanager
def asked(server: Server) -> Iterator[Gateway]:
    with Gateway(f"http://127.0.0.1:{server.server_port}", TOKEN) as gateway:
        yield gateway


def pulled(server: Server, tree: Path) -> list[str]:
    with asked(server) as gateway:
        return list(told(pull(gateway, tree)))


def contents(tree: Path) -> dict[str, bytes]:
    files = (p for p in tree.rglob("*") if p.is_file() and "models" not in p.parts)
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in files}


DENY = "data/nlu/it/deny.yml"


def test_an_example_is_added_and_nothing_else_changes(server: Server, tree: Path) -> None:
    server.propose("intent", "macché, lascia\n  perdere", intent="deny")
    before = contents(tree)
    said = pulled(server, tree)
    after = contents(tree)
    assert {name for name in after if after[name] != before[name]} == {DENY}
    assert after[DENY] == before[DENY] + b"    - macch\xc3\xa9, lascia perdere\n"
    assert server.proposals[0]["state"] == "pulled"
    assert server.proposals[0]["file"] == DENY
    assert said[0] == f"{DENY} has 1 new:"
    assert said[-1].startswith("Next: git diff")


def test_pulling_again_changes_nothing(server: Server, tree: Path) -> None:
    for number in range(5):
        server.propose("intent", f"no, la versione {'abcde'[number]} no", intent="deny")
    pulled(server, tree)
    before = contents(tree)
    assert pulled(server, tree) == ["Nothing is waiting."]
    assert contents(tree) == before


def test_whoever_was_killed_before_telling_the_gateway_pulls_again(
    server: Server, tree: Path
) -> None:
    server.propose("intent", "macché, lascia perdere", intent="deny")
    server.refuses = "proposals/pulled"
    with pytest.raises(GatewayProblem):
        pulled(server, tree)
    before = contents(tree)
    assert server.proposals[0]["state"] == "queued"
    server.refuses = ""
    assert pulled(server, tree) == ["1 stood there already."]
    assert contents(tree) == before
    assert server.proposals[0]["state"] == "pulled"


def test_what_stands_elsewhere_is_judged_by_or_names_somebody_stays_queued(
    server: Server, tree: Path
) -> None:
    first = (tree / "data/nlu/it/order_status.yml").read_text("utf-8").split("    - ")[1].strip()
    server.propose("intent", first.upper(), intent="deny")
    server.propose("intent", "Chissà dove sarà finita la mia roba!", intent="order_status")
    server.propose(
        "intent", "sono Ermenegilda Tavolacci, dov'è il mio pacco", intent="order_status"
    )
    server.propose("intent", "ma quando mai arriva", intent="never_heard_of")
    server.propose("intent", "la roba x 20398", intent="deny", entities=[
        {"start": 10, "end": 15, "entity": "parcel"}
    ])  # fmt: skip
    server.propose("intent", "senti questa", intent="greet")
    server.propose("out_of_scope", "Senti questa!!")
    server.propose("out_of_scope", "sono Maria, giochiamo a briscola?")
    before = contents(tree)
    said = pulled(server, tree)
    refused = [line for line in said if line.startswith("not written")]
    reasons = (
        "it stands in",
        "judged by it",
        "recognised by",
        "no intent",
        "no entity",
        "stands in",
    )
    assert len(refused) == len(reasons)
    for line, reason in zip(refused, reasons, strict=True):
        assert reason in line
    states = [one["state"] for one in server.proposals]
    assert states == ["queued"] * 5 + ["pulled", "queued", "pulled"]
    changed = {name for name, now in contents(tree).items() if before[name] != now}
    assert changed == {"data/nlu/it/greet.yml", "data/nlu/it/out_of_scope.yml"}


def test_an_intent_without_a_file_gets_one(server: Server, tree: Path) -> None:
    (tree / "data/nlu/en/deny.yml").unlink()
    server.propose("intent", "nope, leave it", intent="deny", language="en")
    pulled(server, tree)
    content = yaml.safe_load((tree / "data/nlu/en/deny.yml").read_text("utf-8"))
    assert content["nlu"] == [{"intent": "deny", "examples": "- nope, leave it\n"}]


def test_a_question_goes_into_its_article(server: Server, tree: Path) -> None:
    path = tree / "data/knowledge/it/tarme.md"
    before = path.read_bytes()
    server.propose("article_question", "camole nel cassetto: che fare?", article="tarme")
    server.propose("article_question", "fate anche il filo di ortica?")
    server.propose("article_question", "e i tarli?", article="tarli")
    said = pulled(server, tree)
    assert path.read_bytes() == before.replace(
        b"  - larve nei gomitoli\n",
        b'  - larve nei gomitoli\n  - "camole nel cassetto: che fare?"\n',
    )
    assert [one["state"] for one in server.proposals] == ["pulled", "queued", "queued"]
    assert "    ? it: fate anche il filo di ortica?" in said
    assert any("there is no article tarli" in line for line in said)
    after = path.read_bytes()
    pulled(server, tree)
    assert path.read_bytes() == after


@pytest.mark.parametrize("broken", ["<<<<<<< HEAD\n", "nlu: [\n"])
def test_an_unfinished_merge_stops_everything_first(
    server: Server, tree: Path, broken: str
) -> None:
    path = tree / "data/nlu/en/greet.yml"
    path.write_text(broken + path.read_text("utf-8"), "utf-8")
    server.propose("intent", "macché, lascia perdere", intent="deny")
    before = contents(tree)
    with pytest.raises(CantPull, match=r"data/nlu/en/greet\.yml:\d+: "):
        pulled(server, tree)
    assert contents(tree) == before
    assert server.proposals[0]["state"] == "queued"


def test_what_an_erased_person_wrote_goes(server: Server, tree: Path) -> None:
    path, article = tree / DENY, tree / "data/knowledge/it/tarme.md"
    before = path.read_text("utf-8")
    path.write_text(before + "    - no, [LA-10000](order_number) no\n", "utf-8")
    server.withdraw("no, la-10000: no!", "deny")
    server.withdraw("tarme nell'armadio", "tarme")
    server.withdraw("never stood here", "deny")
    with asked(server) as gateway:
        done = pull(gateway, tree)
    assert path.read_text("utf-8") == before
    assert "tarme nell'armadio" not in article.read_text("utf-8")
    assert all(one["removed"] for one in server.withdrawn)
    # Their words aren't told again.
    assert "LA-10000" not in as_json(done)
    assert done.removal.files == [DENY, "data/knowledge/it/tarme.md"]


def test_every_working_tree_loses_what_an_erased_person_wrote(
    server: Server, tree: Path, tmp_path: Path
) -> None:
    other = build(tmp_path / "other")
    before = contents(tree)
    server.propose("intent", "macché, lascia perdere", intent="deny")
    pulled(server, tree)
    server.withdraw("macché, lascia perdere", "deny")
    pulled(server, other)
    with asked(server) as gateway:
        assert status(gateway, tree, tree / "models")["to_remove"] == 0
    pulled(server, tree)
    assert contents(tree) == before


def test_the_same_words_of_somebody_else_stay(server: Server, tree: Path) -> None:
    path = tree / DENY
    before = path.read_text("utf-8")
    path.write_text(before + "    - macché, lascia perdere\n", "utf-8")
    server.withdraw("macché, lascia perdere", "deny")
    server.propose("intent", "Macché: lascia perdere!", intent="deny")
    with asked(server) as gateway:
        dry = pull(gateway, tree, dry=True)
    assert dry.plan.written == [(DENY, "Macché: lascia perdere!")]
    pulled(server, tree)
    assert path.read_text("utf-8") == before + "    - Macché: lascia perdere!\n"
    assert server.proposals[0]["state"] == "pulled"
    assert pulled(server, tree) == ["Nothing is waiting."]
    assert path.read_text("utf-8") == before + "    - Macché: lascia perdere!\n"


def test_what_was_withdrawn_elsewhere_is_not_taken_from_another_intent(
    server: Server, tree: Path
) -> None:
    greeting = (tree / "data/nlu/it/greet.yml").read_text("utf-8").split("    - ")[1].strip()
    server.withdraw(greeting, "order_status")
    server.withdraw("tarme nell'armadio", "deny")
    before = contents(tree)
    [told] = pulled(server, tree)
    assert told.startswith("data/nlu/it/greet.yml:")
    assert "order_status" in told
    assert greeting not in told
    assert contents(tree) == before
    assert pulled(server, tree) == ["Nothing is waiting."]


def test_only_what_is_newly_written_is_told_to_be(server: Server, tree: Path) -> None:
    first = (tree / DENY).read_text("utf-8").split("    - ")[1].strip()
    server.propose("intent", first, intent="deny")
    server.propose("intent", "macché, lascia perdere", intent="deny")
    pulled(server, tree)
    assert [one.get("written", False) for one in server.proposals] == [False, True]


def test_what_is_withdrawn_before_it_is_written_is_not(server: Server, tree: Path) -> None:
    one = server.propose("intent", "macché, lascia perdere", intent="deny")
    server.before["proposals/writing"] = lambda: one.update(state="withdrawn")
    before = contents(tree)
    assert pulled(server, tree) == ["Nothing is waiting."]
    assert contents(tree) == before


def test_what_is_withdrawn_while_it_is_written_goes_at_once(server: Server, tree: Path) -> None:
    text = "macché, lascia perdere"
    one = server.propose("intent", text, intent="deny")

    def withdrawn() -> None:
        assert one["written"]
        one["state"] = "withdrawn"
        server.withdraw(text, "deny")

    server.before["proposals/pulled"] = withdrawn
    before = contents(tree)
    said = pulled(server, tree)
    assert contents(tree) == before
    assert f"{DENY}: 1 removed, because they were withdrawn or their writer erased" in said
    assert not any(text in line for line in said)


def test_dirty_files_are_fine_and_a_dry_run_writes_nothing(server: Server, tree: Path) -> None:
    path = tree / DENY
    path.write_text(path.read_text("utf-8") + "    - appena scritto, no\n", "utf-8")
    server.propose("intent", "macché, lascia perdere", intent="deny")
    before = contents(tree)
    with asked(server) as gateway:
        done = pull(gateway, tree, dry=True)
    assert contents(tree) == before
    assert done.plan.written == [(DENY, "macché, lascia perdere")]
    assert server.proposals[0]["state"] == "queued"
    pulled(server, tree)
    assert path.read_text("utf-8").endswith("- appena scritto, no\n    - macché, lascia perdere\n")


def test_status_tells_how_far_each_proposal_came(server: Server, tree: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=D", "-c", "user.email=d@example.com")
        subprocess.run(("git", *who, *arguments), cwd=tree, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "before")
    server.propose("intent", "macché, lascia perdere", intent="deny")
    pulled(server, tree)
    server.propose("intent", "ancora in attesa", intent="deny")
    with asked(server) as gateway:
        found = status(gateway, tree, tree / "models")
        [one] = found["pulled"]
        assert (one["tree"], one["head"], one["model"]) == (True, False, False)
        assert found["counts"] == {"queued": 1, "pulled": 1, "published": 0, "withdrawn": 0}
        git("commit", "-am", "pulled")
        [one] = status(gateway, tree, tree / "models")["pulled"]
        assert (one["tree"], one["head"], one["model"]) == (True, True, False)
        _publish(tree)
        [one] = status(gateway, tree, tree / "models")["pulled"]
        assert one["model"]
        # Once it was published, the gateway names it by the hash of its file.
        server.live = served.sha(tree / "models" / "ascolto-1.tar.gz")
        (tree / "models" / "current.json").unlink()
        [one] = status(gateway, tree, tree / "models")["pulled"]
        assert one["model"]
        server.live = "feedfeedfeedfeed"
        [one] = status(gateway, tree, tree / "models")["pulled"]
        assert not one["model"]
        shown = table(found)
    assert "ancora in attesa" in shown
    assert "waiting             1" in shown


def _publish(tree: Path) -> None:
    """A model whose record says that it was trained on the working tree."""
    models = tree / "models"
    models.mkdir(exist_ok=True)
    (models / "ascolto-1.tar.gz").write_text("a model")
    inputs = {DENY: sha256((tree / DENY).read_bytes()).hexdigest()}
    (models / "ascolto-1.json").write_text(json.dumps({"inputs": inputs}), "utf-8")
    (models / "current.json").write_text(json.dumps({"model": "ascolto-1.tar.gz"}), "utf-8")
