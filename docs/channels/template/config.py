"""What the channel is told by the operator."""

from __future__ import annotations

from dataclasses import dataclass, field

NAME = "example"
_SECRET_MIN = 16


@dataclass(frozen=True)
class ExampleConfig:
    """One account on the platform."""

    account: str
    api_url: str
    token: str = field(repr=False)
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Raises ValueError that names the wrong setting, never its value."""
        if not self.token:
            raise ValueError("EXAMPLE_TOKEN is empty")
        if len(self.secret) < _SECRET_MIN:
            raise ValueError(f"EXAMPLE_SECRET has fewer than {_SECRET_MIN} signs")
        if not self.api_url.startswith(("https://", "http://127.0.0.1")):
            raise ValueError("EXAMPLE_API_URL must begin with https://")
