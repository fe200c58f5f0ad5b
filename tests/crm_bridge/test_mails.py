"""Mails go out once, and are tried again when that is safe."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from crm_bridge.mails import repository
from crm_bridge.mails.models import Mail
from crm_bridge.mails.sender import LEASE_S
from crm_bridge.mails.transports import FileTransport, SmtpTransport, choose
from runtime.database import Database
from runtime.errors import Permanent, Temporary, UnknownOutcome
from runtime.settings import Settings
from tests.crm_bridge.smtp_server import Server
from tests.crm_bridge.world import GATEWAY, World, ref


async def test_the_demo_shows_its_mails_newest_first(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    async with World(database, tmp_path, transport=FileTransport(folder)).talking() as world:
        await world.customer_with_order()
        await world.challenge(ref())
        await world.deliver()
        world.clock.advance(60)
        await world.challenge(ref("c2"))
        await world.deliver()
        (folder / ".half.part").write_text("From: nobody")
        (folder / "broken.eml").write_bytes(b"\xff\xfe\x00")
        answer = await world.call("GET", "/v1/mails", token=GATEWAY)
        newest, oldest = answer.json()["mails"]
        assert newest["at"] > oldest["at"]
        assert newest["to"] == "giulia.ferraris@example.com"
        assert "Non darlo mai" in newest["text"]
        world.settings.demo = False
        assert (await world.call("GET", "/v1/mails", token=GATEWAY)).status_code == 404


async def states(world: World) -> list[tuple[str, str | None]]:
    return [(row.state, row.problem) for row in await world.rows(Mail)]


async def test_a_certain_failure_is_tried_again_later_until_it_works(world: World) -> None:
    await world.customer_with_order()
    world.outbox.failures = [Temporary("away", code="smtp_away"), Temporary("away")]
    await world.challenge(ref())
    assert await world.deliver() == 0
    assert await world.deliver() == 0
    assert (await states(world))[0][0] == "pending"
    world.clock.advance(10)
    assert await world.deliver() == 0
    world.clock.advance(10)
    assert await world.deliver() == 1
    assert await states(world) == [("sent", None)]


async def test_trying_again_stops_when_the_code_has_expired(world: World) -> None:
    await world.customer_with_order()
    world.outbox.failures = [Temporary("away", code="smtp_away")] * 50
    await world.challenge(ref())
    for _ in range(60):
        await world.deliver()
        world.clock.advance(15)
    assert await states(world) == [("failed", "smtp_away")]
    assert len(world.outbox.failures) > 40


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (UnknownOutcome("silence", code="smtp_silent"), ("unknown", "smtp_silent")),
        (Permanent("no", code="smtp_550"), ("failed", "smtp_550")),
        (RuntimeError("a bug"), ("unknown", "surprise")),
    ],
)
async def test_what_may_have_been_sent_or_never_can_be_is_not_tried_again(
    world: World, failure: Exception, state: tuple[str, str]
) -> None:
    await world.customer_with_order()
    world.outbox.failures = [failure]
    await world.challenge(ref())
    for _ in range(3):
        await world.deliver()
        world.clock.advance(60)
    assert await states(world) == [state]
    assert not world.outbox.sent


@pytest.mark.parametrize("address", ["not an address", "@", "a@b@c <", "rosà@example.com", ","])
async def test_an_address_that_cannot_be_one_fails_alone(
    database: Database, tmp_path: Path, smtp: Server, address: str
) -> None:
    transport = SmtpTransport(f"smtp://127.0.0.1:{smtp.port}")
    async with World(database, tmp_path, transport=transport).talking() as world:
        await one_bad_and_one_good_address(world, address)
    assert [envelope.rcpt_tos for envelope in smtp.received] == [["emma.ferraris@example.com"]]


async def one_bad_and_one_good_address(world: World, address: str) -> None:
    await world.customer_with_order("LA-20301", first_name="Anna", email=address)
    await world.customer_with_order("LA-20302", first_name="Emma")
    await world.challenge(ref("c1", "h1"), "LA-20301")
    await world.challenge(ref("c2", "h2"), "LA-20302")
    await world.deliver()
    assert sorted(await states(world)) == [("failed", "bad_address"), ("sent", None)]


async def test_a_mail_whose_sender_died_is_never_sent_again(world: World) -> None:
    await world.customer_with_order()
    await world.challenge(ref())
    now = world.clock.now()
    assert await world.run(lambda s: len(repository.lease_due(s, now, LEASE_S, 5))) == 1
    assert await world.deliver() == 0
    world.clock.advance(LEASE_S + 1)
    assert await world.deliver() == 0
    assert await states(world) == [("unknown", "sender_lost")]


async def test_two_senders_never_send_the_same_mail(world: World, tmp_path: Path) -> None:
    await world.customer_with_order()
    other = World(world.database, tmp_path)
    for n in range(5):
        await world.challenge(ref(f"c{n}", f"h{n}"))
    await asyncio.gather(world.deliver(), other.deliver(), world.deliver(), other.deliver())
    sent = [str(m["Message-ID"]) for m in world.outbox.sent + other.outbox.sent]
    assert len(sent) == len(set(sent)) == 5


async def test_a_code_that_was_used_or_withheld_needs_no_mail(world: World) -> None:
    await world.customer_with_order()
    used = await world.challenge(ref())
    codes = world.app.state.bridge.codes
    assert (await world.answer(ref(), used, codes.of(used, "c1", "person")))["verified"]
    await world.challenge(ref("c2"), "LA-99999")
    assert await world.deliver() == 0
    assert sorted(await states(world)) == [("failed", "expired"), ("withheld", None)]


async def test_without_a_mail_server_challenges_are_recorded_as_undeliverable(
    database: Database, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, demo=False, signing_key=SecretStr("k" * 20))
    assert choose(settings) is None
    async with World(database, tmp_path).talking() as world:
        world.app.state.mail_sender._transport = None
        await world.customer_with_order()
        await world.challenge(ref())
        await world.deliver()
        assert await states(world) == [("undeliverable", "no_mail_configured")]


async def test_the_running_service_sends_by_itself_and_stops_cleanly(world: World) -> None:
    await world.customer_with_order()
    async with world.app.router.lifespan_context(world.app):
        await world.challenge(ref())
        assert await asyncio.to_thread(world.outbox.arrived.wait, 10)
    assert await states(world) == [("sent", None)]
    assert len(world.outbox.sent) == 1
