"""Giving a conversation to people: the hand-over's row, the words, the choices while waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.bridge import records
from integrations.conversations import buttons as payloads
from integrations.conversations.choices import read_choice
from integrations.conversations.ids import new_id
from integrations.conversations.outcome import Handled, Outcome, Work
from integrations.conversations.ownership import Change, Owner
from integrations.conversations.rules import Moment, Rules
from integrations.conversations.taps import stale
from integrations.conversations.words import changed, disclose, say
from integrations.escalation.desk_settings import expected_wait, first_answer_due
from integrations.escalation.policy import Customer, Decision, Facts, decide
from integrations.escalation.signals import Signal
from runtime.clock import iso

CHOICES = ("wait", "leave_message", "back_to_bot")


@dataclass(frozen=True)
class Escalation:
    """A decision to hand over, with what led to it."""

    decision: Decision
    signals: Sequence[Signal]
    collected: Mapping[str, Any] = field(default_factory=dict)
    actions: Sequence[Mapping[str, Any]] = ()


def customer(work: Work) -> Customer:
    """What the policy may know of the customer, from the conversation's memory."""
    memory = work.conversation.state.get("memory") or {}
    return Customer(
        level=memory.get("level", "unknown"),
        tier=memory.get("tier"),
        open_case=bool(memory.get("open_case")),
    )


def returning(rules: Rules, work: Work, moment: Moment) -> bool:
    """Whether the customer writes soon after their case was resolved, without having rated it."""
    handoff = work.handoff
    if (
        handoff is None
        or handoff.state != "resolved"
        or work.owner
        not in (
            Owner.WRAP_UP,
            Owner.BOT,
        )
    ):
        return False
    since = moment.now - (handoff.closed_at or 0.0)
    return work.owner is Owner.WRAP_UP or (
        handoff.rating is None and since <= 60 * rules.desk.reopen_minutes
    )


def hand_over(
    rules: Rules, work: Work, outcome: Outcome, escalation: Escalation, moment: Moment
) -> None:
    """Add a hand-over to an outcome: to the queue, or straight back to a present agent."""
    reopened = moment.agent_present and returning(rules, work, moment)
    if escalation.decision.replies == "drop" or reopened:
        outcome.drafts = [d for d in outcome.drafts if d.role != "bot"]
    if reopened:
        outcome.change = Change.REOPEN
        outcome.handoff_updates = {"state": "claimed", "closed_at": None}
        say(rules, outcome, "reopened", moment)
    else:
        outcome.change = Change.HAND_OVER
        outcome.handoff = _row(rules, work, escalation, moment)
        wait = expected_wait(rules.desk, moment.now, moment.people_waiting)
        say(
            rules,
            outcome,
            "handover",
            moment,
            buttons=_choice_buttons(rules, work, moment.language),
            wait=rules.texts.wait(wait, moment.language),
        )
    answered = {name for draft in outcome.drafts for name in draft.in_reply_to}
    rest = [m.external_id for m in work.messages if m.external_id not in answered]
    last = outcome.drafts[-1]
    outcome.drafts[-1] = changed(last, in_reply_to=(*last.in_reply_to, *rest))
    if outcome.state is not None:
        outcome.state["choosing"] = not reopened
        outcome.state.pop("earlier", None)


def without_bot(rules: Rules, work: Work, minutes: float, moment: Moment) -> Outcome | None:
    """The bot has been away for `minutes`: people take it, if the policy says so."""
    signals = [Signal("engine_failed", {"minutes": round(minutes)})]
    decision = decide(rules.policy, Facts(tuple(signals), work.owner.value, customer(work)))
    if not decision.handoff:
        return None
    outcome = Outcome(language=moment.language, state=dict(work.conversation.state))
    outcome.handled = [Handled(m.id, "answered", "bot_away") for m in work.messages]
    hand_over(rules, work, outcome, Escalation(decision, signals), moment)
    if work.turn is not None:
        outcome.turn_values = {"rules": list(decision.rules)}
        # The bot may have handled it after all without being able to say so.
        outcome.sync.append({"id": new_id("e"), "type": "void", "turn_id": work.turn.id})
    disclose(rules, outcome, moment)
    return outcome


def _row(rules: Rules, work: Work, escalation: Escalation, moment: Moment) -> dict[str, Any]:
    decision = escalation.decision
    return {
        "id": new_id("h"),
        "conversation_id": work.conversation.id,
        "state": "queued",
        "priority": decision.priority,
        "rules": list(decision.rules),
        "reasons": [{"code": r.code, "it": r.it, "en": r.en} for r in decision.reasons],
        "signals": [{"name": s.name, "data": dict(s.data)} for s in escalation.signals],
        "collected": dict(escalation.collected),
        "effects": effects(escalation.actions),
        "requested_at": moment.now,
        "first_answer_due_at": first_answer_due(
            rules.desk, moment.now, decision.first_answer_minutes
        ),
    }


def effects(actions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What actions have changed in the CRM, in both languages, for an agent's card."""
    return [{"name": a.get("name"), **a["effect"]} for a in actions if a.get("effect")]


def _choice_buttons(rules: Rules, work: Work, language: str) -> tuple[dict[str, str], ...]:
    return tuple(
        rules.buttons.seal(
            work.conversation.address,
            rules.texts.render(f"choice_{choice}", language),
            payloads.CHOICE,
            {"choice": choice},
        )
        for choice in CHOICES
    )


# -- while people are asked or there -------------------------------------------------------------


def with_people(rules: Rules, work: Work, moment: Moment) -> Outcome:
    """Messages while a person was asked or is there: relayed, or a choice while waiting."""
    outcome = Outcome(language=moment.language, state=dict(work.conversation.state))
    for message in work.messages:
        choice = _choice(work, message, outcome)
        if choice is not None:
            _choose(rules, work, message, choice, outcome, moment)
            continue
        outcome.handled.append(Handled(message.id, "relayed", language=moment.language))
        outcome.sync.append(
            {
                "id": message.id,
                "type": "customer_message",
                "text": message.text or "",
                "at": iso(message.received_at),
            }
        )
    return outcome


def _choice(work: Work, message: Any, outcome: Outcome) -> str | None:
    if payloads.gateway_intent(message) == payloads.CHOICE:
        return str(message.payload["entities"].get("choice"))
    if stale(message):
        return ""
    waiting = work.owner is Owner.QUEUED and outcome.change is None
    if waiting and work.conversation.state.get("choosing") and message.text:
        return read_choice(message.text, CHOICES)
    return None


def _choose(
    rules: Rules, work: Work, message: Any, choice: str, outcome: Outcome, moment: Moment
) -> None:
    in_reply = (message.external_id,)
    possible = work.owner is Owner.QUEUED and choice in CHOICES and outcome.change is None
    if not possible or outcome.state is None:
        say(rules, outcome, "choice_over", moment, in_reply_to=in_reply)
        outcome.handled.append(Handled(message.id, "answered", "choice_over"))
        return
    if choice == "back_to_bot":
        outcome.change = Change.CUSTOMER_PREFERS_BOT
        outcome.handoff_updates = {"state": "abandoned", "closed_at": moment.now}
    elif choice == "leave_message":
        outcome.change = Change.CUSTOMER_LEAVES_MESSAGE
        outcome.handoff_updates = {"state": "message"}
        outcome.state["awaiting_message"] = True
    if outcome.change is not None:
        # What the bot was asking before the hand-over is no longer the question.
        outcome.sync.append({"id": new_id("e"), "type": "form_ended", "at": iso(moment.now)})
    outcome.state["choosing"] = choice == "wait"
    wait = expected_wait(rules.desk, moment.now, moment.people_waiting)
    say(
        rules,
        outcome,
        f"chose_{choice}",
        moment,
        in_reply_to=in_reply,
        wait=rules.texts.wait(wait, moment.language),
    )
    outcome.handled.append(Handled(message.id, "answered", f"chose_{choice}"))


def case_from(work: Work, message: Any, moment: Moment) -> dict[str, Any]:
    """The bridge's queue row that opens a case with a left message."""
    return {
        "key": f"{message.id}:case",
        "path": records.CASES,
        "body": {
            "conversation": records.reference(work.conversation),
            "topic": "other",
            "summary": (message.text or "")[:2000] or "…",
            "language": moment.language,
        },
    }
