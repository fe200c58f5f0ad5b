"""Every table of the gateway, in one place for migrations and tests."""

from __future__ import annotations

from integrations.conversations.tables import metadata
from integrations.desk.slack import tables as slack
from integrations.insights import tables as insights
from integrations.models import tables as models
from integrations.review import tables as review

PARTS = (insights, models, review, slack)
METADATA = metadata
