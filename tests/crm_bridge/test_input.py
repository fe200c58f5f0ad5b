"""Whatever is sent, the answer is a clear refusal: never a surprise, on either database."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm_bridge.timeline.models import Interaction
from tests.crm_bridge.world import ACTIONS, GATEWAY, World, ref

NULL = "a\0b"
SURROGATE = "a\ud800b"


def interaction(**fields: Any) -> dict[str, Any]:
    return {
        "interactions": [
            {
                "key": "m1", "conversation": ref(), "direction": "in", "role": "customer",
                "at": "2026-05-28T10:00:00Z", **fields,
            }
        ]
    }  # fmt: skip


CALLS: list[tuple[str, str, str, dict[str, Any]]] = [
    (GATEWAY, "POST", "/v1/interactions", interaction(key="?")),
    (GATEWAY, "POST", "/v1/interactions", interaction(text="?")),
    (GATEWAY, "POST", "/v1/interactions", interaction(intent="?")),
    (GATEWAY, "POST", "/v1/interactions", interaction(sender_name="?")),
    (GATEWAY, "POST", "/v1/interactions", interaction(sender_email="?")),
    (GATEWAY, "POST", "/v1/interactions", interaction(data={"deep": [{"er": "?"}]})),
    (GATEWAY, "POST", "/v1/interactions", interaction(data={"?": 1})),
    (GATEWAY, "POST", "/v1/interactions", interaction(conversation=ref("?"))),
    (GATEWAY, "POST", "/v1/interactions", interaction(conversation=ref(handle="?"))),
    (GATEWAY, "POST", "/v1/brief/agent", ref(channel="?")),
    (ACTIONS, "POST", "/v1/brief/bot", ref("?")),
    (
        ACTIONS, "POST", "/v1/verification/challenges",
        {"conversation": ref(), "order_number": "?", "language": "it"},
    ),
    (
        ACTIONS, "POST", "/v1/verification/answers",
        {"conversation": ref(), "challenge_id": "?", "code": "123456"},
    ),
    (
        ACTIONS, "POST", "/v1/verification/answers",
        {"conversation": ref(), "challenge_id": "v", "code": "?"},
    ),
    (
        ACTIONS, "POST", "/v1/cases",
        {"conversation": ref(), "topic": "other", "summary": "?", "language": "it"},
    ),
    (
        ACTIONS, "POST", "/v1/cases",
        {"conversation": ref(), "topic": "other", "summary": "s", "order_number": "?"},
    ),
    (GATEWAY, "PATCH", "/v1/cases/C-22222", {"promise": "?"}),
]  # fmt: skip


@pytest.mark.parametrize("poison", [NULL, SURROGATE], ids=["null", "surrogate"])
@pytest.mark.parametrize(("token", "method", "path", "body"), CALLS)
async def test_what_a_database_cannot_hold_is_refused(
    world: World, token: str, method: str, path: str, body: dict[str, Any], poison: str
) -> None:
    content = json.dumps(body).replace('"?"', json.dumps(poison))
    answer = await world.http.request(
        method,
        path,
        content=content,
        headers={
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": "k",
            "Content-Type": "application/json",
        },
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["field"]
    assert not await world.rows(Interaction)


@pytest.mark.parametrize(
    ("token", "path"),
    [
        (ACTIONS, "/v1/orders/LA%0020398?conversation=c1"),
        (ACTIONS, "/v1/orders/LA-20398?conversation=c%001"),
        (ACTIONS, "/v1/orders?conversation=%00"),
        (ACTIONS, "/v1/knowledge/search?q=a%00b&language=it"),
        (GATEWAY, "/v1/cases?conversation=%00"),
        (GATEWAY, "/v1/people/p%00"),
        (GATEWAY, "/v1/people/p%00/joins"),
    ],
)
async def test_null_bytes_in_addresses_are_refused(world: World, token: str, path: str) -> None:
    assert (await world.call("GET", path, token=token)).status_code == 422


async def test_words_of_every_script_come_back_as_they_were(world: World) -> None:
    texts = [
        "Robert'); DROP TABLE interactions;--",
        "\u202eكيف الحال\u202c",
        "🧶" * 5000,
        "%s %(x)s :name ?",
        "Ça va? Größe È vero… \ufeff\u200b",
        "",
        " \n\t ",
    ]
    for number, text in enumerate(texts):
        await world.say(ref(handle=f"h{number} '\"%_\\"), text)
    rows = sorted(await world.rows(Interaction), key=lambda row: row.id)
    assert [row.text for row in rows] == texts


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5000, b"1" * 5000],
)
async def test_what_is_no_request_is_refused(world: World, content: bytes) -> None:
    answer = await world.http.post(
        "/v1/brief/bot",
        content=content,
        headers={"Authorization": f"Bearer {ACTIONS}", "Content-Type": "application/json"},
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["error"]["code"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_numbers_that_are_none_are_refused(world: World, number: str) -> None:
    content = json.dumps(interaction(data={"x": "?"})).replace('"?"', number)
    answer = await world.http.post(
        "/v1/interactions",
        content=content,
        headers={
            "Authorization": f"Bearer {GATEWAY}",
            "Idempotency-Key": "k",
            "Content-Type": "application/json",
        },
    )
    assert answer.status_code == 422


async def test_data_that_is_too_deep_or_too_large_is_refused(world: World) -> None:
    deep: Any = 1
    for _ in range(12):
        deep = [deep]
    for data in ({"x": deep}, {"x": list(range(3000))}):
        answer = await world.call("POST", "/v1/interactions", interaction(data=data), token=GATEWAY)
        assert answer.status_code == 422


async def test_a_huge_body_is_refused_while_it_arrives(world: World) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 65536

    limit = world.settings.max_body_bytes
    for content in (b"x" * (limit + 1), endless()):
        answer = await world.http.post(
            "/v1/brief/bot", content=content, headers={"Authorization": f"Bearer {ACTIONS}"}
        )
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "too_large"


async def test_a_refusal_quotes_nothing_of_what_was_sent(world: World) -> None:
    body = {"conversation": ref(), "topic": "rosa@example.com", "summary": "IT60X0542811101"}
    answer = await world.call("POST", "/v1/cases", body)
    assert answer.status_code == 422
    assert "rosa" not in answer.text
    assert "IT60" not in answer.text
