"""The tables of how it ran: limits, calls, faults, exceptions, money, and the close sheet."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from reports.baselines import RECORDED, stands_aside
from reports.benefits import LEAKAGE
from reports.cells import Cell, Row
from reports.estimates import Estimate
from reports.figures.recovery import faults, recovered
from reports.findings import Findings
from reports.inputs import CostRange, Experiment, SignOff
from reports.kpis import kpi
from reports.limits import LimitRow, minutes
from reports.numbers import NOTHING, change, dollars, listing, number, share, sized
from reports.words import cause, flow, limit, system


def exception_rows(findings: Findings) -> list[Row]:
    """Exceptions by cause in business words, mean a replication, most frequent first."""
    experiment = findings.experiment
    totals: dict[str, dict[str, float]] = {}
    for model in findings.estimates:
        runs = experiment.of(model)
        for run in runs:
            for code, count in run.exceptions.items():
                held = totals.setdefault(cause(code), {})
                held[model] = held.get(model, 0.0) + count / len(runs)
    ordered = sorted(totals, key=lambda text: (-math.fsum(totals[text].values()), text))
    return [
        Row(text, "", tuple(_count(totals[text].get(m, 0.0)) for m in findings.estimates)) for text in ordered
    ]


def _count(value: float) -> Cell:
    return Cell(number(value, 1), "", "" if value else "quiet")


def silent(findings: Findings) -> list[str]:
    """Baselines that open no exception record at all, so that 0 does not mean that nothing went wrong."""
    return [
        model
        for model in findings.estimates
        if stands_aside(findings.experiment.models[model])
        and RECORDED not in findings.experiment.models[model].values()
        and not any(run.exceptions for run in findings.experiment.of(model))
    ]


def recovery_rows(findings: Findings) -> list[Row]:
    """Hours from a fault's end until nothing was late because of it, and the delay that it caused."""
    return [
        Row(
            f"{fault.name} ({system(fault.target)})",
            f"{number(fault.end_h - fault.start_h)} h long",
            tuple(_recovery(recovered(findings.experiment, model, fault)) for model in findings.estimates),
        )
        for fault in faults(findings.experiment)
    ]


def _recovery(back: Estimate) -> Cell:
    if back.mean is None:
        return Cell(NOTHING, "no fault-free twin", "quiet")
    items, money = back.by["item_h"].mean or 0.0, back.by["usd_days"].mean or 0.0
    entry = kpi("recovery_h")
    small = f"{change(items, kpi('fault_delay_item_h'))}; {change(money, kpi('fault_delay_usd_days'))}"
    if back.at_least:
        return Cell("not within the run", small, "bad")
    return Cell(sized(back.mean, entry), small)


def limit_table(rows: Sequence[LimitRow], models: Sequence[str]) -> list[Row]:
    """One row a limit, one column a model: peak use, what of it is the integration's, and where it binds."""
    held: dict[tuple[str, str], dict[str, LimitRow]] = {}
    for row in rows:
        held.setdefault((row.system, row.limit), {})[row.model] = row
    table = []
    for (name, code), by_model in held.items():
        if any(row.own_share > 0 or row.binds or row.touched for row in by_model.values()):
            one = next(iter(by_model.values()))
            note = f"{number(one.size, 0)}{'' if one.windowed else ', at the same time'}"
            cells = tuple(_limit_cell(by_model.get(model)) for model in models)
            table.append(Row(f"{system(name)}: {limit(code)}", note, cells))
    return table


def _limit_cell(row: LimitRow | None) -> Cell:
    if row is None:
        return Cell(NOTHING, "", "quiet")
    parts = [f"ours {_own(row.own_share)}"]
    parts += [f"{minutes(row.saturated_min)} full"] if row.saturated_min else []
    parts += [f"{row.refusals:,} refused"] if row.refusals else []
    parts += [_binding(row)] if row.binds_at is not None or row.capped_at is not None else []
    return Cell(share(row.peak_share), "; ".join(parts), "bad" if row.binds else "")


def _own(value: float) -> str:
    if 0 < value < 0.001:
        return "under 0.1 %"
    return share(value, 1 if 0 < value < 0.01 else 0)


def _binding(row: LimitRow) -> str:
    """From which head count on it binds; simultaneous calls that were full for seconds tell no such count."""
    if row.binds:
        return "binds"
    if row.windowed:
        return f"binds from {row.binds_at:,}"
    if row.binds_at is None:
        return f"kept from being full by our own cap of {row.capped_at}"
    if row.touched and row.full:
        return f"binds by {row.binds_at:,}" if row.saturated_min >= 1 else "too briefly to tell when it binds"
    return f"first full at {row.binds_at:,}"


def money_rows(findings: Findings) -> list[Row]:
    """The net first, then cost and benefit lines; leakage last, since it stands outside the net."""
    models = list(findings.estimates)
    costs, gains = findings.experiment.costs, findings.benefits
    spent = list(dict.fromkeys(line for held in costs.values() for line in held))
    gained = list(dict.fromkeys(line for held in gains.values() for line in held))
    inside = [line for line in gained if line.lower() != LEAKAGE.lower()]
    rows = [
        Row(
            "Net, without leakage",
            "benefit less cost",
            tuple(_money(_net_range(findings, model)) for model in models),
        )
    ]
    rows = rows if gained else []
    rows += [
        Row(
            f"{line[0].upper()}{line[1:]}",
            "cost; input",
            tuple(_money(costs.get(m, {}).get(line)) for m in models),
        )
        for line in spent
    ]
    rows += [
        Row(
            line,
            "benefit; emergent × input" if line in inside else "benefit; emergent, outside the net",
            tuple(_money(gains.get(m, {}).get(line)) for m in models),
        )
        for line in [*inside, *(line for line in gained if line not in inside)]
    ]
    return rows if spent or gained else []


def _net_range(findings: Findings, model: str) -> CostRange | None:
    """Worst case: low benefit less high cost; best case the other way round; leakage stays outside."""
    gains = findings.benefits.get(model, {})
    known = [gain for line, gain in gains.items() if line.lower() != LEAKAGE.lower()]
    costs = list(findings.experiment.costs.get(model, {}).values())
    if not known or not costs:
        return None
    return CostRange(
        math.fsum(gain.low for gain in known) - math.fsum(cost.high for cost in costs),
        math.fsum(gain.default for gain in known) - math.fsum(cost.default for cost in costs),
        math.fsum(gain.high for gain in known) - math.fsum(cost.low for cost in costs),
    )


def _money(held: CostRange | None) -> Cell:
    if held is None:
        return Cell(NOTHING, "", "quiet")
    small = "" if held.low == held.high else f"{dollars(held.low)} … {dollars(held.high)}"
    return Cell(dollars(held.default), small)


def sign_off_lines(experiment: Experiment, model: str) -> Sequence[SignOff]:
    """The sheet of a model's first replication: one close, as a controller would sign it."""
    runs = experiment.of(model)
    return runs[0].sign_off if runs else ()


def call_rows(findings: Findings) -> list[Row]:
    """Calls the integration sent, per system, mean a replication."""
    experiment = findings.experiment
    systems = sorted({name for run in experiment.runs for name in run.calls})
    rows = []
    for name in systems:
        cells = []
        for model in findings.estimates:
            runs = experiment.of(model)
            sums = [sum(run.calls.get(name, {}).values()) for run in runs]
            cells.append(Cell(number(math.fsum(sums) / len(sums), 0)))
        rows.append(Row(system(name), "", tuple(cells)))
    return rows


def found_lines(experiment: Experiment, models: Sequence[str]) -> dict[str, list[str]]:
    """Model to what its audit found in the first replication that had any, alike findings in one line."""
    held: dict[str, list[str]] = {}
    for model in models:
        lines = next((run.findings for run in experiment.of(model) if run.findings), ())
        alike: dict[tuple[str, str, str], list[str]] = {}
        for line in lines:
            alike.setdefault((line.flow, line.kind, _undated(line.reason)), []).append(
                f"{line.key} {line.part}".strip()
            )
        if alike:
            held[model] = [_alike(*what, keys) for what, keys in list(alike.items())[:6]]
    return held


def _undated(reason: str) -> str:
    """The reason without instants and record numbers, which differ from one finding to the next."""
    text = re.sub(r"due since -?[\d.]+ h, ", "", reason)
    return re.sub(r"(\d+ stand): [\w, -]+", r"\1", text)


def _alike(what: str, kind: str, reason: str, keys: Sequence[str]) -> str:
    more = f" and {len(keys) - 3} more listed" if len(keys) > 3 else ""
    return f"{flow(what)}, {kind.replace('_', ' ')} ({reason}): {', '.join(keys[:3])}{more}"


def pays_back(findings: Findings) -> str:
    """Whether any compared model earns its cost in labour and working capital alone, in one sentence."""
    nets = {
        model: net.default
        for model in findings.estimates
        if not stands_aside(findings.experiment.models[model])
        and (net := _net_range(findings, model)) is not None
    }
    if not nets:
        return ""
    best = max(nets, key=lambda model: nets[model])
    earning = [model for model, net in nets.items() if net > 0]
    if earning:
        return (
            f"At default figures labour and working capital pay for {listing(earning)}; "
            f"most for {best}, {dollars(nets[best])} a year net."
        )
    return (
        "At default figures no model earns its cost in labour and working capital alone for a firm of this "
        f"size; nearest is {best}, at {dollars(nets[best])} a year."
    )
