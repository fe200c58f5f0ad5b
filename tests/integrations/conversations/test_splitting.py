"""Long texts become several messages: nothing lost, every part within the limit, signs whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from integrations.channels.contract import Capabilities
from integrations.conversations import outbox
from integrations.conversations.outbox import Draft
from integrations.conversations.splitting import fitting, length, split
from integrations.conversations.tables import outbound
from tests.integrations.world import World, until

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇮🇹"
WAVE = "👋🏽"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, [""]),
        ("   ", 3, ["   "]),
        ("breve", 10, ["breve"]),
        ("Uno due.\n\nTre quattro. Cinque", 22, ["Uno due.", "Tre quattro. Cinque"]),
        ("Uno due. Tre quattro cinque", 16, ["Uno due.", "Tre quattro", "cinque"]),
        ("Uno due tre", 7, ["Uno due", "tre"]),
        ("Ha detto «basta!» E poi via", 20, ["Ha detto «basta!»", "E poi via"]),
        ("riga uno\nriga due lunga", 14, ["riga uno", "riga due lunga"]),
        # A sentence's end near the beginning would leave the room empty.
        ("Sì. Una frase molto lunga", 20, ["Sì. Una frase molto", "lunga"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("😀😀😀", 4, ["😀😀", "😀"]),
        ("😀😀😀", 5, ["😀😀", "😀"]),
        (FLAG * 3, 6, [FLAG] * 3),
        (f"{FAMILY}{FAMILY}", 12, [FAMILY] * 2),
        (f"a{WAVE}{WAVE}", 6, [f"a{WAVE}", WAVE]),
        (f"{SCOTLAND}{SCOTLAND}", 20, [SCOTLAND] * 2),
        ("perche\u0301 e\u0301", 6, ["perch", "e\u0301 e\u0301"]),
        ("a\r\n\r\nb", 2, ["a", "b"]),
        ("각" * 2, 3, ["각" * 2]),
    ],
)
def test_where_texts_are_cut(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit) == parts


SIGNS = st.sampled_from([*"ab .!?\n\r\t»)é\u0301\u200d\ufe0f\u00a0", "😀", FAMILY, FLAG, WAVE])
TEXTS = st.one_of(st.text(max_size=300), st.lists(SIGNS, max_size=300).map("".join))


@given(TEXTS, st.integers(min_value=2, max_value=60))
def test_nothing_is_lost_and_limits_hold(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert "".join("".join(part.split()) for part in parts) == "".join(text.split())
    assert all(length(part) <= limit for part in parts)
    assert all(part.strip() for part in parts) or not text.strip()


@given(st.lists(st.sampled_from([FAMILY, FLAG, WAVE, SCOTLAND, "e\u0301", "a"]), max_size=60))
def test_signs_stay_whole(signs: list[str]) -> None:
    parts = split("".join(signs), max(length(sign) for sign in [FAMILY, SCOTLAND]) + 3)
    found: list[str] = []
    for part in parts:
        rest = part
        while rest:
            sign = next(
                s for s in (FAMILY, FLAG, WAVE, SCOTLAND, "e\u0301", "a") if rest.startswith(s)
            )
            found.append(sign)
            rest = rest[len(sign) :]
    assert found == signs


@pytest.mark.parametrize(
    ("capabilities", "text", "files", "expected"),
    [
        (Capabilities(max_text=20), "breve", False, [("breve", True)]),
        (
            Capabilities(max_text=20),
            "Uno. Due tre quattro.",
            False,
            [("Uno. Due tre", False), ("quattro.", True)],
        ),
        (Capabilities(max_text=20, max_caption=5), "dieci segni", False, [("dieci segni", True)]),
        (
            Capabilities(max_text=20, max_caption=5),
            "dieci segni",
            True,
            [("dieci segni", False), ("", True)],
        ),
        (
            Capabilities(max_text=12, max_caption=5),
            "quindici segni e",
            True,
            [("quindici", False), ("segni e", False), ("", True)],
        ),
        (
            Capabilities(max_text=12, max_caption=9),
            "quindici segni e",
            True,
            [("quindici", False), ("segni e", True)],
        ),
        (Capabilities(max_text=20), "", True, [("", True)]),
    ],
)
def test_messages_that_fit(
    capabilities: Capabilities, text: str, files: bool, expected: list[tuple[str, bool]]
) -> None:
    button = {"title": "Sì", "payload": "p"}
    draft = Draft(
        role="bot",
        text=text,
        buttons=(button,),
        attachments=({"kind": "image", "file_id": "f1"},) if files else (),
        in_reply_to=("m1",),
        id="o1",
    )
    parts = fitting([draft], capabilities)
    assert [(part.text, part.buttons == (button,)) for part in parts] == expected
    assert [bool(part.attachments) for part in parts] == [files and last for _, last in expected]
    assert [part.in_reply_to for part in parts] == [("m1",)] + [()] * (len(parts) - 1)
    assert parts[0].id == "o1"
    assert len({part.id for part in parts}) == len(parts)


@pytest.mark.parametrize("channel", ["push", "pull"])
async def test_a_long_answer_goes_out_in_parts(world: World, channel: str) -> None:
    world.channels[channel].capabilities = Capabilities(max_text=120, pulls=channel == "pull")
    words = " ".join(f"parola{number}" for number in range(60))
    world.bot.on_message = lambda _: {"text": f"Ecco. {words}"}
    conversation = await world.say("racconta", channel=channel)
    await world.settled(conversation)

    async def complete() -> bool:
        told = await world.told(conversation)
        return " ".join(" ".join(told).split()).endswith(words)

    await until(complete)
    assert all(length(text) <= 120 for text in await world.told(conversation))
    seqs = [message["seq"] for message in await world.messages(conversation)]
    assert seqs == sorted(set(seqs))
    assert await world.dispositions(conversation) == ["answered"]


async def test_parts_know_what_they_are_parts_of(world: World) -> None:
    world.push.capabilities = Capabilities(max_text=20)
    conversation = await world.say("ciao", channel="push")
    await world.settled(conversation)
    await world.desk.claim(conversation, "Marta")
    long = (await world.desk.reply(conversation, "Marta", "Prima frase qui. Seconda frase qui."))[
        "id"
    ]
    # The same words in the same instant are another message.
    short = [(await world.desk.reply(conversation, "Marta", "Breve."))["id"] for _ in range(2)]

    def query(conn: Connection) -> dict[str, list[str]]:
        rows = conn.execute(select(outbound).where(outbound.c.role == "agent")).all()
        return {row.id: [part.text for part in outbox.parts(conn, row)] for row in rows}

    parts = await world.database.read(query)
    assert parts[long] == ["Prima frase qui.", "Seconda frase qui."]
    assert [parts[name] for name in short] == [["Breve."], ["Breve."]]


async def test_an_agent_s_long_reply_goes_out_in_parts_once(world: World) -> None:
    world.push.capabilities = Capabilities(max_text=100)
    conversation = await world.say("ciao", channel="push")
    await world.settled(conversation)
    await world.desk.claim(conversation, "Marta")
    words = " ".join(f"parola{number}" for number in range(40))
    first = await world.desk.reply(conversation, "Marta", words, key="once")
    assert await world.desk.reply(conversation, "Marta", words, key="once") == first

    async def complete() -> bool:
        return " ".join(m.text for m in world.push.sent).endswith(words)

    await until(complete)
    assert " ".join(m.text for m in world.push.sent).count("parola39") == 1
