"""SOAP as Workday speaks it: requests read by pattern, envelopes and faults written from templates.

No XML library stands on this path: a poll that finds nothing must cost microseconds, and what a request
may say is a short list of leaf elements.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.sax.saxutils import escape, unescape

from wire.call import Reply

_LEAF = re.compile(
    r"<(?:[\w.-]+:)?(Username|Password|ID|Updated_From|Updated_Through|Effective_From|Effective_Through|"
    r"As_Of_Effective_Date|As_Of_Entry_DateTime|Page|Count|Include_Transaction_Log_Data|Exclude_Inactive_Workers)"
    r"((?:\s[^>]*)?)>\s*([^<]*?)\s*<"
)
_OPERATION = re.compile(r"<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?([A-Za-z_]+)_Request")
_TYPE = re.compile(r"type=[\"']([^\"']*)[\"']")
_ENTITIES = {"&quot;": '"', "&apos;": "'"}

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>'
)
_TAIL = "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
XML = {"content-type": "text/xml;charset=UTF-8"}


class Request(NamedTuple):
    """A SOAP request: its operation (`Get_Workers`), its leaves by name, and worker ids as (type, value)."""

    operation: str
    leaves: dict[str, str]
    ids: list[tuple[str, str]]


def read(body: bytes) -> Request | None:
    """The request, or None where the body is no SOAP envelope."""
    text = body.decode("utf-8", "replace")
    operation = _OPERATION.search(text)
    if operation is None:
        return None
    leaves: dict[str, str] = {}
    ids: list[tuple[str, str]] = []
    for name, attributes, value in _LEAF.findall(text):
        if "&" in value:
            value = unescape(value, _ENTITIES)  # noqa: PLW2901 (the loop's own value, decoded)
        if name == "ID":
            kind = _TYPE.search(attributes)
            ids.append((kind.group(1) if kind else "", value))
        else:
            leaves[name] = value
    return Request(operation.group(1), leaves, ids)


def envelope(content: str) -> Reply:
    """A successful answer around the content."""
    return Reply(200, XML, (_HEAD + content + _TAIL).encode())


def fault(code: str, text: str, detail: str = "") -> Reply:
    """A SOAP 1.1 fault: HTTP 500, whatever the cause."""
    inside = f"<detail>{detail}</detail>" if detail else ""
    content = (
        f"<SOAP-ENV:Fault><faultcode>SOAP-ENV:{code}</faultcode>"
        f"<faultstring>{escape(text)}</faultstring>{inside}</SOAP-ENV:Fault>"
    )
    return Reply(500, XML, (_HEAD + content + _TAIL).encode())


def authentication_fault() -> Reply:
    """Wrong or expired credential of the integration system user."""
    return fault("Client.authenticationError", "invalid username or password")


def validation_fault(message: str, xpath: str = "") -> Reply:
    """The request is well formed and wrong."""
    error = (
        f"<wd:Message>{escape(message)}</wd:Message><wd:Detail_Message>{escape(message)}</wd:Detail_Message>"
    )
    where = f"<wd:Xpath>{escape(xpath)}</wd:Xpath>" if xpath else ""
    return fault(
        "Client.validationError",
        f"Validation error occurred. {message}",
        f'<wd:Validation_Fault xmlns:wd="urn:com.workday/bsvc"><wd:Validation_Error>{error}{where}'
        "</wd:Validation_Error></wd:Validation_Fault>",
    )


def processing_fault(message: str) -> Reply:
    """The tenant cannot do what was asked."""
    return fault(
        "Client",
        f"Processing error occurred. {message}",
        '<wd:Processing_Fault xmlns:wd="urn:com.workday/bsvc">'
        f"<wd:Detail_Message>{escape(message)}</wd:Detail_Message></wd:Processing_Fault>",
    )


def throttled_fault() -> Reply:
    """Too many requests: Workday answers SOAP callers 500 as well, and names no time to wait."""
    return fault("Server", "Too many requests. The request could not be processed at this time.")
