"""When a person takes over: signals in, a decision with its reasons out.

`decide` is pure; `load` and `load_desk` read the two policy files that operators edit.
"""

from integrations.escalation.desk_settings import DeskSettings, WaitEstimate, expected_wait
from integrations.escalation.desk_settings import load as load_desk
from integrations.escalation.loader import load
from integrations.escalation.policy import (
    Customer,
    Decision,
    Facts,
    Policy,
    Reason,
    decide,
)
from integrations.escalation.signals import SIGNALS, Signal
from integrations.escalation.source import Mistake, PolicyError

__all__ = [
    "SIGNALS",
    "Customer",
    "Decision",
    "DeskSettings",
    "Facts",
    "Mistake",
    "Policy",
    "PolicyError",
    "Reason",
    "Signal",
    "WaitEstimate",
    "decide",
    "expected_wait",
    "load",
    "load_desk",
]
