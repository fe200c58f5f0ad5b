"""Entry of the action server: `python -m actions.serve`.

Listens on loopback only (`ASCOLTO_ACTIONS_PORT`, default 5055); `/health` answers when it is up.
"""

from __future__ import annotations

import logging
import os

HOST = "127.0.0.1"
# Their lines would repeat what customers wrote, or say nothing at all.
_QUIET = ("sanic.access", "sanic.root", "sanic.error", "asyncio", "rasa_sdk")


def main() -> None:
    """Serve every action of this package until the process is told to stop."""
    logging.basicConfig(
        level=os.environ.get("ASCOLTO_LOG_LEVEL", "INFO").upper(),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # The pinned packages warn about their own age at every start.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)

    from rasa_sdk.endpoint import create_app

    from actions.bridge_client import close_session

    app = create_app("actions", cors_origins=[])

    async def close(*_: object) -> None:
        await close_session()

    app.register_listener(close, "after_server_stop")
    port = int(os.environ.get("ASCOLTO_ACTIONS_PORT", "5055"))
    app.run(HOST, port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    main()
