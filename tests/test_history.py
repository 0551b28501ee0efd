"""A firm's own history: logs read whole, skipped cases counted, and the schedule measured against reality."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kernel.money import minor
from scenarios import catalogue, firm_file
from scenarios.history.cases import Case, History
from scenarios.history.load import load
from scenarios.history.runs import SameRun, report_key, run_instants, same_run, schedule_share
from scenarios.play import Play, stage
from scenarios.schedule import ScheduleSetting

LOG = Path(__file__).parent.parent.parent / "shared" / "data" / "DomesticDeclarations.xes.gz"
TWICE = ScheduleSetting(("17:31",), (0, 3), "Europe/Amsterdam", 24.0)
SUBMITTED, APPROVED = "Declaration SUBMITTED by EMPLOYEE", "Declaration FINAL_APPROVED by SUPERVISOR"
REQUESTED, HANDLED = "Request Payment", "Payment Handled"

real = pytest.mark.skipif(not LOG.exists(), reason="the real log is not here")


@pytest.fixture(scope="module")
def declarations() -> History:
    return load(LOG)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def case(key: str, handed_over: str, paid: str | None) -> Case:
    handed_over_at = at(handed_over)
    return Case(
        key,
        Decimal(1),
        handed_over_at - 7200,
        handed_over_at - 60,
        handed_over_at,
        at(paid) if paid else None,
        0,
    )


def history_of(*cases: Case) -> History:
    first, last = cases[0].submitted_at, max(found.paid_at or found.handed_over_at for found in cases)
    return History("made up", cases, len(cases), {}, first, last)


def xes(*traces: str) -> str:
    return f'<log xmlns="http://www.xes-standard.org">{"".join(traces)}</log>'


def trace(key: str, *events: tuple[str, str], amount: str = "26.85") -> str:
    rows = "".join(
        f'<event><string key="concept:name" value="{name}"/><date key="time:timestamp" value="{moment}"/>'
        f'<string key="(case)_Amount" value="{amount}"/></event>'
        for name, moment in events
    )
    return f'<trace><string key="concept:name" value="{key}"/>{rows}</trace>'


WHOLE = (
    (SUBMITTED, "2017-01-09T09:49:50+01:00"),
    (APPROVED, "2017-01-09T11:27:48+01:00"),
    (REQUESTED, "2017-01-10T09:34:44+01:00"),
    (HANDLED, "2017-01-12T17:31:22+01:00"),
)


def test_a_case_carries_its_instants_and_its_amount(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text(xes(trace("d1", *WHOLE)))
    (found,) = load(path).cases
    assert (found.amount, found.handed_over_at) == (Decimal("26.85"), at("2017-01-10T08:34:44"))
    assert found.paid_at == at("2017-01-12T16:31:22")


def test_a_gzipped_log_reads_as_the_plain_one(tmp_path: Path) -> None:
    text = xes(trace("d1", *WHOLE))
    plain, packed = tmp_path / "log.xes", tmp_path / "log.xes.gz"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text.encode()))
    assert load(plain).cases == load(packed).cases


def test_skipped_cases_are_counted_with_their_reason(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text(xes(trace("d1", *WHOLE), trace("d2", *WHOLE[:2]), trace("d3", *WHOLE, amount="")))
    found = load(path)
    assert (found.read, len(found.cases)) == (3, 1)
    assert found.skipped == {"never handed over for payment": 1, "no amount": 1}


def test_a_csv_with_a_column_map_reads_as_the_same_history(tmp_path: Path) -> None:
    (tmp_path / "other.xes").write_text(xes(trace("d1", *WHOLE)))
    names = {SUBMITTED: "sent", APPROVED: "ok", REQUESTED: "handed over", HANDLED: "paid"}
    rows = [f"d1;{names[name]};{moment[:19]};26.85" for name, moment in WHOLE]
    (tmp_path / "log.csv").write_text("\n".join(["Id;What;When;Sum", *rows]))
    (tmp_path / "log.toml").write_text(
        'case = "Id"\nactivity = "What"\ntime = "When"\namount = "Sum"\n'
        'zone = "Europe/Amsterdam"\ndelimiter = ";"\n'
        '[activities]\nsubmitted = "sent"\napproved = "ok"\nhanded_over = "handed over"\npaid = "paid"\n'
    )
    assert load(tmp_path / "log.csv").cases == load(tmp_path / "other.xes").cases
    assert load(tmp_path / "log.toml").cases == load(tmp_path / "other.xes").cases


def test_runs_keep_their_local_hour_over_a_change_to_summer_time() -> None:
    runs = run_instants(TWICE, at("2017-03-23T00:00:00"), at("2017-03-23T00:00:00"))
    stamps = [datetime.fromtimestamp(run, UTC).isoformat()[:16] for run in runs[:2]]
    assert stamps == ["2017-03-23T16:31", "2017-03-27T15:31"]


def test_the_cut_off_moves_a_late_hand_over_to_the_next_run() -> None:
    """Handed over on a Wednesday evening, paid on Monday: only a cut-off of a day explains it."""
    log = history_of(case("d1", "2017-01-11T18:00:00", "2017-01-16T16:31:30"))
    assert schedule_share(log, TWICE) == 1.0
    assert schedule_share(log, ScheduleSetting(("17:31",), (0, 3), "Europe/Amsterdam")) == 0.0


def test_a_posting_counts_only_in_the_run_in_which_it_was_really_paid() -> None:
    paid = case("d1", "2017-01-10T08:00:00", "2017-01-12T16:31:22")
    log, start = history_of(paid), at("2017-01-08T00:00:00")
    run_s = at("2017-01-12T16:31:00") - start
    key = report_key(paid)
    assert same_run(log, TWICE, {key: run_s + 900.0}, start) == SameRun(1, same=1)
    assert same_run(log, TWICE, {key: run_s - 60.0}, start) == SameRun(1, earlier=1)
    assert same_run(log, TWICE, {key: run_s + 4 * 86400.0}, start) == SameRun(1, later=1)
    assert same_run(log, TWICE, {}, start) == SameRun(1, never=1)


def test_a_payment_outside_the_schedule_can_be_met_by_no_run() -> None:
    special = case("d1", "2018-12-31T09:00:00", "2019-01-03T10:59:00")
    log, start = history_of(special), at("2018-12-01T00:00:00")
    run_s = at("2019-01-03T16:31:00") - start
    assert same_run(log, TWICE, {report_key(special): run_s}, start) == SameRun(1, outside=1)


@real
def test_every_case_of_the_real_log_is_read_or_counted(declarations: History) -> None:
    assert declarations.read == 10_357
    assert len(declarations.cases) + sum(declarations.skipped.values()) == 10_357
    assert len(declarations.paid) == 9_911


@real
@pytest.mark.parametrize(("cut_off_h", "share"), [(24.0, 0.897), (12.0, 0.881), (48.0, 0.840), (0.0, 0.481)])
def test_the_bare_schedule_explains_as_much_as_measured(
    declarations: History, cut_off_h: float, share: float
) -> None:
    schedule = ScheduleSetting(("17:31",), (0, 3), "Europe/Amsterdam", cut_off_h)
    assert schedule_share(declarations, schedule) == pytest.approx(share, abs=0.0006)


@pytest.fixture(scope="module")
def staged(declarations: History) -> Play:
    return stage(catalogue.load("twice-weekly-payments"), firm_file.load(None), 1, declarations)


@real
def test_each_hand_over_becomes_a_report_approved_at_that_instant(
    declarations: History, staged: Play
) -> None:
    reports = {report.report: report for report in staged.workload.reports}
    assert len(reports) == len(declarations.cases)
    start = staged.time.start_unix_s
    for found in declarations.cases:
        report = reports[report_key(found)]
        assert report.approve_at_s == found.handed_over_at - start
        assert sum(line.amount_minor for line in report.lines) == minor(found.amount)
        assert 0.0 <= report.submit_at_s < report.approve_at_s


@real
def test_two_paid_declarations_were_approved_by_nobody_entitled(declarations: History, staged: Play) -> None:
    paid = {report_key(found) for found in declarations.paid}
    own = [r for r in staged.workload.reports if r.submitter_approves and r.report in paid]
    assert len(own) == 2
    others = [report for report in staged.workload.reports if not report.submitter_approves]
    assert all(report.approver != report.worker for report in others)


@real
def test_cases_outside_a_scenarios_own_days_are_counted_as_skipped(declarations: History) -> None:
    scenario = replace(catalogue.load("twice-weekly-payments"), last_day=date(2017, 12, 31))
    played = stage(scenario, firm_file.load(None), 1, declarations).history
    assert played is not None
    assert 0 < len(played.cases) < len(declarations.cases)
    assert len(played.cases) + sum(played.skipped.values()) == 10_357


@real
def test_a_history_plays_only_expenses_and_leaves_every_period_open(staged: Play) -> None:
    assert staged.workflows == ("time_and_expense",)
    assert staged.workload._replace(reports=(), shifts=(), holding={}) == type(staged.workload)()
    assert all(state.open and state.time_lock_s is None for state in staged.opening.periods)
    assert staged.schedules["time_and_expense"] == TWICE
