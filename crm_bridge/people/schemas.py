"""People as the API shows them: allow-listed, with addresses and numbers masked."""

from __future__ import annotations

from typing import Literal

from crm_bridge.fields import Document, Moment

Level = Literal["unknown", "recognised", "verified"]


class IdentityView(Document):
    """One handle of a person."""

    channel: str
    account: str
    handle: str
    display_name: str | None
    verified: bool
    last_seen_at: Moment


class ConsentView(Document):
    """The newest answer to one purpose."""

    purpose: str
    granted: bool
    at: Moment
    source: str


class PersonView(Document):
    """A person without anything that lets a reader write or call them elsewhere."""

    id: str
    kind: Literal["customer", "contact"]
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    language: str | None
    city: str | None
    country: str | None
    tier: str | None
    created_at: Moment


class PersonDetails(Document):
    """A person with their handles and consents."""

    person: PersonView
    identities: list[IdentityView]
    consents: list[ConsentView]


class JoinView(Document):
    """One join: which person's handles became another's, and whether that was undone."""

    id: str
    from_person: str
    into_person: str
    reason: str
    at: Moment
    moved_interactions: int
    moved_cases: int
    undone_at: Moment | None
    undone_by: str | None


class JoinList(Document):
    """Joins, newest first."""

    joins: list[JoinView]
