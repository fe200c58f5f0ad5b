"""A case's whole way in Slack: card, claim, words to the customer, back to the bot."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.channels.contract import Capabilities, Kind
from runtime.errors import Permanent, UnknownOutcome
from tests.integrations.desk.slack.scene import Picture, Scene, picture
from tests.integrations.scripted import echo


async def test_a_handoff_posts_a_card_with_its_transcript(desk: Scene) -> None:
    await desk.hand_over()
    card = await desk.card()
    shown = str(card.blocks)
    assert "Perché una persona" in shown
    assert "LA-20398" in shown
    assert "ascolto_claim" in shown
    assert "http://desk.example/console/c/c" in shown
    [transcript, *_] = desk.slack.thread(card.ts)
    assert "Vorrei parlare con una persona" in str(transcript.blocks)


async def test_a_claim_changes_owner_and_card(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, _card = await desk.claimed(marta)
    handoff = await desk.handoff(conversation_id)
    assert handoff.claimed_by == "Marta"
    [shown] = desk.slack.cards()
    assert "In mano a Marta" in str(shown.blocks)
    assert "ascolto_reply" in str(shown.blocks)
    assert "ascolto_claim" not in str(shown.blocks)
    assert len(desk.slack.cards()) == 1
    assert any("Il caso è tuo" in e.text for e in desk.slack.shown_to(marta))


async def test_plain_words_stay_inside_until_sent(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    ts = await desk.post(marta, "il pacco è fermo a Biella", card)
    assert await desk.told() == []
    assert await desk.noted() == ["il pacco è fermo a Biella"]
    await desk.slack.click(marta, desk.ask(marta), "ascolto_send").done()
    await desk.quiet()
    assert await desk.told() == ["il pacco è fermo a Biella"]
    assert desk.slack.marks(ts) == ["white_check_mark"]
    assert not [e for e in desk.slack.shown_to(marta) if "Lo mando" in e.text]


async def test_an_exclamation_mark_sends(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    ts = await desk.post(marta, "!Buongiorno &amp; benvenuta &lt;3 <https://a.example|qui>", card)
    assert await desk.told() == ["Buongiorno & benvenuta <3 qui (https://a.example)"]
    assert desk.slack.marks(ts) == ["white_check_mark"]
    assert await desk.noted() == []


async def test_the_reply_modal_opens_at_once_and_sends_once(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    view = await desk.modal(marta, card, "ascolto_reply")
    assert len(view.history) == 1
    assert "Vorrei parlare con una persona" in str(view.view)
    submitted = desk.slack.submit(view.id, {"ascolto_words": "Arriva domani."})
    await submitted.done()
    await desk.slack.outbox.again(submitted).done()
    await desk.quiet()
    assert await desk.told() == ["Arriva domani."]
    copies = [m for m in desk.slack.thread(card.ts) if "Arriva domani." in str(m.blocks)]
    assert len(copies) == 1
    assert desk.slack.marks(copies[0].ts) == ["white_check_mark"]


async def test_the_shortcut_sends_once(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    ts = await desk.post(marta, "la taglia è la M", card)
    await desk.slack.shortcut(marta, ts, "send_to_customer").done()
    await desk.quiet()
    await desk.slack.shortcut(marta, ts, "send_to_customer").done()
    await desk.slack.click(marta, desk.ask(marta), "ascolto_send").done()
    await desk.quiet()
    assert await desk.told() == ["la taglia è la M"]


async def test_back_to_the_bot_with_a_word(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, card = await desk.claimed(marta)
    view = await desk.modal(marta, card, "ascolto_return")
    await desk.slack.submit(view.id, {"ascolto_words": "il pacco parte martedì"}).done()
    await desk.quiet()
    assert await desk.owner(conversation_id) == "bot"
    assert (await desk.handoff(conversation_id)).closing_word == "il pacco parte martedì"
    [shown] = desk.slack.cards()
    assert "Restituito al bot da Marta" in str(shown.blocks)
    assert "ascolto_reply" not in str(shown.blocks)


async def test_a_resolution_is_noted_and_stays_inside(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, card = await desk.claimed(marta)
    view = await desk.modal(marta, card, "ascolto_resolve")
    await desk.slack.submit(view.id, {"ascolto_words": "rimborso interno 4711"}).done()
    await desk.quiet()
    assert await desk.owner(conversation_id) == "wrap_up"
    assert not any("4711" in message.text for message in desk.world.push.sent)
    assert "Risolto da Marta" in str(desk.slack.cards()[0].blocks)


def titles_of(group: dict[str, Any]) -> dict[str, str]:
    """A group's options: value to what is read."""
    return {option["value"]: option["text"]["text"] for option in group["options"]}


@pytest.mark.parametrize("button", ["ascolto_return", "ascolto_resolve"])
async def test_what_they_wanted_is_asked_once_and_stays_inside(desk: Scene, button: str) -> None:
    marta = desk.slack.agent("Marta Rossi")
    desk.world.bot.on_message = lambda message: (
        {"intent": "item_damaged", "text": "Mi dispiace!"}
        if "rotto" in message["text"]
        else echo(message)
    )
    await desk.world.settled(await desk.world.say("È arrivato rotto", channel="push"))
    conversation_id, card = await desk.claimed(marta)
    view = await desk.modal(marta, card, button)
    select = next(block for block in view.view["blocks"] if block.get("block_id") == "wanted")
    assert select["optional"]
    likely, others = select["element"]["option_groups"]
    # What the bot read is offered first, and only there.
    assert [option["value"] for option in likely["options"]] == ["item_damaged"]
    assert "item_damaged" not in titles_of(others)
    assert titles_of(others)["return_item"] == "reso"
    assert others["options"][-1]["value"] == "something else"
    await desk.slack.submit(view.id, {"ascolto_wanted": "return_item"}).done()
    await desk.quiet()
    handoff = await desk.handoff(conversation_id)
    assert (handoff.wanted, handoff.wanted_words) == ("return_item", None)
    assert "return_item" not in str(desk.slack.cards()[0].blocks)


async def test_something_else_is_said_in_words(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, card = await desk.claimed(marta)
    view = await desk.modal(marta, card, "ascolto_resolve")
    said = {"ascolto_wanted": "something else", "ascolto_wanted_words": "tinta su misura"}
    await desk.slack.submit(view.id, said).done()
    await desk.quiet()
    handoff = await desk.handoff(conversation_id)
    assert (handoff.wanted, handoff.wanted_words) == (None, "tinta su misura")
    assert not any("tinta" in message.text for message in desk.world.push.sent)


async def test_who_submits_at_once_has_answered_nothing(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, card = await desk.claimed(marta)
    view = await desk.modal(marta, card, "ascolto_resolve")
    await desk.slack.submit(view.id, {}).done()
    await desk.quiet()
    handoff = await desk.handoff(conversation_id)
    assert (handoff.state, handoff.wanted, handoff.wanted_words) == ("resolved", None, None)


async def test_what_the_customer_writes_arrives_in_order(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    for number in range(5):
        await desk.world.say(f"riga {number}", channel="push")
    await desk.quiet()
    shown = [t for t in desk.texts(card) if "riga " in t]
    assert [f"riga {n}" in t for n, t in enumerate(shown)] == [True] * 5
    assert len(shown) == 5


async def test_edits_deletions_and_files_of_the_customer_arrive(desk: Scene) -> None:
    desk.world.push.fetch = Picture.fetch
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    await desk.world.say("la taglia è L", channel="push", message_id="a1")
    await desk.world.say("la taglia è M", channel="push", message_id="a1", kind=Kind.EDIT)
    await desk.world.say("il numero segreto", channel="push", message_id="a2")
    await desk.world.worker.accept(picture("giulia", "ecco la maglia", "a3"))
    await desk.quiet()
    assert "segreto" in " ".join(desk.texts(card))
    await desk.world.say(None, channel="push", message_id="a2", kind=Kind.DELETE)
    await desk.quiet()
    shown = " ".join(desk.texts(card))
    assert "corretto" in shown
    assert "la taglia è M" in shown
    assert "maglia.png" in shown
    assert "segreto" not in shown
    assert "Il cliente ha cancellato questo messaggio" in shown
    [file] = [m for m in desk.slack.thread(card.ts) if m.files]
    assert desk.slack.space.files[file.files[0]].content == Picture.content


@pytest.mark.parametrize("act", ["write", "open a window", "edit", "be an outsider"])
async def test_who_does_something_in_slack_is_at_the_desk(desk: Scene, act: str) -> None:
    marta = desk.slack.agent("Marta Rossi")
    luca = desk.slack.agent("Luca", **({"team": "T0OTHER"} if act == "be an outsider" else {}))
    _, card = await desk.claimed(marta)
    ts = await desk.post(luca, "guardo io", card)
    desk.world.clock.advance(desk.world.desk_settings.agent_presence_seconds + 1)
    await desk.world.presence.refresh()
    assert not desk.world.presence.agents
    if act == "open a window":
        await desk.slack.click(luca, card.ts, "ascolto_reply").done()
    elif act == "edit":
        await desk.slack.edit(luca, ts, "ci guardo io").done()
    else:
        await desk.slack.post(luca, "eccomi", thread_ts=card.ts)[1].done()
    await desk.quiet()
    await desk.world.presence.refresh()
    assert desk.world.presence.agents == (set() if act == "be an outsider" else {"Luca"})


async def test_only_one_of_two_claims_holds(desk: Scene) -> None:
    marta, luca = desk.slack.agent("Marta Rossi"), desk.slack.agent("Luca")
    conversation_id = await desk.hand_over()
    card = await desk.card()
    presses = [desk.slack.click(who, card.ts, "ascolto_claim") for who in (marta, luca)]
    for press in presses:
        await press.done()
    await desk.quiet()
    holder = (await desk.handoff(conversation_id)).claimed_by
    other = luca if holder == "Marta" else marta
    assert any("Con il cliente sta scrivendo" in e.text for e in desk.slack.shown_to(other))


async def test_two_people_of_one_name_are_two_agents(desk: Scene) -> None:
    first = desk.slack.agent("Luca", "Luca Bianchi")
    second = desk.slack.agent("Luca", "Luca Verdi")
    _, card = await desk.claimed(first)
    await desk.post(second, "!io sono un altro", card)
    assert await desk.told() == []


async def test_what_the_console_does_shows_in_slack(desk: Scene) -> None:
    conversation_id = await desk.hand_over()
    card = await desk.card()
    await desk.world.desk.claim(conversation_id, "Chiara")
    await desk.world.desk.note(conversation_id, "Chiara", "cliente da 10 anni")
    await desk.world.desk.reply(conversation_id, "Chiara", "Eccomi!")
    await desk.quiet()
    shown = desk.texts(card)
    assert any("nota interna" in t and "10 anni" in t for t in shown)
    [copy] = [m for m in desk.slack.thread(card.ts) if "Eccomi!" in str(m.blocks)]
    assert desk.slack.marks(copy.ts) == ["white_check_mark"]
    assert "In mano a Chiara" in str(desk.slack.cards()[0].blocks)


async def test_a_failure_is_marked_explained_and_tried_again(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    desk.world.push.outcomes = [Permanent("the customer has blocked us <!channel>")]
    ts = await desk.post(marta, "!ci sei?", card)
    assert desk.slack.marks(ts) == ["x"]
    [line] = [m for m in desk.slack.thread(card.ts) if "ascolto_retry" in str(m.blocks)]
    assert "blocked us &lt;!channel&gt;" in str(line.blocks)
    pressed = desk.slack.click(marta, line.ts, "ascolto_retry")
    await pressed.done()
    await desk.slack.click(marta, line.ts, "ascolto_retry").done()
    await desk.quiet()
    assert await desk.told() == ["ci sei?"]


async def test_a_message_in_parts_has_one_mark_and_only_what_was_lost_is_sent_again(
    desk: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    monkeypatch.setattr(desk.world.push, "capabilities", Capabilities(max_text=20))
    desk.world.push.outcomes = [None, Permanent("blocked")]
    ts = await desk.post(marta, "!Prima frase qui. Seconda frase qui. Terza.", card)
    assert await desk.told() == ["Prima frase qui.", "Terza."]
    assert desk.slack.marks(ts) == ["x"]
    [line] = [m for m in desk.slack.thread(card.ts) if "ascolto_retry" in str(m.blocks)]
    assert "Seconda frase qui." in str(line.blocks)
    assert "Prima" not in str(line.blocks)
    await desk.slack.click(marta, line.ts, "ascolto_retry").done()
    await desk.quiet()
    assert await desk.told() == ["Prima frase qui.", "Terza.", "Seconda frase qui."]


async def test_nobody_knows_is_said_and_never_repeated(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    desk.world.push.outcomes = [UnknownOutcome("timed out")]
    ts = await desk.post(marta, "!ci sei?", card)
    assert desk.slack.marks(ts) == ["grey_question"]
    assert any("Non si sa se è arrivato" in t for t in desk.texts(card))
    assert await desk.told() == []


async def test_hostile_words_are_only_words(desk: Scene) -> None:
    await desk.world.say(
        "<!channel> <@U0ASCOLTO> <https://evil.example|clicca> & ```x``` parlo con una persona?",
        channel="push",
    )
    card = await desk.card()
    everything = desk.slack.everything_written()
    assert "<!channel>" not in everything
    assert "<@U0ASCOLTO>" not in everything
    assert "<https://evil" not in everything
    assert "&lt;!channel&gt;" in " ".join(desk.texts(card))


async def test_a_second_case_gets_a_thread_of_its_own(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, first = await desk.claimed(marta)
    await desk.world.desk.return_to_bot(conversation_id, "Marta")
    await desk.quiet()
    await desk.hand_over()
    second = await desk.card(2)
    await desk.post(marta, "!dal thread vecchio", first)
    assert await desk.told() == []
    assert any("caso più recente" in e.text for e in desk.slack.shown_to(marta))
    assert second.ts != first.ts


async def test_a_very_long_conversation_fits(desk: Scene) -> None:
    for number in range(60):
        await desk.world.say(f"{number} " + "lana & <filo> " * 150, channel="push")
    await desk.hand_over()
    card = await desk.card()
    [transcript, *_] = desk.slack.thread(card.ts)
    assert "più vecchi" in str(transcript.blocks)
    assert "una persona" in str(transcript.blocks)
    assert not [line for line in desk.slack.space.log if line["what"] == "refused"]
