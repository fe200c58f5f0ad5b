"""Orders that arrived, and what their buyers ask afterwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from crm_bridge.orders.models import Shipment
from tests.crm_bridge.world import World, ref

DAY = 86_400.0
NUMBER = "LA-20398"


async def verified(
    world: World, status: str = "paid", number: str = NUMBER, **person: Any
) -> dict[str, str]:
    """A verified customer with an order of that status; the conversation."""
    await world.order(number, await world.person(**person), status=status)
    await world.verify(ref(), number)
    return ref()


async def arrived(world: World, *, days_ago: float = 5, **person: Any) -> dict[str, str]:
    """A verified customer whose order of two lines, two pieces each, was delivered."""
    conversation = await verified(world, "delivered", **person)
    await deliver(world, NUMBER, days_ago)
    return conversation


async def deliver(world: World, number: str, days_ago: float) -> None:
    """Say when an order's parcel came."""
    moment = world.clock.now() - days_ago * DAY
    change = update(Shipment).where(Shipment.order_number == number).values(delivered_at=moment)
    await world.run(lambda session: session.execute(change))


def error(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]
