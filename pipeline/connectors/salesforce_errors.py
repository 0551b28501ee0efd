"""Salesforce's error lists as refusals with one of the pipeline's causes. Pure."""

from __future__ import annotations

from typing import Any

from pipeline.failures import RefusedError, TooManyError
from wire.call import Reply

_BY_CODE = {
    "REQUIRED_FIELD_MISSING": "missing_attribute",
    "INVALID_CROSS_REFERENCE_KEY": "missing_reference",
    "ENTITY_IS_DELETED": "missing_reference",
    "NOT_FOUND": "missing_reference",
    "INVALID_FIELD": "schema",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "schema",
    "INVALID_TYPE": "schema",
    "UNSUPPORTED_API_VERSION": "schema",
    "INSUFFICIENT_ACCESS": "auth",
    "INVALID_SESSION_ID": "auth",
    "UNABLE_TO_LOCK_ROW": "timeout",
    "REQUEST_LIMIT_EXCEEDED": "timeout",
    "PROCESSING_HALTED": "timeout",
    "SERVER_UNAVAILABLE": "timeout",
}
_TOO_MANY = frozenset({"EXCEEDED_ID_LIMIT", "LIMIT_EXCEEDED"})
"""More rows than a collection takes, more subrequests than a composite."""
TRANSIENT = frozenset(
    {"UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED", "PROCESSING_HALTED", "SERVER_UNAVAILABLE"}
)


def refusal(reply: Reply) -> RefusedError:
    """What the reply says, and which cause that is."""
    try:
        code, message = first(reply.json())
    except ValueError:
        code, message = "", ""
    if code == "UNSUPPORTED_API_VERSION":
        message = f"salesforce: {message}"
    kind = TooManyError if code in _TOO_MANY else RefusedError
    return kind(cause(code), message or f"HTTP {reply.status}", system="salesforce")


def first(told: Any) -> tuple[str, str]:
    """(code, message) of the first error in any of the vendor's shapes."""
    if isinstance(told, list):
        told = told[0] if told else {}
    if not isinstance(told, dict):
        return "", str(told)
    code = told.get("errorCode") or told.get("statusCode") or told.get("error") or ""
    return str(code), str(told.get("message") or told.get("error_description") or code)


def cause(code: str) -> str:
    """The pipeline's cause of a vendor's code."""
    known = _BY_CODE.get(code)
    return known or ("validation" if code else "unknown")


def holds_code(reply: Reply, *codes: str) -> bool:
    """Whether the body names one of the codes."""
    return any(code.encode() in reply.body for code in codes)
