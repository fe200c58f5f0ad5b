"""Webhooks: what setWebhook takes, and the delivery that repeats until it is answered with 2xx."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import httpx2

from tests.simulators.telegram.errors import bad_request
from tests.simulators.telegram.state import Json, State

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
URL = re.compile(r"https?://[^\s/]+(/\S*)?")
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0
PATIENCE_S = 10.0


def webhook_settings(p: Json) -> Json | None:
    """What setWebhook asks for; None for an empty address. Raises ApiError.

    Plain HTTP is taken as well, as a local Bot API server does.
    """
    url = str(p.get("url") or "")
    if not url:
        return None
    if not URL.fullmatch(url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = p.get("secret_token")
    if secret is not None and not SECRET.fullmatch(str(secret)):
        raise bad_request("secret token contains unallowed characters")
    return {"url": url, "secret": secret, "max_connections": int(p.get("max_connections") or 40)}


def webhook_info(state: State) -> Json:
    """The WebhookInfo object."""
    info: Json = {
        "url": state.webhook["url"] if state.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": state.updates.count(),
    }
    if state.webhook:
        info["max_connections"] = state.webhook["max_connections"]
    if state.webhook_error:
        info["last_error_message"] = state.webhook_error
        info["last_error_date"] = int(time.time())
    if state.updates.allowed:
        info["allowed_updates"] = sorted(state.updates.allowed)
    return info


async def deliver(state: State, news: asyncio.Condition) -> None:
    """Post updates to the webhook, in order, each until it is taken. Runs until cancelled."""
    pause = FIRST_PAUSE_S
    async with httpx2.AsyncClient(timeout=PATIENCE_S, trust_env=False) as http:
        while True:
            webhook = state.webhook
            update = state.updates.first() if webhook else None
            if webhook is None or update is None:
                await _wait(news, LONGEST_PAUSE_S)
                continue
            if await _post(http, state, webhook, update):
                state.updates.confirm(update)
                pause = FIRST_PAUSE_S
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)


async def _post(http: httpx2.AsyncClient, state: State, webhook: Json, update: Json) -> bool:
    headers = {}
    if webhook["secret"]:
        headers["X-Telegram-Bot-Api-Secret-Token"] = str(webhook["secret"])
    try:
        answer = await http.post(webhook["url"], json=update, headers=headers)
    except httpx2.HTTPError as error:
        state.webhook_error = f"Connection failed: {type(error).__name__}"
        state.webhook_refusals += 1
        return False
    if answer.is_success:
        return True
    state.webhook_error = f"Wrong response from the webhook: {answer.status_code}"
    state.webhook_refusals += 1
    return False


async def _wait(news: asyncio.Condition, seconds: float) -> Any:
    async with news:
        try:
            await asyncio.wait_for(news.wait(), seconds)
        except TimeoutError:
            return


__all__ = ["deliver", "webhook_info", "webhook_settings"]
