"""Run by hand: `python -m tests.simulators.telegram [port]`."""

from __future__ import annotations

import sys

from tests.simulators.telegram.server import TOKEN, TelegramSimulator

DEFAULT_PORT = 8095


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PORT
    simulator = TelegramSimulator(port=port)
    print(f"Telegram simulator on {simulator.url}")
    print(f"  ASCOLTO_TELEGRAM_API_URL={simulator.url} TELEGRAM_BOT_TOKEN={TOKEN}")
    print(f'  curl -d \'{{"text": "Ciao"}}\' {simulator.url}/sim/people/Anna/text')
    simulator.serve()


if __name__ == "__main__":
    main()
