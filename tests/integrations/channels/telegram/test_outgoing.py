"""Our messages as calls of the Bot API."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.channels.contract import Attachment, Button, OutboundFile, OutboundMessage
from integrations.channels.telegram.outgoing import calls
from runtime.errors import Permanent

PNG = OutboundFile("lana.png", "image/png", b"\x89PNG", "image")
PDF = OutboundFile("fattura.pdf", "application/pdf", b"%PDF-", "file")
FILES = {
    "image/jpeg": "send_photo",
    "image/png": "send_photo",
    "image/svg+xml": "send_document",
    "video/mp4": "send_video",
    "video/quicktime": "send_document",
    "audio/ogg": "send_voice",
    "audio/ogg; codecs=opus": "send_voice",
    "audio/mpeg": "send_audio",
    "audio/flac": "send_document",
    "application/pdf": "send_document",
}


def message(text: str = "", address: str = "42", **more: Any) -> OutboundMessage:
    return OutboundMessage(id="o1", account="7000000001", address=address, text=text, **more)


def test_text_goes_out_as_it_is() -> None:
    """Nothing is formatted, so nothing needs escaping."""
    [call] = calls(message("<b>1 * 2_3</b> [x](y)"))
    assert call.method == "send_message"
    assert call.arguments["text"] == "<b>1 * 2_3</b> [x](y)"
    assert "parse_mode" not in call.arguments
    assert call.arguments["chat_id"] == 42


def test_buttons_share_a_row_when_they_are_short() -> None:
    titles = ["Sì", "No", "Voglio parlare con una persona", "Altro"]
    buttons = tuple(Button(title, f"p{n}") for n, title in enumerate(titles))
    [call] = calls(message("?", buttons=buttons))
    rows = call.arguments["reply_markup"].inline_keyboard
    assert [[b.text for b in row] for row in rows] == [titles[:2], titles[2:3], titles[3:]]
    assert rows[0][0].callback_data == "p0"


def test_a_topic_and_what_is_answered() -> None:
    [call] = calls(message("Ciao", address="-100123/12", reply_to="7"))
    assert call.arguments["chat_id"] == -100123
    assert call.arguments["message_thread_id"] == 12
    assert call.arguments["reply_parameters"].message_id == 7
    assert call.arguments["reply_parameters"].allow_sending_without_reply
    [call] = calls(message("Ciao", reply_to="tap:1"))
    assert "reply_parameters" not in call.arguments


@pytest.mark.parametrize(("mime", "method"), FILES.items())
def test_a_file_is_sent_as_what_it_is(mime: str, method: str) -> None:
    file = OutboundFile("x", mime, b"content")
    [call] = calls(message("Ecco", files=(file,)))
    assert call.method == method
    assert call.arguments["caption"] == "Ecco"
    assert method == "send_document" or (call.otherwise and call.otherwise.arguments["document"])


def test_large_pictures_are_documents() -> None:
    file = OutboundFile("x.png", "image/png", bytes(10 * 1024 * 1024 + 1))
    assert calls(message(files=(file,)))[0].method == "send_document"


def test_a_caption_that_is_too_long_is_a_message_before() -> None:
    fits, too_long = "🧶" * 512, "🧶" * 512 + "!"
    assert [c.method for c in calls(message(fits, files=(PDF,)))] == ["send_document"]
    text, file = calls(message(too_long, files=(PDF,), buttons=(Button("Sì", "p"),)))
    assert (text.method, text.arguments["text"]) == ("send_message", too_long)
    assert "caption" not in file.arguments
    assert "reply_markup" in text.arguments
    assert "reply_markup" not in file.arguments


def test_pictures_travel_together_and_the_rest_alone() -> None:
    found = calls(message("Ecco", files=(PNG, PNG, PDF, PNG)))
    assert [c.method for c in found] == ["send_media_group", "send_document", "send_photo"]
    assert found[0].arguments["caption"] == "Ecco"
    assert "caption" not in found[1].arguments
    many = calls(message(files=(PNG,) * 12))
    assert [len(c.arguments["media"]) for c in many] == [10, 2]


def test_buttons_never_get_lost_with_an_album() -> None:
    text, album = calls(message("Quale?", files=(PNG, PNG), buttons=(Button("Blu", "p"),)))
    assert "reply_markup" in text.arguments
    assert album.method == "send_media_group"


def test_what_has_an_address_is_linked() -> None:
    guide = Attachment("file", "Guida", url="https://www.lanificioaurora.example/guida.pdf")
    [call] = calls(message("Ecco", attachments=(guide,)))
    assert call.arguments["text"] == f"Ecco\nGuida: {guide.url}"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (message("  "), "empty"),
        (message("x", address="giulia"), "bad_address"),
        (message("x", buttons=(Button("Sì", "x" * 65),)), "payload_size"),
        (message(files=(OutboundFile("x", "text/plain", b""),)), "file_size"),
    ],
)
def test_what_no_call_could_carry_is_refused_at_once(wrong: OutboundMessage, code: str) -> None:
    with pytest.raises(Permanent) as refused:
        calls(wrong)
    assert refused.value.code == code
