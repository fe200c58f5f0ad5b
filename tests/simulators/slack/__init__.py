"""A Slack workspace as a real server: Web API, Socket Mode, signed requests, modals, files."""

from tests.simulators.slack.simulator import SlackSimulator

__all__ = ["SlackSimulator"]
