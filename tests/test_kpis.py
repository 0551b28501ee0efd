"""Each KPI on a handful of facts, against values computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from facts_data import CUT_OFF_S, DAY, PERIOD_END_S, H, commitment, effect, month, observed
from hypothesis import given
from hypothesis import strategies as st

from measurements.assess import assess
from measurements.facts import (
    Books,
    Hold,
    InvoiceLine,
    Labour,
    LimitUse,
    Problem,
    Sighting,
    Snapshot,
    Traffic,
    Value,
)
from measurements.items import Item
from measurements.kpi_table import TABLE
from measurements.kpis import kpis
from measurements.observed import Struck
from measurements.percentiles import percentile, timed, within_target

IN = 130.0
"""An hour inside the window."""
CUT_H, LOCK_H = CUT_OFF_S / H, 13 * 24.0


def _items(*took_h: float | None) -> list[Item]:
    return [Item("time", str(n), 1, "US01", 0.0, None if h is None else h * H) for n, h in enumerate(took_h)]


@pytest.mark.parametrize(
    ("took", "per_cent", "value", "at_least"),
    [
        ((4.0, 1.0, 3.0, 2.0), 50, 2.5, False),
        ((1.0, 2.0, 3.0), 50, 2.0, False),
        (tuple(float(n) for n in range(1, 21)), 95, 19.05, False),
        (tuple(float(n) for n in range(1, 22)), 95, 20.0, False),
        ((1.0, 2.0, 3.0, None), 50, 2.5, False),
        ((1.0, 2.0, None), 50, 2.0, False),
        ((1.0, 2.0, 3.0, 4.0, None), 95, 80.8, True),
        ((None,), 50, 100.0, True),
    ],
)
def test_percentiles_interpolate_between_ranks_and_take_unfinished_items_at_their_age(
    took: tuple[float | None, ...], per_cent: float, value: float, at_least: bool
) -> None:
    found = percentile(timed(_items(*took), 100 * H, H), per_cent)
    assert (found.value, found.at_least, found.n) == (value, at_least, len(took))
    assert found.censored_pct == 100.0 * took.count(None) / len(took)


def test_one_slow_item_of_twenty_is_not_the_95th_percentile() -> None:
    """By the nearest rank of 19 items the slowest one would be it, and would decide."""
    for count in (10, 19, 20):
        quick = [1.0] * (count - 1)
        found = percentile(timed(_items(*quick, 301.0), 1000 * H, H), 95).value
        assert found == pytest.approx(1.0 + 300.0 * (0.95 * (count - 1) % 1.0))


@given(st.lists(st.floats(0.0, 1e4), min_size=1, max_size=90), st.sampled_from((5, 50, 95)))
def test_percentiles_are_those_of_numpy(took: list[float], per_cent: int) -> None:
    found = percentile(timed(_items(*took), 1e9, H), per_cent).value
    assert found == pytest.approx(float(np.percentile(np.array(took), per_cent)), abs=1e-6)


@pytest.mark.parametrize(
    ("finished", "age", "at_least"), [(99, 0.5, False), (99, 900.0, False), (9, 0.5, True)]
)
def test_one_unfinished_item_bounds_a_percentile_only_where_it_may_be_one_of_its_ranks(
    finished: int, age: float, at_least: bool
) -> None:
    """Of 100 the slowest is beyond both ranks of the 95th percentile, of 10 it is the upper one."""
    young = Item("time", "young", 1, "US01", (1000.0 - age) * H, None)
    rows = [*_items(*[float(n) for n in range(1, finished + 1)]), young]
    assert percentile(timed(rows, 1000 * H, H), 95).at_least is at_least


@given(st.lists(st.one_of(st.none(), st.floats(0.0, 99.0)), min_size=1, max_size=90))
def test_a_percentile_that_is_not_at_least_its_value_stays_bounded_however_long_the_rest_takes(
    took: list[float | None],
) -> None:
    now = percentile(timed(_items(*took), 100 * H, H), 95)
    later = percentile(timed(_items(*[1e9 if hours is None else hours for hours in took]), 2e9 * H, H), 95)
    assert now.value is not None
    assert later.value is not None
    assert now.value <= later.value
    assert now.at_least or later.value <= 99.0


@pytest.mark.parametrize(("end_h", "at_least"), [(2, True), (25, False)])
def test_an_unfinished_item_fails_the_target_and_bounds_the_share_while_it_is_young(
    end_h: int, at_least: bool
) -> None:
    found = within_target(timed(_items(1.0, 24.0, 24.5, None), end_h * H, H), 24.0)
    assert (found.value, found.n, found.censored_pct, found.at_least) == (50.0, 4, 25.0, at_least)


def test_what_stands_at_the_close_is_not_told_of_a_window_that_ends_before_the_locks() -> None:
    early, late = kpis(observed(month(), window_s=(0.0, (LOCK_H - 1) * H))), kpis(observed(month()))
    for name in ("posted_before_close_pct", "unbilled_at_close_usd"):
        assert early[name].value is None
        assert late[name].value is not None
    assert "value_due_usd" in late.keys() - early.keys()


def test_a_project_is_not_due_an_invoice_before_its_period_has_ended() -> None:
    before = kpis(observed(month(), window_s=(0.0, PERIOD_END_S)))
    after = kpis(observed(month(), window_s=(0.0, PERIOD_END_S + 1.0)))
    assert (before["days_to_invoice_p95"].n, after["days_to_invoice_p95"].n) == (0, 7)


def test_calls_and_work_before_counting_begins_do_not_count() -> None:
    hours = (129, 130, 131)
    traffic = tuple(Traffic("netsuite", "integration", "upsert", hour, 5, 0, 0) for hour in hours)
    labour = tuple(Labour(hour * H, "clerk", "hold", 30.0, "invoice", "B1") for hour in hours)
    whole, cut = (
        kpis(observed(Books(traffic=traffic), labour=labour, counts_from_s=from_h * H))
        for from_h in (0.0, 130.5)
    )
    assert (whole["api_calls"].value, whole["manual_hours"].value) == (15.0, 1.5)
    assert (cut["api_calls"].value, cut["manual_hours"].value) == (10.0, 0.5)


def test_the_share_within_target_is_judged_by_the_firms_own_target() -> None:
    rows = tuple(commitment("expense", f"E{n}", IN) for n in range(2))
    books = Books(rows, (effect("expense", "E0", IN + 3), effect("expense", "E1", IN + 30)))
    assert kpis(observed(books))["expense_posted_within_target_pct"].value == 50.0
    strict = kpis(observed(books, targets={"expense_posted_h": 2.0}))
    assert strict["expense_posted_within_target_pct"].value == 0.0
    assert strict["project_setup_within_target_pct"].value is None


def test_a_percentile_of_nothing_has_no_value() -> None:
    assert percentile([], 95).value is None


def test_a_project_waits_for_the_later_of_both_systems_from_the_first_win() -> None:
    books = Books(
        (commitment("project", "O1", IN), commitment("project", "O1", IN + 5, version=2)),
        (
            effect("project", "O1", IN + 2, part="erp"),
            effect("project", "O1", IN + 6, part="psa", system="salesforce", version=2),
        ),
    )
    assert kpis(observed(books))["project_setup_h_p95"].value == 6.0


def test_time_is_posted_when_its_last_part_is() -> None:
    rows = (commitment("time", "T1", IN, part="1:a"), commitment("time", "T1", IN, part="1:b"))
    books = Books(rows, (effect("time", "T1", IN + 1, part="1:a"), effect("time", "T1", IN + 3, part="1:b")))
    found = kpis(observed(books))["time_posted_h_p50"]
    assert (found.value, found.n, found.censored_pct) == (3.0, 1, 0.0)


def test_what_was_recalled_before_posting_is_no_item_and_what_was_recalled_after_is_one() -> None:
    rows = (
        commitment("expense", "E1", IN, withdrawn_h=IN + 1),
        commitment("expense", "E2", IN, withdrawn_h=IN + 9),
    )
    books = Books(rows, (effect("expense", "E2", IN + 4),))
    found = kpis(observed(books))["expense_posted_h_p95"]
    assert (found.value, found.n) == (4.0, 1)


def test_a_start_outside_the_window_is_not_counted() -> None:
    rows = (commitment("expense", "E1", 1.0), commitment("expense", "E2", 17 * 24.0))
    assert kpis(observed(Books(rows)))["expense_posted_h_p50"].n == 0


def test_a_record_in_a_closed_period_or_pending_approval_is_not_posted() -> None:
    rows = (commitment("expense", "E1", IN), commitment("expense", "E2", IN))
    closed = effect("expense", "E1", IN + 1)._replace(period_open=False)
    found = kpis(observed(Books(rows, (closed, effect("expense", "E2", IN + 1, state="pending")))))
    assert found["expense_posted_h_p50"].censored_pct == 100.0


def test_a_worker_change_is_held_by_a_later_write_that_carries_its_values() -> None:
    change = commitment("worker", "W1@d#1", IN, part="erp", terms={"practice": "Tax"})
    later = effect("worker", "W1@d#2", IN + 7, part="erp", terms={"practice": "Tax", "active": True})
    other = effect("worker", "W1@d#0", IN + 3, part="erp", terms={"practice": "Audit", "active": True})
    assert kpis(observed(Books((change,), (other, later))))["worker_alignment_h_p50"].value == 7.0


def test_a_newer_version_in_the_warehouse_shows_the_older_fact_too() -> None:
    rows = (
        commitment("reporting", "T1", IN),
        commitment("reporting", "T1", IN + 2, version=2),
    )
    seen = (Sighting("salesforce", "T1", 2, (IN + 2) * H, (IN + 4) * H),)
    found = kpis(observed(Books(rows, sightings=seen)))
    assert (found["reporting_staleness_h_p50"].value, found["reporting_staleness_h_p95"].value) == (3.0, 3.9)


def _value(
    key: str, project: str, amount: int, kind: str = "time", at_h: float = IN, currency: str = "USD"
) -> Value:
    return Value(kind, key, "", 1, project, "US01", "2026-04", at_h * H, amount, currency)


def _line(key: str, record: str, kind: str = "time") -> InvoiceLine:
    return InvoiceLine("B", record, kind, key, "", 1, 100, 100, 100)


def test_days_to_invoice_run_from_period_end_to_the_invoice_that_completes_the_project() -> None:
    books = Books(
        effects=(
            effect("invoice", "B1", PERIOD_END_S / H + 48, record="I1"),
            effect("invoice", "B2", PERIOD_END_S / H + 96, record="I2"),
        ),
        values=(_value("T1", "P1", 100), _value("T2", "P1", 100), _value("T3", "P2", 100)),
        lines=(_line("T1", "I1"), _line("T2", "I2")),
    )
    found = kpis(observed(books))
    assert (found["days_to_invoice_p50"].value, found["days_to_invoice_p50"].at_least) == (9.5, True)
    assert (found["days_to_invoice_p95"].value, found["days_to_invoice_p95"].at_least) == (14.45, True)
    assert found["days_to_invoice_within_target_pct"].value == 50.0
    assert found["days_to_invoice_p95"].censored_pct == 50.0


def test_milestones_run_from_their_approval_and_stand_apart() -> None:
    books = Books(
        effects=(effect("invoice", "B1", IN + 36, record="I1"),),
        values=(_value("M1", "P1", 500, "milestone"),),
        lines=(_line("M1", "I1", "milestone"),),
    )
    found = kpis(observed(books))
    assert (found["milestone_invoice_days_p50"].value, found["days_to_invoice_p50"].value) == (1.5, None)


def test_a_milestone_approved_after_the_cut_off_waits_for_the_next_periods_runs() -> None:
    late = _value("M2", "P1", 500, "milestone", at_h=CUT_H + 1)
    books = Books(
        effects=(effect("invoice", "B1", IN + 36, record="I1"),),
        values=(_value("M1", "P1", 500, "milestone"), late),
        lines=(_line("M1", "I1", "milestone"),),
    )
    found = kpis(observed(books))["milestone_invoice_days_p95"]
    assert (found.value, found.n, found.censored_pct) == (1.5, 1, 0.0)


def test_unbilled_value_is_what_no_invoice_released_by_the_lock_carries_in_dollars() -> None:
    books = Books(
        effects=(
            effect("invoice", "B1", 300, record="I1"),
            effect("invoice", "B2", 15 * 24 + 1, record="I2"),
        ),
        values=(
            _value("T1", "P1", 10_000),
            _value("T2", "P1", 20_000),
            _value("T3", "P1", 10_000, currency="EUR"),
            _value("T4", "P1", 99_000, at_h=CUT_H + 1),
        ),
        lines=(_line("T1", "I1"), _line("T2", "I2")),
    )
    found = kpis(observed(books))["unbilled_at_close_usd"]
    assert (found.value, found.n) == (200.0 + 110.0, 3)


def test_a_credited_invoice_bills_nothing() -> None:
    books = Books(
        effects=(
            effect("invoice", "B1", 300, record="I1"),
            effect("invoice", "B1", 310, record="I1-credit", reverses="I1"),
        ),
        values=(_value("T1", "P1", 10_000),),
        lines=(_line("T1", "I1"),),
    )
    assert kpis(observed(books))["unbilled_at_close_usd"].value == 100.0


def test_posted_before_close_weighs_hours_and_dollars() -> None:
    rows = (
        commitment("time", "T1", IN, hours=800),
        commitment("time", "T2", IN, hours=200),
        commitment("time", "T3", CUT_H + 1, hours=800),
        commitment("time", "T4", IN, hours=800, withdrawn_h=IN + 2),
    )
    books = Books(
        rows,
        (effect("time", "T1", IN + 1), effect("time", "T2", LOCK_H + 1, period="2026-05", moved=True)),
        values=(_value("T1", "P1", 30_000), _value("T2", "P1", 10_000)),
    )
    found = kpis(observed(books))["posted_before_close_pct"]
    assert (found.value, found.n, found.by["usd"].value) == (80.0, 2, 75.0)


def test_money_told_of_a_whole_split_is_spread_over_its_days_to_the_cent() -> None:
    rows = tuple(commitment("time", "T1", IN, part=f"1:2026-04-{day}", hours=100) for day in (20, 21, 22))
    books = Books(
        rows,
        tuple(effect("time", "T1", IN + 1, part=row.part) for row in rows[:2]),
        values=(Value("time", "T1", "1", 1, "P1", "US01", "2026-04", IN * H, 10_000, "USD"),),
    )
    assert kpis(observed(books))["posted_before_close_pct"].by["usd"].value == 66.66


def _invoice(key: str, **effected: object) -> tuple[object, object]:
    due = commitment("invoice", key, IN, amount=100, currency="USD", terms={"po_number": "PO1"})
    held = {"amount": 100, "currency": "USD", "terms": {"po_number": "PO1"}, **effected}
    return due, effect("invoice", key, IN + 5, record=f"I-{key}", **held)  # type: ignore[arg-type]


def test_an_invoice_is_right_only_with_equal_terms_amount_and_lines_and_without_rebill() -> None:
    pairs = [
        _invoice("B1"),
        _invoice("B2", terms={"po_number": ""}),
        _invoice("B3", amount=101),
        _invoice("B4", state="pending"),
        _invoice("B5"),
        _invoice("B6"),
    ]
    rebill = effect(
        "invoice", "B5", IN + 8, record="I-B5-credit", reverses="I-B5", amount=100, currency="USD"
    )
    lines = (
        InvoiceLine("B1", "", "time", "T1", "", 1, 100, 100, 100),
        InvoiceLine("B1", "I-B1", "time", "T1", "", 1, 100, 100, 100),
        InvoiceLine("B6", "", "time", "T2", "", 2, 100, 100, 100),
        InvoiceLine("B6", "I-B6", "time", "T2", "", 1, 100, 100, 100),
    )
    books = Books(
        tuple(due for due, _ in pairs),  # type: ignore[misc]
        (*(held for _, held in pairs), rebill),  # type: ignore[arg-type]
        lines=lines,
    )
    found = kpis(observed(books))["invoice_accuracy_pct"]
    assert (found.value, found.n) == (pytest.approx(100 / 6), 6)
    assert found.censored_pct == pytest.approx(200 / 6)


def test_holds_count_invoices_once_and_inherent_ones_apart() -> None:
    due = tuple(commitment("invoice", f"B{n}", IN) for n in range(4))
    late = commitment("time", "T9", CUT_H + 1)
    holds = (
        Hold("B0", 1.0, 2.0, "lacked:po_number"),
        Hold("B0", 3.0, 4.0, "stale:contract_version"),
        Hold("B1", 1.0, None, "inherent:contract_cap"),
        Hold("B2", 1.0, None, "lacked:time:T9", "integration"),
    )
    found = kpis(observed(Books((*due, late), holds=holds)))["invoice_holds"]
    assert (found.value, found.n, found.by["inherent"].value) == (1.0, 4, 2.0)


@pytest.mark.parametrize(
    ("orders_h", "ours"), [((CUT_H - 9,), 1.0), ((CUT_H + 1,), 0.0), ((CUT_H - 9, CUT_H + 1), 0.0)]
)
def test_a_contract_that_became_stale_after_the_cut_off_is_not_the_integrations_hold(
    orders_h: tuple[float, ...], ours: float
) -> None:
    orders = tuple(
        commitment("control", f"P1:X{n}", at_h, terms={"control": f"X{n}", "kind": "change_order"})
        for n, at_h in enumerate(orders_h)
    )
    looked_s = (CUT_H + 10) * H
    holds = (
        Hold("B0", looked_s, None, "stale:contract_version"),
        Hold("B1", looked_s, None, f"lacked:change_order:X{len(orders) - 1}"),
    )
    invoices = (commitment("invoice", "B0", IN), commitment("invoice", "B1", IN))
    found = kpis(observed(Books((*invoices, *orders), holds=holds)))["invoice_holds"]
    assert (found.value, found.by["inherent"].value) == (2 * ours, 2 * (1 - ours))


def test_margin_error_is_a_share_of_true_revenue_and_utilization_a_mean_over_heads() -> None:
    said = (
        Snapshot(6 * DAY, "project", "P1", 900, 500, 0, 0),
        Snapshot(6 * DAY, "worker", "W1", 0, 0, 800, 600),
    )
    true = (
        Snapshot(6 * DAY, "project", "P1", 1000, 500, 0, 0),
        Snapshot(6 * DAY, "project", "P2", 1000, 800, 0, 0),
        Snapshot(6 * DAY, "worker", "W1", 0, 0, 800, 800),
        Snapshot(6 * DAY, "worker", "W2", 0, 0, 800, 0),
    )
    found = kpis(observed(Books(snapshots=said), truth=true))
    assert found["margin_error_pct"].value == pytest.approx(100 * (100 + 200) / 2000)
    assert found["utilization_error_pts"].value == pytest.approx(100 * (200 / 800 + 0) / 2)
    assert found["margin_error_pct"].by["at close"].value == found["margin_error_pct"].value


def test_calls_are_the_integrations_own_and_others_stand_apart() -> None:
    traffic = (
        Traffic("netsuite", "integration", "upsert", 3, 80, 4, 1),
        Traffic("netsuite", "integration", "token", 3, 20, 0, 0),
        Traffic("salesforce", "integration", "query", 3, 100, 0, 0),
        Traffic("salesforce", "integration", "delivery", 3, 7, 0, 0),
        Traffic("salesforce", "people", "desk", 3, 50, 0, 0),
        Traffic("netsuite", "background", "any", 3, 9, 2, 0),
    )
    rows = tuple(commitment("expense", f"E{n}", IN) for n in range(4))
    found = kpis(observed(Books(rows, traffic=traffic)))
    assert (found["api_calls"].value, found["api_calls"].by["netsuite"].by["token"].value) == (200.0, 20.0)
    assert found["api_calls_per_1000_records"].value == 50_000.0
    assert [found[name].value for name in ("people_calls", "background_calls", "event_deliveries")] == [
        50,
        9,
        7,
    ]
    assert found["throttled_calls"].value == 4.0


def test_calls_that_failed_are_told_apart_by_class_and_are_the_integrations_own() -> None:
    traffic = (
        Traffic("netsuite", "integration", "upsert", 3, 80, 4, 6, 3, 2),
        Traffic("netsuite", "integration", "token", 4, 20, 1, 0),
        Traffic("netsuite", "background", "any", 3, 9, 2, 2, 2, 0),
        Traffic("salesforce", "integration", "query", 3, 100, 0, 0),
        Traffic("salesforce", "integration", "query", 24 * 30, 100, 0, 50, 50, 0),
    )
    assert assess(observed(Books(traffic=traffic))).errors == {
        "netsuite": {"refused": 5, "timeout": 2, "server_error": 3, "other": 1},
        "salesforce": {"refused": 0, "timeout": 0, "server_error": 0, "other": 0},
    }


def test_quota_peak_is_of_windowed_limits_and_names_the_models_own_share() -> None:
    uses = (
        LimitUse("salesforce", "calls, 24 h", 100_000, True, 0.62, 0.2, 0, 0, ()),
        LimitUse("workday", "calls, 1 s", 10, True, 0.5, 0.5, 0, 3, ()),
        LimitUse("netsuite", "slots", 5, False, 1.0, 0.8, 41.0, 6, ()),
    )
    found = kpis(observed(Books(limits=uses)))
    peak = found["quota_peak_pct"]
    assert (peak.value, peak.by["own share of the fullest"].value) == (62.0, 20.0)
    assert found["concurrency_saturated_min"].value == 41.0
    assert found["throttled_calls"].by["netsuite: slots"].value == 6.0


def test_manual_hours_sum_work_by_cause() -> None:
    labour = (
        Labour(0, "desk", "exception", 30, "time", "T1"),
        Labour(0, "clerk", "rekey", 45, "project", "O1"),
    )
    found = kpis(observed(Books(), labour=labour))["manual_hours"]
    assert (found.value, found.by["rekey"].value) == (1.25, 0.75)


def test_drain_runs_from_the_cut_off_to_the_last_posting_and_sets_apart_what_waited_on_people() -> None:
    rows = tuple(commitment("expense", f"E{n}", CUT_H - 1) for n in range(3))
    effects = (effect("expense", "E0", CUT_H + 2), effect("expense", "E1", CUT_H + 30))
    problem = Problem("expense", "E1", 1, "policy", "", "owner", CUT_OFF_S, (CUT_H + 29) * H, 0, 0.0)
    found = kpis(observed(Books(rows[:2], effects, (problem,))))["drain_h"]
    assert (found.value, found.by["waiting on a person"].value) == (2.0, 30.0)
    unfinished = kpis(observed(Books(rows, effects, (problem,))))["drain_h"]
    assert (unfinished.value, unfinished.at_least) == (25 * 24 - CUT_H, True)


def test_every_kpi_that_is_computed_has_its_row_and_every_row_is_computed() -> None:
    slots = LimitUse("netsuite", "slots", 5, False, 1.0, 0.8, 41.0, 6, ())
    quota = LimitUse("salesforce", "calls, 24 h", 100_000, True, 0.62, 0.2, 0, 0, ())
    books = month(headers=8)._replace(limits=(slots, quota))
    struck = observed(books, faults=(Struck("outage", "netsuite", IN * H, (IN + 4) * H),))
    computed = assess(struck, observed(books)).kpis
    assert {entry.name for entry in TABLE} == set(computed)
    assert all(figure.n for figure in computed.values() if figure.value)
