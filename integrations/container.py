"""Everything the gateway is made of, built once from settings."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from integrations.bridge.client import BridgeClient
from integrations.bridge.sender import BridgeSender
from integrations.channels.contract import Channel
from integrations.channels.polling import Polling
from integrations.channels.receiving import Receiving
from integrations.channels.registry import channels
from integrations.conversations import texts as texts_module
from integrations.conversations.answering import Answering
from integrations.conversations.buttons import Buttons
from integrations.conversations.delivery import Delivery
from integrations.conversations.dialogue_turn import DialogueTurn
from integrations.conversations.presence import Presence
from integrations.conversations.rules import Rules
from integrations.conversations.texts import Texts
from integrations.conversations.worker import Worker
from integrations.desk import wishes
from integrations.desk.briefs import Briefs
from integrations.desk.service import Desk
from integrations.dialogue.client import CareClient
from integrations.escalation import desk_settings as desk_settings_module
from integrations.escalation import loader
from integrations.escalation.desk_settings import DeskSettings
from integrations.files.customers import CustomerFiles
from integrations.insights.rollups import Rollups
from integrations.jobs.lease import JobLease
from integrations.jobs.retention import Retention
from integrations.jobs.timers import Timers
from integrations.models import canary_policy
from integrations.models.canary import CanaryJob
from integrations.models.keeper import Keeper
from integrations.rates import Rates
from integrations.review.job import ReviewJob
from integrations.review.service import Review
from integrations.review.vocabulary import Vocabularies
from integrations.review.workbench import Workbench
from runtime.clock import Clock, SystemClock
from runtime.database import Database
from runtime.events import EventBus
from runtime.settings import Settings

# Where the designers' files are.
ROOT = Path(__file__).parents[1]


@dataclass
class Container:
    """The parts; routes and jobs take what they need from here."""

    settings: Settings
    clock: Clock
    database: Database
    bus: EventBus
    rates: Rates
    channels: dict[str, Channel]
    texts: Texts
    desk_settings: DeskSettings
    buttons: Buttons
    routing: Keeper
    canary: CanaryJob
    care: CareClient
    bridge: BridgeClient
    answering: Answering
    presence: Presence
    worker: Worker
    customer_files: CustomerFiles
    receiving: Receiving
    polling: Polling
    delivery: Delivery
    bridge_sender: BridgeSender
    briefs: Briefs
    timers: Timers
    desk: Desk
    rollups: Rollups
    review: Review
    review_job: ReviewJob
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


def build(settings: Settings, clock: Clock | None = None) -> Container:
    """Wire everything. Raises PolicyError or ValueError that say which setting is wrong."""
    clock = clock or SystemClock()
    database = Database(settings.gateway_database_url(), "gateway")
    bus = EventBus(settings.redis_url)
    known = channels(settings)
    texts = texts_module.load(settings.policy_dir / "messages.yml", settings.voice)
    desk_settings = desk_settings_module.load(settings.policy_dir / "desk.yml")
    buttons = Buttons(settings.signing_key.get_secret_value())
    routing = Keeper(database, bus)
    care = CareClient(
        settings.rasa_base_urls,
        settings.care_token.get_secret_value(),
        in_flight=settings.turns_in_flight,
        spare=settings.rasa_spare_url.rstrip("/") or None,
        routing=lambda: routing.current,
    )
    bridge = BridgeClient(
        settings.bridge_base_url, settings.bridge_token_gateway.get_secret_value()
    )
    answering = Answering(
        Rules(
            policy=loader.load(settings.policy_dir / "escalation.yml"),
            desk=desk_settings,
            texts=texts,
            buttons=buttons,
            company=settings.company,
            privacy_url=settings.privacy_url,
        )
    )
    presence = Presence(database, clock, present_s=desk_settings.agent_presence_seconds)
    worker = Worker(
        database,
        clock,
        bus,
        known,
        answering,
        DialogueTurn(care, bridge, settings.default_language),
        presence,
        lease_s=settings.lease_seconds,
        slots=settings.turns_in_flight * len(settings.rasa_base_urls) + 6,
    )
    receiving = Receiving(worker, settings.max_text_chars)
    desk = Desk(
        database,
        clock,
        bus,
        known,
        texts,
        buttons,
        desk_settings,
        default_language=settings.default_language,
        wishes=wishes.load(settings.meanings_file, answering.rules.policy),
    )
    workbench = Workbench(settings.workbench_base_url, settings.workbench_token.get_secret_value())
    vocabularies = Vocabularies(ROOT, settings.policy_dir, settings.knowledge_dir)
    return Container(
        settings=settings,
        clock=clock,
        database=database,
        bus=bus,
        rates=Rates(bus, clock),
        channels=known,
        texts=texts,
        desk_settings=desk_settings,
        buttons=buttons,
        routing=routing,
        canary=CanaryJob(
            database,
            clock,
            JobLease(database, clock, "canary"),
            canary_policy.load(settings.policy_dir / "canary.yml"),
            routing,
        ),
        care=care,
        bridge=bridge,
        answering=answering,
        presence=presence,
        worker=worker,
        customer_files=CustomerFiles(database, clock, known),
        receiving=receiving,
        polling=Polling(database, clock, known, receiving),
        delivery=Delivery(database, clock, bus, known),
        bridge_sender=BridgeSender(
            database, bus, bridge, JobLease(database, clock, "bridge_queue")
        ),
        briefs=Briefs(database, clock, bus, bridge),
        timers=Timers(
            database,
            clock,
            bus,
            known,
            desk_settings,
            JobLease(database, clock, "timers"),
            texts,
            buttons,
            settings.default_language,
            Retention(settings.unsent_files_days, settings.button_payloads_days),
        ),
        desk=desk,
        rollups=Rollups(
            database,
            clock,
            JobLease(database, clock, "insights"),
            desk_settings.hours.timezone,
        ),
        review=Review(database, clock, workbench, vocabularies),
        review_job=ReviewJob(
            database,
            clock,
            workbench,
            JobLease(database, clock, "review"),
            default_language=settings.default_language,
        ),
    )
