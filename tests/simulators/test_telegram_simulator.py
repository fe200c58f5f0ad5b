"""The simulated Bot API answers an unmodified python-telegram-bot as Telegram documents it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
)

from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.customers import PNG, mention


def keyboard(title: str, data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(title, callback_data=data)]])


async def test_a_message_goes_both_ways(bot: Bot, telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    anna.text("Ciao, avete la merino?")
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "Ciao, avete la merino?"
    assert update.message.from_user is not None
    assert update.message.from_user.first_name == "Anna"
    sent = await bot.send_message(
        update.message.chat.id,
        "Sì!",
        reply_parameters=ReplyParameters(update.message.message_id),
    )
    assert anna.heard() == ["Sì!"]
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "Ciao, avete la merino?"


async def test_an_update_is_confirmed_by_asking_for_the_next(
    bot: Bot, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.text("uno")
    anna.text("due")
    first = await bot.get_updates(limit=1)
    assert [u.message.text for u in first if u.message] == ["uno"]
    again = await bot.get_updates()
    assert [u.message.text for u in again if u.message] == ["uno", "due"]
    rest = await bot.get_updates(offset=first[0].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["due"]
    assert await bot.get_updates(offset=rest[0].update_id + 1) == ()


async def test_a_long_poll_ends_when_something_is_written(
    bot: Bot, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0)
    anna.text("eccomi")
    [update] = await poll
    assert update.message is not None
    assert update.message.text == "eccomi"


async def test_the_second_poller_ends_the_first(bot: Bot, telegram: TelegramSimulator) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    # The first must have arrived before the second one can end it.
    await asyncio.to_thread(telegram.polled.wait, 60)
    async with Bot(TOKEN, base_url=telegram.base_url) as other:
        second = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(Conflict, match=r"(?i)terminated by other getUpdates request"):
            await first
        telegram.person("Anna").text("ciao")
        assert len(await second) == 1


async def test_no_polling_while_a_webhook_is_set(bot: Bot, telegram: TelegramSimulator) -> None:
    await bot.set_webhook("https://care.example/hook", secret_token="s3cret")
    with pytest.raises(Conflict, match=r"(?i)webhook is active"):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).url == "https://care.example/hook"
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_a_wrong_token_is_unauthorized(telegram: TelegramSimulator) -> None:
    async with httpx2.AsyncClient(timeout=60) as http:
        answer = await http.get(f"{telegram.base_url}1:wrong/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    wrong = Bot("1:wrong", base_url=telegram.base_url)
    with pytest.raises(InvalidToken):
        await wrong.initialize()
    await wrong.shutdown()


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ({"text": "x" * 4097}, "Message is too long"),
        ({"text": "   "}, "Message text is empty"),
        ({"text": "a < <b>c", "parse_mode": "HTML"}, "Can't parse entities"),
        ({"text": "mezzo *grassetto", "parse_mode": "Markdown"}, "Can't parse entities"),
        ({"text": "LA-20398", "parse_mode": "MarkdownV2"}, "is reserved and must be escaped"),
        ({"text": "x", "reply_markup": keyboard("Sì", "x" * 65)}, "Button_data_invalid"),
        ({"text": "x", "reply_parameters": ReplyParameters(99)}, "replied not found"),
        ({"text": "x", "chat_id": 1234}, "Chat not found"),
    ],
)
async def test_what_is_against_the_limits_is_refused(
    bot: Bot, telegram: TelegramSimulator, call: dict[str, Any], complaint: str
) -> None:
    anna = telegram.person("Anna")
    anna.start()
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await bot.send_message(**{"chat_id": anna.private.id, **call})
    assert anna.heard() == []


async def test_what_is_just_within_the_limits_is_taken(
    bot: Bot, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.start()
    await bot.send_message(anna.private.id, "è" * 4096, reply_markup=keyboard("Sì", "x" * 64))
    await bot.send_photo(anna.private.id, PNG, caption="è" * 1024)
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_photo(anna.private.id, PNG, caption="è" * 1025)
    with pytest.raises(BadRequest, match=r"(?i)Image_process_failed"):
        await bot.send_photo(anna.private.id, b"no picture")


async def test_nobody_can_be_written_to_who_never_wrote(
    bot: Bot, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    with pytest.raises(BadRequest, match=r"(?i)Chat not found"):
        await bot.send_message(anna.private.id, "Buongiorno!")


async def test_blocking_and_unblocking(bot: Bot, telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    anna.start()
    anna.block()
    with pytest.raises(Forbidden, match=r"(?i)bot was blocked by the user"):
        await bot.send_message(anna.private.id, "Ciao")
    anna.unblock()
    await bot.send_message(anna.private.id, "Ciao")
    changes = [u.my_chat_member for u in await bot.get_updates() if u.my_chat_member]
    assert [c.new_chat_member.status for c in changes] == ["kicked", "member"]


async def test_a_group_moves(bot: Bot, telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    group = telegram.group("Maglia e tè")
    anna.text(mention("siete aperti?"), chat=group)
    bigger = group.migrate(telegram.state, anna)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "Sì")
    assert moved.value.new_chat_id == bigger.id
    await bot.send_message(bigger.id, "Sì")
    assert anna.heard(bigger) == ["Sì"]


async def test_buttons_are_tapped_and_answered_once(bot: Bot, telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    anna.start()
    sent = await bot.send_message(anna.private.id, "Va bene?", reply_markup=keyboard("Sì", "yes"))
    anna.tap("Sì")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.data == "yes"
    assert await bot.answer_callback_query(query.id)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(query.id)
    await bot.edit_message_text("Fatto", anna.private.id, sent.message_id)
    assert anna.received()[0]["text"] == "Fatto"
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_text("Fatto", anna.private.id, sent.message_id)


async def test_files_both_ways(bot: Bot, telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    anna.photo("Il gomitolo", content=PNG)
    [update] = await bot.get_updates()
    assert update.message is not None
    file = await bot.get_file(update.message.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == PNG
    await bot.send_document(anna.private.id, b"%PDF-", filename="etichetta.pdf", caption="Ecco")
    await bot.send_voice(anna.private.id, b"OggS")
    group = await bot.send_media_group(anna.private.id, [InputMediaPhoto(PNG)] * 2, caption="Due")
    assert len({m.media_group_id for m in group}) == 1
    assert anna.heard() == ["Ecco", "", "Due", ""]
    with pytest.raises(BadRequest, match=r"(?i)2-10"):
        await bot.send_media_group(anna.private.id, [InputMediaPhoto(PNG)])
    with pytest.raises(BadRequest, match=r"(?i)can't be mixed"):
        await bot.send_media_group(
            anna.private.id, [InputMediaPhoto(PNG), InputMediaDocument(b"%PDF-")]
        )


async def test_large_files_can_not_be_fetched(bot: Bot, telegram: TelegramSimulator) -> None:
    big = telegram.person("Anna").document("video.zip", size=20 * 1024 * 1024 + 1)
    with pytest.raises(BadRequest, match=r"(?i)File is too big"):
        await bot.get_file(big["document"]["file_id"])
    with pytest.raises(BadRequest, match=r"(?i)wrong file_id"):
        await bot.get_file("nothing")
