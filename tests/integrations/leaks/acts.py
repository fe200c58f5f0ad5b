"""What people do with words: in the thread, beside it, on the card, in the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.care import until
from tests.integrations.leaks.floor import ASKS, Floor, new_key
from tests.people.customers import CustomerOn, told
from tests.people.in_slack import WORDS, AgentInSlack, CaseInSlack, arrived
from tests.simulators.slack.workspace import BOT

PDF = ("schema.pdf", b"%PDF-1.7 lana", "application/pdf")
PROGRAM = ("gioco.exe", b"MZ\x90\x00 programma", "application/x-msdownload")
SEND, KEEP = "ascolto_send", "ascolto_keep"
CLAIM, REPLY = "ascolto_claim", "ascolto_reply"
RETURN, RESOLVE = "ascolto_return", "ascolto_resolve"
OTHER_CHANNEL = "C0ALTRO"


class Row:
    """One customer's case in one state. Marta acts unless a row says otherwise."""

    def __init__(self, floor: Floor, channel: str) -> None:
        self.floor = floor
        self.slack = floor.slack
        self.customer: CustomerOn = floor.customer(channel)
        self.marta = floor.agent("Marta", real_name="Marta Rossi")
        self.luca = floor.agent("Luca", real_name="Luca Ferri")
        self.guest = floor.agent("Ospite", team="T0ALTRI")
        self.case: CaseInSlack

    # -- states, in steps that many rows take together -------------------------------------------

    def ask(self) -> None:
        """They ask for a person."""
        self.customer.says(ASKS)

    def take(self, state: str) -> None:
        """The case is there; bring it into the state."""
        self.case = self.floor.case(self.customer)
        if state == "queued":
            return
        if state in ("message", "with_bot"):
            title = "Lascio un messaggio" if state == "message" else "Torno al bot"
            told(self.customer, "Ho chiamato una persona")
            self.customer.taps(title)
            if state == "message":
                told(self.customer, "Scrivi qui il tuo messaggio")
                self.customer.says("richiamatemi per il pacco")
            return
        (self.luca if state == "theirs" else self.marta).presses(self.case.ts, CLAIM)
        told(self.customer, "Da qui ti risponde")
        if state in ("returned", "newer"):
            self.floor.console(self.customer, "return", "Marta", word="")
            told(self.customer, "Da qui riprendo io")
        elif state == "resolved":
            self.floor.console(self.customer, "resolve", "Marta", word="")
            told(self.customer, "Com'è andata")
        if state == "newer":
            self.customer.says(ASKS)
            self.marta.presses(self.floor.case(self.customer, 2).ts, CLAIM)

    # -- parts of acts ---------------------------------------------------------------------------

    def writes(self, words: str, who: str = "marta", **more: Any) -> str:
        return self.by(who).writes(self.case, words, **more)

    def by(self, who: str) -> AgentInSlack:
        agent: AgentInSlack = getattr(self, who)
        return agent

    def question(self, words: str) -> tuple[str, str]:
        """Marta writes it and is asked whether to send it: the message, the question."""
        ts = self.writes(words)
        [question] = until(lambda: self.marta.asked(words), "the question")
        return ts, str(question)


Act = Callable[[Row, str], None]


def by(who: str, how: str = "{}", **more: Any) -> Act:
    """Written in the thread; `{}` stands for the words."""

    def act(row: Row, words: str) -> None:
        row.writes(how.format(words), who, **more)

    return act


def asked(answer: str) -> Act:
    """Written, asked about, and answered."""

    def act(row: Row, words: str) -> None:
        _, question = row.question(words)
        row.marta.presses(question, answer)

    return act


def asked_twice(row: Row, words: str) -> None:
    """Send is pressed twice, and Slack delivers the first press twice."""
    _, question = row.question(words)
    press, again = (row.slack.click(row.marta.id, question, SEND) for _ in range(2))
    arrived(press)
    arrived(row.slack.outbox.again(press))
    arrived(again)


def asked_then_edited(row: Row, words: str) -> None:
    ts, question = row.question(words)
    arrived(row.slack.edit(row.marta.id, ts, f"{words} corretto"))
    row.floor.quiet()
    row.marta.presses(question, SEND)


def asked_then_deleted(row: Row, words: str) -> None:
    ts, question = row.question(words)
    arrived(row.slack.delete(row.marta.id, ts))
    row.floor.quiet()
    row.marta.presses(question, SEND)


def asked_then_lost(row: Row, words: str) -> None:
    _, question = row.question(words)
    row.floor.console(row.customer, "claim")
    row.marta.presses(question, SEND)


def edited_to_bang(row: Row, words: str) -> None:
    ts = row.writes(words)
    arrived(row.slack.edit(row.marta.id, ts, f"!{words}"))


def edited_after_sending(row: Row, words: str) -> None:
    ts = row.writes("!ciao")
    told(row.customer, "ciao")
    arrived(row.slack.edit(row.marta.id, ts, f"!{words}"))


def deleted_after_sending(row: Row, words: str) -> None:
    """What the customer has stays with them."""
    ts = row.writes(f"!{words}")
    told(row.customer, words)
    arrived(row.slack.delete(row.marta.id, ts))


def shortcut(who: str = "marta", of: str = "marta") -> Act:
    """*Send to customer* by one on the words of another."""

    def act(row: Row, words: str) -> None:
        row.by(who).sends_on(row.writes(words, of))

    return act


def shortcut_twice(row: Row, words: str) -> None:
    ts = row.writes(words)
    row.marta.sends_on(ts)
    row.marta.sends_on(ts)


def shortcut_on_the_card(row: Row, words: str) -> None:
    row.writes(words)
    row.marta.sends_on(row.case.ts)


def modal(who: str, action: str) -> Act:
    """A button of the card and what it opens, as far as it opens."""

    def act(row: Row, words: str) -> None:
        agent = row.by(who)
        try:
            arrived(row.slack.click(agent.id, row.case.ts, action))
        except LookupError:
            return
        view = until(lambda: row.slack.modal(agent.id), "the modal")
        until(lambda: len(view.history) >= 1, "what stands in it")
        if "submit" in view.view:
            arrived(row.slack.submit(view.id, {WORDS: words}))
        else:
            row.slack.close(view.id)

    return act


def modal_then_lost(row: Row, words: str) -> None:
    """The modal is open when somebody else takes the case."""
    row.marta.presses(row.case.ts, REPLY)
    view = until(lambda: row.slack.modal(row.marta.id), "the modal")
    until(lambda: "submit" in view.view, "what stands in it")
    row.floor.console(row.customer, "claim")
    arrived(row.slack.submit(view.id, {WORDS: words}))
    if view.open:
        row.slack.close(view.id)


def elsewhere(channel: str | None = None, *, thread: bool = False) -> Act:
    """With a `!`, outside the case's thread."""

    def act(row: Row, words: str) -> None:
        if channel is not None:
            row.slack.add_channel(channel, channel.lower())
        place = row.case.ts if thread else None
        _, event = row.slack.post(row.marta.id, f"!{words}", channel=channel, thread_ts=place)
        arrived(event)

    return act


def under_an_answer(row: Row, words: str) -> None:
    """The thread is named by a message under the card instead of the card."""
    ts = row.writes("un momento")
    _, event = row.slack.post(row.marta.id, f"!{words}", thread_ts=ts)
    arrived(event)


def in_the_thread_of_another(row: Row, words: str) -> None:
    """Luca holds the other case; Marta takes its thread for hers."""
    other = Row(row.floor, "api")
    other.ask()
    other.take("theirs")
    _, event = row.slack.post(row.marta.id, f"!{words}", thread_ts=other.case.ts)
    arrived(event)


def as_a_bot(row: Row, words: str) -> None:
    """Another app writes in the thread, in an agent's name."""
    event = {
        "type": "message",
        "subtype": "bot_message",
        "text": f"!{words}",
        "user": row.marta.id,
        "bot_id": f"{BOT}X",
        "channel": row.slack.channel,
        "channel_type": "channel",
        "ts": row.slack.space.new_ts(),
        "thread_ts": row.case.ts,
    }
    arrived(row.slack.outbox.event(event))


def repeated(row: Row, words: str) -> None:
    """Slack delivers the same event three times."""
    _, event = row.slack.post(row.marta.id, f"!{words}", thread_ts=row.case.ts)
    arrived(event)
    for _ in range(2):
        arrived(row.slack.outbox.again(event))


def console(action: str, name: str = "Chiara") -> Act:
    """In the console."""

    def act(row: Row, words: str) -> None:
        row.floor.console(row.customer, action, name, text=words, key=new_key())

    return act


def reaction(row: Row, words: str) -> None:
    ts = row.writes(words)
    row.slack.react(row.marta.id, ts, "eyes")
