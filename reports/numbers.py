"""How numbers are written: digits by unit, thin and honest, the same on the page and in the terminal."""

from __future__ import annotations

import math
import re

from reports.estimates import Estimate
from reports.kpis import Kpi, kpi

NOTHING = "–"


def number(value: float | None, digits: int = 1) -> str:
    """A figure with thousands separators; no digits after the point from a thousand on."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if abs(value) >= 1000:
        digits = 0
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def unit(entry: Kpi) -> str:
    """The unit as it follows a figure; a count has none."""
    return "" if entry.unit == "count" else f" {entry.unit}"


def sized(value: float | None, entry: Kpi) -> str:
    """A figure in the unit that fits its size: hours below one become minutes or seconds."""
    if entry.unit == "USD":
        return dollars(value)
    if entry.unit == "USD-days":
        return f"{dollars(value)}-days"
    if value is None or entry.unit != "h" or abs(value) >= 1 or value == 0:
        return f"{number(value, entry.digits)}{unit(entry)}"
    if abs(value) >= 1 / 60:
        return f"{number(value * 60, 0 if abs(value) >= 1 / 6 else 1)} min"
    return f"{number(value * 3600, 1 if 0.05 <= abs(value * 3600) < 10 else 0)} s"


def change(value: float | None, entry: Kpi) -> str:
    """A difference in the unit that fits its size, always with its sign unless it prints as nothing."""
    text = sized(value, entry)
    return f"+{text}" if value is not None and value > 0 and re.search(r"[1-9]", text) else text


def span(low: float, high: float, entry: Kpi, *, sign: bool = False) -> str:
    """An interval; the unit stands once where both ends have the same."""
    write = change if sign else sized
    left, right = write(low, entry), write(high, entry)
    tail = f" {right.rpartition(' ')[2]}" if " " in right else ""
    if tail and left.endswith(tail):
        left = left.removesuffix(tail)
    return f"{left} … {right}" if low or entry.unit != "h" else f"0 … {right}"


def possible(low: float, high: float, entry: Kpi) -> tuple[float, float]:
    """An interval cut at what a KPI can be: none is below 0, and a share of what is due is at most 100 %."""
    most = 100.0 if entry.unit == "%" and entry.better == "high" else math.inf
    return max(0.0, low), min(most, high)


def measured(name: str, estimate: Estimate | None) -> str:
    """A KPI's mean with its unit, "≥" before it where a percentile fell on an unfinished item."""
    if estimate is None or estimate.mean is None:
        return NOTHING
    return f"{'≥ ' if estimate.at_least else ''}{sized(estimate.mean, kpi(name))}"


def interval(name: str, estimate: Estimate | None) -> str:
    """The confidence interval, or how many replications all gave the same value; nothing of a single run."""
    if estimate is None or estimate.mean is None or len(estimate.completed) == 1:
        return ""
    if estimate.ci_low is None or estimate.ci_high is None:
        return f"in all {estimate.replications}" if estimate.replications > 1 else "1 replication"
    entry = kpi(name)
    return span(*possible(estimate.ci_low, estimate.ci_high, entry), entry)


def dollars(value: float | None) -> str:
    """Money of a size for a board room, such as `$1.2M` or `$340k`."""
    if value is None:
        return NOTHING
    sign, size = ("−" if value <= -0.5 else ""), abs(value)
    if size >= 999_500:
        return f"{sign}${size / 1e6:,.2f}M"
    if size >= 999.5:
        return f"{sign}${size / 1e3:,.{1 if size < 9_950 else 0}f}k"
    return f"{sign}${size:,.0f}"


def share(value: float | None, digits: int = 0) -> str:
    """A share of one, in per cent."""
    return NOTHING if value is None else f"{number(100 * value, digits)} %"


def listing(names: list[str]) -> str:
    """Names as prose: `a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
