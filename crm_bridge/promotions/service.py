"""What a promotional code is good for."""

from __future__ import annotations

import unicodedata
from datetime import date

from sqlalchemy.orm import Session

from crm_bridge.calendar import day_of
from crm_bridge.fields import euros
from crm_bridge.promotions.models import Promotion
from crm_bridge.promotions.schemas import PromotionView, State
from runtime.errors import NotFound


def normalised(written: str) -> str:
    """` benvenuto 10 ` → `BENVENUTO10`: neither capitals nor spaces make another code."""
    return "".join(unicodedata.normalize("NFKC", written).split()).upper()


def one(session: Session, code: str, language: str, now: float) -> PromotionView:
    """One code as of today. Raises NotFound for those that never were."""
    promotion = session.get(Promotion, normalised(code))
    if promotion is None:
        raise NotFound("there is no such code")
    return PromotionView(
        code=promotion.code,
        state=state(promotion, day_of(now)),
        discount=_discount(promotion, language),
        minimum=None if promotion.minimum_cents is None else euros(promotion.minimum_cents),
        first_order_only=promotion.first_order_only,
        valid_until=promotion.valid_until,
        note=promotion.note_it if language == "it" else promotion.note_en,
    )


def state(promotion: Promotion, today: date) -> State:
    """Whether a code works today; what is over stays over, however often it was used."""
    day = today.isoformat()
    if promotion.valid_until is not None and promotion.valid_until < day:
        return "expired"
    if promotion.valid_from is not None and promotion.valid_from > day:
        return "not_started"
    if promotion.most_uses is not None and promotion.uses >= promotion.most_uses:
        return "used_up"
    return "valid"


def _discount(promotion: Promotion, language: str) -> str:
    if promotion.percent is not None:
        return f"{promotion.percent}%"
    cents = promotion.amount_cents or 0
    amount = f"{cents // 100}" + (f".{cents % 100:02d}" if cents % 100 else "")
    return f"{amount.replace('.', ',')} €" if language == "it" else f"€{amount}"
