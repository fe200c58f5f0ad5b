"""The bridge as an HTTP service: `python -m crm_bridge.app`.

Loopback only: customers and agents never reach it, the gateway and the bot's actions do.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import sys
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from crm_bridge import housekeeping, openapi, schema
from crm_bridge.access import Access
from crm_bridge.brief.routes import router as brief
from crm_bridge.cases.routes import router as cases
from crm_bridge.consents.routes import router as consents
from crm_bridge.health.routes import router as health
from crm_bridge.invoices.routes import router as invoices
from crm_bridge.knowledge.library import Library
from crm_bridge.knowledge.retrieval import Encode
from crm_bridge.knowledge.routes import router as knowledge
from crm_bridge.loyalty.routes import router as loyalty
from crm_bridge.mails.routes import router as mails
from crm_bridge.mails.sender import MailSender
from crm_bridge.mails.transports import Transport, choose
from crm_bridge.orders.routes import router as orders
from crm_bridge.people.routes import router as people
from crm_bridge.promotions.routes import router as promotions
from crm_bridge.returns.routes import router as returns
from crm_bridge.timeline.routes import router as timeline
from crm_bridge.verification.codes import Codes
from crm_bridge.verification.limits import Limits
from crm_bridge.verification.routes import router as verification
from crm_bridge.wiring import Bridge
from runtime import settings as settings_module
from runtime.clock import Clock, SystemClock
from runtime.database import Database
from runtime.garbage import settled
from runtime.logging import configure, get_logger
from runtime.settings import Settings
from runtime.web import RequestLimits, install_errors
from understanding.vectors import encode as sentence_vectors

log = get_logger(__name__)

_ROUTERS = (
    *(timeline, brief, verification, orders, returns, invoices, loyalty, promotions),
    *(cases, consents, knowledge, people, mails),
)
_STOP_S = 20.0
assert schema.DOMAINS, "every table is known before the first relation is used"


def create_app(
    settings: Settings,
    database: Database,
    clock: Clock,
    *,
    encode: Encode = sentence_vectors,
    library: Library | None = None,
    limits: Limits | None = None,
    transport: Transport | None = None,
) -> FastAPI:
    """The service around an open database, which it doesn't close.

    Without a `library`, the articles are loaded at start-up; without a `transport`, the settings
    choose one. Wrong settings don't stop it: `/readyz` names them, and what needs them refuses.
    """
    mail_problem = None
    if transport is None:
        try:
            transport = choose(settings)
        except ValueError as error:
            mail_problem = str(error)
        if transport is None and mail_problem is None:
            mail_problem = "no mail is configured: set ASCOLTO_SMTP_URL"
    # A random key in place of a missing one: nothing made with it can be guessed or outlives us.
    secret = settings.signing_key.get_secret_value() or secrets.token_hex(32)
    bridge = Bridge(
        settings=settings,
        database=database,
        clock=clock,
        access=Access(
            {
                "gateway": settings.bridge_token_gateway.get_secret_value(),
                "actions": settings.bridge_token_actions.get_secret_value(),
            }
        ),
        library=library or Library(),
        codes=Codes(secret),
        limits=limits or Limits(),
        secret=secret,
        mail_problem=mail_problem,
    )
    sender = MailSender(database, clock, bridge.codes, settings, transport, bridge.mail_waits)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sending = asyncio.create_task(sender.run())
        forgetting = asyncio.create_task(housekeeping.run(bridge))
        # Indexing takes seconds; orders and briefs don't wait for it, `/readyz` does.
        loading = asyncio.create_task(_load_articles(bridge, encode, library))
        try:
            yield
        finally:
            sender.stop()
            forgetting.cancel()
            await asyncio.wait({sending, forgetting, loading}, timeout=_STOP_S)

    app = FastAPI(
        title="Ascolto bridge",
        version="1",
        summary="What the company knows about its customers, for the bot and for agents.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.bridge = bridge
    app.state.mail_sender = sender
    app.add_middleware(RequestLimits, max_bytes=settings.max_body_bytes)
    install_errors(app)
    for router in _ROUTERS:
        app.include_router(router, prefix="/v1")
    app.include_router(health)
    openapi.describe(app)
    return app


async def _load_articles(bridge: Bridge, encode: Encode, given: Library | None) -> None:
    if given is None:
        await asyncio.to_thread(bridge.library.open, bridge.settings.knowledge_dir, encode)
        settled()


def main() -> int:
    """Serve until told to stop."""
    try:
        settings = settings_module.load()
    except ValidationError as error:
        for wrong in error.errors(include_input=False, include_url=False):
            place = ".".join(str(part) for part in wrong["loc"])
            sys.stderr.write(f"ASCOLTO_{place.upper()}: {wrong['msg']}\n")
        return 2
    configure("bridge", settings)
    # Each look at `/readyz` would say twice which database this is.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    database = Database(settings.bridge_database_url(), "bridge")
    app = create_app(settings, database, SystemClock())
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=settings.bridge_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    asyncio.run(database.close())
    return 0


if __name__ == "__main__":
    sys.exit(main())
