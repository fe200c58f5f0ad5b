"""Rasa's own check of the training data, as JSON, in the bot's environment and the project's root:

    python -m bot.validation --dialogue --intents greet … --examples data/nlu/it/greet.yml …

Prints {"dialogue": [{"check", "text"}] or null, "examples": {file: [text]}}: what Rasa's validator
says of intents, responses, forms, slots and stories, and what training would refuse (files that it
can't read, rules that contradict each other or a story), without training anything.
`studio.validate` runs it on what has changed, and says where in the files each complaint belongs.
Of what Rasa imports on the way the larger part is left out: `bot.stand_ins`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from bot import stand_ins
from bot.train import CONFIG, DOMAIN, RESPONSES

_TOLD = (Path("data/rules"), Path("data/stories"))


def dialogue_complaints(intents: list[str]) -> Iterator[dict[str, str]]:
    """What Rasa says of domain, rules, stories and responses; `intents` are those with examples."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData
    from rasa.validator import Validator

    told = [str(path) for path in _TOLD if path.exists()]
    said = [str(path) for path in sorted(RESPONSES.glob("*.yml"))]
    made: list[Any] = []

    def read() -> None:
        importer = TrainingDataImporter.load_from_dict(
            config_path=str(CONFIG), domain_path=str(DOMAIN), training_data_paths=[*told, *said]
        )
        # One example an intent stands for all: the files of examples are read one by one.
        examples = TrainingData([Message({"text": name, "intent": name}) for name in intents])
        domain, stories = importer.get_domain(), importer.get_stories()
        made.append(Validator(domain, examples, stories, importer.get_config()))

    yield from _heard("read", read)
    if not made:
        return
    validator = made[0]
    checks: dict[str, Callable[[], Any]] = {
        "domain": validator.verify_domain_validity,
        "config": validator.warn_if_config_mandatory_keys_are_not_set,
        "intents": validator.verify_intents_in_stories,
        "responses": validator.verify_utterances_in_stories,
        "forms": validator.verify_forms_in_stories_rules,
        "actions": validator.verify_actions_in_stories_rules,
        "form_slots": validator.verify_form_slots,
        "mappings": validator.verify_slot_mappings,
        "stories": lambda: _conflicts(validator),
        "rules": lambda: _contradictions(validator),
    }
    for name, check in checks.items():
        yield from _heard(name, check)


def example_complaints(file: str) -> list[str]:
    """What Rasa says when it reads one file of examples."""
    from rasa.shared.nlu.training_data.formats import RasaYAMLReader

    def read() -> None:
        RasaYAMLReader().read(file)

    return [complaint["text"] for complaint in _heard("examples", read)]


def _heard(name: str, check: Callable[[], Any]) -> Iterator[dict[str, str]]:
    """What is warned of while `check` runs, and what it refuses."""
    from rasa.shared.exceptions import RasaException

    refused = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            check()
        except (RasaException, ValueError, KeyError, TypeError, AttributeError) as error:
            refused = _words_of(error)
    for warning in caught:
        # Rasa's own are exactly these; those of libraries (deprecations) say nothing of the data.
        if warning.category in (UserWarning, FutureWarning):
            yield {"check": name, "text": str(warning.message)}
    if refused is not None:
        yield {"check": name, "text": refused}


def _words_of(error: Exception) -> str:
    """What it says; Rasa looks for lines in the message of some, and may stumble over it."""
    try:
        return str(error) or type(error).__name__
    except (TypeError, AttributeError):
        listed = getattr(error, "validation_errors", None) or [type(error).__name__]
        return "; ".join(map(str, listed))


def _conflicts(validator: Any) -> None:
    """Stories that do different things in the same state, as warnings."""
    from rasa.core.training.story_conflict import find_story_conflicts

    # Of rules the policy knows the conditions; here they would seem to contradict.
    stories = [
        tracker for tracker in _trackers(validator, once=False) if not tracker.is_rule_tracker
    ]
    for conflict in find_story_conflicts(stories, validator.domain, None):
        warnings.warn(str(conflict), UserWarning, stacklevel=2)


def _contradictions(validator: Any) -> None:
    """Have the rule policy learn the rules and stories: it refuses what contradicts."""
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.resource import Resource

    configured = validator.config.get("policies") or ()
    ours = next((one for one in configured if one.get("name") == "RulePolicy"), {})
    settings = {**RulePolicy.get_default_config(), **ours}
    settings.pop("name", None)
    context = ExecutionContext(GraphSchema({}), "validation")
    policy = RulePolicy(settings, _Nowhere(), Resource("rules"), context)
    policy.train(_trackers(validator, once=True), validator.domain)


def _trackers(validator: Any, *, once: bool) -> Any:
    from rasa.shared.core.generator import TrainingDataGenerator

    return TrainingDataGenerator(
        validator.story_graph,
        domain=validator.domain,
        remove_duplicates=once,
        augmentation_factor=0,
    ).generate()


class _Nowhere:
    """A model storage that keeps nothing: what is learnt here is thrown away."""

    @contextmanager
    def write_to(self, _: Any) -> Iterator[Path]:
        """A folder that is forgotten."""
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def main() -> int:
    """Command line; 0 where the check could run, whatever it found."""
    parser = argparse.ArgumentParser(prog="bot.validation", description="Rasa's own check.")
    parser.add_argument("--dialogue", action="store_true", help="domain, rules, stories, responses")
    parser.add_argument("--intents", nargs="*", default=[], help="those that have examples")
    parser.add_argument("--examples", nargs="*", default=[], help="files of examples to read")
    options = parser.parse_args()
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    stand_ins.install()
    from bot import checking, logs

    checking.apply()
    logs.configure(level="CRITICAL")
    # What Rasa prints on the way isn't part of the answer.
    with redirect_stdout(sys.stderr):
        said = list(dialogue_complaints(options.intents)) if options.dialogue else None
        examples = {file: example_complaints(file) for file in options.examples}
    sys.stdout.write(json.dumps({"dialogue": said, "examples": examples}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
