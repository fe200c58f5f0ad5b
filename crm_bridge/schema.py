"""Every table of the bridge, in one place for migrations and tests."""

from __future__ import annotations

from crm_bridge.cases import models as cases
from crm_bridge.idempotency import models as idempotency
from crm_bridge.invoices import models as invoices
from crm_bridge.knowledge import models as knowledge
from crm_bridge.loyalty import models as loyalty
from crm_bridge.mails import models as mails
from crm_bridge.orders import models as orders
from crm_bridge.people import models as people
from crm_bridge.promotions import models as promotions
from crm_bridge.returns import models as returns
from crm_bridge.storage import Base
from crm_bridge.timeline import models as timeline
from crm_bridge.verification import models as verification

DOMAINS = (
    *(cases, idempotency, invoices, knowledge, loyalty, mails, orders),
    *(people, promotions, returns, timeline, verification),
)
METADATA = Base.metadata
