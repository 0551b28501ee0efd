"""Business words for what the machinery calls by its own names: causes, findings, patterns, systems."""

from __future__ import annotations

from collections.abc import Mapping

_CAUSES: Mapping[str, str] = {
    "missing_attribute": "The deal lacked a fact that the ERP requires",
    "missing_reference": "Reference data was missing in the target",
    "missing_reference_data": "Reference data was missing in the target",
    "missing_rate": "No exchange or bill rate for the date",
    "missing_intercompany": "No intercompany relation between the two entities",
    "intercompany": "No intercompany relation between the two entities",
    "policy": "The expense broke a policy and waits for its approver",
    "policy_error": "The expense broke a policy and waits for its approver",
    "closed_period": "The accounting period was already closed",
    "period_closed": "The accounting period was already closed",
    "timeout": "The other system did not answer in time",
    "throttled": "The other system refused: too many calls",
    "rate_limit": "The other system refused: too many calls",
    "quota": "The day's allowance of calls was used up",
    "outage": "The other system was down",
    "unavailable": "The other system was down",
    "server_error": "The other system failed",
    "credential": "The integration's password or key had expired",
    "credentials": "The integration's password or key had expired",
    "schema": "A release changed a field that the integration uses",
    "schema_drift": "A release changed a field that the integration uses",
    "row_lock": "Two changes to one project collided",
    "validation": "The target refused the record's content",
    "refused": "The target refused the record's content",
    "auth": "The integration's password or key had expired",
    "integration": "The source's call-out got no answer, and it gave up",
    "unknown": "No cause could be told",
    "unapproved": "The record was no longer approved",
    "duplicate": "The record arrived twice",
    "conflict": "Two systems held different values",
    "reconciliation": "Found by the nightly comparison of both systems",
    "sweep": "Found by the nightly comparison of both systems",
    "keying_error": "A clerk mistyped a value",
    "inactive_worker": "The worker was not active in the target",
    "missing_worker": "The worker was not yet known in the target",
    "missing_project": "The project was not yet known in the target",
    "dead_letter": "Given up after all retries",
    "hook_failed": "The source system gave up its call-out",
}

FINDINGS: Mapping[str, str] = {
    "lost": "Lost: due, absent, and nobody told",
    "duplicated": "Duplicated: booked more than once",
    "unauthorised": "Unauthorised: booked without valid approval",
    "wrong_amount": "Wrong amount or hours",
    "wrong_period": "Wrong accounting period",
    "wrong_write_back": "Wrong write-back: the source believes something else",
    "pending": "Pending: committed too late to be judged",
    "open_exceptions": "Open exceptions: known, with a person",
}

_FLOWS = {
    "project": ("project", "projects"),
    "worker": ("worker change", "worker changes"),
    "time": ("time line", "time lines"),
    "expense": ("expense document", "expense documents"),
    "control": ("billing control", "billing controls"),
    "invoice": ("invoice", "invoices"),
    "revenue": ("revenue entry", "revenue entries"),
    "reporting": ("reported fact", "reported facts"),
}

_PATTERNS = {"api": "API-led", "event": "event-driven", "batch": "batch"}


_SYSTEMS = {
    "salesforce": "Salesforce",
    "certinia": "Certinia PSA",
    "workday": "Workday",
    "netsuite": "NetSuite",
    "warehouse": "Warehouse",
    "pipeline": "The integration itself",
}


def system(name: str) -> str:
    """A system by its maker's spelling."""
    return _SYSTEMS.get(name, name)


def flow(name: str, count: int = 2) -> str:
    """What a flow moves, one or several."""
    return _FLOWS.get(name, (name, name))[count != 1]


def limit(name: str) -> str:
    """A limit's name in words."""
    return name.replace("_", " ")


def cause(code: str) -> str:
    """A cause as a controller would say it; an unknown code keeps its own words."""
    return _CAUSES.get(code, code.replace("_", " ").replace("-", " ").capitalize())


def pattern(name: str) -> str:
    """A pattern in prose, such as `batch with API-led` for `batch+api`."""
    return " with ".join(_PATTERNS.get(part.strip(), part.strip()) for part in name.split("+"))
