"""Sends requests at a fixed rate whatever the answers take: `python -m bench.open_loop FILE`.

A process of its own, so that nothing else delays it. FILE (JSON): {"url", "per_second",
"requests": [{"path", "headers", "body"}, …]}, each body as the text that is sent. Prints
{"sent": [place], "from_schedule": [ms], "from_sending": [ms], "refused": {reason: n}}: of each
request that was answered its place among all, and the time to its acknowledgement, from when it was
due and from when it was sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.wire import Http, Unexpected
from ops.processes import ROOT

CONNECTIONS = 24
LEAD_S = 0.5


@dataclass(frozen=True)
class Request:
    """One POST: its path, its headers and its body, as it goes over the line."""

    path: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Sent:
    """What a run took, in ms; the lists go together, `places` are those of the requests."""

    places: list[int]
    from_schedule: list[float]
    from_sending: list[float]


async def run(url: str, per_second: int, requests: Sequence[Request], file: Path) -> Sent:
    """Send all of it from another process. Raises Unexpected when a request was refused."""
    plan = {"url": url, "per_second": per_second, "requests": [vars(one) for one in requests]}
    await asyncio.to_thread(file.write_text, json.dumps(plan), "utf-8")
    sender = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.open_loop", str(file), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await sender.communicate()
    if sender.returncode != 0:
        raise Unexpected("the sender failed")
    result = json.loads(output)
    if result["refused"]:
        raise Unexpected(f"of {len(requests)} requests were refused: {result['refused']}")
    return Sent(result["sent"], result["from_schedule"], result["from_sending"])


async def send(plan: dict[str, Any]) -> dict[str, Any]:
    """Send everything on time; returns what is printed."""
    free: asyncio.Queue[Http] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connection = Http(plan["url"])
        with contextlib.suppress(Unexpected):
            await connection.request("GET", "/healthz")
        free.put_nowait(connection)
    requests = [Request(**one) for one in plan["requests"]]
    bodies = [request.body.encode() for request in requests]
    refused: Counter[str] = Counter()
    result: dict[str, Any] = {"sent": [], "from_schedule": [], "from_sending": []}
    begun = time.perf_counter() + LEAD_S

    async def one(place: int, due: float) -> None:
        # Nobody waits for a connection: that would spare the server when it is slow.
        connection = Http(plan["url"]) if free.empty() else free.get_nowait()
        request = requests[place]
        sent = time.perf_counter()
        try:
            answer = await connection.request(
                "POST", request.path, bodies[place], **request.headers
            )
        except Unexpected as error:
            refused[str(error)] += 1
            return
        if answer.status not in (200, 202):
            refused[f"{request.path}: {answer.status}"] += 1
        result["sent"].append(place)
        result["from_schedule"].append((answer.at - due) * 1000)
        result["from_sending"].append((answer.at - sent) * 1000)
        free.put_nowait(connection)

    async with asyncio.TaskGroup() as tasks:
        for place in range(len(requests)):
            due = begun + place / plan["per_second"]
            if (left := due - time.perf_counter()) > 0:
                await asyncio.sleep(left)
            tasks.create_task(one(place, due))
    return {**result, "refused": refused}


def main() -> int:
    """Command line; returns the exit status."""
    plan = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    gc.disable()
    # A slow server leaves many connections open at the same time.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(json.dumps(asyncio.run(send(plan))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
