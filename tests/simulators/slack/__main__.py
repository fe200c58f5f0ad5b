"""A Slack workspace by hand: `python -m tests.simulators.slack [port]`."""

from __future__ import annotations

import sys
import threading

from tests.simulators.slack import SlackSimulator


def main() -> None:
    """Serve until interrupted."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8095
    simulator = SlackSimulator()
    with simulator.serving(port=port):
        print(f"SLACK_BOT_TOKEN={simulator.bot_token}")
        print(f"SLACK_APP_TOKEN={simulator.app_token}")
        print(f"ASCOLTO_SLACK_CHANNEL={simulator.channel}")
        print(f"ASCOLTO_SLACK_API_URL={simulator.api_url}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
