"""Every error the platform raises on purpose.

AscoltoError
├── Invalid(field)            422  the caller sent something that can't be right
├── Unauthenticated           401  who are you?
├── Forbidden                 403  I know you, but no
├── NotFound                  404
├── Conflict                  409  true a moment ago, not any more
├── TooLarge                  413
├── TooMany(retry_after)      429
├── Temporary(retry_after)    503  certain failure; trying again is right
├── Permanent                 502  certain failure; trying again is pointless
│   └── Moved(address)             the recipient lives at a new address: send there instead
└── UnknownOutcome            504  may or may not have happened: a person decides, never a retry
"""

from __future__ import annotations


class AscoltoError(Exception):
    """Base of the tree; carries what HTTP and retry behaviour need."""

    status = 500
    code = "internal"

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        field: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message or self.code)
        self.message = message or self.code.replace("_", " ")
        self.code = code or self.code
        self.field = field
        self.retry_after = retry_after


class Invalid(AscoltoError):
    status, code = 422, "invalid"


class Unauthenticated(AscoltoError):
    status, code = 401, "unauthenticated"


class Forbidden(AscoltoError):
    status, code = 403, "forbidden"


class NotFound(AscoltoError):
    status, code = 404, "not_found"


class Conflict(AscoltoError):
    status, code = 409, "conflict"


class TooLarge(AscoltoError):
    status, code = 413, "too_large"


class TooMany(AscoltoError):
    status, code = 429, "too_many"


class Temporary(AscoltoError):
    status, code = 503, "temporarily_unavailable"


class Permanent(AscoltoError):
    status, code = 502, "permanent_failure"


class Moved(Permanent):
    """The recipient lives at `address` now; nothing was sent."""

    code = "moved"

    def __init__(self, address: str, message: str = "") -> None:
        super().__init__(message)
        self.address = address


class UnknownOutcome(AscoltoError):
    status, code = 504, "unknown_outcome"
