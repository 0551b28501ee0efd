"""A tiny firm for tests of the vendors: one customer, one project, an employee and a contractor."""

from __future__ import annotations

from datetime import UTC, datetime

from kernel.time import BusinessTime
from mocks.opening import (
    Assignment,
    Customer,
    Entity,
    Milestone,
    Opening,
    PeriodState,
    PostedTime,
    Project,
    Rate,
    Worker,
)

TIME = BusinessTime(datetime(2026, 4, 16, 4, 0, tzinfo=UTC))
"""BD-10 00:00 in New York, for the period 2026-04."""

_ENTITIES = (
    Entity("US01", "Firm Inc.", "USD", "America/New_York", "US"),
    Entity("DE01", "Firm GmbH", "EUR", "Europe/Berlin", "DE"),
)
_PERIODS = tuple(
    PeriodState(entity.entity, period, is_open, None, None)
    for entity in _ENTITIES
    for period, is_open in (("2026-03", False), ("2026-04", True), ("2026-05", True))
)
_WORKERS = (
    Worker(
        "W00001",
        "Ada Byron",
        "ada@firm.test",
        "employee",
        "",
        "US01",
        "Americas",
        "Cloud",
        "W00002",
        8500,
        "USD",
        "2020-01-01",
    ),
    Worker(
        "W00002",
        "Bo & Co",
        "bo@firm.test",
        "contractor",
        "AGENCY1",
        "DE01",
        "EMEA",
        "Data",
        "W00001",
        9000,
        "EUR",
        "2021-06-01",
    ),
)
_PROJECT = Project(
    "P00001",
    "Migration",
    "C0001",
    "US01",
    "Americas",
    "Cloud",
    "Time and Materials",
    "USD",
    10_000_000,
    600,
    20000,
    "2026-01-05",
    "2026-08-31",
    "W00001",
    "1 Main St",
    "US-1",
    "PO-1",
    0,
    0,
    0,
)

OPENING = Opening(
    period="2026-04",
    hq_zone="America/New_York",
    entities=_ENTITIES,
    rates=(Rate("USD", "1"), Rate("EUR", "1.10")),
    periods=_PERIODS,
    customers=(Customer("C0001", "Acme", "US01", "USD", "1 Main St", "US-1", "US"),),
    workers=_WORKERS,
    projects=(_PROJECT,),
    milestones=(Milestone("P00001-M1", "P00001", "Design", 500_000, "2026-05-01", "Open"),),
    instalments=(),
    assignments=(
        Assignment("A-1", "P00001", "W00001", "Consultant", 21000, "USD", 40, "2026-01-05", "2026-08-31"),
    ),
    posted_time=(
        PostedTime(
            "T-W00001-P00001-2026-03-30",
            "W00001",
            "P00001",
            "2026-03-30",
            (800, 800, 750, 0, 0, 0, 0),
            "W00002",
            -86400.0,
        ),
    ),
)
