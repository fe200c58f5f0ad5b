"""Putting the gateway's own words into an outcome."""

from __future__ import annotations

from typing import Any

from integrations.conversations.ids import new_id
from integrations.conversations.outbox import Draft
from integrations.conversations.outcome import Outcome
from integrations.conversations.rules import Moment, Rules


def say(
    rules: Rules,
    outcome: Outcome,
    key: str,
    moment: Moment,
    *,
    role: str = "bot",
    in_reply_to: tuple[str, ...] = (),
    buttons: tuple[dict[str, str], ...] = (),
    **values: Any,
) -> None:
    """Add the text `key` in the customer's language to what will be sent."""
    text = rules.texts.render(key, moment.language, **values)
    outcome.drafts.append(
        Draft(role=role, text=text, buttons=buttons, in_reply_to=in_reply_to, id=new_id("o"))
    )


def disclose(rules: Rules, outcome: Outcome, moment: Moment) -> None:
    """Before our first words in a conversation: a bot writes, and here is the privacy notice."""
    if outcome.state is None or outcome.state.get("disclosed") or not outcome.drafts:
        return
    outcome.state["disclosed"] = True
    words = rules.texts.render(
        "disclosure", moment.language, company=rules.company, privacy_url=rules.privacy_url
    )
    first = outcome.drafts[0]
    outcome.drafts[0] = changed(first, text=f"{words}\n\n{first.text}")


def changed(draft: Draft, **values: Any) -> Draft:
    """The draft with some fields replaced."""
    return Draft(**{**vars(draft), **values})
