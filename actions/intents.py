"""What each intent is about: who answers it, and under which topic a case is kept.

docs/intents.md says where each intent ends; domain.yml lists them all.
"""

from __future__ import annotations

# Something is wrong with an order: the form about problems hears the story and opens a case.
PROBLEMS = frozenset(
    {"order_problem", "parcel_late", "parcel_missing", "item_damaged", "wrong_item"}
)
# What the bot itself sees to, with the order or the account at hand: `actions.flows`.
MATTERS = frozenset(
    {
        *("cancel_order", "return_item", "exchange_item", "refund_status"),
        *("change_address", "invoice_request", "loyalty_points", "promo_code"),
    }
)
# A wish that a colleague can carry out: an article says how it works, and a case is offered.
REQUESTS = frozenset({"change_order", "payment_problem", "account_access"})
# Questions that an article answers.
QUESTIONS = frozenset(
    {
        *("product_question", "availability", "garment_care", "size_question"),
        *("shipping_info", "store_info", "payment_methods"),
    }
)
# Put on record as they are, with a reference, whatever else is going on.
RECORDED = frozenset(
    {
        *("privacy_export", "privacy_erase", "privacy_object", "stop_messages"),
        *("newsletter_on", "newsletter_off"),
        *("idea", "vote_idea", "press_collab", "business_enquiry"),
    }
)
UPSET = frozenset({"complaint", "threat_to_leave"})
SMALL_TALK = frozenset({"greet", "goodbye", "thank", "ask_bot", "small_talk", "praise"})
# Answered by rules of their own, after which an open form puts its question again.
INTERRUPTING = frozenset(
    {
        *(PROBLEMS | MATTERS | REQUESTS | QUESTIONS | RECORDED | UPSET | SMALL_TALK),
        *("deny", "legal_safety", "talk_to_human", "out_of_scope"),
    }
)

_TOPICS = {
    "order_change": ("cancel_order", "change_order", "change_address"),
    "return_refund": ("return_item", "exchange_item", "refund_status"),
    "payment": ("payment_problem", "payment_methods", "invoice_request"),
    "account": ("account_access", "loyalty_points", "promo_code"),
    "newsletter": ("newsletter_on", "newsletter_off"),
    "privacy": ("privacy_export", "privacy_erase", "privacy_object", "stop_messages"),
    "idea": ("idea", "vote_idea"),
    "business": ("press_collab", "business_enquiry"),
    "complaint": tuple(UPSET),
    "delivery_problem": tuple(PROBLEMS),
}
TOPIC_OF = {intent: topic for topic, intents in _TOPICS.items() for intent in intents}


def topic_of(intent: str) -> str:
    """The bridge's topic for a case that begins with this intent; `other` when none fits."""
    return TOPIC_OF.get(intent, "other")
