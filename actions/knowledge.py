"""Answers from the help articles, with the article linked; nothing is ever made up."""

from __future__ import annotations

import contextlib
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.bridge_client import BridgeClient
from actions.bridge_errors import NotFound
from actions.care_action import CareAction, Events
from actions.flows.matter import Matter, question_in
from actions.intents import QUESTIONS, REQUESTS, topic_of
from actions.memory import recall
from actions.questions import ask, draft_case, tell_not_helped, tells_the_complaint
from actions.reply import Reply, payload
from actions.turn import Turn

# Where no article is certain, the nearest are offered; below this they would only annoy.
_LIKELY = 0.1
_OFFERED = 2
_NONE = {"it": "Nessuna di queste", "en": "None of these"}
_NOT_HELPED = {"it": "Non ancora", "en": "Not yet"}


class AnswerQuestion(CareAction):
    """Looks the question up; inside a form it answers without asking anything of its own.

    Where a colleague can do what is asked, a case is offered beside the answer, or without one.
    """

    action_name = "action_answer_question"
    apology = "utter_trouble_knowledge"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        # A button that leads here says what it is about.
        question = turn.words or turn.text.lstrip("/")
        if turn.entity("article"):
            # One of the nearest was tapped, or its number typed: the question is the one before.
            question = str(turn.slot("last_question") or question)
        if not question:
            reply.say("utter_ask_question")
            return []
        if tells_the_complaint(turn):
            return [FollowupAction("delivery_problem_form")]
        topic = topic_of(turn.intent)
        result = await _looked_up(turn, bridge, question)
        found = result.get("answer")
        _note(turn, reply, result)
        told = recall(turn, reply)
        known = [SlotSet("last_question", question[:300]), SlotSet("topic", topic)]
        values = {"answer": (found or {}).get("text"), "url": (found or {}).get("url")}
        if turn.in_passing:
            reply.say(
                "utter_answer_in_passing" if found else "utter_no_answer_in_passing", **values
            )
            return told + known
        if turn.intent in REQUESTS and not turn.public:
            reply.say("utter_answer_request" if found else "utter_offer_request", **values)
            draft = draft_case(
                topic, question, turn.entity("order_number") or turn.slot("order_number")
            )
            return [*told, *known, draft, *ask(turn, "offer_case", "request")]
        near = _near(turn, result.get("candidates") or [])
        if not found and near and not turn.public:
            reply.say("utter_maybe", near)
            return [*told, *known, *ask(turn, "which_article", "no_answer")]
        if not found:
            reply.say("utter_no_answer")
            return [*told, *known, *ask(turn, "offer_person", "no_answer")]
        given = SlotSet("last_answer", {"slug": found["slug"], "given_in": turn.message_id})
        if turn.article_just_given == found["slug"]:
            # The same question in other words: the same answer would not help any better.
            reply.say("utter_same_answer", url=values["url"])
            await tell_not_helped(turn, reply, question)
            reply.signal("question_repeated", intent=turn.intent, count=2)
            draft = draft_case(topic, question, turn.slot("order_number"))
            return [*told, *known, given, draft, *ask(turn, "offer_case", "not_helped")]
        reply.say("utter_answer", **values)
        return [*told, *known, given, *ask(turn, "did_it_help")]


async def _looked_up(turn: Turn, bridge: BridgeClient, question: str) -> dict[str, Any]:
    """What the bridge finds; the article itself where the customer tapped one of several."""
    slug = turn.entity("article")
    if slug:
        with contextlib.suppress(NotFound):
            return {"answer": await bridge.article(slug, turn.language)}
    return await bridge.search(question, turn.language)


def _note(turn: Turn, reply: Reply, result: dict[str, Any]) -> None:
    """Say which article answered, or that none did: the next ones to write or to mend."""
    found = result.get("answer")
    if found:
        chosen = bool(turn.entity("article"))
        reply.signal("article_given", slug=found["slug"], intent=turn.intent, chosen=chosen)
    elif turn.intent not in REQUESTS:
        nearest: dict[str, Any] = next(iter(result.get("candidates") or []), {})
        score = round(float(nearest.get("score") or 0.0), 3)
        reply.signal("knowledge_gap", intent=turn.intent, nearest=nearest.get("slug"), score=score)


def _near(turn: Turn, candidates: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Buttons with the nearest articles, where none is certain, and one for none of them."""
    likely = [c for c in candidates if float(c.get("score") or 0.0) >= _LIKELY][:_OFFERED]
    if not likely:
        return []
    intent = turn.intent if turn.intent in QUESTIONS else "product_question"
    shown = [
        {
            "title": shortened(str(candidate["title"])),
            "payload": payload(intent, article=str(candidate["slug"])),
        }
        for candidate in likely
    ]
    none = {"title": _NONE[turn.language], "payload": payload("deny")}
    return [*shown, none]


def shortened(title: str, most: int = 20) -> str:
    """A title that fits a button, cut between words: `Punti e livelli del…`."""
    if len(title) <= most:
        return title
    cut, ends = title[: most - 1], title[most - 1] == " "
    whole = cut.rsplit(" ", 1)[0] if not ends and " " in cut[most // 3 :] else cut
    return whole.rstrip(" ,;:–-'’") + "…"


async def answer_general(turn: Turn, reply: Reply, bridge: BridgeClient, matter: Matter) -> Events:
    """How a matter works in general, and the offer to see to it."""
    question = question_in(turn)
    result = await bridge.search(question, turn.language)
    found = result.get("answer")
    _note(turn, reply, result)
    told = recall(turn, reply)
    known = [
        SlotSet("last_question", question[:300]),
        SlotSet("topic", topic_of(matter.intent)),
        SlotSet("matter", matter.intent),
        SlotSet("wish", question[:1000]),
    ]
    values = {"answer": (found or {}).get("text"), "url": (found or {}).get("url")}
    if turn.in_passing:
        reply.say("utter_answer_in_passing" if found else "utter_no_answer_in_passing", **values)
        return [*told, *known[:2]]
    if not matter.offer or turn.public:
        reply.say("utter_answer" if found else "utter_no_answer", **values)
        return [*told, *known[:2], *_then(turn, found)]
    start = {
        "title": matter.offer[turn.language],
        "payload": payload(matter.intent, choice="start"),
    }
    not_it = {"title": _NOT_HELPED[turn.language], "payload": payload("deny", choice="not_helped")}
    buttons = [start, not_it]
    if not found:
        reply.say("utter_offer_matter", [start])
        return [*told, *known, *ask(turn, "start_matter")]
    if turn.article_just_given == found["slug"]:
        await tell_not_helped(turn, reply, question)
        reply.say("utter_same_answer_matter", buttons, url=values["url"])
        return [*told, *known, *ask(turn, "start_matter")]
    reply.say("utter_answer_matter", buttons, **values)
    given = SlotSet("last_answer", {"slug": found["slug"], "given_in": turn.message_id})
    return [*told, *known, given, *ask(turn, "start_matter")]


def _then(turn: Turn, found: dict[str, Any] | None) -> Events:
    if not found:
        return ask(turn, "offer_person", "no_answer")
    given = SlotSet("last_answer", {"slug": found["slug"], "given_in": turn.message_id})
    return [given, *ask(turn, "did_it_help")]
