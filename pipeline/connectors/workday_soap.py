"""Get_Workers as bytes: request envelopes as text, responses read by pattern. Pure."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, unescape

_LEAF = re.compile(r"<wd:(\w+)>([^<]*)</wd:\1>")
_LOG = re.compile(
    r"<wd:Transaction_Log_Entry><wd:Change_ID>([^<]*)</wd:Change_ID>"
    r"<wd:Transaction_Effective_Moment>([^<]*)</wd:Transaction_Effective_Moment>"
    r"<wd:Transaction_Entry_Moment>([^<]*)</wd:Transaction_Entry_Moment>"
)
_PAGES = re.compile(rb"<wd:Total_Pages>(\d+)<")
_TOTAL = re.compile(rb"<wd:Total_Results>(\d+)<")
_FAULT = re.compile(rb"<faultstring>([^<]*)<")
_DETAIL = re.compile(rb"<wd:Detail_Message>([^<]*)<")


def request(secret: str, criteria: str, moments: str, page: str) -> bytes:
    """A whole request; without a Count, so that the tenant's own page size holds."""
    envelope = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:bsvc="urn:com.workday/bsvc">'
        '<soapenv:Header><wsse:Security soapenv:mustUnderstand="1" xmlns:wsse='
        '"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">'
        "<wsse:UsernameToken><wsse:Username>integration@rehearsal"
        f"</wsse:Username><wsse:Password>{escape(secret)}</wsse:Password>"
        "</wsse:UsernameToken></wsse:Security></soapenv:Header>"
        f'<soapenv:Body><bsvc:Get_Workers_Request bsvc:version="v45.2">{criteria}'
        f"<bsvc:Response_Filter>{moments}<bsvc:Page>{page}</bsvc:Page>"
        "</bsvc:Response_Filter><bsvc:Response_Group>"
        "<bsvc:Include_Transaction_Log_Data>1</bsvc:Include_Transaction_Log_Data>"
        "</bsvc:Response_Group></bsvc:Get_Workers_Request></soapenv:Body></soapenv:Envelope>"
    )
    return envelope.encode()


def as_of(on: str, entered: str) -> str:
    """Filter: the data as of a day of effect and a moment of entry, where given."""
    day = f"<bsvc:As_Of_Effective_Date>{on}</bsvc:As_Of_Effective_Date>" if on else ""
    return f"{day}<bsvc:As_Of_Entry_DateTime>{entered}</bsvc:As_Of_Entry_DateTime>" if entered else day


def windows(windows: str) -> str:
    """Criteria: changes within the windows."""
    return (
        "<bsvc:Request_Criteria><bsvc:Transaction_Log_Criteria_Data><bsvc:Transaction_Date_Range_Data>"
        f"{windows}</bsvc:Transaction_Date_Range_Data></bsvc:Transaction_Log_Criteria_Data>"
        "</bsvc:Request_Criteria>"
    )


def reference(*workers: str) -> str:
    """Criteria: workers by id."""
    ids = "".join(
        f'<bsvc:Worker_Reference><bsvc:ID bsvc:type="Employee_ID">{worker}</bsvc:ID></bsvc:Worker_Reference>'
        for worker in workers
    )
    return f"<bsvc:Request_References>{ids}</bsvc:Request_References>"


def workers(body: bytes) -> tuple[list[dict[str, Any]], int, int]:
    """The workers of a page, how many pages there are, and how many workers in all."""
    last, total = _figure(_PAGES, body), _figure(_TOTAL, body)
    if b"<wd:Worker>" not in body:
        return [], last, total
    parts = body.decode().split("<wd:Worker_Data>")[1:]
    return [_worker(data.partition("</wd:Worker_Data>")[0]) for data in parts], last, total


def _figure(pattern: re.Pattern[bytes], body: bytes) -> int:
    figure = pattern.search(body)
    return int(figure.group(1)) if figure else 0


def _worker(data: str) -> dict[str, Any]:
    elements, _, log = data.partition("<wd:Transaction_Log_Entry_Data>")
    worker: dict[str, Any] = {
        name: unescape(value) if "&" in value else value for name, value in _LEAF.findall(elements)
    }
    worker["log"] = [
        {"change": change, "effective": effective, "entered": entered}
        for change, effective, entered in _LOG.findall(log)
    ]
    return worker


def fault(body: bytes) -> str:
    """What a fault says."""
    found = _DETAIL.search(body) or _FAULT.search(body)
    return unescape(found.group(1).decode()) if found else body[:200].decode("utf-8", "replace")
