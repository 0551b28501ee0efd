"""The comparison as a table for the terminal, within 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports import alone
from reports.answer_rows import AnswerRow, answer_rows
from reports.baselines import candidates
from reports.deciding import bearing, items
from reports.estimates import Estimate
from reports.findings import Findings
from reports.inputs import FINDINGS
from reports.interactions import interaction_lines, recommended_sentence
from reports.kpis import Kpi, kpi
from reports.live import terminal as live_terminal
from reports.numbers import NOTHING, number
from reports.remarks import counts_sentence
from reports.slo import rows
from reports.story import absent_sentence, headline, status
from reports.tables import shown

WIDTH = 100
_SHORT = {"point-to-point": "p2p", "inverse-hybrid": "inverse", "as recorded": "recorded"}
_SHOWN = {
    "project_setup_h_p95": "Project setup p95",
    "worker_alignment_h_p95": "Worker alignment p95",
    "time_posted_h_p95": "Time posted p95",
    "expense_posted_h_p95": "Expense posted p95",
    "posted_before_close_pct": "Posted before lock, %",
    "days_to_invoice_p95": "Days to invoice p95",
    "unbilled_at_close_usd": "Unbilled at close, $k",
    "invoice_accuracy_pct": "Invoices right first, %",
    "invoice_holds": "Invoices held",
    "reporting_staleness_h_p95": "Report age p95",
    "api_calls": "Calls sent, thousands",
    "quota_peak_pct": "Quota peak, %",
    "manual_hours": "Manual work, h",
    "recovery_h": "Recovery from faults",
    "fault_delay_item_h": "Delay by faults, item-h",
}
_SCALE = {"unbilled_at_close_usd": 1e-3, "api_calls": 1e-3}


def show(findings: Findings, console: Console) -> None:
    """Print the answer, the table and the status line."""
    console.print(headline(findings), style="bold", width=WIDTH)
    if alone.alone(findings):
        console.print(_work(findings), width=WIDTH)
    console.print(table(findings), width=WIDTH)
    if not alone.alone(findings):
        for row in answer_rows(findings):
            console.print(Text(answer_line(row)), width=WIDTH)
    sentences = (
        recommended_sentence(findings),
        *(f"Interaction: {line}" for line in interaction_lines(findings)),
        absent_sentence(findings.experiment),
        status(findings.experiment),
        counts_sentence(findings),
    )
    for text in sentences:
        if text:
            console.print(Text(text), width=WIDTH)
    live_terminal.show(findings.experiment, console)
    if findings.judgement is not None:
        rows.show(findings.judgement, console)


def _work(findings: Findings) -> Table:
    """What became of what was due to one model, workflow by workflow."""
    grid = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    grid.add_column("what became of what was due", no_wrap=True)
    for name in alone.COLUMNS:
        grid.add_column(name.lower(), justify="right", no_wrap=True)
    for row in alone.work_rows(findings):
        styles = ["bold red" if cell.tone == "bad" else "" for cell in row.cells]
        texts = [cell.text for cell in row.cells]
        grid.add_row(f"{row.workflow}, {row.pattern}", *map(Text, texts, styles))
    return grid


def answer_line(row: AnswerRow) -> str:
    """One workflow's answer, wrapped under its name."""
    span = f" [{row.range}]" if row.range else ""
    if not row.figure:
        tail = f" {'; '.join(row.others)}." if row.others else ""
        line = f"{row.workflow:<20} {row.pattern}: {row.reason}{tail}"
    elif row.pattern == "level":
        line = f"{row.workflow:<20} {row.equals}: {row.figure}{span} {row.label.lower()}"
    else:
        level = f", within the margin of {row.equals}" if row.equals else ""
        line = f"{row.workflow:<20} {row.pattern}: {row.figure}{span} {row.label.lower()}{level}"
    sure = f"; {row.sure}" if row.figure else ""
    return textwrap.fill(f"{line}{sure}", WIDTH, subsequent_indent=" " * 21, break_on_hyphens=False)


class _Line(NamedTuple):
    """One row as text; `lead` is the place of the leading model's cell."""

    label: str
    cells: list[str]
    lead: int | None


def table(findings: Findings) -> Table:
    """Outcome KPIs and the audit, one column a model; ± is half the 95 % interval, where there is room."""
    models = list(findings.estimates)
    lines = _lines(findings, halves=True)
    roomy = any("±" in cell for line in lines for cell in line.cells) and _width(models, lines) <= WIDTH
    if not roomy:
        lines = _lines(findings, halves=False)
    grid = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    one = "one run" if findings.experiment.replications < 2 else "mean; see report for ±"
    grid.add_column("mean ± half interval" if roomy else one, no_wrap=True)
    for model in models:
        grid.add_column(_SHORT.get(model, model), justify="right", no_wrap=True, overflow="ellipsis")
    for line in lines:
        styles = ["bold green" if place == line.lead else "" for place in range(len(models))]
        grid.add_row(line.label, *map(Text, line.cells, styles))
    wrong = [sum(findings.audits[model][name].sum for name in FINDINGS) for model in models]
    marks = [Text("clean" if not n else f"{n:,} wrong", style="" if not n else "bold red") for n in wrong]
    grid.add_row("Audit, all runs", *marks)
    return grid


def _width(models: Sequence[str], lines: Sequence[_Line]) -> int:
    """How wide the table is when nothing is cut."""
    heads = [len(_SHORT.get(model, model)) for model in models]
    cells = [max([head, *(len(line.cells[place]) for line in lines)]) for place, head in enumerate(heads)]
    return max(20, *(len(line.label) for line in lines), 0) + sum(width + 1 for width in cells)


def _lines(findings: Findings, *, halves: bool) -> list[_Line]:
    models, told = list(findings.estimates), set(shown(findings))
    lines = []
    rivals = candidates(findings.experiment.models, models)
    for usual, words in _SHOWN.items():
        name = bearing(kpi(usual), items(findings.estimates, rivals, usual)).name
        label = words if name == usual else words.replace("p95", "on time, %")
        if name in told:
            leader = next((row.best for row in findings.differences.get(name, {}).values()), None)
            cells = [_cell(kpi(name), findings.estimates[model].get(name), halves) for model in models]
            lines.append(_Line(label, cells, models.index(leader) if leader in models else None))
    return lines


def _clock(hours: float) -> tuple[float, str]:
    """What hours are multiplied with, and the unit's letter, so that seconds do not print as 0.0."""
    if hours >= 1 or hours == 0:
        return 1.0, "h"
    return (60.0, "min") if hours >= 1 / 60 else (3600.0, "s")


def _cell(entry: Kpi, one: Estimate | None, halves: bool) -> str:
    if one is None or one.mean is None:
        return NOTHING
    scale, unit = _SCALE.get(entry.name, 1.0), ""
    if entry.unit == "h" and entry.name != "manual_hours":
        scale, unit = _clock(one.mean)
    text = f"{'≥' if one.at_least else ''}{_brief(one.mean * scale, entry)}{unit}"
    if not halves or one.ci_low is None or one.ci_high is None:
        return text
    return f"{text} ±{_brief((one.ci_high - one.ci_low) / 2 * scale, entry)}"


def _brief(value: float, entry: Kpi) -> str:
    """One digit after the point below a hundred, and always for shares, which end there."""
    return number(value, 0 if abs(value) >= 100 and entry.unit != "%" else 1)
