"""What should stand, on cases computed by hand: revenue by billing method, and the truth of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from people_stage import PLACES

from measurements.facts import Books, Commitment, Effect, PeriodLock, Snapshot, Value
from mocks.opening import Assignment, Opening, PostedTime, Project, Rate, Worker
from scenarios.acts import Workload
from scenarios.calendar import around_period_end
from scenarios.expected import Expected, expected

CALENDAR = around_period_end("2026-04", PLACES["US01"], PLACES, busy=True)
(R2, CUT_2), (R4, CUT_4) = CALENDAR.revenue_runs
DAY = 86400.0


def project(key: str, method: str, **more: Any) -> Project:
    filled: dict[str, Any] = {
        "project": key, "name": key, "customer": "C1", "entity": "US01", "region": "US", "practice": "Cloud",
        "billing_method": method, "currency": "USD", "contract_minor": 1_000_000, "planned_hours": 100,
        "bill_rate_minor": 10_000, "start": "2026-02-01", "end": "2027-01-31", "project_manager": "W9",
        "bill_to": "x", "tax_number": "x", "po_number": "x", "hours_to_date_centi": 0,
        "cost_to_date_minor": 0, "revenue_to_date_minor": 0, **more,
    }  # fmt: skip
    return Project(**filled)


def worker(key: str, rate_minor: int, currency: str = "USD") -> Worker:
    return Worker(
        key, key, "x", "employee", "", "US01", "US", "Cloud", "W9", rate_minor, currency, "2020-01-01"
    )


def row(flow: str, key: str, at_s: float, **more: Any) -> Commitment:
    empty = Commitment(
        flow, key, "", 1, "salesforce", at_s, at_s, None, "W1", "W9", True, "P1", "C1", "W1", "US01",
        "2026-04-20", "2026-04", 0, 0, "",
    )  # fmt: skip
    return empty._replace(**more)


def time(at_s: float, hours_centi: int, **more: Any) -> Commitment:
    day = more.get("transaction_date", "2026-04-20")
    return row("time", more.pop("key", f"T-{at_s}"), at_s, part=f"1:{day}", hours_centi=hours_centi, **more)


NO_ACTS = Workload()


@dataclass(frozen=True)
class Staged:
    opening: Opening
    workload: Workload = NO_ACTS
    locks: tuple[PeriodLock, ...] = CALENDAR.locks
    revenue_runs: tuple[tuple[str, float], ...] = CALENDAR.revenue_runs
    report_instants_s: tuple[float, ...] = (CUT_2, CUT_4)
    close_s: float = CUT_4
    window_s: tuple[float, float] = CALENDAR.window_s


def what(
    projects: tuple[Project, ...],
    *rows: Commitment,
    workers: tuple[Worker, ...] = (worker("W1", 5000),),
    assignments: tuple[Assignment, ...] = (),
    posted: tuple[PostedTime, ...] = (),
    effects: tuple[Effect, ...] = (),
    values: tuple[Value, ...] = (),
) -> Expected:
    rates = (Rate("USD", "1"), Rate("EUR", "1.10"))
    opening = Opening(
        "2026-04", "America/New_York", (), rates, (), (), workers, projects, (), (), assignments, posted
    )
    books = {"salesforce": Books(commitments=rows, effects=effects, values=values)}
    return expected(Staged(opening), books)


def revenue(found: Expected) -> dict[str, int]:
    return {due.key: due.amount_minor for due in found.due if due.flow == "revenue"}


def test_time_and_materials_earns_each_part_at_its_bill_rate_half_up() -> None:
    tm = project("P1", "Time and Materials", bill_rate_minor=12_346)
    rows = (time(DAY, 725), time(2 * DAY, 100, terms={"bill_rate_minor": 7_001}))
    # 7.25 x 123.46 = 895.085 -> 895.09; 1 x 70.01
    assert revenue(what((tm,), *rows)) == {f"P1:2026-04:{R2}": 89_509 + 7_001}


def test_a_journal_is_due_at_its_run_in_the_period_with_the_last_day_as_its_date() -> None:
    (due,) = (
        due
        for due in what((project("P1", "Time and Materials"),), time(DAY, 100)).due
        if due.flow == "revenue"
    )
    assert (due.committed_at_s, due.due_from_s, due.period, due.transaction_date) == (
        CUT_2, CUT_2, "2026-04", "2026-04-30",
    )  # fmt: skip
    assert (due.currency, due.version, due.authorised) == ("USD", 1, True)


def test_the_assignment_s_rate_comes_before_the_project_s_and_the_timecard_s_before_both() -> None:
    assigned = Assignment("A1", "P1", "W1", "Dev", 20_000, "USD", 40, "2026-01-01", "2026-12-31")
    tm = project("P1", "Time and Materials")
    assert revenue(what((tm,), time(DAY, 100), assignments=(assigned,))) == {f"P1:2026-04:{R2}": 20_000}
    told = time(DAY, 100, terms={"bill_rate_minor": 30_000})
    assert revenue(what((tm,), told, assignments=(assigned,))) == {f"P1:2026-04:{R2}": 30_000}


def test_recalled_time_counts_at_no_run_after_its_recall() -> None:
    recalled = time(DAY, 100, withdrawn_at_s=CUT_2 + 1.0)
    found = revenue(what((project("P1", "Time and Materials"),), recalled))
    assert found == {f"P1:2026-04:{R2}": 10_000, f"P1:2026-04:{R4}": -10_000}
    before = time(DAY, 100, withdrawn_at_s=CUT_2)
    assert revenue(what((project("P1", "Time and Materials"),), before)) == {}


def test_time_approved_at_the_time_lock_or_later_belongs_to_the_next_period() -> None:
    lock_s = CALENDAR.closes[0].time_lock_s
    tm = (project("P1", "Time and Materials"),)
    assert revenue(what(tm, time(lock_s - 1.0, 100))) == {f"P1:2026-04:{R4}": 10_000}
    assert revenue(what(tm, time(lock_s, 100))) == {}
    assert revenue(what(tm, time(DAY, 100, transaction_date="2026-05-01"))) == {}


def test_the_opening_s_posted_time_counts_until_a_new_version_replaces_it() -> None:
    posted = (PostedTime("T9", "W1", "P1", "2026-04-13", (800, 0, 0, 0, 0, 0, 0), "W9", -DAY),)
    tm = (project("P1", "Time and Materials"),)
    assert revenue(what(tm, posted=posted)) == {f"P1:2026-04:{R2}": 80_000}
    again = time(CUT_2 + 5.0, 700, key="T9", version=2, transaction_date="2026-04-13")
    assert revenue(what(tm, again, posted=posted)) == {
        f"P1:2026-04:{R2}": 80_000,
        f"P1:2026-04:{R4}": -10_000,
    }


def test_fixed_price_earns_contract_value_by_cost_to_cost_and_a_change_order_raises_both_sides() -> None:
    fixed = project(
        "P1",
        "Fixed Price",
        hours_to_date_centi=2000,
        cost_to_date_minor=100_000,
        revenue_to_date_minor=150_000,
    )
    order = row(
        "control", "P1:P1-X1", CUT_2 + 5.0, amount_minor=200_000, terms={"kind": "change_order", "hours": 20}
    )
    # R2: cost 1,500; 30 of 100 h, to go 70 x 50 = 3,500; 10,000 x 1,500 / 5,000 = 3,000, less 1,500 booked
    # R4: cost 1,750; 35 of 120 h, to go 85 x 50 = 4,250; 12,000 x 1,750 / 6,000 = 3,500
    rows = (time(DAY, 1000), time(CUT_2 + 9.0, 500), order)
    assert revenue(what((fixed,), *rows)) == {f"P1:2026-04:{R2}": 150_000, f"P1:2026-04:{R4}": 50_000}


def test_a_retroactive_cost_rate_changes_the_next_run_only() -> None:
    fixed = project("P1", "Fixed Price", hours_to_date_centi=2000, cost_to_date_minor=100_000)
    change = row(
        "worker", "W1@2026-04-01#W1-C2", CUT_2 + 5.0, transaction_date="2026-04-01", currency="USD",
        part="psa", terms={"cost_rate_minor": 10_000},
    )  # fmt: skip
    # R2: 1,500 / (1,500 + 70 x 50) of 10,000 = 3,000
    # R4: cost 1,000 + 10 x 100 = 2,000; 2,000 / (2,000 + 70 x 100) of 10,000 = 2,222.22
    found = revenue(what((fixed,), time(DAY, 1000), change))
    assert found == {f"P1:2026-04:{R2}": 300_000, f"P1:2026-04:{R4}": 222_222 - 300_000}


def test_cost_is_converted_at_the_opening_s_rates_and_a_future_rate_is_not_taken_early() -> None:
    fixed = project("P1", "Fixed Price", planned_hours=20)
    later = row(
        "worker", "W1@2026-05-04#W1-C2", DAY, part="psa", transaction_date="2026-05-04", currency="EUR",
        terms={"cost_rate_minor": 99_000},
    )  # fmt: skip
    # EUR 40 an hour = USD 44; 10 of 20 h: one half
    found = what((fixed,), time(DAY, 1000), later, workers=(worker("W1", 4000, "EUR"),))
    assert revenue(found) == {f"P1:2026-04:{R2}": 500_000}
    assert [shot.cost_minor for shot in found.truth if shot.key == "P1"] == [44_000, 44_000]


def test_a_retainer_earns_a_straight_line_over_its_months() -> None:
    retainer = project("P1", "Retainer", contract_minor=120_000, revenue_to_date_minor=20_000)
    assert revenue(what((retainer,))) == {f"P1:2026-04:{R2}": 10_000}


def test_a_won_project_counts_from_when_its_project_exists() -> None:
    terms = {
        "billing_method": "Retainer", "contract_minor": 120_000, "planned_hours": 10,
        "start": "2026-04-01", "end": "2026-06-30",
    }  # fmt: skip
    win = row("project", "O1", DAY, project="P-O1", currency="USD", terms=terms)
    made = Effect(
        "project", "O1", "psa", 1, "salesforce", "a1", CUT_2 + 1.0, "posted", "", "P-O1", "", "US01", "", "",
        False, True, 0, 120_000, "USD",
    )  # fmt: skip
    assert revenue(what((), win)) == {}
    assert revenue(what((), win, effects=(made,))) == {f"P-O1:2026-04:{R4}": 40_000}


def test_of_a_state_only_the_newest_version_is_due_and_of_a_document_every_version() -> None:
    old, new = (row("control", "P1:M1", DAY * n, version=n) for n in (1, 2))
    cards = (time(DAY, 100, key="T1", withdrawn_at_s=2 * DAY), time(3 * DAY, 200, key="T1", version=2))
    due = what((), old, new, *cards).due
    assert [(row.flow, row.version) for row in due] == [("control", 2), ("time", 1), ("time", 2)]


def test_facts_that_the_warehouse_held_before_the_run_are_due_only_in_a_newer_version() -> None:
    old, new = row("reporting", "P1", -DAY), row("reporting", "P1", DAY, version=2)
    assert what((), old).due == ()
    assert [due.version for due in what((), old, new).due] == [2]


def test_the_truth_follows_approvals_recalls_and_billable_expenses() -> None:
    gone = time(DAY, 200, key="T2", withdrawn_at_s=CUT_2 + 1.0)
    expense = row("expense", "E1", DAY, amount_minor=5_000, currency="EUR")
    value = Value("expense", "E1", "", 1, "P1", "US01", "2026-04", DAY, 3_000, "EUR")
    found = what((project("P1", "Time and Materials"),), time(DAY, 100), gone, expense, values=(value,))
    first, second = (shot for shot in found.truth if shot.key == "P1")
    assert first == Snapshot(CUT_2, "project", "P1", 30_000 + 3_300, 15_000 + 5_500, 300, 300)
    assert second == Snapshot(CUT_4, "project", "P1", 10_000 + 3_300, 5_000 + 5_500, 100, 100)
    assert [shot.kind for shot in found.truth] == ["project", "worker", "project", "worker"]


def test_the_truth_of_hours_without_a_rate_is_not_billable() -> None:
    found = what((project("P1", "Time and Materials", bill_rate_minor=0),), time(DAY, 100))
    assert [(shot.hours_centi, shot.billable_centi) for shot in found.truth if shot.key == "W1"] == [
        (100, 0)
    ] * 2
