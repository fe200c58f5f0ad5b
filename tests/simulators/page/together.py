"""Both simulators with their people, the page about them, and the settings that lead there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.simulators.page.server import Page
from tests.simulators.slack import SlackSimulator
from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.customers import Person

# People of the demo company (docs/demo-company.md), with the language of their app.
CUSTOMERS = {"Giulia": "it", "Emma": "en", "Paolo": "it"}
AGENTS = {"Marta": "Marta Rossi", "Luca": "Luca Ferri"}


@dataclass(frozen=True)
class Simulators:
    """What runs, from `running` to its end."""

    telegram: TelegramSimulator
    slack: SlackSimulator
    customers: dict[str, Person]
    agents: dict[str, str]  # id → name
    page_url: str

    @classmethod
    @contextlib.contextmanager
    def running(
        cls, *, page_port: int = 0, telegram_port: int = 0, slack_port: int = 0
    ) -> Iterator[Simulators]:
        """Everything serves on loopback inside; port 0 is any free one."""
        slack = SlackSimulator()
        with TelegramSimulator(port=telegram_port) as telegram, slack.serving(port=slack_port):
            customers = {
                name: telegram.person(name, language) for name, language in CUSTOMERS.items()
            }
            agents = {slack.agent(name, real): name for name, real in AGENTS.items()}
            # The people are always the same; what they do never has the number of something that
            # an earlier start did, or a gateway that kept its database would call it a duplicate.
            now = int(time.time())
            telegram.updates.skip_to(now)
            slack.space.skip_to(now * 64)
            for person in customers.values():
                person.private.next_message_id = now
            page = Page(telegram, slack, customers, agents)
            with page.serving(page_port) as url:
                yield cls(telegram, slack, customers, agents, url)

    def settings(self) -> dict[str, str]:
        """What connects Ascolto with the simulators, for the environment or `.env`."""
        return {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "ASCOLTO_TELEGRAM_API_URL": self.telegram.url,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "ASCOLTO_SLACK_API_URL": self.slack.api_url,
            "ASCOLTO_SLACK_CHANNEL": self.slack.channel,
        }
