"""Running the simulator: in a thread for tests, by hand for people."""

from __future__ import annotations

import asyncio
import socket
import threading
from types import TracebackType
from typing import Any, Self

import uvicorn

from tests.simulators.telegram.app import BotApi, WithTransport
from tests.simulators.telegram.customers import Group, Person
from tests.simulators.telegram.faults import Fault, Kind
from tests.simulators.telegram.polls import Polls
from tests.simulators.telegram.state import Call, Json, State
from tests.simulators.telegram.updates import Updates

TOKEN = "7000000001:AAsimulated-token-of-nobody-1234567"
START_S = 60.0


class TelegramSimulator:
    """A Bot API server on a free loopback port, from `with` to its end.

    with TelegramSimulator() as telegram:
        bot = Bot(TOKEN, base_url=telegram.base_url, base_file_url=telegram.base_file_url)
        anna = telegram.person("Anna")
        anna.text("Ciao")
    """

    def __init__(self, token: str = TOKEN, port: int = 0, host: str = "127.0.0.1") -> None:
        self.token = token
        self._host = host
        self._port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self.state = State(token, self._changed)
        self._api: BotApi | None = None

    # -- what tests use ------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The root: what ASCOLTO_TELEGRAM_API_URL is set to."""
        return f"http://{self._host}:{self._port}"

    @property
    def base_url(self) -> str:
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    @property
    def updates(self) -> Updates:
        return self.state.updates

    @property
    def polls(self) -> Polls:
        """Who asks for updates, and how often two did so at once."""
        return self.state.polls

    @property
    def polled(self) -> threading.Event:
        """Set once somebody has asked for updates."""
        return self.state.polled

    @property
    def calls(self) -> list[Call]:
        """Every call of the bot but the polls, oldest first."""
        with self.state.lock:
            return list(self.state.calls)

    def person(self, name: str, language: str = "it") -> Person:
        assert self._api is not None
        return self._api.control.person(name, language)

    def newcomer(self, name: str, language: str = "it") -> Person:
        """Like `person`, but never who had the name before: for tests that are run again."""
        assert self._api is not None
        return self._api.control.newcomer(name, language)

    def group(self, title: str) -> Group:
        assert self._api is not None
        return self._api.control.group(title)

    def sent(self, chat_id: int) -> list[Json]:
        """What the bot sent to a chat, oldest first."""
        with self.state.lock:
            return list(self.state.sent[chat_id])

    def fail(
        self,
        kind: Kind,
        method: str | None = None,
        *,
        chat_id: int | None = None,
        seconds: float = 0.0,
        times: int = 1,
    ) -> None:
        """Let the next calls fail; see faults.Kind."""
        self.state.faults.add(Fault(kind, method, chat_id, seconds, times))

    def enforce_rates(self) -> None:
        """From now on refuse what is faster than Telegram's published pace."""
        self.state.rates_enforced = True

    # -- running -------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="telegram-simulator", daemon=True)
        self._thread.start()
        if not self._ready.wait(START_S):
            raise RuntimeError("the Telegram simulator doesn't start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._server is not None:
            self._loop.call_soon_threadsafe(self._stop)
        if self._thread is not None:
            self._thread.join(START_S)

    def serve(self) -> None:
        """Run in this thread until interrupted."""
        self._run()

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        listening = socket.create_server((self._host, self._port))
        # asyncio does so for sockets it made itself. An answer is written in two parts, and the
        # second would wait 40 ms for the first to be confirmed.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = listening.getsockname()[1]
        self._loop = asyncio.get_running_loop()
        self._api = BotApi(self.state)
        config = uvicorn.Config(
            WithTransport(self._api.application()),
            http="h11",
            proxy_headers=False,
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        self._server = _Quiet(config, self._ready)
        await self._server.serve(sockets=[listening])

    def _stop(self) -> None:
        assert self._api is not None
        assert self._server is not None
        self._api.stopping.set()
        self._server.should_exit = True
        self._tell()

    def _changed(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if self._api is not None:
            task = asyncio.ensure_future(self._api.tell())
            _running.add(task)
            task.add_done_callback(_running.discard)


_running: set[asyncio.Task[Any]] = set()


class _Quiet(uvicorn.Server):
    """Says when it listens, and leaves signals to the process it runs in."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready.set()
