"""Fill an empty database with the demo company: `python -m crm_bridge.seed`.

Only with ASCOLTO_DEMO=1, and never into a database that knows a single person.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_bridge.cases.models import Case
from crm_bridge.demo.company import generate
from crm_bridge.demo.model import DemoCompany
from crm_bridge.orders.models import Order, OrderItem, Product, Shipment
from crm_bridge.people.models import Consent, Identity, Person
from crm_bridge.seed_after_sales import add, cents, seed_after_sales
from crm_bridge.storage import in_session, insert_new, new_id
from crm_bridge.timeline.models import Interaction
from runtime import settings as settings_module
from runtime.database import Database

_Handle = tuple[str, str, str]


def seed(session: Session, company: DemoCompany) -> bool:
    """Store the company, unless there are people already; says whether it did."""
    if session.execute(select(Person.id).limit(1)).first() is not None:
        return False
    # Of two that seed at once, the second finds these rows taken and stores nothing.
    if not insert_new(session, Person, _people(company)):
        return False
    identities = _identities(company)
    by_handle = {_handle(row): row["id"] for row in identities}
    add(session, Identity, identities)
    add(session, Consent, _consents(company))
    add(session, Product, _products(company))
    add(session, Order, _orders(company))
    add(session, OrderItem, _items(company))
    add(session, Shipment, _shipments(company))
    seed_after_sales(session, company)
    add(session, Case, _cases(company, identities))
    add(session, Interaction, _interactions(company, by_handle))
    return True


def _people(company: DemoCompany) -> list[dict[str, Any]]:
    return [
        {
            "id": person.id,
            "kind": "customer",
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "phone": person.phone,
            "language": person.language,
            "city": person.city,
            "country": person.country,
            "tier": person.tier,
            "created_at": person.created_at.timestamp(),
            "joined_into": None,
        }
        for person in company.people
    ]


def _identities(company: DemoCompany) -> list[dict[str, Any]]:
    """Handles of the people, and those that only their interactions name."""
    rows: dict[_Handle, dict[str, Any]] = {}
    for person in company.people:
        since = person.created_at.timestamp()
        for one in person.identities:
            row = _identity(one.channel, one.account, one.handle, person.id, since)
            row["verified_at"] = since if one.verified else None
            rows[_handle(row)] = row
    for said in company.interactions:
        at = said.at.timestamp()
        row = _identity(said.channel, said.account, said.handle, said.person, at)
        row = rows.setdefault(_handle(row), row)
        row["last_seen_at"] = max(row["last_seen_at"], at)
    return list(rows.values())


def _identity(channel: str, account: str, handle: str, person: str, since: float) -> dict[str, Any]:
    return {
        "id": new_id("i"),
        "channel": channel,
        "account": account,
        "handle": handle,
        "person_id": person,
        "display_name": None,
        "verified_at": None,
        "first_seen_at": since,
        "last_seen_at": since,
    }


def _handle(row: dict[str, Any]) -> _Handle:
    return row["channel"], row["account"], row["handle"]


def _consents(company: DemoCompany) -> list[dict[str, Any]]:
    return [
        {
            "person_id": person.id,
            "purpose": consent.purpose,
            "granted": consent.granted,
            "at": consent.at.timestamp(),
            "source": consent.source,
        }
        for person in company.people
        for consent in person.consents
    ]


def _products(company: DemoCompany) -> list[dict[str, Any]]:
    return [
        {
            "sku": product.sku,
            "name_it": product.name_it,
            "name_en": product.name_en,
            "kind": product.kind,
            "price_cents": cents(product.price),
        }
        for product in company.products
    ]


def _orders(company: DemoCompany) -> list[dict[str, Any]]:
    return [
        {
            "number": order.number,
            "person_id": order.person,
            "placed_at": order.placed_at.timestamp(),
            "status": order.status,
            "currency": order.currency,
            "shipping_cents": cents(order.shipping_cost),
            "total_cents": cents(order.total),
            "ships_to": order.ships_to,
        }
        for order in company.orders
    ]


def _items(company: DemoCompany) -> list[dict[str, Any]]:
    return [
        {
            "order_number": order.number,
            "position": position,
            "sku": item.sku,
            "name": item.name,
            "quantity": item.quantity,
            "price_cents": cents(item.price),
        }
        for order in company.orders
        for position, item in enumerate(order.items)
    ]


def _shipments(company: DemoCompany) -> list[dict[str, Any]]:
    return [
        {
            "order_number": order.number,
            "carrier": parcel.carrier,
            "tracking": parcel.tracking,
            "status": parcel.status,
            "shipped_at": parcel.shipped_at.timestamp(),
            "estimated_delivery": parcel.estimated_delivery.isoformat(),
            "delivered_at": parcel.delivered_at.timestamp() if parcel.delivered_at else None,
            "last_event": parcel.last_event,
        }
        for order in company.orders
        if (parcel := order.shipment) is not None
    ]


def _cases(company: DemoCompany, identities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    used = {(row["person_id"], row["channel"]): row["id"] for row in identities}
    return [
        {
            "reference": case.reference,
            "person_id": case.person,
            "identity_id": used.get((case.person, case.channel)),
            "conversation": case.conversation,
            "channel": case.channel,
            "topic": case.topic,
            "status": case.status,
            "summary": case.summary,
            "order_number": case.order_number,
            "language": case.language,
            "promise": case.promise,
            "outcome": case.outcome,
            "opened_at": case.opened_at.timestamp(),
            "updated_at": (case.closed_at or case.opened_at).timestamp(),
            "closed_at": case.closed_at.timestamp() if case.closed_at else None,
        }
        for case in company.cases
    ]


def _interactions(company: DemoCompany, by_handle: dict[_Handle, str]) -> list[dict[str, Any]]:
    return [
        {
            "key": said.key,
            "person_id": said.person,
            "identity_id": by_handle[said.channel, said.account, said.handle],
            "conversation": said.conversation,
            "channel": said.channel,
            "direction": said.direction,
            "role": said.role,
            "kind": said.kind,
            "text": said.text,
            "language": said.language,
            "intent": said.intent,
            "confidence": said.confidence,
            "public": said.public,
            "sender_name": None,
            "sender_email": None,
            "at": said.at.timestamp(),
            "data": {},
        }
        for said in company.interactions
    ]


async def _run(database: Database, today: date) -> bool:
    company = generate(today)
    try:
        return await database.write(in_session(lambda session: seed(session, company)))
    finally:
        await database.close()


def main() -> int:
    """Seed the configured database if this is the demo and it is empty."""
    settings = settings_module.load()
    if not settings.demo:
        print("not the demo (ASCOLTO_DEMO is not 1): nothing is seeded")
        return 0
    today = datetime.now(UTC).date()
    done = asyncio.run(_run(Database(settings.bridge_database_url(), "bridge"), today))
    print("the demo company is stored" if done else "there are people already: nothing is seeded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
