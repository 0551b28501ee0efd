"""What a model costs to build and to run: per workflow and pattern in days, and yearly in US dollars.

None of these figures is published for such a comparison: each is an assumption, says so, and can be replaced;
low and high are meant as a plausible range, not as an interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import fsum
from typing import NamedTuple

from pipeline.models import Model


class Range(NamedTuple):
    """An estimate."""

    low: float
    default: float
    high: float


class Source(NamedTuple):
    """Where a figure comes from."""

    what: str
    unit: str
    source: str


DAY_USD = Range(600.0, 900.0, 1300.0)
YEARS = 4.0
"""Build cost is spread over so many years."""

_BUILD_DAYS: Mapping[str, Range] = {
    "batch": Range(10.0, 18.0, 30.0),
    "api": Range(14.0, 24.0, 40.0),
    "event": Range(18.0, 32.0, 55.0),
    "point-to-point": Range(3.0, 6.0, 10.0),
    "manual": Range(0.0, 0.0, 0.0),
}
_RUN_DAYS: Mapping[str, Range] = {
    "batch": Range(6.0, 12.0, 20.0),
    "api": Range(8.0, 15.0, 26.0),
    "event": Range(10.0, 20.0, 36.0),
    "point-to-point": Range(8.0, 16.0, 30.0),
    "manual": Range(0.0, 0.0, 0.0),
}
_WEIGHT: Mapping[str, float] = {
    "quote_to_project": 1.2,
    "worker_alignment": 1.0,
    "time_and_expense": 1.1,
    "billing_and_revenue": 1.5,
    "portfolio_reporting": 0.8,
}
_PLATFORM_USD: Mapping[str, Range] = {
    "batch": Range(8_000.0, 20_000.0, 45_000.0),
    "api": Range(15_000.0, 40_000.0, 90_000.0),
    "event": Range(15_000.0, 40_000.0, 90_000.0),
}
_BOTH_SHARE = 0.5
"""A second style on the same platform adds half of its price."""


class Estimates(NamedTuple):
    """What a firm may know better: a day's cost, the years that building is spread over, days and add-ons."""

    day_usd: Range = DAY_USD
    years: float = YEARS
    build_days: Mapping[str, Range] = _BUILD_DAYS
    run_days: Mapping[str, Range] = _RUN_DAYS
    platform_usd: Mapping[str, Range] = _PLATFORM_USD


SHIPPED = Estimates()

SOURCES: tuple[Source, ...] = (
    Source("day of an integration engineer, loaded", "USD", "assumption"),
    Source(
        "build days per workflow and pattern",
        "days",
        "assumption; 8-16 weeks are quoted for a core build, API-led (domain.md 7, k183, vendor)",
    ),
    Source(
        "run days per workflow, pattern and year",
        "days",
        "assumption; 39 % of integration time is upkeep (domain.md 5, k146, survey)",
    ),
    Source("platform and vendor add-ons a year", "USD", "assumption: list prices are not public"),
    Source("weights of the workflows", "factor", "assumption: number of targets and of steps"),
    Source("years over which building is spread", "years", "assumption"),
)


def build_days(workflow: str, pattern: str, given: Estimates = SHIPPED) -> Range:
    """Days to build one workflow; a double pattern needs both."""
    return _scaled(_sum(given.build_days[part] for part in pattern.split("+")), _WEIGHT[workflow])


def run_days(workflow: str, pattern: str, given: Estimates = SHIPPED) -> Range:
    """Days a year to keep it running."""
    return _scaled(_sum(given.run_days[part] for part in pattern.split("+")), _WEIGHT[workflow])


def yearly_usd(workflow: str, pattern: str, given: Estimates = SHIPPED) -> Range:
    """Building (spread over years) and running of one workflow, without the platform."""
    build, run = build_days(workflow, pattern, given), run_days(workflow, pattern, given)
    return Range(*(day * (b / given.years + r) for day, b, r in zip(given.day_usd, build, run, strict=True)))


def platform_usd(model: Model, given: Estimates = SHIPPED) -> Range:
    """Platform and vendor add-ons of the styles that a model uses, a year."""
    styles = dict.fromkeys(part for pattern in model.workflows.values() for part in pattern.split("+"))
    known = given.platform_usd
    prices = sorted((known[style] for style in styles if style in known), reverse=True)
    return _sum(_scaled(price, 1.0 if place == 0 else _BOTH_SHARE) for place, price in enumerate(prices))


def lines(model: Model, given: Estimates = SHIPPED) -> dict[str, Range]:
    """The yearly cost of a model in lines: build, run, platform."""
    build = _sum(build_days(workflow, pattern, given) for workflow, pattern in model.workflows.items())
    run = _sum(run_days(workflow, pattern, given) for workflow, pattern in model.workflows.items())
    return {
        "build": Range(*(day * days / given.years for day, days in zip(given.day_usd, build, strict=True))),
        "run staff": Range(*(day * days for day, days in zip(given.day_usd, run, strict=True))),
        "platform and add-ons": platform_usd(model, given),
    }


def _sum(ranges: Iterable[Range]) -> Range:
    rows = list(ranges)
    return Range(*(fsum(row[place] for row in rows) for place in range(3)))


def _scaled(given: Range, factor: float) -> Range:
    return Range(*(figure * factor for figure in given))
