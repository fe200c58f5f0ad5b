"""The story of scenario/story.yml on every channel and in both languages, with Slack as the desk.

A new channel needs a driver (tests/people) and a line in CHANNELS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from ops.system import System
from tests.care import Mailbox
from tests.e2e import gateway_records
from tests.e2e.always_open import always_open
from tests.e2e.demo_orders import Buyer, Buyers
from tests.e2e.scenario.at_the_desk import Desk
from tests.e2e.scenario.telling import Words, tell
from tests.people.customers import CustomerOn
from tests.people.on_api import OnApi
from tests.people.on_telegram import OnTelegram
from tests.people.on_webchat import OnWebChat
from tests.simulators.slack import SlackSimulator
from tests.simulators.telegram import TOKEN, TelegramSimulator


@dataclass(frozen=True)
class Stage:
    """Where all stories are told: real processes between two simulated platforms."""

    system: System
    telegram: TelegramSimulator
    slack: SlackSimulator
    buyers: Buyers
    mailbox: Mailbox

    def conversation_of(self, customer: CustomerOn) -> str:
        return gateway_records.conversation_id(self.system, customer.address)


CHANNELS: dict[str, Callable[[Stage, Buyer], Any]] = {
    "api": lambda at, who: OnApi(at.system.gateway_url, at.system.api_headers, who.first_name),
    "telegram": lambda at, who: OnTelegram(at.telegram, who.first_name, who.language),
    "webchat": lambda at, _who: OnWebChat(at.system.gateway_url),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, homes: list[Any]) -> Iterator[Stage]:
    slack = SlackSimulator()
    with TelegramSimulator() as telegram, slack.serving():
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "ASCOLTO_TELEGRAM_API_URL": telegram.url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "ASCOLTO_SLACK_API_URL": slack.api_url,
            "ASCOLTO_SLACK_CHANNEL": slack.channel,
            "ASCOLTO_POLICY_DIR": str(always_open(tmp_path_factory.mktemp("policy"))),
        }
        with System(tmp_path_factory.mktemp("scenario"), settings) as system:
            homes.append(system.home)
            slack.deliver_to(system.gateway_url)
            yield Stage(system, telegram, slack, Buyers(system), Mailbox(system))


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_the_whole_story(stage: Stage, channel: str, language: str) -> None:
    buyer = stage.buyers.next(language)
    with closing(CHANNELS[channel](stage, buyer)) as customer:
        words = Words(channel, buyer)
        tell(Desk(stage.slack, stage.conversation_of, customer, words, buyer, stage.mailbox))
