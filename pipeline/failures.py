"""How a step fails: by a refusal that a person must settle, or by a failure that time may heal."""

from __future__ import annotations


class RefusedError(Exception):
    """The target or a rule said no; a repeated call cannot help. `cause` is one of exceptions.CAUSES,
    `system` who said no ("" = the pipeline itself).
    """

    def __init__(
        self,
        cause: str,
        detail: str,
        audience: str = "desk",
        amount_minor: int = 0,
        owner: str = "",
        system: str = "",
    ) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail
        self.audience = audience
        self.amount_minor = amount_minor
        self.owner = owner
        self.system = system


class SchemaError(RefusedError):
    """A payload lacks a field that it always has: its vendor renamed or removed it, unmapped as yet."""

    def __init__(self, system: str, object_: str, field: str) -> None:
        super().__init__("schema", f"{system}: {object_} has no {field}", system=system)
        self.object = object_
        self.field = field


class TooManyError(RefusedError):
    """The target takes fewer records in one request; fewer may pass."""


class UnreachableError(Exception):
    """Throttled, timed out, down or without credential, retries over. `status` is what a caller gets."""

    def __init__(self, cause: str, detail: str, status: int = 503) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail
        self.status = status
