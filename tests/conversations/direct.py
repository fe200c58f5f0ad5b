"""Dialogues straight through the bot: its own server and actions as processes, a small bridge.

Runs in the bot's environment, without gateway, policy or database server:
`python -m tests.conversations.direct` plays them all, `… TEXT` those whose name contains TEXT.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from tests.actions.fake_bridge import TOKEN, FakeBridge
from tests.actions.fake_orders import demo_orders
from tests.conversations.dialogue import Button, Dialogue, Reply, dialogues, play

ROOT = Path(__file__).parents[2]
CARE_TOKEN = "care-token-for-tests"
START_SECONDS = 120


def free_port() -> int:
    """A port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class DirectCustomer:
    """A customer whose messages go to the care channel."""

    def __init__(self, system: DirectSystem, context: dict[str, Any], language: str) -> None:
        self._system = system
        self._context = context
        self._conversation = str(context["handle"])
        self._language = language
        self._numbers = count(1)

    async def say(self, text: str, attachments: int = 0) -> Reply:
        """Write a text; files are told by their number, as the gateway does."""
        return await self._turn({"text": text or None, "payload": None, "attachments": attachments})

    async def tap(self, button: Button) -> Reply:
        """Tap a button: its title goes with it, as the gateway sends it."""
        return await self._turn({"text": button.title, "payload": button.payload})

    async def code(self) -> str:
        """The newest code in the small bridge's mail."""
        return self._system.fake.code

    async def proof_over(self) -> None:
        """The small bridge forgets the grant."""
        self._system.fake.grants.pop(self._conversation, None)

    async def promised(self, promise: str) -> None:
        """What a person promised reaches the bot as a slot."""
        number = next(self._numbers)
        slots = {"id": f"e{number}", "type": "slots", "slots": {"agent_promise": promise}}
        body = {"conversation": self._conversation, "events": [slots]}
        await self._system.post("events", body)

    async def _turn(self, message: dict[str, Any]) -> Reply:
        number = next(self._numbers)
        body = {
            "turn_id": f"{self._conversation}-t{number}",
            "conversation": self._conversation,
            "messages": [{"id": f"m{number}", "language": self._language, **message}],
            "context": {**self._context, "new_conversation": number == 1},
        }
        answer = await self._system.post("turn", body)
        replies = answer["replies"]
        return Reply(
            text="\n\n".join(reply["text"] for reply in replies),
            buttons=[Button(**b) for reply in replies for b in reply["buttons"]],
            intents=[parsed["intent"] for parsed in answer["nlu"]],
            signals=[signal["name"] for signal in answer["signals"]],
            handoff=(answer["handoff"] or {}).get("reason"),
            collected=(answer["handoff"] or {}).get("collected"),
            form=answer["active_form"],
            sees_form=True,
        )


class DirectSystem:
    """The bot's two processes and a bridge inside this one; use as a context manager."""

    def __init__(self) -> None:
        self.fake = FakeBridge()
        self._home = tempfile.TemporaryDirectory()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._conversations = count(1)
        self._rasa = f"http://127.0.0.1:{free_port()}"
        self._actions = f"http://127.0.0.1:{free_port()}"

    def __enter__(self) -> DirectSystem:
        self.fake.start()
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ASCOLTO_HOME": self._home.name,
            "ASCOLTO_CARE_TOKEN": CARE_TOKEN,
            "ASCOLTO_DATABASE_URL": "",
            "ASCOLTO_REDIS_URL": "",
            "ASCOLTO_RASA_PORT": self._rasa.rsplit(":", 1)[1],
            "ASCOLTO_ACTIONS_PORT": self._actions.rsplit(":", 1)[1],
            "ASCOLTO_ACTIONS_URL": f"{self._actions}/webhook",
            "ASCOLTO_BRIDGE_URL": self.fake.url,
            "ASCOLTO_BRIDGE_TOKEN_ACTIONS": TOKEN,
        }
        for module in ("actions.serve", "bot.serve"):
            log = Path(self._home.name, f"{module}.log").open("wb")
            with log:
                self._processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", module],
                        cwd=ROOT,
                        env=environment,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                    )
                )
        try:
            asyncio.run(self._wait())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(60)
        self.fake.stop()
        self._home.cleanup()

    async def customer(
        self, language: str, memory: dict[str, Any] | None, *, public: bool
    ) -> DirectCustomer:
        """A new customer in a new conversation."""
        # What one customer sends back, the next still has.
        self.fake.people = demo_orders()
        conversation = f"c-{next(self._conversations)}-{time.time_ns()}"
        known = {"level": "unknown", "first_name": None, "open_case": None, **(memory or {})}
        context = {"handle": conversation, "public": public, "memory": known}
        return DirectCustomer(self, context, language)

    async def bridge(self, *, up: bool) -> None:
        """Stop or start the bridge."""
        if up != self.fake.running:
            (self.fake.start if up else self.fake.stop)()

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call the care channel."""
        headers = {"Authorization": f"Bearer {CARE_TOKEN}"}
        url = f"{self._rasa}/webhooks/care/{path}"
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(url, json=body) as answer,
        ):
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def _wait(self) -> None:
        headers = {"Authorization": f"Bearer {CARE_TOKEN}"}
        deadline = time.monotonic() + START_SECONDS
        async with aiohttp.ClientSession(headers=headers) as session:
            for url in (f"{self._actions}/health", f"{self._rasa}/webhooks/care/ready"):
                while True:
                    try:
                        async with session.get(url) as answer:
                            if answer.status == 200:
                                break
                    except aiohttp.ClientError:
                        pass
                    gone = [p.args for p in self._processes if p.poll() is not None]
                    assert not gone, f"ended: {gone}\n{self._logs()}"
                    assert time.monotonic() < deadline, self._logs()
                    await asyncio.sleep(0.1)

    def _logs(self) -> str:
        logs = sorted(Path(self._home.name).glob("*.log"))
        return "\n".join(f"{log.name}:\n{log.read_text()[-2000:]}" for log in logs)


async def _play_all(chosen: list[Dialogue], system: DirectSystem) -> int:
    failed = 0
    for dialogue in chosen:
        try:
            await play(dialogue, system)
            print(f"ok    {dialogue.name}")
        except AssertionError as error:
            failed += 1
            print(f"FAILS {dialogue.name}\n      {error}")
    return failed


def main() -> int:
    """Play the dialogues named on the command line; returns the exit status."""
    wanted = " ".join(sys.argv[1:])
    chosen = [dialogue for dialogue in dialogues() if wanted in dialogue.name]
    with DirectSystem() as system:
        failed = asyncio.run(_play_all(chosen, system))
    print(f"{len(chosen) - failed} of {len(chosen)} dialogues pass")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
