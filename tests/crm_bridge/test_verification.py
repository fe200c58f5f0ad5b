"""One-time codes and what they earn."""

from __future__ import annotations

from crm_bridge import housekeeping
from crm_bridge.mails.models import Mail
from crm_bridge.people.models import Person
from crm_bridge.verification.models import Allowance, Challenge, Grant
from crm_bridge.verification.routes import router
from tests.crm_bridge.statements import Statements
from tests.crm_bridge.world import GATEWAY, World, ref

MINUTE = 60.0
HOUR = 3600.0


async def orders(world: World, conversation: str = "c1") -> int:
    answer = await world.call("GET", "/v1/orders", params={"conversation": conversation})
    return int(answer.status_code)


async def test_the_right_code_verifies_and_opens_the_persons_orders(world: World) -> None:
    await world.customer_with_order()
    challenge = await world.challenge(ref())
    await world.deliver()
    assert world.outbox.sent[0]["To"] == "giulia.ferraris@example.com"

    verdict = await world.answer(ref(), challenge, world.outbox.code())
    assert verdict == {"verified": True, "attempts_left": 5, "level": "verified"}
    answer = await world.call("GET", "/v1/orders/LA-20398", params={"conversation": "c1"})
    assert answer.json()["number"] == "LA-20398"


async def test_codes_are_read_as_people_write_them(world: World) -> None:
    await world.customer_with_order()
    for number, change in enumerate(
        (
            lambda code: code.replace(" ", ""),
            lambda code: code.replace(" ", "-"),
            lambda code: f"  {code} ",
            lambda code: code.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)}),
        )
    ):
        conversation = ref(f"c{number}", f"handle-{number}")
        challenge = await world.challenge(conversation)
        await world.deliver()
        verdict = await world.answer(conversation, challenge, change(world.outbox.code()))
        assert verdict["verified"]


async def test_order_numbers_are_read_as_people_write_them(world: World) -> None:
    await world.customer_with_order()
    for number, written in enumerate(("la20398", "LA 20398", "#20398", " la-20398 ")):
        await world.challenge(ref(handle=f"handle-{number}"), written)
    assert await world.deliver() == 4


async def test_no_code_is_stored_anywhere(world: World) -> None:
    await world.customer_with_order()
    await world.challenge(ref())
    await world.deliver()
    digits = world.outbox.code().replace(" ", "")
    for table in (Challenge, Mail, Allowance):
        for row in await world.rows(table):
            kept = {
                name: value for name, value in vars(row).items() if name != "_sa_instance_state"
            }
            assert digits not in str(kept)
            assert world.outbox.code() not in str(kept)


async def test_an_unknown_order_gets_the_same_answer_and_no_mail(world: World) -> None:
    await world.customer_with_order()
    answers = []
    for number, handle in (("LA-20398", "h1"), ("LA-99999", "h2"), ("whatever it is", "h3")):
        answers.append(
            await world.call(
                "POST",
                "/v1/verification/challenges",
                {"conversation": ref(handle=handle), "order_number": number, "language": "it"},
            )
        )
    assert {answer.status_code for answer in answers} == {202}
    assert {tuple(answer.json()) for answer in answers} == {("challenge_id", "expires_in_s")}
    assert len({len(answer.content) for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1
    assert await world.deliver() == 1


async def test_known_and_unknown_orders_execute_the_same_statements(world: World) -> None:
    await world.customer_with_order()
    await world.order("LA-20399", await world.person("Anna", email=None))
    await world.challenge(ref("warm", "warm"), "LA-20398")
    seen = []
    for number in ("LA-20398", "LA-99999", "LA-20399"):
        with Statements() as statements:
            await world.challenge(ref(f"c-{number}", f"h-{number}"), number)
        seen.append(statements.texts)
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) > 8


async def test_wrong_answers_to_real_and_decoy_challenges_look_the_same(world: World) -> None:
    await world.customer_with_order()
    seen = []
    for number in ("LA-20398", "LA-99999"):
        conversation = ref(f"c-{number}", f"h-{number}")
        challenge = await world.challenge(conversation, number)
        with Statements() as statements:
            verdicts = [await world.answer(conversation, challenge, "000000") for _ in range(7)]
        seen.append((verdicts, statements.texts))
    assert seen[0] == seen[1]
    assert [v["attempts_left"] for v in seen[0][0]] == [4, 3, 2, 1, 0, 0, 0]


async def test_the_right_code_after_too_many_wrong_ones_is_wrong(world: World) -> None:
    await world.customer_with_order()
    challenge = await world.challenge(ref())
    await world.deliver()
    for _ in range(5):
        await world.answer(ref(), challenge, "000000")
    verdict = await world.answer(ref(), challenge, world.outbox.code())
    assert verdict == {"verified": False, "attempts_left": 0, "level": "unknown"}


async def test_a_code_expires_after_ten_minutes(world: World) -> None:
    await world.customer_with_order()
    for wait, verified in ((10 * MINUTE - 1, True), (10 * MINUTE, False)):
        conversation = ref(f"c{wait}", f"h{wait}")
        challenge = await world.challenge(conversation)
        await world.deliver()
        world.clock.advance(wait)
        verdict = await world.answer(conversation, challenge, world.outbox.code())
        assert verdict["verified"] is verified


async def test_a_grant_slides_while_it_is_used_and_ends_when_it_is_not(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    for _ in range(4):
        world.clock.advance(29 * MINUTE)
        assert await orders(world) == 200
    world.clock.advance(30 * MINUTE)
    assert await orders(world) == 403
    assert await world.level(ref()) == "recognised"


async def test_a_grant_ends_after_twelve_hours_however_much_it_is_used(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    for _ in range(35):
        world.clock.advance(20 * MINUTE)
        assert await orders(world) == 200
    world.clock.advance(20 * MINUTE)
    assert await orders(world) == 403


async def test_the_bots_brief_counts_as_use_and_the_agents_does_not(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    world.clock.advance(20 * MINUTE)
    assert await world.level(ref()) == "verified"
    world.clock.advance(20 * MINUTE)
    agent = await world.call("POST", "/v1/brief/agent", ref(), token=GATEWAY)
    assert agent.json()["level"] == "verified"
    world.clock.advance(11 * MINUTE)
    assert await orders(world) == 403


async def test_reading_twice_within_a_minute_writes_nothing(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    world.clock.advance(30)
    with Statements() as statements:
        assert await orders(world) == 200
    assert not [text for text in statements.texts if text.startswith(("UPDATE", "INSERT"))]


async def test_a_grant_is_for_one_conversation_and_one_handle(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    assert await orders(world, "c2") == 403
    assert await world.level(ref("c2")) == "recognised"
    assert await world.level(ref("c1", "somebody-else")) == "unknown"


async def test_a_grant_ends_when_somebody_else_speaks_in_its_conversation(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    await world.say(ref())
    assert await orders(world) == 200
    await world.say(ref("c1", "somebody-else"))
    assert await orders(world) == 403


async def test_a_new_proof_in_a_conversation_replaces_the_old_grant(world: World) -> None:
    await world.customer_with_order("LA-20398")
    await world.customer_with_order("LA-20391", first_name="Emma")
    await world.verify(ref(), "LA-20398")
    await world.verify(ref(), "LA-20391")
    old = await world.call("GET", "/v1/orders/LA-20398", params={"conversation": "c1"})
    new = await world.call("GET", "/v1/orders/LA-20391", params={"conversation": "c1"})
    assert (old.status_code, new.status_code) == (403, 200)
    live = [grant for grant in await world.rows(Grant) if grant.revoked_at is None]
    assert len(live) == 1


async def test_somebody_elses_order_and_none_at_all_are_refused_alike(world: World) -> None:
    await world.customer_with_order("LA-20398")
    await world.customer_with_order("LA-20391", first_name="Emma")
    await world.verify(ref(), "LA-20398")
    refusals = [
        await world.call("GET", f"/v1/orders/{number}", params={"conversation": conversation})
        for number, conversation in (
            ("LA-20391", "c1"),
            ("LA-99999", "c1"),
            ("LA-20398", "c2"),
            ("LA-20391", "c2"),
        )
    ]
    assert {answer.status_code for answer in refusals} == {403}
    assert len({answer.content for answer in refusals}) == 1


async def test_challenges_are_forgotten_with_their_mails(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    world.clock.advance(housekeeping.CHALLENGES_KEPT_S + 1)
    await housekeeping.forget(world.app.state.bridge)
    assert not await world.rows(Challenge)
    assert not await world.rows(Mail)
    assert not await world.rows(Allowance)
    assert await world.rows(Person)


def test_verification_has_no_other_routes() -> None:
    assert len(router.routes) == 2
