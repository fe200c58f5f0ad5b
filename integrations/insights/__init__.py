"""Insight for designers: how well the bot understands, where people give up, what it can't answer.

What is counted, once and for all; the page says the same in its reader's words. A day is a calendar
day of the desk's time zone. Everything is counted on the day it began, by channel and by the
language of the messages.

- *Put to the bot*: a customer's message that was typed (a tapped button isn't) and that the bot
  read.
- *Rejected*: put to the bot, and it said that it did not understand. Words that an open form took
  as its answer were understood, whatever the classifier thought of them.
- *Ambiguous*: put to the bot, and it asked which of two things was meant.
- *Understanding rate*: neither rejected nor ambiguous, over those put to the bot. *Rejection rate*:
  rejected, over the same.
- *Session*: a customer's messages in one conversation with less than `SESSION_S` (four hours) of
  their silence between them. It counts on the day of its first message.
- *Self-service rate*: sessions that ended without a person being called and without giving up in a
  form, over all sessions in which the bot answered. A session whose form is still open, and whose
  customer may still come back to it, doesn't count yet.
- *Escalation*: a conversation handed to people, once, under the strongest of the policy's rules
  that asked for it (or `taken_over`, where an agent came unasked).
- *Flow*: what a form is filled in for, within one session. It *started* with its first question or
  with the message that told everything at once. *Asked* counts those who were asked a step,
  *answered* those who got past it. It ends *done* (all was told), *left* (the customer dropped it),
  *silent* (no word for the rest of the session), *handed over* (a person was called),
  *interrupted* (another flow took its place), or is *going on*.
- *Knowledge gap*: a question that no article was certain to answer (*unanswered*; *chosen* where
  the customer then took one of the nearest), or that was answered and the customer said that it
  didn't help (*not helped*); by intent and article.
"""

SESSION_S = 4 * 3600.0
