"""How a step fails: by a refusal that a person must settle, or by a failure that time may heal."""

from __future__ import annotations


class RefusedError(Exception):
    """The target or a rule said no; a repeated call cannot help. `cause` is one of exceptions.CAUSES."""

    def __init__(
        self, cause: str, detail: str, audience: str = "desk", amount_minor: int = 0, owner: str = ""
    ) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail
        self.audience = audience
        self.amount_minor = amount_minor
        self.owner = owner


class TooManyError(RefusedError):
    """The target takes fewer records in one request; fewer may pass."""


class UnreachableError(Exception):
    """Throttled, timed out, down or without credential, retries over. `status` is what a caller gets."""

    def __init__(self, cause: str, detail: str, status: int = 503) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail
        self.status = status
