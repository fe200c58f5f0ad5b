"""From what the bot answered (or nobody) to what changes: pure functions, no I/O.

The worker fetches, this module decides, `work.commit` writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from integrations.bridge import records
from integrations.conversations import buttons as payloads
from integrations.conversations import handing_over, taps
from integrations.conversations.choices import read_rating
from integrations.conversations.handing_over import Escalation
from integrations.conversations.ids import new_id
from integrations.conversations.outbox import Draft
from integrations.conversations.outcome import Handled, Outcome, Work
from integrations.conversations.ownership import Change, Owner
from integrations.conversations.rules import Moment, Rules
from integrations.conversations.words import changed, disclose, say
from integrations.escalation.policy import Decision, Facts, decide
from integrations.escalation.signals import Signal
from integrations.insights.traces import TRACES, asks

# What a customer says after a case is done without wanting to open it again.
SOCIAL = frozenset({"greet", "goodbye", "thank", "affirm", "deny"})
LOW_RATING = 2
# What the bot's form calls the photo that it asks for.
PHOTO = "photo"

Answer = Mapping[str, Any]
NO_ANSWER: Answer = {}


class Answering:
    """Turns answers into outcomes by the operator's rules."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def needs_bot(self, work: Work, message: Any) -> bool:
        """Whether a message is for the bot, rather than for the gateway itself."""
        if payloads.gateway_intent(message) is not None or taps.stale(message):
            return False
        if work.conversation.state.get("awaiting_message") or _rating(work, message):
            return False
        if (message.text or "").strip() or message.payload:
            return True
        return bool(message.attachments and work.conversation.state.get("photo_wanted"))

    def from_bot(self, work: Work, answer: Answer, moment: Moment) -> Outcome:
        """The effects of a turn; `answer` is the care channel's, empty if it wasn't asked."""
        state = dict(work.conversation.state)
        state.pop("outage_told_at", None)
        outcome = Outcome(language=moment.language, state=state)
        if answer:
            _remember_the_question(state, answer)
        signals = _signals(answer)
        nlu = {reading["message_id"]: reading for reading in answer.get("nlu", ())}
        self._reply(work, answer, nlu, outcome, signals, moment)
        decision = self._decide(work, signals, nlu, outcome, moment)
        if answer:
            outcome.turn_values = {
                "model_sha": answer.get("model_sha"),
                "signals": [{"name": s.name, "data": dict(s.data)} for s in signals],
                "actions": list(answer.get("actions", ())),
                "rules": list(decision.rules) if decision else None,
                **asks(answer),
            }
        if decision and decision.handoff and outcome.change is None:
            asked = answer.get("handoff") or {}
            escalation = Escalation(
                decision, signals, asked.get("collected") or {}, answer.get("actions", ())
            )
            handing_over.hand_over(self.rules, work, outcome, escalation, moment)
        self._answer_the_unanswered(work, outcome, moment)
        self._offer_unknown(work, outcome, moment)
        disclose(self.rules, outcome, moment)
        return _told_to_bridge(work, outcome, nlu, moment)

    def with_people(self, work: Work, moment: Moment) -> Outcome:
        """Messages while a person was asked or is there."""
        outcome = handing_over.with_people(self.rules, work, moment)
        return _told_to_bridge(work, outcome, {}, moment)

    def without_bot(self, work: Work, minutes: float, moment: Moment) -> Outcome | None:
        """The bot stays away: people take it if the policy says so, else None."""
        outcome = handing_over.without_bot(self.rules, work, minutes, moment)
        return _told_to_bridge(work, outcome, {}, moment) if outcome is not None else None

    def outage_word(self, work: Work, moment: Moment) -> Outcome:
        """The honest word while the bot is away: once an outage, and not in the first seconds."""
        outcome = Outcome()
        state = dict(work.conversation.state)
        waited = moment.now - min((m.received_at for m in work.messages), default=moment.now)
        if state.get("outage_told_at") or waited < self.rules.desk.outage_word_after_seconds:
            return outcome
        outcome.state = {**state, "outage_told_at": moment.now}
        say(self.rules, outcome, "outage", moment, role="system")
        disclose(self.rules, outcome, moment)
        outcome.bridge = _we_said(work, outcome, moment)
        return outcome

    # -- parts -------------------------------------------------------------------------------

    def _reply(
        self,
        work: Work,
        answer: Answer,
        nlu: Mapping[str, Any],
        outcome: Outcome,
        signals: list[Signal],
        moment: Moment,
    ) -> None:
        replies = {r["in_reply_to"][0]: r for r in answer.get("replies", ())}
        for message in work.messages:
            if not self.needs_bot(work, message):
                self._answer_locally(work, message, outcome, moment)
                continue
            reply = replies.get(message.id)
            if reply is not None:
                outcome.drafts.append(self._draft(work, message, reply, moment))
            elif not answer.get("handoff"):
                signals.append(Signal("no_reply", {}))
            outcome.handled.append(
                Handled(
                    message.id,
                    "answered",
                    reading=nlu.get(message.id),
                    language=moment.language,
                )
            )

    def _draft(self, work: Work, message: Any, reply: Mapping[str, Any], moment: Moment) -> Draft:
        seal = self.rules.buttons.seal
        return Draft(
            role="bot",
            text=str(reply["text"]),
            buttons=tuple(
                seal(
                    work.conversation.address,
                    button["title"],
                    button["payload"]["intent"],
                    button["payload"].get("entities"),
                )
                for button in reply.get("buttons") or ()
            ),
            in_reply_to=(message.external_id,),
            expires_at=moment.now + 60 * self.rules.desk.bot_reply_expiry_minutes,
            id=new_id("o"),
        )

    def _decide(
        self,
        work: Work,
        signals: list[Signal],
        nlu: Mapping[str, Any],
        outcome: Outcome,
        moment: Moment,
    ) -> Decision | None:
        if outcome.change is None and handing_over.returning(self.rules, work, moment):
            intents = {str(reading.get("intent")) for reading in nlu.values()}
            if intents and not intents <= SOCIAL:
                signals.append(Signal("returned", {"agent_present": moment.agent_present}))
        signals = [signal for signal in signals if signal.name not in TRACES]
        if not signals:
            return None
        earlier = dict(work.conversation.state.get("earlier") or {})
        if outcome.state is not None:
            counts = Counter(s.name for s in signals)
            outcome.state["earlier"] = dict(counts + Counter(earlier))
        facts = Facts(tuple(signals), work.owner.value, handing_over.customer(work), earlier)
        return decide(self.rules.policy, facts)

    def _answer_locally(self, work: Work, message: Any, outcome: Outcome, moment: Moment) -> None:
        state = outcome.state if outcome.state is not None else {}
        intent = payloads.gateway_intent(message)
        rating = _rating(work, message)
        lost = state.get("unknown") or {}
        in_reply = (message.external_id,)
        if rating:
            key = "thanks_for_low_rating" if rating <= LOW_RATING else "thanks_for_rating"
            outcome.handoff_updates = {"rating": rating}
            state.pop("awaiting_rating", None)
            if rating <= LOW_RATING:
                # They are told that a person reads what went wrong.
                state["awaiting_message"] = True
            if work.owner is Owner.WRAP_UP and outcome.change is None:
                outcome.change = Change.RATED
        elif intent == payloads.REPEAT and lost.get("text"):
            key = "repeated"
            state.pop("unknown", None)
            outcome.drafts.append(
                Draft(
                    role="bot",
                    text=lost["text"],
                    buttons=tuple(lost.get("buttons") or ()),
                    in_reply_to=in_reply,
                    id=new_id("o"),
                )
            )
        elif intent is not None or taps.stale(message):
            key = "choice_over"
        elif state.get("awaiting_message"):
            key = "message_taken"
            state.pop("awaiting_message", None)
            outcome.bridge.append(handing_over.case_from(work, message, moment))
        else:
            key = "attachment_unreadable"
        if key != "repeated":
            say(self.rules, outcome, key, moment, in_reply_to=in_reply)
        outcome.handled.append(Handled(message.id, "answered", key, language=moment.language))

    def _answer_the_unanswered(self, work: Work, outcome: Outcome, moment: Moment) -> None:
        answered = {name for draft in outcome.drafts for name in draft.in_reply_to}
        for message in work.messages:
            if message.external_id not in answered:
                say(self.rules, outcome, "no_reply", moment, in_reply_to=(message.external_id,))

    def _offer_unknown(self, work: Work, outcome: Outcome, moment: Moment) -> None:
        lost = work.conversation.state.get("unknown")
        if not lost or lost.get("offered") or outcome.change is not None or not outcome.drafts:
            return
        if outcome.state is not None:
            outcome.state["unknown"] = {**lost, "offered": True}
        title = self.rules.texts.render("repeat_button", moment.language)
        repeat = self.rules.buttons.seal(work.conversation.address, title, payloads.REPEAT)
        say(self.rules, outcome, "did_it_arrive", moment, buttons=(repeat,))


def _signals(answer: Answer) -> list[Signal]:
    signals = [Signal(s["name"], s.get("data") or {}) for s in answer.get("signals", ())]
    names = {signal.name for signal in signals}
    if answer.get("handoff") and "handoff_requested" not in names:
        signals.append(Signal("handoff_requested", dict(answer["handoff"])))
    failed = [a for a in answer.get("actions", ()) if not a.get("ok")]
    if failed and "action_failed" not in names:
        signals.append(Signal("action_failed", {"name": failed[0].get("name", "")}))
    return signals


def _remember_the_question(state: dict[str, Any], answer: Answer) -> None:
    """Whether the bot has just asked for a photo: then a file alone is an answer."""
    if (answer.get("slots") or {}).get("requested_slot") == PHOTO:
        state["photo_wanted"] = True
    else:
        state.pop("photo_wanted", None)


def _rating(work: Work, message: Any) -> int | None:
    if payloads.gateway_intent(message) == payloads.RATING:
        value = str(message.payload["entities"].get("rating"))
        return int(value) if value in {"1", "2", "3", "4", "5"} else None
    if work.conversation.state.get("awaiting_rating") and message.text:
        return read_rating(message.text)
    return None


def _told_to_bridge(
    work: Work, outcome: Outcome, nlu: Mapping[str, Any], moment: Moment
) -> Outcome:
    for message in work.messages:
        outcome.bridge.append(
            records.customer_said(
                work.conversation, message, language=moment.language, reading=nlu.get(message.id)
            )
        )
    outcome.drafts = [d if d.id else changed(d, id=new_id("o")) for d in outcome.drafts]
    outcome.bridge += _we_said(work, outcome, moment)
    return outcome


def _we_said(work: Work, outcome: Outcome, moment: Moment) -> list[dict[str, Any]]:
    return [
        records.we_said(
            work.conversation, str(draft.id), draft, language=moment.language, at=moment.now
        )
        for draft in outcome.drafts
    ]
