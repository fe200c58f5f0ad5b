"""Stand-ins for what Rasa imports on the way to its own checks, and those never use.

TensorFlow, scikit-learn, and the libraries of servers, channels and databases take four fifths of
the time that importing Rasa's checks takes, for a few names that are only inherited from, stand in
signatures, or are kept for another day. A stand-in offers just these names. Whoever wants anything
else of it, or calls one of them, ends the program with `LeftOut`: no check goes on without what it
needs.

Only `bot.validation` puts them in place, in a process of its own that ends with its answer. Serving
and training need the real ones.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, NoReturn

# By module the names that are wanted of it while Rasa's own modules are imported. Nothing else
# under these names can be imported.
NAMES: dict[str, tuple[str, ...]] = {
    "tensorflow": (),
    "tensorflow.keras": (),
    # rasa.utils.tensorflow.callback and .data_generator inherit from these.
    "tensorflow.keras.callbacks": ("Callback",),
    "tensorflow.keras.utils": ("Sequence",),
    "sklearn": (),
    # rasa.utils.tensorflow.model_data splits what a network learns from.
    "sklearn.model_selection": ("train_test_split",),
    # What rasa.core.channels.channel, rasa.core.utils and rasa.utils.endpoints name in signatures.
    "sanic": ("Sanic", "Blueprint"),
    "sanic.request": ("Request",),
    # rasa.core.test measures entities with these. Theirs is the import of agent, stores, brokers
    # and matplotlib.
    "rasa.nlu.test": ("EntityEvaluationResult", "evaluate_entities"),
}
# A package that imports every channel there is, for the sake of what is true of all: that is real.
_CHANNELS, _CHANNEL = "rasa.core.channels", "rasa.core.channels.channel"
_OF_ALL = ("InputChannel", "OutputChannel", "UserMessage", "CollectingOutputChannel")
_LEFT_OUT = ("tensorflow", "sklearn", "sanic", "rasa.nlu.test", _CHANNELS)


class LeftOut(BaseException):
    """What a stand-in stands for was wanted.

    Not an `Exception`: nobody on the way may take it for a fault of the data, or go on without.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"Rasa's check needs {name}, which bot/stand_ins.py leaves out of it")


class StandIn:
    """Base of the names that may be inherited from, and not used."""

    def __new__(cls, *_: Any, **__: Any) -> NoReturn:  # type: ignore[misc] — it has no instances
        """Raise LeftOut."""
        raise LeftOut(f"{cls.__module__}.{cls.__qualname__}")


class _Module(ModuleType):
    """A module of which only the names that are listed are there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            # Python itself asks any module for these.
            raise AttributeError(name)
        # Another stand-in, or LeftOut.
        return importlib.import_module(f"{self.__name__}.{name}")


class _Finder(MetaPathFinder, Loader):
    """Finds the stand-ins before anybody looks for what they stand for."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The stand-in of this name; None for a module that isn't left out, LeftOut for one that
        is and has no stand-in."""
        if name == _CHANNELS:
            spec = ModuleSpec(name, self, is_package=True)
            real = PathFinder.find_spec(name, path)
            spec.submodule_search_locations = real and real.submodule_search_locations
            return spec
        if name in NAMES:
            return ModuleSpec(name, self, is_package=True)
        if name != _CHANNEL and any(name.startswith(f"{one}.") for one in _LEFT_OUT):
            raise LeftOut(name)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty one."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Give it its names."""
        if module.__name__ == _CHANNELS:
            real = importlib.import_module(_CHANNEL)
            vars(module).update({name: vars(real)[name] for name in _OF_ALL})
        for name in NAMES.get(module.__name__, ()):
            setattr(module, name, type(name, (StandIn,), {"__module__": module.__name__}))


def install() -> None:
    """Before Rasa is imported; what of it is there already stays what it is."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
