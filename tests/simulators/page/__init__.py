"""One page for both simulators: the customer's Telegram and the agents' Slack side by side."""

from tests.simulators.page.server import Page
from tests.simulators.page.together import Simulators

__all__ = ["Page", "Simulators"]
