"""Each kind of update, as the rest of Ascolto gets it."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.channels.contract import Attachment, Envelope, Kind, Sender
from integrations.channels.telegram.batches import convert_batch
from integrations.channels.telegram.convert import Ignored, convert
from runtime.errors import Invalid
from tests.integrations.channels.telegram.updates import NAMES, PLACE, envelope, reason, update

# fixture, kind, text, and the kinds of its files
SAID: list[tuple[str, Kind, str | None, tuple[str, ...]]] = [
    ("text", Kind.MESSAGE, "Ciao, avete la merino in grigio?", ()),
    ("text_english", Kind.MESSAGE, "Do you have merino in grey?", ()),
    ("edit", Kind.EDIT, "Ciao, avete la merino in blu?", ()),
    ("edit_caption", Kind.EDIT, "Il gomitolo è arrivato rotto", ("image",)),
    ("reply", Kind.MESSAGE, "Sì, quello", ()),
    ("photo", Kind.MESSAGE, None, ("image",)),
    ("photo_with_caption", Kind.MESSAGE, "Il gomitolo è arrivato così", ("image",)),
    ("album_2", Kind.MESSAGE, None, ("image",)),
    ("document", Kind.MESSAGE, "La fattura", ("file",)),
    ("voice", Kind.MESSAGE, None, ("audio",)),
    ("audio", Kind.MESSAGE, None, ("audio",)),
    ("video", Kind.MESSAGE, None, ("video",)),
    ("video_note", Kind.MESSAGE, None, ("video",)),
    ("animation", Kind.MESSAGE, None, ("video",)),
    ("sticker", Kind.MESSAGE, "🧶", ("image",)),
    ("location", Kind.MESSAGE, "Posizione: 45.562200, 8.058300", ("location",)),
    (
        "venue_english",
        Kind.MESSAGE,
        "Location: 45.562200, 8.058300 (Lanificio Aurora, Via dei Tintori 12, Biella)",
        ("location",),
    ),
    ("contact", Kind.MESSAGE, "Contatto: Marta Colombo, +39 333 0000000", ("contact",)),
    ("dice", Kind.MESSAGE, "🎲", ()),
    ("poll", Kind.MESSAGE, "Sondaggio: Merino o alpaca?", ()),
    ("story", Kind.MESSAGE, None, ("unsupported",)),
    ("start_other_text", Kind.MESSAGE, "/start con due parole", ()),
    ("group_mention", Kind.MENTION, "🧶 siete aperti sabato?", ()),
    ("group_photo_mention", Kind.MENTION, "che filato è?", ("image",)),
    ("group_reply_to_bot", Kind.MENTION, "Thanks!", ()),
    ("group_edit_mention", Kind.EDIT, "siete aperti domenica?", ()),
    ("topic_mention", Kind.MENTION, "ciao", ()),
]

UNHEARD = {
    "group_chatter": "not_addressed",
    "group_mention_of_another": "not_addressed",
    "group_member_joins": "not_addressed",
    "group_other_bot": "from_bot",
    "live_location_moves": "live_location",
    "pinned": "service_message",
    "tap_inline": "tap_without_message",
    "reaction_anonymous": "anonymous_reaction",
    "channel_post": "unsupported:channel_post",
    "inline_query": "unsupported:inline_query",
    "unheard_of": "unsupported:kind_of_the_future",
}


@pytest.mark.parametrize(("name", "kind", "text", "files"), SAID, ids=[s[0] for s in SAID])
def test_what_is_said(name: str, kind: Kind, text: str | None, files: tuple[str, ...]) -> None:
    said = envelope(name)
    assert (said.kind, said.text) == (kind, text)
    assert tuple(a.kind for a in said.attachments) == files
    assert said.dedup_key == str(update(name)["update_id"])
    assert (said.channel, said.account, said.received_at) == ("telegram", PLACE.account, PLACE.now)


@pytest.mark.parametrize(("name", "why"), UNHEARD.items())
def test_what_is_ignored_has_a_reason(name: str, why: str) -> None:
    assert reason(name) == why


def test_every_fixture_is_read() -> None:
    for name in NAMES:
        found = convert(update(name), PLACE)
        assert isinstance(found, Envelope) or found.reason in UNHEARD.values(), name


def test_who_said_it_where_and_when() -> None:
    said = envelope("text")
    assert said.sender == Sender("501234567", "Giulia Ferraris")
    assert said.address == "501234567"
    assert said.external_id == "1"
    assert said.language == "it"
    assert said.sent_at == 1790000001
    assert not said.public
    assert envelope("text_english").language == "en"


def test_an_edit_repeats_its_messages_id_under_a_key_of_its_own() -> None:
    said, edited = envelope("text"), envelope("edit")
    assert edited.external_id == said.external_id
    assert edited.dedup_key != said.dedup_key
    assert edited.sent_at == 1790000100


def test_an_answer_names_what_it_answers() -> None:
    assert envelope("reply").reply_to == "2"


def test_a_photo_is_its_largest_size() -> None:
    assert envelope("photo").attachments == (
        Attachment("image", "photo.jpg", "image/jpeg", 180000, file_id="photo-file-id-1"),
    )


def test_a_file_keeps_its_name_and_type() -> None:
    [file] = envelope("document").attachments
    assert (file.name, file.mime, file.size) == ("fattura LA-20398.pdf", "application/pdf", 52000)


def test_no_file_ever_has_an_address_because_it_would_hold_the_token() -> None:
    for name in NAMES:
        found = convert(update(name), PLACE)
        if isinstance(found, Envelope):
            assert all(a.url is None or "openstreetmap" in a.url for a in found.attachments)


def test_an_album_is_one_message() -> None:
    parts = [update(f"album_{n}") for n in (1, 2, 3)]
    between = update("text")
    album, text = convert_batch([parts[0], parts[1], between, parts[2]], PLACE)
    assert isinstance(album, Envelope)
    assert isinstance(text, Envelope)
    assert album.text == "Tre difetti"
    assert [a.file_id for a in album.attachments] == [f"album{n}-file-id-1" for n in (1, 2, 3)]
    assert album.external_id == "7"
    assert album.context == {"album": "13500000000001"}
    assert text.text == "Ciao, avete la merino in grigio?"


def test_a_part_that_comes_later_is_never_taken_for_known() -> None:
    parts = [update(f"album_{n}") for n in (1, 2, 3)]
    [early] = convert_batch(parts[:2], PLACE)
    [late] = convert_batch(parts[2:], PLACE)
    [whole] = convert_batch(parts, PLACE)
    keys = {e.dedup_key for e in (early, late, whole) if isinstance(e, Envelope)}
    assert len(keys) == 3
    [again] = convert_batch(parts, PLACE)
    assert again == whole


def test_albums_of_two_people_stay_apart() -> None:
    mine, theirs = update("album_1"), update("album_2")
    theirs["message"]["chat"]["id"] = 42
    assert len(convert_batch([mine, theirs], PLACE)) == 2


def test_an_album_in_a_group_counts_as_addressed_by_its_caption() -> None:
    parts = [update(f"album_{n}") for n in (1, 2)]
    mention = update("group_photo_mention")["message"]
    for part in parts:
        part["message"]["chat"] = mention["chat"]
    parts[0]["message"] |= {k: mention[k] for k in ("caption", "caption_entities")}
    [album] = convert_batch(parts, PLACE)
    assert isinstance(album, Envelope)
    assert (album.text, len(album.attachments)) == ("che filato è?", 2)


def test_one_that_can_not_be_read_holds_up_no_other() -> None:
    broken: dict[str, Any] = {"update_id": 5, "message": {"message_id": "x"}}
    first, second = convert_batch([broken, update("text")], PLACE)
    assert first == Ignored(5, "unreadable")
    assert isinstance(second, Envelope)
    with pytest.raises(Invalid):
        convert(broken, PLACE)


def test_start_is_a_greeting_and_its_link_is_for_the_desk() -> None:
    plain, linked = envelope("start"), envelope("start_deep_link")
    assert plain.kind is Kind.POSTBACK
    assert plain.payload == {"intent": "greet", "entities": {}}
    assert plain.context is None
    assert linked.context == {"deep_link": "order-help"}
    assert linked.payload == plain.payload
    # Typed words after it are words.
    assert envelope("start_other_text").payload is None


def test_a_tap_carries_what_the_button_did_unopened() -> None:
    tap = envelope("tap")
    assert tap.kind is Kind.POSTBACK
    assert tap.button == "eyJpbnRlbnQi.abcdefghijklmnop"
    assert tap.payload is None
    assert (tap.text, tap.reply_to) == ("Sì", "30")
    old = envelope("tap_old_message")
    assert (old.button, old.text) == ("x2", None)


def test_what_is_said_in_groups_is_public() -> None:
    public = {name for name in NAMES if name.startswith(("group_", "topic_"))} - UNHEARD.keys()
    for name in {*public, "tap_in_group"}:
        assert envelope(name).public, name
    assert envelope("topic_mention").address == "-1001234567890/12"
    assert envelope("group_command").payload == {"intent": "greet", "entities": {}}


def test_blocking_is_noted() -> None:
    for name in ("blocked", "unblocked"):
        change = envelope(name)
        assert change.kind is Kind.RECEIPT
        assert change.context == {"membership": name}
        assert change.reachable is (name == "unblocked")


def test_a_group_that_takes_the_bot_in_or_puts_it_out_is_noted() -> None:
    taken_in = envelope("added_to_group")
    assert (taken_in.kind, taken_in.reachable, taken_in.public) == (Kind.RECEIPT, True, True)
    put_out = update("added_to_group")
    change = put_out["my_chat_member"]
    before = change["old_chat_member"]
    change["old_chat_member"] = change["new_chat_member"]
    change["new_chat_member"] = {**before, "status": "kicked", "until_date": 0}
    found = convert(put_out, PLACE)
    assert isinstance(found, Envelope)
    assert found.reachable is False
    stayed = update("added_to_group")
    stayed["my_chat_member"]["old_chat_member"] = stayed["my_chat_member"]["new_chat_member"]
    assert convert(stayed, PLACE) == Ignored(stayed["update_id"], "membership")


def test_a_reaction_names_its_message_and_says_what_stands_under_it_now() -> None:
    put, taken = envelope("reaction"), envelope("reaction_taken_back")
    assert (put.kind, put.text, put.external_id) == (Kind.REACTION, "👍 (emoji)", "30")
    assert (taken.kind, taken.text, taken.external_id) == (Kind.REACTION, None, "30")
    assert put.dedup_key != taken.dedup_key
    assert put.sent_at == 1790000600


def test_a_group_that_moves_is_said_twice_and_means_one_thing() -> None:
    for name in ("migrate_to", "migrate_from"):
        moved = envelope(name)
        assert (moved.address, moved.moved_from) == ("-1001234567890", "-4001234")
        assert moved.kind is Kind.RECEIPT


def test_somebody_who_writes_as_a_group_is_heard() -> None:
    said = update("group_mention")
    said["message"]["from"] = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    said["message"]["sender_chat"] = said["message"]["chat"]
    found = convert(said, PLACE)
    assert isinstance(found, Envelope)
    assert found.sender == Sender("-4001234", "Maglia e tè")
