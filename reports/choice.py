"""Where the choice flips: the level patterns of each workflow at other margins, costs, slots and head counts.

Margins and costs are weighed again over the runs in hand; slots, head counts and people's constants were run
again (`sim/sensitivity.py`). Each row says whether theory, from the settings alone, has the choice flip
there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from reports.answer import Answer, answers
from reports.findings import Findings
from reports.inputs import ArmChoice, CostRange, Experiment, Margin
from reports.kpis import TABLE, WORKFLOWS
from reports.limits import BINDING_MIN, LimitRow, limit_rows
from reports.numbers import listing, number
from reports.words import pattern

MARGINS_H = (0.25, 1.0, 4.0, 24.0)
"""Margins tried for every outcome in time, hours."""

Levels = Mapping[str, tuple[str, ...]]
"""Workflow to the patterns that are level there."""


class ChoiceRow(NamedTuple):
    """One setting: who is level in each workflow, where that differs from the answer, what theory says."""

    setting: str
    levels: Levels
    flips: tuple[str, ...]
    theory: str


def choice_rows(findings: Findings) -> list[ChoiceRow]:
    """Margins, then costs, then what was run again."""
    experiment = findings.experiment
    base = _levels(findings.answers)
    if not any(len(answer.candidates) > 1 for answer in findings.answers):
        return []
    rows = [_margin_row(findings, base, hours) for hours in MARGINS_H]
    rows += [_cost_row(findings, name) for name in ("low", "default", "high")]
    settings = dict.fromkeys(arm.setting for arm in experiment.arms)
    return rows + [_arm_row(findings, name) for name in settings]


def _levels(found: Sequence[Answer]) -> Levels:
    return {
        answer.workflow: tuple(one.pattern for one in answer.level)
        for answer in found
        if len(answer.candidates) > 1
    }


def _flips(base: Levels, levels: Levels) -> tuple[str, ...]:
    return tuple(flow for flow in base if set(base[flow]) != set(levels.get(flow, ())))


def _margin_row(findings: Findings, base: Levels, hours: float) -> ChoiceRow:
    levels = _levels(
        answers(timed_margins(findings.experiment, hours), findings.estimates, findings.audits, judged=False)
    )
    flips = _flips(base, levels)
    expected = expected_levels(findings.experiment.waits, hours)
    met = [flow for flow in levels if flow in expected and set(expected[flow]) >= set(levels[flow])]
    other = [flow for flow in levels if flow in expected and flow not in met]
    theory = f"as the settings' waits predict in {len(met)} of {len(met) + len(other)}" if expected else ""
    if other:
        theory += f"; not in {listing([WORKFLOWS[flow].lower() for flow in other])}"
    return ChoiceRow(f"margin {_hours(hours)}", levels, flips, theory)


def timed_margins(experiment: Experiment, hours: float) -> Experiment:
    """The same with this margin for every outcome in time; shares and money keep theirs."""
    timed = {
        entry.name: Margin(hours if entry.unit == "h" else hours / 24.0)
        for entry in TABLE
        if entry.unit in {"h", "days"}
    }
    return replace(experiment, decisions={**experiment.decisions, **timed})


def expected_levels(waits: Mapping[str, Mapping[str, float]], margin_h: float) -> Levels:
    """Theory: level are patterns whose longest usual wait for the next start is within the margin of the
    least.
    """
    return {
        flow: tuple(name for name, wait in held.items() if wait <= min(held.values()) + margin_h)
        for flow, held in waits.items()
        if held
    }


def _hours(hours: float) -> str:
    return f"{hours * 60:g} min" if hours < 1 else ("1 day" if hours == 24 else f"{hours:g} h")


def _cost_row(findings: Findings, name: str) -> ChoiceRow:
    """Among level patterns the cheapest, if all costs were at this end of their ranges."""
    cheapest: dict[str, tuple[str, ...]] = {}
    for answer in findings.answers:
        priced = [(_at(one.cost, name), one.pattern) for one in answer.level if one.cost is not None]
        if len(priced) > 1:
            least = min(price for price, _ in priced)
            cheapest[answer.workflow] = tuple(used for price, used in priced if price == least)
    decided = [answer.workflow for answer in findings.answers if answer.by_cost]
    note = f"decides in {len(decided)}" if decided else "decides nowhere: the ranges overlap"
    return ChoiceRow(f"all costs {name}, cheapest of the level ones", cheapest, (), note)


def _at(cost: CostRange, name: str) -> float:
    return {"low": cost.low, "default": cost.default, "high": cost.high}[name]


def _arm_row(findings: Findings, setting: str) -> ChoiceRow:
    rows = [arm for arm in findings.experiment.arms if arm.setting == setting]
    base = {arm.workflow: tuple(arm.base) for arm in rows}
    levels = {arm.workflow: tuple(arm.level) for arm in rows}
    return ChoiceRow(setting, levels, _flips(base, levels), _arm_theory(findings, rows[0]))


def _arm_theory(findings: Findings, arm: ArmChoice) -> str:
    """A limit can flip a choice only where it binds: full for an hour a run, or an allowance used up."""
    if arm.kind == "people":
        return "slows people and every pattern's retries alike: no flip"
    models = [model for model in findings.estimates if model in arm.models]
    rows = limit_rows(findings.experiment, models)
    if arm.kind == "slots":
        return _slots_theory([row for row in rows if row.limit == "account_concurrency"], arm.factor)
    people = findings.experiment.consultants * arm.factor
    bound = sorted({row.limit for row in rows if row.binds_at is not None and row.binds_at <= people})
    if bound:
        names = listing([name.replace("_", " ") for name in bound])
        return f"{names} would be full at {people:,.0f} people: a flip can be"
    return f"no limit binds at {people:,.0f} people: no flip"


def _slots_theory(rows: Sequence[LimitRow], slots: float) -> str:
    """Fewer slots bind where the most calls at once, everybody's, fill them; more ease only what was full."""
    size = max((row.size for row in rows), default=slots)
    if slots < size:
        peak = max(math.ceil(row.peak_share * row.size - 1e-9) for row in rows)
        usual = f"as compared at most {peak} calls are under way at once"
        return (
            f"{usual}, which fill {slots:g} slots: a flip can be"
            if peak >= slots
            else f"{usual}, fewer than {slots:g} slots: no flip"
        )
    full = max((row.saturated_min for row in rows), default=0.0)
    usual = f"as compared the slots are full {number(full, 0)} min a run"
    return (
        f"{usual}, which binds: a flip can be"
        if full >= BINDING_MIN
        else f"{usual}, which does not bind: no flip"
    )


def choice_cells(row: ChoiceRow) -> dict[str, str]:
    """Workflow to the level patterns in words."""
    return {flow: listing([pattern(name) for name in names]) or "none" for flow, names in row.levels.items()}


def flips_sentence(rows: Sequence[ChoiceRow]) -> str:
    """Where the choice flips, in one sentence."""
    flipped = [
        f"{row.setting} ({listing([WORKFLOWS[flow].lower() for flow in row.flips])})"
        for row in rows
        if row.flips
    ]
    if not rows:
        return ""
    if not flipped:
        return "The choice flips at none of the margins, costs and settings tried."
    return f"The choice flips at {listing(flipped)}; at the others it stays."
