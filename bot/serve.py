"""Start the bot: `python -m bot.serve`.

The same as `rasa run` without --enable-api, bound to loopback, with the exact model that was
trained last: given a path that does not exist, Rasa would take whichever model it finds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot import logs, settings
from bot.train import current_model, missing

HOST = "127.0.0.1"
CREDENTIALS = Path("credentials.yml")
ENDPOINTS = Path("endpoints.yml")


def main() -> int:
    """Serve until told to stop; returns the exit status."""
    logs.configure()
    try:
        settings.care_token()
        port = settings.rasa_port()
        model = _model()
    except settings.Misconfigured as error:
        print(f"bot.serve: {error}", file=sys.stderr)
        return 1
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["ASCOLTO_ACTIONS_URL"] = settings.actions_url()
    from bot.care.not_ready import NotReady

    try:
        serve(model, port)
    except (NotReady, OSError) as error:
        # A port that is taken, a store that is misspelt, a model that cannot be read.
        print(f"bot.serve: {error}", file=sys.stderr)
        return 1
    return 0


def serve(model: Path, port: int) -> None:
    """Run Rasa's server with our channel."""
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    serve_application(
        model_path=str(model),
        interface=HOST,
        port=port,
        credentials=str(CREDENTIALS),
        endpoints=AvailableEndpoints.read_endpoints(str(ENDPOINTS)),
        enable_api=False,
    )


def _model() -> Path:
    model = current_model()
    if model is None or not model.is_file():
        raise settings.Misconfigured(missing(model))
    return model


if __name__ == "__main__":
    sys.exit(main())
