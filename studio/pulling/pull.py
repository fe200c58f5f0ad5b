"""One pull: fetch, decide, write, remove, and tell the gateway."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.gateway import Gateway
from studio.pulling.deciding import CantPull, Plan, Tree, plan
from studio.pulling.removing import Removal, removal

__all__ = ["CantPull", "Pulled", "fetch", "pull"]


@dataclass(frozen=True)
class Pulled:
    """What a pull did."""

    plan: Plan
    removal: Removal


def fetch(gateway: Gateway, state: str) -> list[dict[str, Any]]:
    """All proposals in a state, oldest first. Raises GatewayProblem."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = gateway.get("proposals", state=state, **({"after": after} if after else {}))
        found += page["proposals"]
        after = page.get("next")
        if not after:
            return found


def pull(gateway: Gateway, root: Path, *, dry: bool = False) -> Pulled:
    """Remove what was withdrawn and write what was accepted; with `dry` only say so.

    Whoever is killed on the way pulls again: what stands in the tree already is recognised.
    Raises CantPull (nothing was written) and GatewayProblem.
    """
    while True:
        queued = fetch(gateway, "queued")
        withdrawn = gateway.get("withdrawn")["examples"]
        tree = Tree(root)
        taken = removal(root, withdrawn)
        # Somebody else may have written what is removed: it is written anew, as theirs.
        made = plan(tree, queued, taken)
        # Said before it is done: whoever is killed in between leaves no words unknown to everybody.
        if dry or not made.new or _may_write(gateway, made):
            break
    if not dry:
        _write(gateway, made)
        late = _lose(gateway, root)
        made.forget({(file, words) for file, _, words in late.taken})
        late.taken[:0] = taken.taken
        taken = late
    return Pulled(made, taken)


def _lose(gateway: Gateway, root: Path) -> Removal:
    """Take out what was withdrawn while it was written, and say what is gone."""
    taken = removal(root, gateway.get("withdrawn")["examples"])
    for text in taken.texts.values():
        text.write()
    if taken.gone:
        gateway.post("withdrawn/removed", {"digests": taken.gone})
    return taken


def _may_write(gateway: Gateway, made: Plan) -> bool:
    """Whether all that is to be written still waits; the gateway knows of it from now on."""
    return set(gateway.post("proposals/writing", {"ids": made.new})["ids"]) == set(made.new)


def _write(gateway: Gateway, made: Plan) -> None:
    for text in made.texts.values():
        text.path.parent.mkdir(parents=True, exist_ok=True)
        text.write()
    if made.pulled:
        files = {name: file for name, file in made.pulled.items() if file}
        gateway.post("proposals/pulled", {"ids": list(made.pulled), "files": files})
