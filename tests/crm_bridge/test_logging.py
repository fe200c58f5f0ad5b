"""What is logged names nobody."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from runtime.errors import Temporary, UnknownOutcome
from runtime.logging import configure
from tests.crm_bridge.world import GATEWAY, World, ref


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """Everything that is logged, as production would write it."""
    root = logging.getLogger()
    handlers, level, settings = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    structlog.configure(**settings)


async def test_a_whole_conversation_leaves_no_personal_data_in_the_log(
    world: World, said: io.StringIO
) -> None:
    configure("bridge", world.settings.model_copy(update={"log_level": "DEBUG"}))
    stream_handler = logging.getLogger().handlers[0]
    assert isinstance(stream_handler, logging.StreamHandler)
    stream_handler.setStream(said)

    await world.customer_with_order()
    await world.say(
        ref(), "Sono Giulia Ferraris, via Roma 1, ordine LA-20398", sender_name="Giulia F"
    )
    world.outbox.failures = [Temporary("away"), UnknownOutcome("silence")]
    await world.challenge(ref())
    await world.deliver()
    world.clock.advance(30)
    await world.deliver()
    await world.verify(ref("c2"))
    await world.call("GET", "/v1/orders/LA-20398", params={"conversation": "c2"})
    await world.call("POST", "/v1/brief/agent", ref(), token=GATEWAY)
    await world.call(
        "GET", "/v1/knowledge/search", params={"q": "chi è Giulia Ferraris", "language": "it"}
    )
    case = {"conversation": ref(), "topic": "other", "summary": "Giulia aspetta", "language": "it"}
    await world.call("POST", "/v1/cases", case)
    await world.call("POST", "/v1/cases", {**case, "topic": "Giulia"})

    text = said.getvalue()
    assert "mail_finished" in text
    assert "mail_delayed" in text
    code = world.outbox.code()
    for personal in (
        "Giulia",
        "Ferraris",
        "LA-20398",
        "via Roma",
        "0142",
        code,
        code.replace(" ", ""),
    ):
        assert personal not in text
    assert "handle-1" not in text
