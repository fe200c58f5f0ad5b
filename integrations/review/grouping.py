"""Giving texts their groups, as they come in; and without the workbench until it is back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence

import numpy as np
from sqlalchemy import Connection

from integrations.conversations.ids import new_id
from integrations.review import pending
from integrations.review.clusters import Matrix, Space
from integrations.review.pending import Placement, Waiting
from integrations.review.workbench import MOST_TEXTS, Encoded, Encodes
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import AscoltoError
from runtime.logging import get_logger

log = get_logger(__name__)

# Batches of texts looked up at once.
BATCHES = 8
# Texts a transaction: nobody else should wait long for the database.
AT_ONCE = 100
# Characters of a text that an encoder reads.
READ = 1000
# Centres that somebody else moved are read again; clocks of two processes may differ a little.
MOVED_SINCE_S = 60.0


class Grouper:
    """Places what waits. Keeps the groups' centres in memory: one process at a time."""

    def __init__(self, database: Database, clock: Clock, workbench: Encodes) -> None:
        self._database = database
        self._clock = clock
        self._workbench = workbench
        self._space: Space | None = None
        self._encoder = ""
        self._read_at = 0.0
        # When each centre was moved by somebody else, as far as we know.
        self._moved: dict[str, float] = {}
        self._away = False

    async def round(self) -> int:
        """Place some of what waits; how many texts that was. Never raises for an absent workbench:
        equal texts are together all the same, and the rest catches up."""
        waiting = await self._database.read(
            lambda conn: pending.texts_behind(conn, BATCHES * MOST_TEXTS)
        )
        batches = [
            waiting[start : start + MOST_TEXTS] for start in range(0, len(waiting), MOST_TEXTS)
        ]
        done = 0
        encoding = self._encoding(batches)
        async with contextlib.aclosing(encoding):
            async for batch, encoded in encoding:
                if encoded is None:
                    return await self._by_text()
                if not await self._prepare(encoded):
                    return len(waiting)
                done += await self._place(batch, encoded)
        return done

    async def _encoding(
        self, batches: Sequence[Sequence[Waiting]]
    ) -> AsyncGenerator[tuple[Sequence[Waiting], Encoded | None]]:
        """Batches with their vectors, each asked for while the one before is placed; None when the
        workbench is away."""
        asked = [asyncio.create_task(self._vectors(batch)) for batch in batches[:1]]
        try:
            for place, batch in enumerate(batches):
                encoded = await asked[place]
                if encoded is not None and place + 1 < len(batches):
                    asked.append(asyncio.create_task(self._vectors(batches[place + 1])))
                yield batch, encoded
                if encoded is None:
                    return
        finally:
            for task in asked:
                task.cancel()

    async def _vectors(self, batch: Sequence[Waiting]) -> Encoded | None:
        try:
            encoded = await self._workbench.vectors([each.text[:READ] for each in batch])
        except AscoltoError as error:
            if not self._away:
                log.warning("grouping_without_workbench", error=error.message)
            self._away = True
            return None
        self._away = False
        return encoded

    def forget(self) -> None:
        """Another process may have moved the groups since: read them all before the next round."""
        self._space = None

    async def _by_text(self) -> int:
        alone = await self._database.read(lambda conn: pending.without_group(conn, AT_ONCE))
        if alone:
            ids = [new_id("g") for _ in alone]
            now = self._clock.now()
            await self._database.write(lambda conn: pending.found_each(conn, alone, ids, now=now))
        return len(alone)

    async def _prepare(self, encoded: Encoded) -> bool:
        """Have the centres of this encoder in memory as they are now; False when others had to go,
        whose texts come first then."""
        now = self._clock.now()
        if self._space is None or self._encoder != encoded.version:
            version = encoded.version
            if await self._database.write(lambda conn: pending.drop_others(conn, version)):
                return False
            self._space = Space(encoded.vectors.shape[1])
            self._encoder, self._read_at, self._moved = encoded.version, 0.0, {}
        since = self._read_at - MOVED_SINCE_S
        space = self._space
        for row in await self._database.read(lambda conn: pending.moved(conn, since)):
            if self._moved.get(row.group_id) != row.moved_at or not row.moved_at:
                space.set(row.group_id, *pending.centre_of(row))
                self._moved[row.group_id] = row.moved_at
        self._read_at = now
        return True

    async def _place(self, waiting: Sequence[Waiting], encoded: Encoded) -> int:
        assert self._space is not None
        space = self._space
        # What designers have decided about stays where it is, whatever lies nearer now.
        fixed = [n for n, each in enumerate(waiting) if each.group_id and not each.loose]
        free = [n for n, each in enumerate(waiting) if n not in set(fixed)]
        placements = await asyncio.to_thread(
            _placements, space, waiting, encoded.vectors, free, fixed
        )
        now = self._clock.now()
        for start in range(0, len(placements), AT_ONCE):
            some = placements[start : start + AT_ONCE]

            def write(conn: Connection, some: list[Placement] = some) -> list[str]:
                return pending.write(conn, some, space, encoded.version, self._moved, now=now)

            for gone in await self._database.write(write):
                # Erased or split meanwhile: what was to go there waits for the next round.
                space.remove(gone)
                self._moved.pop(gone, None)
        return len(waiting)


def _placements(
    space: Space,
    waiting: Sequence[Waiting],
    vectors: Matrix,
    free: Sequence[int],
    fixed: Sequence[int],
) -> list[Placement]:
    made: list[Placement] = []
    for n in fixed:
        index = space.join(str(waiting[n].group_id), vectors[n])
        made.append(Placement(waiting[n], index, vectors[n], new=False))
    if free:
        chosen = vectors[np.array(free)]
        # A group of one keeps its name unless it joins another.
        placed = space.place(chosen, [waiting[n].group_id or new_id("g") for n in free])
        for n, index in zip(free, placed.group, strict=True):
            made.append(Placement(waiting[n], int(index), vectors[n], new=index in placed.new))
    for placement in made:
        placement.names = space.better_title(placement.index, placement.vector)
    return made
