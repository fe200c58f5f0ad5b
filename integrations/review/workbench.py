"""The designers' workbench over HTTP: sentence vectors, and "would this change anything?"."""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from integrations.review.clusters import Matrix
from runtime.errors import Invalid, Permanent, Temporary
from runtime.service_client import ServiceClient

# Texts that the workbench takes at once.
MOST_TEXTS = 500
VECTORS_S = 30.0
# The first trial after an edit loads what it stands on, on a machine that may be busy.
TRY_S = 60.0
PREPARE_S = 5.0
# It is there, and says what it lacks: a model, its encoder, files that can be read.
_NOT_READY = frozenset({"no_model", "bad_material", "no_encoder"})


@dataclass(frozen=True)
class Encoded:
    """Vectors of unit length, one row for each text, and whose they are."""

    vectors: Matrix
    version: str


class Encodes(Protocol):
    """What grouping needs of the workbench."""

    async def vectors(self, texts: Sequence[str]) -> Encoded:
        """At most MOST_TEXTS texts. Raises Temporary when nobody is there."""
        ...


class Workbench:
    """Raises Temporary: `workbench_away` when it isn't there, `workbench_not_ready` with a message
    for designers when it lacks something."""

    def __init__(self, base_url: str, token: str) -> None:
        self._url = base_url
        self._service = ServiceClient(token, connections=8)

    async def close(self) -> None:
        """Close every connection."""
        await self._service.close()

    async def vectors(self, texts: Sequence[str]) -> Encoded:
        """The vectors of at most MOST_TEXTS texts."""
        body = await self._call("/v1/vectors", {"texts": list(texts)}, within_s=VECTORS_S)
        try:
            content = base64.b64decode(body["vectors"], validate=True)
            flat = np.frombuffer(content, np.float16).astype(np.float32)
            matrix = flat.reshape(len(texts), int(body["dimensions"]))
            return Encoded(matrix, str(body["version"]))
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise away("its vectors could not be read") from error

    async def prepare(self) -> None:
        """Have it load what trials stand on. Whether it is away will be said to who tries."""
        with contextlib.suppress(Temporary, Permanent, Invalid):
            await self._call("/v1/prepare", {}, within_s=PREPARE_S)

    async def try_example(
        self, example: Mapping[str, str], also: Sequence[Mapping[str, str]]
    ) -> dict[str, Any]:
        """What one more example would change, of `also` too, as the workbench answers."""
        body = {"examples": [dict(example)], "also": [dict(each) for each in also]}
        return await self._call("/v1/try", body, within_s=TRY_S)

    async def _call(self, path: str, body: dict[str, Any], *, within_s: float) -> dict[str, Any]:
        try:
            answer = await self._service.call("POST", self._url + path, body, within_s=within_s)
        except Temporary as error:
            raise away(error.message) from error
        told = (answer.body or {}).get("error")
        told = told if isinstance(told, dict) else {}
        if answer.status in (400, 422):
            said = told.get("message") or "the workbench can't use this"
            raise Invalid(str(said), code="not_usable")
        if answer.status == 503 and told.get("code") in _NOT_READY:
            raise Temporary(str(told.get("message")), code="workbench_not_ready")
        if answer.status in (401, 403):
            raise Permanent("the workbench refused our token", code="workbench_refused")
        if answer.status >= 400 or answer.body is None:
            raise away(f"it answered {answer.status}")
        return answer.body


def away(why: str) -> Temporary:
    """The workbench isn't there, or not as it should be."""
    return Temporary(f"the workbench is away: {why}", code="workbench_away")
