"""The template folder, copied as the guide says, is a channel that keeps the contract."""

from __future__ import annotations

import hashlib
import hmac
import importlib
import json
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

import integrations.channels
from integrations.channels.contract import (
    Button,
    IncomingRequest,
    Kind,
    OutboundMessage,
    Runs,
)
from ops.processes import ROOT
from runtime.errors import Invalid, Permanent, Temporary, TooMany, Unauthenticated, UnknownOutcome

TEMPLATE = ROOT / "docs" / "channels" / "template"
SECRET = "a-secret-of-the-platform"


@pytest.fixture(scope="module", autouse=True)
def _copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """`cp -r docs/channels/template integrations/channels/example`, but to another place."""
    place = tmp_path_factory.mktemp("channels")
    shutil.copytree(TEMPLATE, place / "example")
    integrations.channels.__path__.append(str(place))
    importlib.invalidate_caches()
    yield
    integrations.channels.__path__.remove(str(place))
    for name in [name for name in sys.modules if name.startswith("integrations.channels.example")]:
        del sys.modules[name]


def module(name: str) -> Any:
    return importlib.import_module(f"integrations.channels.example.{name}")


def channel(api_url: str = "http://127.0.0.1:9") -> Any:
    [made] = module("factory").example_channels("shop", api_url, "a-token", SECRET).values()
    return made


def fixture(name: str) -> Any:
    return json.loads((TEMPLATE / "fixtures" / f"{name}.json").read_text())


def test_each_fixture_is_this_envelope() -> None:
    [message] = channel().parse(fixture("message"), account="shop", now=1.0)
    assert (message.kind, message.text) == (Kind.MESSAGE, "Buongiorno, avete il merino verde?")
    assert (message.address, message.sender.name) == ("c-77", "Rosa")
    assert [(file.kind, file.file_id) for file in message.attachments] == [("image", "f-1")]
    [edit] = channel().parse(fixture("message_edited"), account="shop", now=1.0)
    assert edit.kind is Kind.EDIT
    assert edit.external_id == message.external_id
    assert edit.dedup_key != message.dedup_key
    # What nobody knows is no envelope and no error.
    [tap] = channel().parse(fixture("button"), account="shop", now=1.0)
    assert (tap.kind, tap.button, tap.payload) == (Kind.POSTBACK, "signed-by-the-core", None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(st.sampled_from(["message", "message_edited", "button"]), st.data())
def test_mutations_raise_nothing_but_invalid(name: str, data: st.DataObject) -> None:
    payload = fixture(name)
    event = payload["events"][0]
    field_name = data.draw(st.sampled_from([*sorted(event), "events"]))
    target = payload if field_name == "events" else event
    target[field_name] = data.draw(json_values)
    try:
        channel().parse(payload, account="shop", now=1.0)
    except Invalid:
        return


def test_only_what_the_platform_signed_is_taken() -> None:
    body = b'{"events": []}'
    good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    signed = IncomingRequest({"x-example-signature": good}, body)
    assert channel().verify(signed) == "shop"
    for headers, sent in (({}, body), ({"x-example-signature": good}, body + b" ")):
        with pytest.raises(Unauthenticated):
            channel().verify(IncomingRequest(headers, sent))


@dataclass
class Platform:
    """The platform's side of `POST /messages`: answers as it is told."""

    status: int = 200
    answer: Any = field(default_factory=lambda: {"id": "m-42"})
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Any] = field(default_factory=list)
    drops: bool = False

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        if self.drops:
            assert request.transport is not None
            request.transport.close()
        return web.json_response(self.answer, status=self.status, headers=self.headers)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/messages", self.take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


MESSAGE = OutboundMessage("o-1", "shop", "c-77", "Eccolo!", buttons=(Button("Sì", "signed"),))


async def sent(platform: Platform) -> Any:
    async with platform.serving() as url:
        made = channel(url)
        assert isinstance(made, Runs)
        async with made.running():
            return await made.send(MESSAGE)


async def test_a_message_is_sent_once_with_its_buttons() -> None:
    platform = Platform()
    assert (await sent(platform)).external_id == "m-42"
    assert platform.got == [
        {"to": "c-77", "text": "Eccolo!", "buttons": [{"title": "Sì", "payload": "signed"}]}
    ]


@pytest.mark.parametrize(
    ("platform", "error", "code"),
    [
        (Platform(429, {}, {"Retry-After": "7"}), TooMany, "too_many"),
        (Platform(403, {"error": "blocked"}), Permanent, "blocked"),
        (Platform(400, {"error": "too long"}), Permanent, "refused"),
        (Platform(502, {}), UnknownOutcome, "unknown_outcome"),
        (Platform(drops=True), UnknownOutcome, "unknown_outcome"),
    ],
    ids=["too fast", "blocked", "refused", "broken", "dropped"],
)
async def test_each_failure_says_what_is_certain(
    platform: Platform, error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as raised:
        await sent(platform)
    assert raised.value.code == code
    assert len(platform.got) == 1


async def test_a_platform_that_isnt_there_got_nothing() -> None:
    made = channel("http://127.0.0.1:9")
    async with made.running():
        with pytest.raises(Temporary):
            await made.send(MESSAGE)


def test_the_readme_says_what_the_code_can() -> None:
    readme = (TEMPLATE / "README.md").read_text().replace(",", "")
    can = module("adapter").CAPABILITIES
    assert f"| Longest text | {can.max_text} characters" in readme
    assert f"up to {can.max_buttons} titles up to {can.max_button_title} characters" in readme
    assert f"payloads up to {can.max_payload_bytes} bytes" in readme
    assert f"{can.per_address_s:.0f} s an address {can.overall_per_s:.0f} a second" in readme


def test_wrong_settings_are_named_and_never_shown() -> None:
    with pytest.raises(ValueError, match="EXAMPLE_SECRET") as raised:
        module("factory").example_channels("shop", "https://api.example", "a-token", "short")
    assert "short" not in str(raised.value)
    assert module("factory").example_channels("shop", "https://api.example", "", "") == {}
    shown = repr(module("config").ExampleConfig("shop", "https://api.example", "a-token", SECRET))
    assert SECRET not in shown
    assert "a-token" not in shown
