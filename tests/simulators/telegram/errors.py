"""What the Bot API answers when it refuses: code, description and parameters."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal in Telegram's own words."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(description: str, **parameters: Any) -> ApiError:
    """400 with the prefix that Telegram puts before every reason."""
    return ApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> ApiError:
    """403: the bot may not write there."""
    return ApiError(403, f"Forbidden: {description}")


def too_many(seconds: float) -> ApiError:
    """429 with the seconds to wait, in the text and as a parameter."""
    whole = max(1, round(seconds))
    return ApiError(429, f"Too Many Requests: retry after {whole}", retry_after=whole)


def unauthorized() -> ApiError:
    """401: no bot has this token."""
    return ApiError(401, "Unauthorized")
