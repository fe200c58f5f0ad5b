"""Who tries to get in without being let in."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from crm_bridge.mails.models import Mail
from crm_bridge.people.models import Identity
from crm_bridge.verification.limits import Window
from crm_bridge.verification.models import Challenge, Grant
from tests.crm_bridge.world import World, ref

HOUR = 3600.0
DAY = 24 * HOUR


async def ask(world: World, who: int, **options: Any) -> str:
    """A challenge from a conversation and a handle of its own."""
    return await world.challenge(ref(f"c{who}", f"h{who}"), **options)


async def states(world: World) -> list[str]:
    rows = sorted(await world.rows(Challenge), key=lambda row: row.created_at)
    return [row.state for row in rows]


async def test_wrong_codes_for_an_order_count_over_all_conversations_and_handles(
    world: World,
) -> None:
    await world.customer_with_order()
    left = []
    for attacker in range(3):
        challenge = await ask(world, attacker)
        for _ in range(5):
            verdict = await world.answer(ref(f"c{attacker}", f"h{attacker}"), challenge, "000000")
            left.append(verdict["attempts_left"])
    assert left == [4, 3, 2, 1, 0, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0]

    honest = await ask(world, 99)
    await world.deliver()
    assert (await states(world))[-1] == "withheld"
    assert len(world.outbox.sent) == 2
    world.clock.advance(DAY + 1)
    honest = await ask(world, 99)
    await world.deliver()
    assert (await world.answer(ref("c99", "h99"), honest, world.outbox.code()))["verified"]


async def test_wrong_codes_of_a_handle_count_over_all_orders_and_conversations(
    world: World,
) -> None:
    numbers = [f"LA-2030{n}" for n in range(3)]
    for n, number in enumerate(numbers):
        await world.customer_with_order(number, first_name=f"Anna{n}")
    for n, number in enumerate(numbers[:2]):
        conversation = ref(f"c{n}")
        challenge = await world.challenge(conversation, number)
        for _ in range(5):
            await world.answer(conversation, challenge, "000000")
    await world.challenge(ref("c9"), numbers[2])
    assert (await states(world))[-1] == "withheld"


async def test_a_limit_reached_while_a_code_is_out_makes_it_worthless(world: World) -> None:
    await world.customer_with_order()
    victim = await ask(world, 1)
    await world.deliver()
    code = world.outbox.code()
    for attacker in (2, 3):
        challenge = await ask(world, attacker)
        for _ in range(5):
            await world.answer(ref(f"c{attacker}", f"h{attacker}"), challenge, "000000")
    verdict = await world.answer(ref("c1", "h1"), victim, code)
    assert verdict == {"verified": False, "attempts_left": 0, "level": "unknown"}


async def test_codes_for_one_order_are_sent_five_times_an_hour_whoever_asks(world: World) -> None:
    await world.customer_with_order()
    for attacker in range(8):
        await ask(world, attacker)
    assert await world.deliver() == 5
    world.clock.advance(HOUR)
    await ask(world, 9)
    assert await world.deliver() == 6


async def test_codes_to_one_address_are_limited_over_all_its_orders(world: World) -> None:
    person = await world.person()
    for n in range(7):
        await world.order(f"LA-2030{n}", person)
        await ask(world, n, number=f"LA-2030{n}")
    assert await world.deliver() == 5


async def test_one_handle_is_limited_over_all_orders_real_or_not(world: World) -> None:
    await world.customer_with_order()
    for n in range(5):
        await world.challenge(ref(f"c{n}"), f"LA-9999{n}")
    await world.challenge(ref("c9"))
    assert await world.deliver() == 0
    assert (await states(world))[-1] == "withheld"


async def test_asking_for_orders_that_do_not_exist_uses_up_nobody_elses_codes(
    world: World,
) -> None:
    await world.customer_with_order()
    bridge = world.app.state.bridge
    bridge.limits = replace(bridge.limits, sent_overall=(Window(2, HOUR),))
    for n in range(10):
        await ask(world, n, number=f"LA-9000{n}")
    await ask(world, 20)
    await ask(world, 21)
    await ask(world, 22)
    assert await world.deliver() == 2


async def test_a_right_code_works_once(world: World) -> None:
    await world.customer_with_order()
    challenge = await world.challenge(ref())
    await world.deliver()
    code = world.outbox.code()
    assert (await world.answer(ref(), challenge, code))["verified"]
    replay = await world.answer(ref(), challenge, code)
    assert replay == {"verified": False, "attempts_left": 0, "level": "verified"}
    assert len(await world.rows(Grant)) == 1


@pytest.mark.parametrize(
    "thief",
    [ref("c2", "handle-1"), ref("c1", "thief"), ref("c2", "thief"), ref("c1", "handle-1", "web")],
)
async def test_a_code_is_worth_nothing_to_another_conversation_or_handle(
    world: World, thief: dict[str, str]
) -> None:
    await world.customer_with_order()
    await world.say(thief)
    challenge = await world.challenge(ref())
    await world.deliver()
    verdict = await world.answer(thief, challenge, world.outbox.code())
    assert verdict == {"verified": False, "attempts_left": 0, "level": "unknown"}
    assert (await world.answer(ref(), challenge, world.outbox.code()))["verified"]


async def test_the_code_of_one_challenge_does_not_open_another(world: World) -> None:
    await world.customer_with_order()
    await world.challenge(ref())
    second = await world.challenge(ref())
    await world.deliver()
    codes = {world.outbox.code(0), world.outbox.code(1)}
    verdicts = [await world.answer(ref(), second, code) for code in codes]
    assert sum(verdict["verified"] for verdict in verdicts) == 1


async def test_codes_that_were_never_sent_are_never_right(world: World) -> None:
    """Even the code that a withheld or decoy challenge would have had."""
    await world.customer_with_order()
    codes = world.app.state.bridge.codes
    decoy = await world.challenge(ref(), "LA-99999")
    assert not (await world.answer(ref(), decoy, codes.of(decoy, "c1", "person")))["verified"]
    for n in range(6):
        withheld = await ask(world, n)
    assert (await states(world)).count("withheld") == 1
    verdict = await world.answer(ref("c5", "h5"), withheld, codes.of(withheld, "c5", "person"))
    assert not verdict["verified"]
    assert not await world.rows(Grant)


async def test_concurrent_right_answers_give_exactly_one_grant(world: World) -> None:
    await world.customer_with_order()
    challenge = await world.challenge(ref())
    await world.deliver()
    code = world.outbox.code()
    verdicts = await asyncio.gather(*(world.answer(ref(), challenge, code) for _ in range(10)))
    assert sum(verdict["verified"] for verdict in verdicts) == 1
    assert len(await world.rows(Grant)) == 1


async def test_concurrent_wrong_answers_are_all_counted(world: World) -> None:
    await world.customer_with_order()
    challenge = await world.challenge(ref())
    verdicts = await asyncio.gather(*(world.answer(ref(), challenge, "000000") for _ in range(12)))
    assert sorted(v["attempts_left"] for v in verdicts) == [0] * 8 + [1, 2, 3, 4]
    assert [row.wrong for row in await world.rows(Challenge)] == [5]


async def test_concurrent_guesses_in_many_conversations_stay_within_the_orders_limit(
    world: World,
) -> None:
    await world.customer_with_order()
    challenges = [await ask(world, n) for n in range(4)]
    await asyncio.gather(
        *(
            world.answer(ref(f"c{n}", f"h{n}"), challenge, "000000")
            for n, challenge in enumerate(challenges)
            for _ in range(5)
        )
    )
    assert sum(row.wrong for row in await world.rows(Challenge)) == 10


async def test_concurrent_requests_for_codes_stay_within_the_limit(world: World) -> None:
    await world.customer_with_order()
    await asyncio.gather(*(ask(world, n) for n in range(12)))
    assert await world.deliver() == 5
    assert len(await world.rows(Mail)) == 12


async def test_a_repeated_request_sends_one_code(world: World) -> None:
    await world.customer_with_order()
    ids = await asyncio.gather(*(world.challenge(ref(), key="t1:send_code:1") for _ in range(6)))
    assert len(set(ids)) == 1
    assert await world.deliver() == 1


@pytest.mark.parametrize(
    "code",
    [
        "' OR 1=1 --",
        "000000; DROP TABLE grants",
        "１２３４５６",
        "½½½½½½",
        "🧶" * 6,
        "-1",
        "1e6",
        " ",
    ],
)
async def test_strange_codes_are_wrong_codes(world: World, code: str) -> None:
    await world.customer_with_order()
    challenge = await world.challenge(ref())
    verdict = await world.answer(ref(), challenge, code)
    assert verdict == {"verified": False, "attempts_left": 4, "level": "unknown"}


async def test_answering_creates_no_contact(world: World) -> None:
    verdict = await world.answer(ref(), "v_nothing", "123456")
    assert verdict == {"verified": False, "attempts_left": 0, "level": "unknown"}
    assert not await world.rows(Identity)
