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
    """Write what was accepted and remove what was withdrawn; with `dry` only say so.

    Whoever is killed on the way pulls again: what stands in the tree already is recognised.
    Raises CantPull (nothing was written) and GatewayProblem.
    """
    queued = fetch(gateway, "queued")
    withdrawn = gateway.get("withdrawn")["examples"]
    made = plan(Tree(root), queued)
    if not dry:
        for text in made.texts.values():
            text.path.parent.mkdir(parents=True, exist_ok=True)
            text.write()
        if made.pulled:
            files = {name: file for name, file in made.pulled.items() if file}
            gateway.post("proposals/pulled", {"ids": list(made.pulled), "files": files})
    # After what was written: it may have been withdrawn meanwhile.
    taken = removal(root, withdrawn)
    if not dry:
        for text in taken.texts.values():
            text.write()
        if taken.gone:
            gateway.post("withdrawn/removed", {"digests": taken.gone})
    return Pulled(made, taken)
