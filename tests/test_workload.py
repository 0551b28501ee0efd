"""The workload: pure, of the volumes and shapes of the domain facts, and free of any model."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from scenarios import catalogue
from scenarios.acts import Deal, Workload
from scenarios.firm import Firm
from scenarios.ground import Ground
from scenarios.opening_of import ground_of
from scenarios.period import period_calendar
from scenarios.play import stage
from scenarios.workload import workload
from scenarios.workload.deals import deals

ROOT = Path(__file__).parent.parent
SEEDS = range(4)
_DIGEST = """
import hashlib
from scenarios import catalogue, firm_file
from scenarios.play import stage
play = stage(catalogue.load("bad-day"), firm_file.load(None, 60), 3)
print(hashlib.sha256(repr((play.opening, play.workload, play.landscape, play.marks)).encode()).hexdigest())
"""


def ground(consultants: int, scenario: str = "month-end", seed: int = 1) -> Ground:
    firm = replace(Firm(), consultants=consultants)
    return ground_of(firm, period_calendar(catalogue.load(scenario), firm), seed)


@pytest.fixture(scope="module")
def busy() -> tuple[Ground, Workload]:
    found = ground(1000)
    return found, workload(found)[0]


@cache
def selling(seed: int) -> tuple[Ground, Sequence[Deal]]:
    """A firm of few who sell as 2,000 do: what is asked of deals needs many of them, and no large staff."""
    firm = replace(Firm(), consultants=200, opportunities=3170.0)
    found = ground_of(firm, period_calendar(catalogue.load("month-end"), firm), seed)
    return found, deals(found)


def months(found: Ground) -> float:
    """The run's length in months of business days."""
    calendar = found.calendar
    return len(calendar.business_days(calendar.first_day, calendar.last_day)) / 21.0


def test_it_is_the_same_under_two_hash_seeds() -> None:
    prints = [
        subprocess.run(
            [sys.executable, "-c", _DIGEST],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert prints[0] == prints[1]


def test_it_takes_no_model() -> None:
    """So the acts are equal for all models by construction."""
    assert set(inspect.signature(workload).parameters) == {"ground", "operations"}
    assert set(inspect.signature(stage).parameters) == {"scenario", "firm", "seed", "workload"}


def test_opportunities_and_wins_are_as_in_the_sheet(busy: tuple[Ground, Workload]) -> None:
    found, acts = busy
    decided = [deal for deal in acts.deals if deal.decided_at_s is not None]
    assert len(decided) / months(found) == pytest.approx(317, rel=0.15)
    assert sum(deal.won for deal in decided) / months(found) == pytest.approx(111, rel=0.2)


def test_the_last_business_day_takes_an_eighth_of_a_months_wins() -> None:
    last_day, usual = 0, 0
    for seed in SEEDS:
        found, sold = selling(seed)
        day = found.calendar.bd(-1)
        for deal in sold:
            if deal.won and deal.decided_at_s is not None:
                wins_on = found.calendar.time.local_date(
                    deal.decided_at_s, str(_zone(found, deal.given["entity"]))
                )
                last_day += wins_on == day
                usual += found.calendar.bd(-6) <= wins_on < day
    assert last_day / (usual / 5) == pytest.approx(3.0, rel=0.2)


def _zone(found: Ground, entity: object) -> str:
    return found.calendar.place(str(entity)).zone


def test_some_wins_lack_mandatory_attributes_and_their_owners_know_them(
    busy: tuple[Ground, Workload],
) -> None:
    _, acts = busy
    won = [deal for deal in acts.deals if deal.won]
    lacking = [deal for deal in won if deal.missing]
    assert 0.05 < len(lacking) / len(won) < 0.2
    assert all(deal.given[name] is None and deal.complete[name] for deal in lacking for name in deal.missing)


def test_only_a_new_customers_account_can_lack_bill_to_or_tax_number() -> None:
    for seed in SEEDS:
        for deal in selling(seed)[1]:
            lacking = [name for name in ("bill_to", "tax_number") if name in deal.missing]
            if lacking:
                assert deal.customer_record is not None
                assert all(not getattr(deal.customer_record, name) for name in lacking)


def test_time_entries_a_week_are_as_in_the_sheet(busy: tuple[Ground, Workload]) -> None:
    _, acts = busy
    entries = Counter[str]()
    for week in acts.weeks:
        entries[week.monday] += sum(1 for card in week.cards for hours in card.hours_centi if hours)
    assert 8_000 < entries["2026-04-20"] < 15_000


def test_half_of_a_usual_week_is_submitted_on_friday() -> None:
    found = ground(1000, "steady-month")
    acts = workload(found)[0]
    mine = [week for week in acts.weeks if week.monday == "2026-04-20"]
    friday = sum(
        found.calendar.time.local_date(week.submit_at_s, week.zone) == date(2026, 4, 24) for week in mine
    )
    assert friday / len(mine) == pytest.approx(0.52, abs=0.06)


def test_a_week_over_a_busy_period_end_is_submitted_in_two_parts(busy: tuple[Ground, Workload]) -> None:
    _, acts = busy
    mine = [week for week in acts.weeks if week.monday == "2026-04-27"]
    first = [card for week in mine for card in week.cards if week.part == 1 and not card.hours_centi[4]]
    second = [card for week in mine for card in week.cards if week.part == 2]
    assert first
    assert second
    assert all(card.timecard.endswith("-2") and card.hours_centi[:4] == (0, 0, 0, 0) for card in second)


def test_a_steady_month_splits_no_week() -> None:
    assert {week.part for week in workload(ground(100, "steady-month"))[0].weeks} == {1}


def test_cards_are_unique_and_rejected_recalled_or_corrected_as_often_as_in_the_sheet(
    busy: tuple[Ground, Workload],
) -> None:
    _, acts = busy
    cards = [card for week in acts.weeks for card in week.cards]
    assert len({card.timecard for card in cards}) == len(cards)
    assert sum(bool(card.rejected) for card in cards) / len(cards) == pytest.approx(0.04, abs=0.008)
    assert sum(card.correct_at_s is not None for card in cards) / len(cards) == pytest.approx(0.02, abs=0.006)
    assert any(card.recall_h is not None for card in cards)
    assert all(card.worker != card.approver for card in cards)


def test_expense_reports_are_as_in_the_sheet(busy: tuple[Ground, Workload]) -> None:
    found, acts = busy
    inside = [report for report in acts.reports if report.submit_at_s > 600.0]
    assert len(inside) / (found.calendar.end_s / 86400.0 / 30.4) == pytest.approx(500, rel=0.15)
    lines = [line for report in acts.reports for line in report.lines]
    assert len(lines) / len(acts.reports) == pytest.approx(11, abs=0.6)
    assert sum(bool(line.defect) for line in lines) / len(lines) == pytest.approx(0.10, abs=0.03)
    bad = sum(report.repaired is not None for report in acts.reports) / len(acts.reports)
    assert bad == pytest.approx(0.19, abs=0.05)


def test_a_repaired_report_has_no_defect_and_the_same_money(busy: tuple[Ground, Workload]) -> None:
    for report in busy[1].reports:
        if report.repaired is not None:
            assert not any(line.defect for line in report.repaired)
            assert all(line.receipt for line in report.repaired if line.amount_minor >= 7_500)
            assert sum(line.amount_minor for line in report.repaired) == sum(
                x.amount_minor for x in report.lines
            )


def test_worker_changes_are_mostly_future_dated(busy: tuple[Ground, Workload]) -> None:
    found, acts = busy
    kinds = Counter(change.kind for change in acts.changes)
    assert kinds["hire"] / months(found) == pytest.approx(35, rel=0.35)
    assert kinds["terminate"] / months(found) == pytest.approx(31, rel=0.35)
    assert kinds["transfer"] / months(found) == pytest.approx(30, rel=0.35)
    ahead = sum(c.effective_at_s > c.at_s for c in acts.changes) / len(acts.changes)
    assert ahead == pytest.approx(0.60, abs=0.12)


def test_leavers_book_no_time_after_their_last_day(busy: tuple[Ground, Workload]) -> None:
    _, acts = busy
    gone = {change.worker: change.effective for change in acts.changes if change.kind == "terminate"}
    late = [card for week in acts.weeks for card in week.cards if card.worker in gone]
    assert late
    assert all(card.week_start < gone[card.worker] for card in late)


def test_every_approver_sits_before_the_cut_off_and_the_backlog_waits_at_the_start(
    busy: tuple[Ground, Workload],
) -> None:
    found, acts = busy
    for close in found.calendar.closes:
        leads = set(found.staff.project_managers[close.entity])
        sat = {s.approver for s in acts.sittings if close.cut_off_s - 4 * 3600 <= s.at_s < close.cut_off_s}
        assert leads <= sat
    assert sum(week.submit_at_s <= 600.0 for week in acts.weeks) > 20
    assert all(week.submit_at_s >= 0.0 for week in acts.weeks)


def test_acts_are_in_order_and_inside_the_run(busy: tuple[Ground, Workload]) -> None:
    found, acts = busy
    for name in ("staffing", "changes", "sittings", "change_orders", "schedule_changes", "purchase_requests"):
        times = [act.at_s for act in getattr(acts, name)]
        assert times == sorted(times)
        assert all(0.0 <= at_s < found.calendar.end_s for at_s in times)
    for deal in acts.deals:
        touched = [touch.at_s for touch in deal.touches]
        assert [deal.created_at_s, *touched] == sorted({deal.created_at_s, *touched})
        decided_s = found.calendar.end_s if deal.decided_at_s is None else deal.decided_at_s
        assert 0.0 <= deal.created_at_s < decided_s


def test_milestones_change_orders_and_runs_are_as_in_the_sheet(busy: tuple[Ground, Workload]) -> None:
    found, acts = busy
    assert 100 < len(acts.milestones) / months(found) < 400
    assert len(acts.change_orders) / months(found) == pytest.approx(55, rel=0.35)
    assert [run.partial for run in acts.billing_runs][:4] == [False, False, True, True]
    assert len(acts.finance_sittings) == 2 * len(acts.shifts) / len(found.staff.desk)
    assert {(lock.entity, lock.ledger) for lock in acts.locks} == {
        (entity, ledger) for entity in ("US01", "DE01", "IN01") for ledger in ("time", "ar_gl")
    }


def test_a_contractor_who_is_taken_on_leaves_and_begins_on_one_day_under_a_new_id() -> None:
    many = replace(Firm(), consultants=60, conversions=500)
    found = stage(catalogue.load("month-end"), many, 2)
    by_key = {worker.worker: worker for worker in found.opening.workers}
    changes = found.workload.changes
    taken_on = [
        c for c in changes if c.worker_record and c.worker_record.email != f"{c.worker.lower()}@firm.example"
    ]
    assert taken_on
    left = {(c.effective, by_key[c.worker].email): c.worker for c in changes if c.kind == "terminate"}
    for hire in taken_on:
        record = hire.worker_record
        assert record is not None
        former = by_key[left[hire.effective, record.email]]
        assert (former.kind, record.kind, record.vendor) == ("contractor", "employee", "")
        assert record.worker not in by_key
        assert record.name == former.name
