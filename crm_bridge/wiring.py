"""The service's parts, made once and shared by every request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from crm_bridge.access import Access
from crm_bridge.knowledge.library import Library
from crm_bridge.verification.codes import Codes
from crm_bridge.verification.limits import Limits
from runtime.clock import Clock
from runtime.database import Database
from runtime.settings import Settings


@dataclass
class Bridge:
    """What routes and background work need. `mail_waits` is set when a mail may be due."""

    settings: Settings
    database: Database
    clock: Clock
    access: Access
    library: Library
    codes: Codes
    limits: Limits
    secret: str
    mail_problem: str | None = None
    mail_waits: asyncio.Event = field(default_factory=asyncio.Event)
