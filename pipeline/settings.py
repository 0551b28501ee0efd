"""Settings of the pipeline: the same for every model; each figure's source stands in SOURCES."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kernel.time import BusinessTime


class EntitySetting(NamedTuple):
    """A legal entity's zone and the currency of its books."""

    zone: str
    currency: str


class Schedule(NamedTuple):
    """When batch runs start. `weekdays` 0 = Monday, empty = all; `every_min` > 0 replaces `times`.

    A run takes only what was handed over at least `cut_off_h` before. `zone` empty = HQ. `cut_off_runs`:
    whether the runs at the approval cut-offs take place besides.
    """

    times: tuple[str, ...] = ("01:00",)
    weekdays: tuple[int, ...] = ()
    zone: str = ""
    cut_off_h: float = 0.0
    every_min: float = 0.0
    cut_off_runs: bool = True


class RevenueRun(NamedTuple):
    """A run of revenue recognition: its name (part of its journals' keys) and its instant."""

    name: str
    at_s: float


DEFAULT_SCHEDULES: Mapping[str, Schedule] = {
    "quote_to_project": Schedule(("01:00",)),
    "worker_alignment": Schedule(("02:00",)),
    "time_and_expense": Schedule(("01:00",)),
    "billing_and_revenue": Schedule(("01:00",)),
    "portfolio_reporting": Schedule(("04:00",)),
}
POLL_S: Mapping[str, float] = {"netsuite": 300.0, "workday": 900.0, "salesforce": 900.0}
PULLS_HOURLY = "portfolio_reporting"

STANDARD_TIER = 5
"""Slots of a NetSuite account of the Standard service tier."""

CUT_OFF_WORKFLOWS = ("time_and_expense", "billing_and_revenue")
"""Workflows with runs at the cut-off besides their schedule (semantics 2)."""


REDELIVERY_S = (60.0, 300.0, 900.0, 3600.0)
"""Waits before an event that failed is delivered again; the last one repeats."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a root may set; times in seconds, instants in seconds since the start."""

    time: BusinessTime
    hq_zone: str = "America/New_York"
    entities: Mapping[str, EntitySetting] = field(default_factory=dict)
    period: str = ""
    time_locks: Mapping[str, float] = field(default_factory=dict)
    rates: Mapping[str, str] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    cut_off_runs: tuple[float, ...] = ()
    revenue_runs: tuple[RevenueRun, ...] = ()
    workers: int = 8
    processing_s: float = 0.05
    netsuite_slots: int = STANDARD_TIER
    poll_s: Mapping[str, float] = field(default_factory=lambda: POLL_S)
    reporting_pull_s: float = 3600.0
    plain_poll_s: float = 900.0
    overlap_s: float = 300.0
    caller_timeout_s: float = 120.0
    seen_within_s: float = 60.0
    shown_by: tuple[str, ...] = ("api", "event", "batch")
    call_timeout_s: float = 60.0
    long_poll_s: float = 110.0
    event_retention_s: float = 72 * 3600.0
    redelivery_s: tuple[float, ...] = REDELIVERY_S
    write_back_rows: int = 200
    write_back_s: float = 60.0
    micro_batch_s: float = 60.0
    sweep_clock: str = "03:00"
    sweep_beyond_s: float = 86400.0
    repairs: int = 4
    bulk_rows: int = 2000
    attempts: int = 4
    backoff_base_s: float = 1.0
    backoff_most_s: float = 30.0
    retry_share: float = 0.2
    retry_floor: int = 20
    breaker_failures: int = 8
    breaker_open_s: float = 60.0
    job_poll_s: float = 10.0

    def interval_s(self, pattern: str, workflow: str, source: str) -> float:
        """Poll interval where there is no hook or channel: the source's own, or the hourly reporting pull."""
        if pattern == "api" and workflow == PULLS_HOURLY:
            return self.reporting_pull_s
        return self.poll_s.get(source, 900.0)

    def schedule(self, workflow: str) -> Schedule:
        """When batch runs of the workflow start."""
        return self.schedules.get(workflow) or DEFAULT_SCHEDULES[workflow]


SOURCES: Mapping[str, tuple[str, str]] = {
    "workers": ("messages", "semantics 2: 8 workers"),
    "processing_s": ("s a message", "assumption until a live run calibrates it"),
    "netsuite_slots": (
        "slots",
        "Standard tier: 5, or as the landscape sets; the client begins with one less",
    ),
    "poll_s": ("s", "semantics 1: NetSuite 5 min, Workday 15 min; Salesforce 15 min: assumption"),
    "reporting_pull_s": ("s", "semantics 2: hourly pull of portfolio reporting under API-led"),
    "plain_poll_s": ("s", "semantics 7: 15-min poll of point-to-point"),
    "overlap_s": ("s", "semantics 2: watermark - 5 min"),
    "caller_timeout_s": ("s", "semantics 1: 120 s"),
    "seen_within_s": ("s", "semantics 3: assumption, 60 s"),
    "shown_by": ("", "semantics 3: patterns that write a refusal on the record while its owner looks; all"),
    "call_timeout_s": ("s", "assumption"),
    "long_poll_s": ("s", "vendor sheet, CometD: socket timeout 110 s"),
    "event_retention_s": ("s", "semantics 1: 72 h"),
    "redelivery_s": ("s", "assumption: as the vendor's own hook retries, then hourly"),
    "write_back_rows": ("rows", "semantics 2: 200 (a Salesforce collection)"),
    "write_back_s": ("s", "semantics 2: 60 s"),
    "micro_batch_s": ("s", "semantics 2: 60 s"),
    "sweep_clock": ("HH:MM HQ", "semantics 1: 03:00"),
    "sweep_beyond_s": (
        "s",
        "assumption: a sweep looks back a day further than events are kept, at the least",
    ),
    "repairs": ("items at once", "assumption: half of the workers, so that a sweep leaves some to the day"),
    "bulk_rows": ("rows", "semantics 2: Bulk 2.0 above 2,000 rows"),
    "attempts": ("attempts a call", "assumption"),
    "backoff_base_s": ("s", "assumption: full jitter, doubling"),
    "backoff_most_s": ("s", "assumption"),
    "retry_share": ("share of calls", "assumption: retry budget a minute"),
    "retry_floor": ("retries", "assumption: retry budget a minute"),
    "breaker_failures": ("failures in a row", "assumption"),
    "breaker_open_s": ("s", "assumption"),
    "job_poll_s": ("s", "assumption: status poll of a bulk job"),
}
"""Setting to (unit, source)."""
