"""Modals: opened by a trigger, pushed, updated."""

from __future__ import annotations

import time
from typing import Any

from tests.simulators.slack import limits
from tests.simulators.slack.basics import Arguments, Basics
from tests.simulators.slack.limits import Refused
from tests.simulators.slack.workspace import APP, BOT, TEAM, View


class Views(Basics):
    """The methods `views.*`."""

    def _views_open(self, arguments: Arguments) -> dict[str, Any]:
        given = limits.view(arguments.get("view"))
        return self._show(self._triggered(arguments), given)

    def _views_push(self, arguments: Arguments) -> dict[str, Any]:
        given = limits.view(arguments.get("view"))
        user = self._triggered(arguments)
        under = [v for v in self.space.views.values() if v.user == user and v.open]
        if len(under) >= 3:
            raise Refused("push_limit_reached")
        return self._show(user, given, under[-1] if under else None)

    def _show(self, user: str, given: dict[str, Any], under: View | None = None) -> dict[str, Any]:
        view_id = self.space.new_id("V")
        root = under.root if under else view_id
        view = View(view_id, user, given, self._hash(), root, under.id if under else None)
        self.space.views[view_id] = view
        self.space.record("view_opened", view=view_id, user=user)
        return {"view": self.view_json(view)}

    def _views_update(self, arguments: Arguments) -> dict[str, Any]:
        given = limits.view(arguments.get("view"))
        view = self.space.views.get(str(arguments.get("view_id") or ""))
        if view is None or not view.open:
            raise Refused("not_found")
        if arguments.get("hash") and arguments["hash"] != view.hash:
            raise Refused("hash_conflict")
        view.history.append(view.view)
        view.view, view.hash = given, self._hash()
        self.space.record("view_updated", view=view.id, user=view.user)
        return {"view": self.view_json(view)}

    def _hash(self) -> str:
        return f"{int(time.time())}.{self.space.new_id('')}"

    def view_json(self, view: View, state: dict[str, Any] | None = None) -> dict[str, Any]:
        """A view as Slack sends it."""
        return {
            "blocks": [],
            "private_metadata": "",
            "callback_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
            "external_id": "",
            **view.view,
            "id": view.id,
            "team_id": TEAM,
            "state": {"values": state or {}},
            "hash": view.hash,
            "previous_view_id": view.previous,
            "root_view_id": view.root,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT,
        }

    def _triggered(self, arguments: Arguments) -> str:
        trigger = self.space.triggers.get(str(arguments.get("trigger_id") or ""))
        if trigger is None:
            raise Refused("invalid_trigger_id")
        user, until = trigger
        if time.monotonic() > until:
            raise Refused("expired_trigger_id")
        # A trigger opens one modal.
        if not self.space.triggers.pop(str(arguments["trigger_id"]), None):
            raise Refused("exchanged_trigger_id")
        return user
