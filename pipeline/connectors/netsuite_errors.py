"""NetSuite's problem documents as refusals with one of the pipeline's causes. Pure."""

from __future__ import annotations

import re
from typing import Any

from pipeline.failures import RefusedError, TooManyError
from wire.call import Reply

_LACKED = re.compile(r"Invalid (.+) reference key (.+)\.$")
_NO_FIELD = re.compile(r"Field '.+' was not found")
_TOO_MANY = ("INVALID_CONTENT", "items")
"""Code and path of the refusal of a batch for its size."""
_BY_CODE = {
    "INVALID_KEY_OR_REF": "missing_reference",
    "NONEXISTENT_ID": "missing_reference",
    "INSUFFICIENT_PERMISSION": "auth",
}


def refusal(reply: Reply) -> RefusedError:
    """What the document says, and which cause that is."""
    detail, code, path = _first(reply)
    if (code, path) == _TOO_MANY:
        return TooManyError("validation", detail, system="netsuite")
    lacked = _LACKED.match(detail)
    if lacked is not None:
        detail = f"reference {lacked.group(1)}:{lacked.group(2)}"
    return RefusedError(_cause(code, detail, path), detail, system="netsuite")


def _first(reply: Reply) -> tuple[str, str, str]:
    try:
        told: Any = reply.json()
        first = told["o:errorDetails"][0]
        return (
            str(first.get("detail", "")),
            str(first.get("o:errorCode", "")),
            str(first.get("o:errorPath", "")),
        )
    except (ValueError, KeyError, IndexError, TypeError):
        return f"HTTP {reply.status}", "", ""


def _cause(code: str, detail: str, path: str) -> str:
    if code in _BY_CODE:
        return _BY_CODE[code]
    if "closed period" in detail or path == "postingPeriod":
        return "closed_period"
    if detail.startswith(("Please enter value", "You must enter")):
        return "missing_attribute"
    if "Unknown reference or field" in detail or _NO_FIELD.search(detail) or code == "NOT_FOUND":
        return "schema"
    return "validation" if code else "unknown"
