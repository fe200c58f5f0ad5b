"""Would this change anything? Answers by name, and nothing where nothing changes."""

from __future__ import annotations

from typing import Any

from tests.bot.workbench.conftest import EVALUATION, EXAMPLES, Bench, Tree

COMPARED = sum(len(messages) for messages in EVALUATION.values())
# Read as a question about the weather, as is the other one.
MISREAD = "che tempo ci mette ad asciugare a Roma?"
ALIKE = "quanto tempo ci mette ad asciugare a Roma?"


def named(changes: list[dict[str, Any]]) -> set[tuple[str, str, str, str]]:
    return {(one["text"], one["expected"], one["now"], one["source"]) for one in changes}


async def test_no_example_changes_exactly_nothing(bench: Bench) -> None:
    answer = await bench.tried()
    assert (answer["readings"], answer["fixes"], answer["breaks"]) == ([], [], [])
    assert answer["compared"] == COMPARED


async def test_an_example_that_is_there_already_changes_exactly_nothing(bench: Bench) -> None:
    answer = await bench.tried(("come si lava la lana?", "garment_care"), ("ciao", "greet"))
    assert (answer["fixes"], answer["breaks"]) == ([], [])
    assert all(reading["now"] == reading["then"] for reading in answer["readings"])


async def test_now_is_what_the_current_model_says(bench: Bench) -> None:
    answer = await bench.tried((MISREAD, "garment_care"))
    body = {"messages": [{"text": MISREAD, "language": "it"}]}
    _, read = await bench.ask("/v1/read", body)
    (now,) = (reading["now"] for reading in answer["readings"])
    assert now["intent"] == read["readings"][0]["intent"]
    assert now["ranking"] == read["readings"][0]["ranking"]


async def test_it_names_the_message_that_an_example_fixes(bench: Bench, tree: Tree) -> None:
    tree.write_evaluation("it", [*EVALUATION["it"], (ALIKE, "garment_care")])
    answer = await bench.tried((MISREAD, "garment_care"))
    (fixed,) = (one for one in answer["fixes"] if one["text"] == ALIKE)
    assert fixed == {
        "text": ALIKE,
        "language": "it",
        "expected": "garment_care",
        "was": "out_of_scope",
        "now": "garment_care",
        "source": "evaluation",
    }
    assert answer["breaks"] == []


async def test_it_names_what_an_absurd_example_breaks(bench: Bench) -> None:
    absurd = [("ciao ciao", "order_status"), ("ciao a voi", "order_status")]
    absurd += [("ciao", "order_status"), ("ehi ciao ciao", "order_status")]
    answer = await bench.tried(*absurd)
    broken = named(answer["breaks"])
    assert ("ciao ciao", "greet", "order_status", "evaluation") in broken
    assert any(source == "training" for *_, source in broken)


async def test_messages_of_the_inbox_are_compared_too(bench: Bench) -> None:
    also = [{"text": ALIKE, "language": "it", "expected": "garment_care"}]
    answer = await bench.tried((MISREAD, "garment_care"), also=also)
    assert (ALIKE, "garment_care", "garment_care", "review") in named(answer["fixes"])


async def test_out_of_scope_can_be_tried(bench: Bench) -> None:
    answer = await bench.tried(("quanto costa un biglietto per lo stadio", "out_of_scope"))
    (reading,) = answer["readings"]
    before, after = reading["now"]["ranking"], reading["then"]["ranking"]
    likely = [
        next((item["confidence"] for item in one if item["intent"] == "out_of_scope"), 0.0)
        for one in (before, after)
    ]
    assert likely[1] > likely[0]
    assert reading["then"]["intent"] in ("out_of_scope", "nlu_fallback")


async def test_an_edit_of_the_tree_is_what_the_next_trial_starts_from(
    bench: Bench, tree: Tree
) -> None:
    (before,) = (await bench.tried((MISREAD, "garment_care")))["readings"]
    edited = {**EXAMPLES, "garment_care": [*EXAMPLES["garment_care"], MISREAD]}
    tree.write_examples(edited)
    answer = await bench.tried((MISREAD, "garment_care"))
    (after,) = answer["readings"]
    assert after["now"]["intent"] == before["then"]["intent"] == "garment_care"
    assert after["now"] == after["then"]
    assert (await bench.ask("/ready", None))[1]["examples"] == 61


async def test_another_model_is_what_the_next_trial_starts_from(bench: Bench, tree: Tree) -> None:
    before = await bench.tried((MISREAD, "garment_care"))
    edited = {**EXAMPLES, "garment_care": [*EXAMPLES["garment_care"], MISREAD]}
    tree.write_examples(edited)
    tree.train(edited, "second")
    after = await bench.tried((MISREAD, "garment_care"))
    assert after["model"] != before["model"]
    assert after["readings"][0]["now"]["intent"] == "garment_care"
    assert after["readings"][0]["now"] == after["readings"][0]["then"]


async def test_a_trial_foretells_what_training_brings(bench: Bench, tree: Tree) -> None:
    (foretold,) = (await bench.tried((MISREAD, "garment_care")))["readings"]
    edited = {**EXAMPLES, "garment_care": [*EXAMPLES["garment_care"], MISREAD]}
    tree.train(edited, "second")
    _, read = await bench.ask("/v1/read", {"messages": [{"text": MISREAD, "language": "it"}]})
    assert foretold["then"]["intent"] == read["readings"][0]["intent"]


async def test_a_file_that_cannot_be_read_is_named(bench: Bench, tree: Tree) -> None:
    (tree.root / "data" / "nlu" / "it" / "greet.yml").write_text("nlu: [", "utf-8")
    status, answer = await bench.ask("/v1/try", {"examples": []})
    assert (status, answer["error"]["code"]) == (503, "bad_material")
    assert "greet.yml" in answer["error"]["message"]


async def test_a_new_intent_waits_for_its_training(bench: Bench, tree: Tree) -> None:
    tree.write_examples({**EXAMPLES, "praise": ["che bello", "bravissimi", "lovely yarn"]})
    assert (await bench.tried())["compared"] == COMPARED
    assert (await bench.ask("/ready", None))[1]["examples"] == 60
