"""What a piece of code asks of the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine


class Statements:
    """Records the statements that any engine executes while it is open."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pairs: list[tuple[str, Any]] = []

    def keep_parameters(self, pairs: list[tuple[str, Any]]) -> None:
        """Put each statement with its parameters into `pairs` too."""
        self._pairs = pairs

    def __enter__(self) -> Statements:
        event.listen(Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, _c: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            self.texts.append(statement)
            self._pairs.append((statement, parameters))
