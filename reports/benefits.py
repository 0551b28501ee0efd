"""Benefit against the manual baseline in three lines, a year, from what the runs showed.

    labour           (manual hours − model's hours) × 12 × rate
    working capital  (manual days to invoice − model's days) × value due × 12 ÷ 365 × cost of capital
    leakage          (never invoiced under manual − under the model) × 12, outside the headline

Hours, days and value are emergent; the rates are inputs. A lower bound under manual makes the line a lower
bound; a model that only has a lower bound itself gets no line.
"""

from __future__ import annotations

from collections.abc import Mapping

from reports.estimates import Estimate, Estimates, difference
from reports.inputs import Assumption, CostRange

LABOUR, CAPITAL, LEAKAGE = "Labour", "Working capital", "Leakage"

RATES_USD = CostRange(45.0, 52.5, 60.0)
_CAPITAL = CostRange(0.05, 0.08, 0.12)

RATES = (
    Assumption("Loaded back-office rate", "$52.50 an hour (45 … 60)", "domain sheet §5, practice figures"),
    Assumption(
        "Cost of capital", "8 % a year (5 … 12 %)", "domain sheet §1.2 for 8 %; the range is an assumption"
    ),
    Assumption("Months like this one", "12 a year", "assumption"),
)
"""The inputs of the benefit, for the page's list of assumptions."""

Lines = Mapping[str, CostRange]


def benefits(found: Estimates, manual: str | None) -> dict[str, Lines]:
    """Model to line to yearly benefit; empty where no model by hand ran to count it against."""
    if manual is None:
        return {}
    return {model: _of_model(found[manual], held) for model, held in found.items() if model != manual}


def _of_model(manual: Mapping[str, Estimate], held: Mapping[str, Estimate]) -> Lines:
    lines: dict[str, CostRange] = {}
    hours = _less(manual, held, "manual_hours")
    if hours is not None:
        lines[LABOUR] = _times(12 * hours, RATES_USD)
    days, value = _less(manual, held, "days_to_invoice_p50"), _mean(held, "value_due_usd")
    if days is not None and value is not None:
        lines[CAPITAL] = _times(days * value * 12 / 365, _CAPITAL)
    leaked = _less(manual, held, "never_invoiced_usd")
    if leaked is not None:
        lines[LEAKAGE] = CostRange(*(12 * leaked,) * 3)
    return lines


def _mean(held: Mapping[str, Estimate], name: str) -> float | None:
    return held[name].mean if name in held else None


def _less(manual: Mapping[str, Estimate], held: Mapping[str, Estimate], name: str) -> float | None:
    """Over the replications that both completed, since baselines run fewer."""
    if name not in manual or name not in held or held[name].at_least:
        return None
    return difference(manual[name], held[name])


def _times(amount: float, rate: CostRange) -> CostRange:
    low, high = sorted((amount * rate.low, amount * rate.high))
    return CostRange(low, amount * rate.default, high)
