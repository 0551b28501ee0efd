"""The interface catalogue: each leg of each workflow under each pattern, in words for architects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.models import Model


class Leg(NamedTuple):
    """One line of the catalogue."""

    workflow: str
    pattern: str
    source: str
    target: str
    trigger: str
    transport: str
    granularity: str
    calls_per_record: str
    key: str
    owner: str
    retry: str


class _Way(NamedTuple):
    """Trigger, transport, granularity and calls a record of one workflow under one pattern."""

    trigger: str
    transport: str
    granularity: str
    calls: str


_ENDS: Mapping[str, tuple[str, str, str, str]] = {
    "quote_to_project": ("CRM", "PSA, ERP", "opportunity", "sales operations"),
    "worker_alignment": ("HCM", "PSA, ERP", "worker and effective date", "HR systems"),
    "time_and_expense": ("PSA", "ERP", "split and day, or report, and version", "project accounting"),
    "billing_and_revenue": ("PSA", "ERP", "control, billing event, project and run", "billing"),
    "portfolio_reporting": ("PSA, ERP, HCM", "warehouse", "fact and version", "analytics"),
}
"""Workflow to (source, target, key, owner)."""

_RETRIES: Mapping[str, str] = {
    "batch": "refused by a limit: waits for a slot until the next run;"
    " failed: 4 attempts, the next run; daily sweep",
    "api": "refused by a limit: waits for a slot within the caller's 120 s (a poll: until the next one);"
    " failed: 4 attempts, the source's hook after 1, 5, 15 min; daily sweep",
    "event": "refused by a limit: waits for a slot up to 72 h;"
    " failed: 4 attempts, redelivery up to 72 h, dead letter; daily sweep",
    "point-to-point": "none",
    "manual": "a person tries again",
}
"""One rule for all but the baselines: a slot is waited for as long as the message's patience lasts, whoever
carries it; a failure has 4 attempts and one retry budget."""

_WAYS: Mapping[str, Mapping[str, _Way]] = {
    "quote_to_project": {
        "batch": _Way("01:00", "SOQL, async batches, collections", "all deals of the day", "well below 1"),
        "api": _Way("hook on save", "composite, PUT, PUT, composite", "one deal", "about 5"),
        "event": _Way("change event, won deals", "long poll, read, the same saga", "one deal", "about 6"),
    },
    "worker_alignment": {
        "batch": _Way(
            "02:00", "Get_Workers delta, collections, async batches", "the day's changes", "below 1"
        ),
        "api": _Way(
            "15-min poll; read-through when an assignment is saved",
            "Get_Workers, PATCH, PUT",
            "one worker",
            "2 and polls",
        ),
        "event": _Way(
            "15-min poll bridge, held to the day of effect",
            "Get_Workers, PATCH, PUT",
            "one change",
            "2 and polls",
        ),
    },
    "time_and_expense": {
        "batch": _Way(
            "01:00 and cut-off runs", "SOQL, async batches, collections", "all approved", "below 1"
        ),
        "api": _Way(
            "hook on approval", "composite read, PUT a part, PATCH back", "one header or report", "about 7"
        ),
        "event": _Way(
            "change event, filtered",
            "composite read, PUT a part, collections back",
            "one header or report",
            "about 6",
        ),
    },
    "billing_and_revenue": {
        "batch": _Way("01:00 and cut-off runs", "SOQL, async batches, SuiteQL", "all changed", "below 1"),
        "api": _Way(
            "hook on save; release button",
            "SuiteQL check, PUT; 5-min SuiteQL for status",
            "one control or event",
            "1 to 2",
        ),
        "event": _Way(
            "change events; 5-min bridge for status", "read, PUT", "one control or event", "about 2"
        ),
    },
    "portfolio_reporting": {
        "batch": _Way(
            "04:00", "SOQL or Bulk 2.0, SuiteQL, Get_Workers, load", "the day's deltas", "well below 1"
        ),
        "api": _Way(
            "hourly pull",
            "SOQL, SuiteQL, Get_Workers, load",
            "changes of an hour",
            "below 1, and empty pulls",
        ),
        "event": _Way(
            "the pipeline's own bus; bridges 5 and 15 min",
            "load each 60 s",
            "micro-batches",
            "below 1, and polls",
        ),
    },
}
_PLAIN = _Way(
    "15-min poll on LastModified", "query, plain POST, PATCH back", "one record", "as API, and polls"
)
_HANDS = _Way("a clerk's day", "screens and uploads", "one record, or a weekly upload", "none")


def legs(model: Model) -> tuple[Leg, ...]:
    """The legs of a model; a double pattern such as batch+event has one of each kind."""
    return tuple(
        _leg(workflow, part) for workflow, pattern in model.workflows.items() for part in pattern.split("+")
    )


def _leg(workflow: str, pattern: str) -> Leg:
    source, target, key, owner = _ENDS[workflow]
    way = {"point-to-point": _PLAIN, "manual": _HANDS}.get(pattern) or _WAYS[workflow][pattern]
    return Leg(workflow, pattern, source, target, *way, key, owner, _RETRIES[pattern])
