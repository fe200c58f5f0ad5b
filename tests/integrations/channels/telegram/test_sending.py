"""Sending to a simulated Telegram: what arrives, and how each failure is told."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest

from integrations.channels.contract import Attachment, Button, OutboundFile
from integrations.channels.telegram import adapter, api
from integrations.channels.telegram.adapter import TelegramChannel
from integrations.channels.telegram.config import TelegramConfig
from integrations.channels.telegram.polling import PollingTelegramChannel
from runtime import logging as logging_module
from runtime.errors import AscoltoError, Moved, Permanent, Temporary, TooMany, UnknownOutcome
from runtime.settings import Settings
from tests.integrations.channels.telegram.conftest import to
from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.customers import PNG, mention

PICTURE = OutboundFile("lana.png", "image/png", PNG, "image")
LABEL = OutboundFile("etichetta.pdf", "application/pdf", b"%PDF-", "file")


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "BETWEEN_CALLS_S", 0.0)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What isn't answered is given up soon, though not before it has arrived."""
    monkeypatch.setattr(api, "ANSWER_S", 1.0)


@pytest.fixture
def anna(telegram: TelegramSimulator) -> Any:
    person = telegram.person("Anna")
    person.start()
    return person


async def test_a_message_with_buttons(channel: TelegramChannel, anna: Any) -> None:
    buttons = (Button("Sì", "yes"), Button("No", "no"))
    sent = await channel.send(to(anna.private.id, "Va <b>bene</b> così? *_[", buttons=buttons))
    [received] = anna.received()
    assert received["text"] == "Va <b>bene</b> così? *_["
    assert sent.external_id == str(received["message_id"])
    assert anna.buttons() == {"Sì": "yes", "No": "no"}


async def test_an_answer_shows_what_it_answers(channel: TelegramChannel, anna: Any) -> None:
    asked = anna.text("Siete aperti?")
    await channel.send(to(anna.private.id, "Sì", reply_to=str(asked["message_id"])))
    await channel.send(to(anna.private.id, "Anche oggi", reply_to="99999"))
    first, second = anna.received()
    assert first["reply_to_message"]["text"] == "Siete aperti?"
    assert "reply_to_message" not in second


async def test_files_arrive_with_their_bytes(
    channel: TelegramChannel, telegram: TelegramSimulator, anna: Any
) -> None:
    await channel.send(to(anna.private.id, "Ecco", files=(PICTURE, PICTURE, LABEL)))
    first, second, label = anna.received()
    assert first["caption"] == "Ecco"
    assert first["media_group_id"] == second["media_group_id"]
    assert label["document"]["file_name"] == "etichetta.pdf"
    assert telegram.state.files[label["document"]["file_id"]].content == b"%PDF-"
    assert telegram.state.files[first["photo"][0]["file_id"]].content == PNG


async def test_a_picture_that_telegram_dislikes_goes_as_a_document(
    channel: TelegramChannel, anna: Any
) -> None:
    odd = OutboundFile("strana.png", "image/png", b"not a picture")
    await channel.send(to(anna.private.id, "Ecco", files=(odd,)))
    [received] = anna.received()
    assert received["document"]["file_name"] == "strana.png"
    assert received["caption"] == "Ecco"


OUTCOMES: list[tuple[str, type[AscoltoError], bool]] = [
    ("429", TooMany, False),
    ("500", UnknownOutcome, False),
    ("502", UnknownOutcome, True),
    ("timeout_before", UnknownOutcome, False),
    ("timeout_after", UnknownOutcome, True),
    ("drop_before", UnknownOutcome, False),
    ("drop_after", UnknownOutcome, True),
]


@pytest.mark.parametrize(("kind", "outcome", "arrived"), OUTCOMES, ids=[o[0] for o in OUTCOMES])
async def test_what_is_certain_and_what_is_not(
    telegram: TelegramSimulator,
    anna: Any,
    request: pytest.FixtureRequest,
    kind: Any,
    outcome: type[AscoltoError],
    arrived: bool,
) -> None:
    if kind.startswith("timeout"):
        request.getfixturevalue("impatient")
    channel = PollingTelegramChannel(TelegramConfig(TOKEN, telegram.url), poll_s=0)
    async with channel.running():
        telegram.fail(kind, "sendMessage", seconds=7)
        with pytest.raises(outcome) as failed:
            await channel.send(to(anna.private.id))
        assert type(failed.value) is outcome
        assert anna.heard() == (["Ciao"] if arrived else [])
        if outcome is TooMany:
            assert failed.value.retry_after == 7


async def test_nobody_there_is_certain() -> None:
    channel = PollingTelegramChannel(TelegramConfig(TOKEN, "http://127.0.0.1:9"), poll_s=0)
    async with channel.running():
        with pytest.raises(Temporary):
            await channel.send(to(1))
        with pytest.raises(Temporary):
            await channel.poll()
        # Nobody minds.
        await channel.typing("7000000001", "1")


async def test_who_blocked_the_bot_is_told_apart(channel: TelegramChannel, anna: Any) -> None:
    anna.block()
    with pytest.raises(Permanent) as refused:
        await channel.send(to(anna.private.id))
    assert refused.value.code == "blocked"
    assert "bot was blocked by the user" in refused.value.message.lower()


async def test_a_group_that_moved(
    channel: TelegramChannel, telegram: TelegramSimulator, anna: Any
) -> None:
    group = telegram.group("Maglia e tè")
    anna.text(mention("ciao"), chat=group)
    bigger = group.migrate(telegram.state, anna)
    with pytest.raises(Moved) as moved:
        await channel.send(to(group.id))
    assert moved.value.address == str(bigger.id)
    await channel.send(to(moved.value.address))
    assert anna.heard(bigger) == ["Ciao"]


async def test_a_group_that_is_full_holds_up_nobody_else(
    channel: TelegramChannel, telegram: TelegramSimulator, anna: Any
) -> None:
    group = telegram.group("Maglia e tè")
    telegram.fail("429", "sendMessage", chat_id=group.id, seconds=40)
    with pytest.raises(Temporary) as put_off:
        await channel.send(to(group.id))
    assert put_off.value.retry_after == 40


async def test_what_telegram_refuses_is_certain(channel: TelegramChannel, anna: Any) -> None:
    for wrong in (to(404404), to(anna.private.id, "x" * 4097)):
        with pytest.raises(Permanent) as refused:
            await channel.send(wrong)
        assert type(refused.value) is Permanent


async def test_a_message_that_arrived_in_part_is_never_repeated(
    channel: TelegramChannel, telegram: TelegramSimulator, anna: Any
) -> None:
    telegram.fail("500", "sendDocument")
    with pytest.raises(UnknownOutcome, match="in part"):
        await channel.send(to(anna.private.id, "x" * 2000, files=(LABEL,)))
    assert anna.heard() == ["x" * 2000]


async def test_a_pause_between_parts_is_waited_for(
    channel: TelegramChannel, telegram: TelegramSimulator, anna: Any
) -> None:
    telegram.fail("429", "sendDocument", seconds=1)
    await channel.send(to(anna.private.id, "x" * 2000, files=(LABEL,)))
    assert len(anna.received()) == 2
    telegram.fail("429", "sendDocument", seconds=300)
    with pytest.raises(UnknownOutcome):
        await channel.send(to(anna.private.id, "y" * 2000, files=(LABEL,)))


async def test_typing_is_shown(
    channel: TelegramChannel, telegram: TelegramSimulator, anna: Any
) -> None:
    await channel.typing("7000000001", str(anna.private.id))
    call = telegram.calls[-1]
    assert (call.method, call.parameters["action"]) == ("sendchataction", "typing")
    for address in ("404404", "nobody"):
        await channel.typing("7000000001", address)


async def test_a_customers_file_is_fetched(channel: PollingTelegramChannel, anna: Any) -> None:
    anna.document("fattura.pdf", b"%PDF-1.7", caption="Ecco")
    anna.photo(content=PNG)
    _start, document, photo = await channel.poll()
    found = await channel.fetch("7000000001", document.attachments[0])
    assert (found.name, found.mime, found.content) == (
        "fattura.pdf",
        "application/pdf",
        b"%PDF-1.7",
    )
    found = await channel.fetch("7000000001", photo.attachments[0])
    assert (found.mime, found.content) == ("image/jpeg", PNG)


async def test_what_can_not_be_fetched_says_why(
    channel: PollingTelegramChannel, telegram: TelegramSimulator, anna: Any
) -> None:
    big = anna.document("film.zip", size=20 * 1024 * 1024 + 1)["document"]["file_id"]
    small = anna.document("a.txt")["document"]["file_id"]
    for attachment, code in (
        (Attachment("file", size=20 * 1024 * 1024 + 1, file_id=big), "too_large"),
        (Attachment("file", file_id=big), "too_large"),
        (Attachment("file", file_id="of-another-bot"), "gone"),
        (Attachment("location"), "gone"),
    ):
        with pytest.raises(Permanent) as refused:
            await channel.fetch("7000000001", attachment)
        assert refused.value.code == code
    telegram.fail("500", "getFile")
    with pytest.raises(Temporary):
        await channel.fetch("7000000001", Attachment("file", file_id=small))
    telegram.fail("drop_before", "file")
    with pytest.raises(Temporary):
        await channel.fetch("7000000001", Attachment("file", file_id=small))


async def test_the_token_stays_out_of_logs_and_errors(
    telegram: TelegramSimulator,
    anna: Any,
    capsys: pytest.CaptureFixture[str],
    impatient: None,
) -> None:
    root = logging.getLogger()
    kept = root.handlers, root.level
    try:
        logging_module.configure("gateway", Settings(log_level="DEBUG"))
        channel = PollingTelegramChannel(TelegramConfig(TOKEN, telegram.url), poll_s=0)
        errors: list[BaseException] = []
        async with channel.running():
            anna.text("Il mio segreto è una maglia")
            await channel.poll()
            for kind in ("429", "500", "drop_before", "timeout_before"):
                telegram.fail(kind, "sendMessage")
                with pytest.raises(AscoltoError) as failed:
                    await channel.send(to(anna.private.id))
                errors.append(failed.value)
        wrong = PollingTelegramChannel(TelegramConfig(f"{TOKEN}x", telegram.url), poll_s=0)
        with pytest.raises(Temporary) as refused:
            await wrong.send(to(anna.private.id))
        errors.append(refused.value)
        nobody = PollingTelegramChannel(TelegramConfig(TOKEN, "http://127.0.0.1:9"))
        with pytest.raises(Temporary) as refused:
            await nobody.send(to(anna.private.id))
        errors.append(refused.value)
        logging.getLogger("anything").error("at %s%s/getMe", telegram.base_url, TOKEN)
        for error in errors:
            logging.getLogger("anything").error("failed", exc_info=error)
    finally:
        root.handlers, root.level = kept
    logged = capsys.readouterr().err
    said = "".join("".join(traceback.format_exception(error)) for error in errors)
    secret = TOKEN.split(":")[1]
    assert secret not in logged
    assert secret not in said
    assert "segreto" not in logged
    assert "⟦token⟧" in logged
    assert secret not in repr(channel._config)


async def test_a_wrong_token_can_be_mended(telegram: TelegramSimulator) -> None:
    channel = PollingTelegramChannel(TelegramConfig("1:wrong-token", telegram.url), poll_s=0)
    for call in (channel.send(to(1)), channel.poll()):
        with pytest.raises(Temporary) as refused:
            await call
        assert "TELEGRAM_BOT_TOKEN" in refused.value.message


async def test_a_text_of_ours_is_changed(channel: TelegramChannel, anna: Any) -> None:
    sent = await channel.send(to(anna.private.id, "Arriva lunedì"))
    assert sent.external_id is not None
    address = str(anna.private.id)
    # A second time, because nobody heard whether the first arrived: it isn't modified, and fine.
    for _ in range(2):
        await channel.edit("1", address, sent.external_id, "Arriva martedì")
    assert [message["text"] for message in anna.received()] == ["Arriva martedì"]
    with pytest.raises(Permanent):
        await channel.edit("1", address, "99999", "Arriva mai")
