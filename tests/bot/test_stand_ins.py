"""Stand-ins let Rasa's modules be imported, and end the program where they are used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.conftest import ROOT
from tests.studio.tiny import build

# All that bot.validation imports of Rasa.
CHECKS = """
from bot import stand_ins
stand_ins.install()
import rasa.validator
import rasa.core.policies.rule_policy
import rasa.core.training.story_conflict
import rasa.shared.importers.importer
from rasa.shared.nlu.training_data.formats import RasaYAMLReader
"""


def run(code: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_what_is_left_out_is_not_imported() -> None:
    told = run(CHECKS + "import json, sys; print(json.dumps(sorted(sys.modules)))")
    assert told.returncode == 0, told.stderr
    tops = {name.partition(".")[0] for name in json.loads(told.stdout)}
    left_out = {"keras", "tensorboard", "jax", "scipy.stats", "aiogram", "sqlalchemy", "matplotlib"}
    assert not left_out & tops
    assert "rasa.core.channels.channel" in json.loads(told.stdout)


@pytest.mark.parametrize(
    "code",
    [
        "import tensorflow as tf; tf.function(print)",
        "import tensorflow as tf; tf.float32",
        "import tensorflow.math",
        "from tensorflow.keras import layers",
        "from tensorflow.keras.utils import to_categorical",
        "from tensorflow.keras.utils import Sequence; Sequence()",
        "from rasa.utils.tensorflow.data_generator import RasaBatchDataGenerator as G; G(None, 1)",
        "from rasa.utils.tensorflow.callback import RasaTrainingLogger as L; L(1, silent=True)",
        "import keras",
        "from sklearn.linear_model import LogisticRegression",
        "from sklearn.model_selection import train_test_split; train_test_split([1, 2])",
        "from rasa.nlu.test import run_evaluation",
        "import rasa.core.test as it; it.evaluate_entities([], set())",
        "from rasa.core.channels import BUILTIN_CHANNELS",
        "import rasa.core.channels.console",
        # Not even who is ready for everything goes on without.
        "try:\n    import tensorflow.math\nexcept Exception:\n    pass",
    ],
)
def test_using_it_ends_the_program(code: str) -> None:
    told = run(CHECKS + code)
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith("bot.stand_ins.LeftOut: Rasa's check needs ")


# Where faults of the data are caught, some part of Rasa wants the real thing.
WANTING = """
import sys
from bot import validation
def wants(_):
    import tensorflow.math
validation._conflicts = wants
sys.argv[1:] = ["--dialogue", "--intents", "greet"]
sys.exit(validation.main())
"""


def test_the_check_says_so_instead_of_giving_half_an_answer(tmp_path: Path) -> None:
    told = run(WANTING, cwd=build(tmp_path / "project"))
    assert told.returncode == 1
    assert told.stdout == ""
    assert "tensorflow.math" in told.stderr.splitlines()[-1]


def test_what_serves_and_trains_has_no_stand_ins() -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for folder in ("bot", "actions", "understanding")
        for path in (ROOT / folder).rglob("*.py")
        if "import stand_ins" in path.read_text("utf-8")
    ]
    assert users == ["bot/validation.py"]
