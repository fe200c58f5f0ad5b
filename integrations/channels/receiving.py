"""What a platform sent, by webhook or by poll, on its way into the inbox."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import DataError, IntegrityError, StatementError

from integrations.channels.cleaning import cleaned
from integrations.channels.contract import Envelope
from integrations.conversations.worker import Worker
from runtime.errors import AscoltoError, Temporary
from runtime.logging import get_logger

log = get_logger(__name__)

NOT_STORABLE = "not_storable"


class Receiving:
    """Stores batches of envelopes in order; one that can't be stored holds up no other."""

    def __init__(self, worker: Worker, max_text_chars: int) -> None:
        self._worker = worker
        self._max_text_chars = max_text_chars

    async def take(self, channel: str, envelopes: Sequence[Envelope]) -> None:
        """Store all that can be stored. When this returns the batch may be acknowledged.

        Raises Temporary when it has to be sent again: what was stored is known by then.
        """
        fault: Exception | None = None
        for envelope in envelopes:
            try:
                await self._worker.accept(cleaned(envelope, self._max_text_chars))
            except Temporary:
                raise
            except Exception as error:  # noqa: BLE001 — judged below, and never lost
                # The error quotes the statement's values: its name is all that may be said.
                log.error("envelope_refused", channel=channel, error=type(error).__name__)
                if not _by_content(error):
                    fault = error
        if fault is not None:
            raise Temporary("something could not be stored", code=NOT_STORABLE) from fault


def _by_content(error: Exception) -> bool:
    """Whether it is the envelope that can't be stored, now and whenever it comes again."""
    if isinstance(error, (AscoltoError, DataError, IntegrityError, ValueError, OverflowError)):
        return True
    # Values that the driver couldn't even pass on; the database's own errors are subclasses.
    return type(error) is StatementError
