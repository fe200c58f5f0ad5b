"""Start the designers' workbench: `python -m bot.workbench.serve`.

It listens on loopback (ASCOLTO_WORKBENCH_PORT, default 5065) and knows nothing of customers: what
it is asked, it answers and forgets.
"""

from __future__ import annotations

import sys

from aiohttp import web

from bot import logs, settings
from bot.workbench.app import application
from bot.workbench.current import Current

HOST = "127.0.0.1"


def main() -> int:
    """Serve until told to stop; returns the exit status."""
    logs.configure()
    try:
        app = application(settings.workbench_token(), Current())
        port = settings.workbench_port()
    except settings.Misconfigured as error:
        print(f"bot.workbench: {error}", file=sys.stderr)
        return 1
    try:
        web.run_app(app, host=HOST, port=port, print=None, access_log=None)
    except OSError as error:
        print(f"bot.workbench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
