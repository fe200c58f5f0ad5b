"""Every table of the bridge, in one place for migrations and tests."""

from __future__ import annotations

from crm_bridge.cases import models as cases
from crm_bridge.idempotency import models as idempotency
from crm_bridge.knowledge import models as knowledge
from crm_bridge.mails import models as mails
from crm_bridge.orders import models as orders
from crm_bridge.people import models as people
from crm_bridge.storage import Base
from crm_bridge.timeline import models as timeline
from crm_bridge.verification import models as verification

DOMAINS = (cases, idempotency, knowledge, mails, orders, people, timeline, verification)
METADATA = Base.metadata
