"""What the report says, and what it leaves out, in words that a CFO and an architect can both believe."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from measurements.run import Figure, FindingLine, LimitLine, Run
from reports.answer_rows import answer_rows
from reports.estimates import Estimate
from reports.findings import find
from reports.inputs import Experiment
from reports.kpis import kpi
from reports.limits import limit_rows, opening
from reports.numbers import change, interval, sized, span
from reports.operations import found_lines, limit_table, pays_back, silent
from reports.page import left_out, manual_note
from reports.story import absent_sentence, headline, status
from reports.summary import summary
from reports.tables import kpi_groups
from reports.terminal import show
from sim.timeline import timeline
from tests.report_data import experiment


def _estimate(mean: float, low: float, high: float) -> Estimate:
    return Estimate(mean, low, high, 10, 3, 0.0, False)


def test_an_interval_names_its_unit_and_stays_within_what_is_possible() -> None:
    assert interval("worker_alignment_h_p95", _estimate(5.3 / 60, -1.0, 1.2)) == "0 … 1.2 h"
    assert interval("time_posted_h_p95", _estimate(0.02, 46 / 3600, 1.6 / 60)) == "46 s … 1.6 min"
    assert interval("posted_before_close_pct", _estimate(99.0, 98.0, 100.4)) == "98.00 … 100.00 %"
    assert span(-1.0, 1.2, kpi("time_posted_h_p95"), sign=True) == "−1.0 … +1.2 h"


def _limited(full_min: float, refusals: int) -> Experiment:
    line = LimitLine("netsuite", "account_concurrency", 5, False, 1.0, 0.8, full_min, refusals, ())
    whole = experiment(2)
    return replace(whole, consultants=30, runs=[replace(run, limits=[line]) for run in whole.runs])


def test_simultaneous_calls_that_are_full_for_minutes_do_not_bind() -> None:
    rows = limit_rows(_limited(35.0, 900), ["event"])
    assert opening(rows) == (
        "No limit binds for this firm. Full at moments in a run, which costs waits: "
        "NetSuite account concurrency (under event 35 min)."
    )
    assert "binds by 51" in limit_table(rows, ["event"])[0].cells[0].small


def test_simultaneous_calls_that_are_full_for_an_hour_bind() -> None:
    rows = limit_rows(_limited(61.0, 900), ["event"])
    assert opening(rows).startswith(
        "One limit binds for this firm: NetSuite account concurrency (under event"
    )


def test_a_limit_that_was_full_for_seconds_tells_no_head_count() -> None:
    rows = limit_rows(_limited(0.2, 0), ["batch"])
    assert limit_table(rows, ["batch"])[0].cells[0].small == (
        "ours 80 %; 12 s full; too briefly to tell when it binds"
    )


def test_a_limit_is_named_for_every_model_that_meets_it_also_beside_one_that_binds() -> None:
    whole = experiment(2)
    bound, touched = _limited(61.0, 900).runs[0].limits[0], _limited(3.0, 9).runs[0].limits[0]
    runs = [replace(run, limits=[bound if run.model == "event" else touched]) for run in whole.runs]
    assert opening(limit_rows(replace(whole, runs=runs), ["event", "api"])) == (
        "One limit binds for this firm: NetSuite account concurrency (under event 61 min). Full at moments"
        " in a run, which costs waits: NetSuite account concurrency (under api 3 min)."
    )


@pytest.mark.parametrize(
    ("others", "said"),
    [(0.0, "ours 40 %; kept from being full by our own cap of 4"), (0.2, "ours 40 %; first full at 60")],
)
def test_a_limit_is_never_said_to_be_full_where_the_clients_own_cap_ends_before_it(
    others: float, said: str
) -> None:
    line = LimitLine("netsuite", "account_concurrency", 5, False, 0.4 + others, 0.4, 0.0, 0, ())
    whole = experiment(2)
    caps = {"event": {"netsuite: account_concurrency": 4}}
    runs = [replace(run, limits=[line]) for run in whole.runs]
    rows = limit_rows(replace(whole, consultants=30, runs=runs, caps=caps), ["event"])
    assert limit_table(rows, ["event"])[0].cells[0].small == said


def _log() -> Experiment:
    """A firm's own log: expenses only, played once."""
    whole = experiment(1)
    models = {model: {"time_and_expense": table["time_and_expense"]} for model, table in whole.models.items()}
    kept = ("expense_posted_h_p95", "api_calls", "posted_before_close_pct", "invoice_holds")
    runs = [replace(run, kpis=_only(run, kept)) for run in whole.runs]
    return replace(whole, models=models, runs=runs, same_run_share=0.89, same_run_share_schedule=0.897)


def _only(run: Run, kept: Sequence[str]) -> dict[str, Figure]:
    held = {name: run.kpis[name] for name in kept}
    return {**held, "posted_before_close_pct": Figure(None), "background_calls": Figure(0.0)}


def test_workflows_that_take_no_part_are_named_in_one_sentence() -> None:
    findings = find(_log())
    assert [row.workflow for row in answer_rows(findings)] == ["Time and expense"]
    assert absent_sentence(findings.experiment) == (
        "Not in this run: quote to project, worker alignment, billing and revenue and portfolio reporting, "
        "since the log tells nothing of them."
    )
    assert absent_sentence(experiment(1)) == ""
    assert status(findings.experiment).startswith("Indicative: a firm's own log is one history")


def test_kpis_of_which_nothing_was_due_have_no_row_but_are_named() -> None:
    findings = find(_log())
    rows = {row.label for group in kpi_groups(findings) for row in group.rows}
    assert rows == {"Approved expense posted, 95th percentile", "Calls the integration sends"}
    assert left_out(findings) == ["approved hours posted before the lock"]


def test_an_inconclusive_workflow_is_not_said_to_be_decided() -> None:
    whole = experiment(10)
    setup = "project_setup_h_p95"

    def shaken(run: Run) -> Run:
        wild = 0.5 if run.replication % 3 else 60.0
        return replace(run, kpis={**run.kpis, setup: Figure(wild if run.model == "batch" else 0.1, 20)})

    findings = find(replace(whole, runs=[shaken(run) for run in whole.runs]))
    assert headline(findings).endswith("quote to project is open between API-led and event-driven.")
    assert "API-led and event-driven are level in worker alignment" in headline(findings)


def test_manual_says_why_its_late_approvals_count_as_lost() -> None:
    assert "26 h" in manual_note(find(experiment(2, dirty="manual")))
    assert manual_note(find(experiment(2, dirty="point-to-point"))) == ""


def test_a_baseline_that_opens_no_exception_is_said_to_be_silent() -> None:
    whole = experiment(1)
    quiet = [replace(run, exceptions={}) if run.model == "manual" else run for run in whole.runs]
    assert silent(find(replace(whole, runs=quiet))) == ["manual"]


def test_findings_that_differ_by_instant_only_stand_in_one_line() -> None:
    lines = [
        FindingLine(
            "lost", "worker", f"W{place}", "erp", 1, f"due since {place}.25 h, absent, no open exception"
        )
        for place in range(5)
    ]
    whole = experiment(1)
    runs = [replace(run, findings=lines if run.model == "manual" else []) for run in whole.runs]
    assert found_lines(replace(whole, runs=runs), ["manual"]) == {
        "manual": [
            "worker changes, lost (absent, no open exception): W0 erp, W1 erp, W2 erp and 2 more listed"
        ]
    }


def test_the_money_says_whether_any_model_pays_back() -> None:
    assert pays_back(find(experiment(2))).startswith("At default figures labour and working capital pay for")
    whole = experiment(2)
    without = {model: table for model, table in whole.models.items() if model != "manual"}
    assert pays_back(find(replace(whole, models=without))) == ""


@pytest.mark.parametrize("spread", [1.0, 40.0])
def test_no_cell_of_the_terminal_table_is_cut(spread: float) -> None:
    whole = experiment(2)
    wide = [
        replace(
            run, kpis={name: _wider(figure, run.replication, spread) for name, figure in run.kpis.items()}
        )
        for run in whole.runs
    ]
    buffer = io.StringIO()
    show(find(replace(whole, runs=wide)), Console(file=buffer, width=100))
    table = buffer.getvalue().split("Audit, all runs")[0].split("half interval")[-1]
    assert "…" not in table
    assert max(map(len, buffer.getvalue().splitlines())) <= 100


def _wider(figure: Figure, replication: int, spread: float) -> Figure:
    value = figure.value or 0.0
    return replace(figure, value=value * spread if replication else value)


def test_the_summary_tells_the_command_that_repeats_it() -> None:
    assert summary(find(experiment(1)))["provenance"]["command"].startswith("rehearse compare month-end")


def test_a_backlog_that_never_was_has_no_line_in_the_timeline() -> None:
    world = SimpleNamespace(play=SimpleNamespace(marks=[("period end", 7200.0)]), end_s=36000.0, calls=1200)
    judged = Run("hybrid", 0, {}, {}, backlog={"time": [(1, 0.0)], "project": [(1, 0.0), (3, 1.0)]})
    told = [moment.what for moment in timeline(cast(Any, world), judged)]
    assert told == [
        "period end",
        "largest backlog: 1 item waits",
        "ends; 1,200 calls counted by the systems",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.3, "$0-days"), (0.3, "$0-days"), (-0.6, "−$1-days"), (1234.0, "+$1.2k-days"), (0.0, "$0-days")],
)
def test_what_prints_as_nothing_has_no_sign(value: float, text: str) -> None:
    assert change(value, kpi("fault_delay_usd_days")) == text


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (7.21, "7.2 h"),
        (3.1 / 60, "3.1 min"),
        (42 / 3600, "42 s"),
        (4.2 / 3600, "4.2 s"),
        (1e-6, "0 s"),
        (0.0, "0.0 h"),
    ],
)
def test_a_time_is_written_in_the_unit_that_fits_its_size(hours: float, text: str) -> None:
    assert sized(hours, kpi("recovery_h")) == text
