"""The tables of the result: KPIs, differences, audit and identity; no figure is computed here."""

from __future__ import annotations

from collections.abc import Mapping

from reports.alone import alone
from reports.cells import Cell, Group, Row
from reports.claims import margin_of
from reports.deciding import deciding, role
from reports.differences import INDICATIVE, Difference
from reports.estimates import Finding
from reports.findings import Findings
from reports.inputs import COUNTS, FINDINGS
from reports.kpis import WORKFLOWS, Kpi, in_order, kpi
from reports.numbers import NOTHING, change, interval, measured, number, span, unit
from reports.words import FINDINGS as FINDING_WORDS
from reports.words import flow


def shown(findings: Findings) -> list[str]:
    """The KPIs of which anything was due; one that no model has, or that is of no workflow here, is not."""
    part = {workflow for table in findings.experiment.models.values() for workflow in table}
    held = {
        name
        for kpis in findings.estimates.values()
        for name, one in kpis.items()
        if one.mean is not None and (name != "background_calls" or one.mean)
    }
    return [name for name in in_order(held) if kpi(name).workflow in part or not kpi(name).workflow]


def kpi_groups(findings: Findings) -> list[Group]:
    """KPIs by workflow, one column a model; the leading model's cell is marked."""
    names = shown(findings)
    titles = {**WORKFLOWS, "": "The whole integration"}
    groups = [
        Group(title, tuple(_kpi_row(findings, kpi(name)) for name in names if kpi(name).workflow == key))
        for key, title in titles.items()
    ]
    return [group for group in groups if group.rows]


def _kpi_row(findings: Findings, entry: Kpi) -> Row:
    rows = findings.differences.get(entry.name, {})
    best = next((row.best for row in rows.values()), None)
    cells: list[Cell] = []
    items = 0
    for model, held in findings.estimates.items():
        estimate = held.get(entry.name)
        if estimate is None or estimate.mean is None:
            cells.append(Cell(NOTHING, "", "quiet"))
            continue
        items = max(items, estimate.n)
        small = [interval(entry.name, estimate)]
        if estimate.censored_pct > 0:
            small.append(f"{number(estimate.censored_pct)} % unfinished")
        if estimate.bounded and not estimate.at_least:
            small.append(f"a lower bound in {estimate.bounded} of {estimate.replications}")
        under = "; ".join(text for text in small if text)
        cells.append(Cell(measured(entry.name, estimate), under, "lead" if model == best else ""))
    return Row(entry.label, _note(findings, entry, items), tuple(cells))


def _note(findings: Findings, entry: Kpi, items: int) -> str:
    """What a KPI is for, where models are compared, and how many items stand behind it."""
    counted = bool(items and entry.workflow)
    if alone(findings):
        return f"n = {items:,}" if counted else ""
    kind = role(findings.experiment, findings.estimates, entry)
    return f"{kind}; n ≤ {items:,}" if counted else kind


def kpis_caption(findings: Findings) -> str:
    """What the figures of the table are, and what is said of those that decide between models."""
    several = findings.experiment.replications > 1
    spread = (
        " Mean over replications, 95 % interval under it; cut at what is possible (0, 100 %); where all "
        "replications agree there is none."
    )
    judged = (
        " “Decision” KPIs are the scenario’s, “outcomes” decide a workflow’s answer, the rest is exploratory."
        " Shaded: the leading model; baselines never lead."
    )
    return (
        "All figures of this table are emergent: they came out of the runs."
        f"{spread if several or not alone(findings) else ''}{'' if alone(findings) else judged}"
        " “≥”: some items were never finished, so the true figure is at least this."
    )


def part_rows(findings: Findings) -> list[Row]:
    """The parts of KPIs that have some, below them: by cause, system, limit, entity or in dollars."""
    rows = []
    for name in shown(findings):
        parts = sorted(
            {part for held in findings.estimates.values() if name in held for part in held[name].by}
        )
        for part in parts:
            held_by = [
                held[name].by.get(part) if name in held else None for held in findings.estimates.values()
            ]
            cells = tuple(
                Cell(measured(name, one), interval(name, one)) if one else Cell(NOTHING, "", "quiet")
                for one in held_by
            )
            rows.append(Row(kpi(name).label, part, cells))
    return rows


def difference_groups(findings: Findings) -> list[Group]:
    """Differences against the leading model: decision KPIs first, the rest as exploratory."""
    decide = deciding(findings.experiment, findings.estimates)
    names = [name for name in shown(findings) if name in findings.differences]
    chosen = [name for name in names if name in decide]
    rest = [name for name in names if name not in chosen]
    groups = [
        Group("Decision KPIs", tuple(_difference_row(findings, name) for name in chosen)),
        Group("Exploratory", tuple(_difference_row(findings, name) for name in rest)),
    ]
    return [group for group in groups if group.rows]


def _difference_row(findings: Findings, name: str) -> Row:
    rows, entry = findings.differences[name], kpi(name)
    best = next(iter(rows.values())).best
    margin, top = (
        margin_of(findings.experiment, entry),
        findings.estimates[best][name].mean or 0.0,
    )
    cells = []
    for model, held in findings.estimates.items():
        if model == best:
            cells.append(
                Cell(
                    measured(name, held.get(name)),
                    "best so far" if findings.experiment.indicative else "best",
                    "lead",
                )
            )
        elif model in rows:
            cell = _difference_cell(rows[model], entry, margin.around(top))
            cells.append(cell._replace(small="") if findings.experiment.replications < 2 else cell)
        else:
            cells.append(Cell(NOTHING, "", "quiet"))
    parts = [f"{margin.absolute:,g}{unit(entry)}"] if margin.absolute else []
    parts += [f"{100 * margin.relative:g} %"] if margin.relative else []
    return Row(entry.label, f"margin {' or '.join(parts)}", tuple(cells))


def _difference_cell(row: Difference, entry: Kpi, margin: float) -> Cell:
    if row.mean is None:
        return Cell(NOTHING, row.verdict, "quiet")
    if row.ci_low is None or row.ci_high is None:
        small = "the same in all replications"
        zero = row.mean == 0
    else:
        small = span(row.ci_low, row.ci_high, entry, sign=True)
        zero = row.ci_low <= 0 <= row.ci_high
    if row.verdict == "~" or (row.verdict == INDICATIVE and (zero or abs(row.mean) <= margin)):
        return Cell("~", small if row.mean else "", "quiet")
    word = "" if row.verdict == INDICATIVE else f"; {row.verdict}"
    return Cell(change(row.mean, entry), f"{small}{word}")


def audit_rows(findings: Findings) -> list[Row]:
    """Findings and leftovers, sums over replications, with the worst single one."""
    rows: list[Row] = []
    for name in COUNTS:
        cells = []
        for audits in findings.audits.values():
            found = audits[name]
            bad = name in FINDINGS and found.max > 0
            flows = ", ".join(f"{count:,} {flow(code, count)}" for code, count in found.by_flow.items())
            several = findings.experiment.replications > 1
            small = f"{flows}{f'; at most {found.max:,} in one' if several else ''}" if found.sum else ""
            cells.append(Cell(f"{found.sum:,}", small, "bad" if bad else ("quiet" if not found.sum else "")))
        rows.append(Row(FINDING_WORDS[name], "", tuple(cells)))
    return rows


def clean_cells(findings: Findings) -> tuple[Cell, ...]:
    """Whether each model ended clean: every finding's maximum is 0; and what people must still settle."""
    return tuple(_clean_cell(audits) for audits in findings.audits.values())


def _clean_cell(audits: Mapping[str, Finding]) -> Cell:
    if any(audits[name].max for name in FINDINGS):
        return Cell("not clean", "", "bad")
    known = audits["open_exceptions"].sum
    return Cell("clean", f"{known:,} known to people" if known else "", "lead")


def identity_rows(findings: Findings) -> list[Row]:
    """due = effected + open exceptions + pending + overtaken + lost, per workflow."""
    rows = []
    for workflow, label in WORKFLOWS.items():
        cells: list[Cell] = []
        for balances in findings.identities.values():
            held = balances.get(workflow)
            if held is None:
                cells.append(Cell(NOTHING, "", "quiet"))
                continue
            terms = (held.effected, held.open_exceptions, held.pending, held.overtaken, held.lost)
            sides = f"{held.due:,} = {' + '.join(f'{term:,}' for term in terms)}"
            cells.append(
                Cell("holds", sides) if held.holds else Cell("fails", sides.replace("=", "≠"), "bad")
            )
        if any(cell.text != NOTHING for cell in cells):
            rows.append(Row(label, "", tuple(cells)))
    return rows
