"""Runs a loaded model's graph node after node.

Rasa hands every run to dask's scheduler, which plans anew each time and spends more on it than the
smaller nodes take. The order never changes, so it is worked out once.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class OrderedGraphRunner(GraphRunner):
    """Takes over the nodes that Rasa's own runner has loaded."""

    def __init__(self, nodes: dict[str, GraphNode], schema: GraphSchema) -> None:
        self._nodes = nodes
        self._schema = schema
        self._orders: dict[str, list[str]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: Any = None,
    ) -> OrderedGraphRunner:
        """Load the nodes of a schema, as GraphRunner demands."""
        return cls.of(DaskGraphRunner(graph_schema, model_storage, execution_context, hooks))

    @classmethod
    def of(cls, runner: DaskGraphRunner) -> OrderedGraphRunner:
        """The same loaded graph, run in order."""
        return cls(runner._instantiated_nodes, runner._graph_schema)

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Outputs of the targets, by name; raises what the nodes raise."""
        results: dict[str, tuple[str, Any]] = {
            name: (name, value) for name, value in (inputs or {}).items()
        }
        wanted = targets or self._schema.target_names
        for target in wanted:
            for name in self._order(target):
                if name not in results and name in self._nodes:
                    needs = self._schema.nodes[name].needs.values()
                    # As in Rasa, a missing input is named instead of given.
                    results[name] = self._nodes[name](*(results.get(need, need) for need in needs))
        return {name: results[name][1] for name in wanted}

    def _order(self, target: str) -> list[str]:
        """The target and all it depends on, each after what it needs."""
        if target not in self._orders:
            order: list[str] = []
            self._visit(target, order)
            self._orders[target] = order
        return self._orders[target]

    def _visit(self, name: str, order: list[str]) -> None:
        if name in order:
            return
        if name in self._schema.nodes:
            for need in self._schema.nodes[name].needs.values():
                self._visit(need, order)
        order.append(name)
