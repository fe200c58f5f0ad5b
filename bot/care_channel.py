"""The care channel: the only way into Rasa, for the gateway alone.

`POST /turn`, `/events`, `/void-turn`, `/erase`, `/drain`, `/resume`, `GET /ready` and `/state`,
below /webhooks/care, each with `Authorization: Bearer $ASCOLTO_CARE_TOKEN`. docs/ describes the
bodies.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from sanic import Blueprint, Sanic
from sanic import response as http
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import settings, speed
from bot.care import dropping, requests, tones
from bot.care.action_endpoint import ActionEndpoint
from bot.care.door import Door, Draining
from bot.care.models import fingerprint
from bot.care.not_ready import NotReady, Starting
from bot.care.sync import Memory
from bot.care.turns import TurnHandler
from bot.graph_runner import OrderedGraphRunner
from bot.lock_store import ConversationLocks
from bot.speed import garbage
from bot.tracker_store import CareTrackerStore, Voided
from bot.trackers.database import StoreUnavailable, Taken

logger = logging.getLogger(__name__)

SMOKE = "dov'è il mio ordine? where is my order?"
# Rasa adds these to every domain, and a customer could restart or rewind with them.
RASAS_OWN_INTENTS = frozenset({"restart", "back", "session_start", "nlu_fallback", "nlu_ambiguous"})
Handler = Callable[[Request], Awaitable[HTTPResponse]]


class CareChannel(InputChannel):
    """Authenticates the gateway and hands its requests to the turn handler."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._turns: TurnHandler | None = None
        self._memory: Memory | None = None
        self._store: CareTrackerStore | None = None
        self._door = Door()

    @classmethod
    def name(cls) -> str:
        """Part of the path: /webhooks/care."""
        return "care"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> CareChannel:
        """Build the channel; raises Misconfigured without a token in the environment."""
        return cls(settings.care_token())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's routes."""
        blueprint = Blueprint("care_channel")
        routes: tuple[tuple[str, str, Handler], ...] = (
            ("/turn", "POST", self._in_hand(self._turn)),
            ("/events", "POST", self._in_hand(self._events)),
            ("/void-turn", "POST", self._in_hand(self._void)),
            ("/erase", "POST", self._in_hand(self._erase)),
            ("/drain", "POST", self._drain),
            ("/resume", "POST", self._resume),
            ("/ready", "GET", self._ready),
            ("/state", "GET", self._state),
        )
        for path, method, handler in routes:
            blueprint.add_route(self._guarded(handler), path, methods=[method], name=path[1:])

        @blueprint.listener("after_server_start")
        async def start(app: Sanic, _: Any) -> None:
            await self.take_over(app.ctx.agent)
            garbage.settled()

        @blueprint.listener("after_server_stop")
        async def stop(_: Sanic, __: Any) -> None:
            await self.close()

        return blueprint

    async def take_over(self, agent: Agent) -> None:
        """Put our own parts in Rasa's place, and make sure that they are ours.

        A misspelt store would silently be one in memory, a failing one would be wrapped in one
        that answers with empty trackers, and a model that did not load leaves an agent without.
        Raises NotReady.
        """
        store = agent.tracker_store
        if isinstance(store, FailSafeTrackerStore):
            store = store._tracker_store
        if not isinstance(store, CareTrackerStore):
            raise NotReady(f"the tracker store is a {type(store).__name__}: see endpoints.yml")
        if not isinstance(agent.lock_store, ConversationLocks):
            kind = type(agent.lock_store).__name__
            raise NotReady(f"the lock store is a {kind}: see endpoints.yml")
        processor = agent.processor
        if processor is None:
            raise NotReady("the model could not be loaded")
        agent.tracker_store = processor.tracker_store = store
        endpoint = processor.action_endpoint
        endpoint = ActionEndpoint(endpoint.url if endpoint else None, processor.domain)
        agent.action_endpoint = processor.action_endpoint = endpoint
        if isinstance(processor.graph_runner, DaskGraphRunner):
            processor.graph_runner = OrderedGraphRunner.of(processor.graph_runner)
        speed.apply()
        await tones.prepare()
        dropping.prepare()
        turns = TurnHandler(agent, store, fingerprint(Path(processor.model_path)))
        parsed = await turns.parse(SMOKE)
        if not parsed.get("intent_ranking"):
            raise NotReady("the model does not recognise any intent")
        self._turns, self._store = turns, store
        self._memory = Memory(store, agent.lock_store)
        logger.info("The bot is ready with model %s.", turns.model_sha)

    async def close(self) -> None:
        """Let go of database and connections."""
        turns, self._turns = self._turns, None
        if turns is not None:
            await turns.close()
        if self._store is not None:
            self._store.close()

    def _in_hand(self, handler: Handler) -> Handler:
        """Let it in unless the process drains, and count it until it is done."""

        async def counted(request: Request) -> HTTPResponse:
            with self._door.entered():
                return await handler(request)

        return counted

    def _guarded(self, handler: Handler) -> Handler:
        """Check the token and turn errors into statuses."""

        async def guarded(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return _error(401, "unauthenticated", "the care token is missing or wrong")
            if len(request.body) > settings.MAX_BODY_BYTES:
                return _error(413, "too_large", f"more than {settings.MAX_BODY_BYTES} bytes")
            try:
                return await handler(request)
            except _FORESEEN as error:
                return _foreseen(error)
            except Exception as error:
                # Whatever broke, the tracker is as it was: the gateway may ask again.
                logger.error("%s failed", request.path, exc_info=error)
                return _error(503, "failed", type(error).__name__)

        return guarded

    def _authorised(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._token)
        return scheme.lower() == "bearer" and same

    async def _turn(self, request: Request) -> HTTPResponse:
        turns = self._ready_turns()
        intents = set(turns.domain.intents) - RASAS_OWN_INTENTS
        wanted = requests.turn_request(_body(request), intents, turns.domain.entities)
        return http.json(await turns.handle(wanted))

    async def _events(self, request: Request) -> HTTPResponse:
        slots = {slot.name for slot in self._ready_turns().domain.slots}
        wanted = requests.events_request(_body(request), slots)
        return http.json({"applied": await self._ready_memory().apply(wanted)})

    async def _void(self, request: Request) -> HTTPResponse:
        conversation, turn_id = requests.conversation_and_turn(_body(request))
        actions = await self._ready_memory().void(conversation, turn_id)
        return http.json({"voided": True, "actions": actions})

    async def _erase(self, request: Request) -> HTTPResponse:
        conversation = requests.only_conversation(_body(request))
        return http.json({"erased_rows": await self._ready_memory().erase(conversation)})

    async def _ready(self, _: Request) -> HTTPResponse:
        turns = self._ready_turns()
        if not (await turns.parse(SMOKE)).get("intent_ranking"):
            raise NotReady("the model does not recognise any intent")
        assert self._store is not None
        await self._store.touch()
        return http.json(self._standing(turns))

    async def _state(self, _: Request) -> HTTPResponse:
        """What /ready says, without trying it: gateways ask every second."""
        return http.json(self._standing(self._ready_turns()))

    async def _drain(self, _: Request) -> HTTPResponse:
        turns = self._ready_turns()
        self._door.draining = True
        logger.info("Draining: %d in hand.", self._door.in_flight)
        return http.json(self._standing(turns))

    async def _resume(self, _: Request) -> HTTPResponse:
        turns = self._ready_turns()
        self._door.draining = False
        return http.json(self._standing(turns))

    def _standing(self, turns: TurnHandler) -> dict[str, Any]:
        return {
            "ready": not self._door.draining,
            "model_sha": turns.model_sha,
            "draining": self._door.draining,
            "in_flight": self._door.in_flight,
        }

    def _ready_turns(self) -> TurnHandler:
        if self._turns is None:
            raise Starting("the bot is starting")
        return self._turns

    def _ready_memory(self) -> Memory:
        if self._memory is None:
            raise Starting("the bot is starting")
        return self._memory


def _body(request: Request) -> Any:
    try:
        return request.json
    except Exception:  # noqa: BLE001
        raise requests.Invalid("body", "is not JSON") from None


# Why a request comes to nothing: the status and the code that the gateway reads.
_REFUSALS: dict[type[Exception], tuple[int, str, str]] = {
    Draining: (503, "draining", "this process is about to stop: ask another"),
    Starting: (503, "starting", "the bot is starting"),
    Voided: (409, "voided", "the turn was voided"),
    StoreUnavailable: (503, "store_unavailable", "the tracker store did not answer"),
    Taken: (503, "store_unavailable", "the tracker store did not answer"),
    LockError: (503, "busy", "the turn before is still under way"),
}
_FORESEEN = (requests.Invalid, NotReady, *_REFUSALS)


def _foreseen(error: Exception) -> HTTPResponse:
    if isinstance(error, requests.Invalid):
        return _error(422, "invalid", error.problem, field=error.name)
    if isinstance(error, (StoreUnavailable, Taken)):
        logger.error("The tracker store failed: %s", error or type(error).__name__)
    for kind, answer in _REFUSALS.items():
        if isinstance(error, kind):
            return _error(*answer)
    return _error(503, "not_ready", str(error))


def _error(status: int, code: str, message: str, **more: str) -> HTTPResponse:
    return http.json({"error": {"code": code, "message": message, **more}}, status=status)
