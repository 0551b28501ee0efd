"""What faults delayed: tiny worlds and their fault-free twins, where every figure is known by hand."""

from __future__ import annotations

import pytest
from facts_data import END_S, H, commitment, effect, observed
from hypothesis import given
from hypothesis import strategies as st

from measurements.assess import assess
from measurements.delays import Delay
from measurements.facts import Books, InvoiceLine, Value
from measurements.kpi_table import TABLE, delay_of
from measurements.observed import Struck
from measurements.recovery import blamed, spans
from measurements.run import Run

IN = 130.0
"""An hour inside the window."""
END_H = END_S / H
OUTAGE = Struck("ERP outage", "netsuite", (IN + 1) * H, (IN + 5) * H)
SLOW = Struck("brownout", "netsuite", (IN + 4) * H, (IN + 8) * H)


def _books(*posted_h: float | None, usd: int = 0) -> Books:
    """One expense report an hour from IN on, posted so; each of so many dollars."""
    rows = [
        commitment("expense", f"E{n}", IN + n, amount=100 * usd, currency="USD") for n in range(len(posted_h))
    ]
    effects = [effect("expense", f"E{n}", at_h) for n, at_h in enumerate(posted_h) if at_h is not None]
    return Books(tuple(rows), tuple(effects))


def _run(here: Books, twin: Books, *faults: Struck) -> Run:
    return assess(observed(here, faults=faults or (OUTAGE,)), observed(twin))


def test_delay_is_the_sum_of_finish_less_finish_in_the_twin() -> None:
    found = _run(_books(IN + 6, IN + 7, IN + 2.5, usd=240), _books(IN + 2, IN + 3, IN + 2.5, usd=240)).kpis
    assert (found["fault_delay_item_h"].value, found["fault_delay_item_h"].n) == (8.0, 3)
    assert found["fault_delay_usd_days"].value == 8.0 / 24.0 * 240.0
    assert found["fault_delay_item_h"].by["time_and_expense"].value == 8.0


def test_recovery_runs_from_the_faults_end_until_no_item_is_late() -> None:
    found = _run(_books(IN + 6, IN + 7), _books(IN + 2, IN + 3)).kpis["recovery_h"]
    assert (found.value, found.at_least) == (2.0, False)


def test_a_model_that_is_as_slow_without_faults_has_no_delay_and_recovers_at_once() -> None:
    slow = _books(IN + 40, IN + 41)
    found = _run(slow, slow).kpis
    assert (found["fault_delay_item_h"].value, found["recovery_h"].value) == (0.0, 0.0)


def test_less_than_a_quarter_of_an_hour_is_delay_but_nobody_is_late() -> None:
    found = _run(_books(IN + 20.2), _books(IN + 20)).kpis
    assert found["fault_delay_item_h"].value == pytest.approx(0.2)
    assert found["recovery_h"].value == 0.0


def test_what_one_item_lost_another_may_have_won() -> None:
    found = _run(_books(IN + 6, IN + 2), _books(IN + 3, IN + 4)).kpis
    assert found["fault_delay_item_h"].value == 1.0


def test_an_unfinished_item_is_late_by_its_age_and_recovery_is_at_least_the_end() -> None:
    found = _run(_books(IN + 2, None), _books(IN + 2, IN + 3)).kpis
    delay, recovery = found["fault_delay_item_h"], found["recovery_h"]
    assert (delay.value, delay.at_least, delay.censored_pct) == (END_H - IN - 3, True, 50.0)
    assert (recovery.value, recovery.at_least) == (END_H - IN - 5, True)


def test_what_no_world_finished_is_no_faults_doing() -> None:
    found = _run(_books(None), _books(None)).kpis
    assert (found["fault_delay_item_h"].value, found["fault_delay_item_h"].at_least) == (0.0, False)
    assert (found["recovery_h"].value, found["recovery_h"].censored_pct) == (0.0, 0.0)


def test_an_item_of_only_one_world_counts_for_nothing_and_is_counted() -> None:
    found = _run(_books(IN + 3, IN + 4), _books(IN + 1)).kpis
    assert (found["fault_delay_item_h"].value, found["fault_delay_item_h"].n) == (2.0, 1)
    assert (found["fault_unpaired_items"].value, found["fault_unpaired_items"].n) == (1.0, 2)


def test_a_start_that_a_fault_moved_out_of_the_window_is_still_compared() -> None:
    last_h = 17 * 24.0
    here = Books((commitment("expense", "E1", last_h + 1),), (effect("expense", "E1", last_h + 2),))
    twin = Books((commitment("expense", "E1", last_h - 1),), (effect("expense", "E1", last_h - 0.5),))
    fault = OUTAGE._replace(start_s=(last_h - 2) * H, end_s=(last_h + 0.5) * H)
    assert _run(here, twin, fault).kpis["fault_delay_item_h"].value == 2.5


def _billed(at_h: float) -> Books:
    value = Value("time", "T1", "", 1, "P1", "US01", "2026-04", IN * H, 48_000, "USD")
    line = InvoiceLine("B1", "I1", "time", "T1", "", 1, 100, 48_000, 48_000)
    return Books(effects=(effect("invoice", "B1", at_h, record="I1"),), values=(value,), lines=(line,))


def test_money_waits_until_it_stands_on_a_released_invoice() -> None:
    found = _run(_billed(300.0), _billed(276.0)).kpis
    assert found["fault_delay_usd_days"].by["billing_and_revenue"].value == 480.0
    assert found["fault_delay_item_h"].by["billing_and_revenue"].value == 24.0


def test_without_faults_or_without_a_twin_there_is_no_such_kpi() -> None:
    assert "recovery_h" not in assess(observed(_books(IN + 2))).kpis
    alone = assess(observed(_books(IN + 2), faults=(OUTAGE,)))
    assert "recovery_h" not in alone.kpis
    assert alone.faults[0].recovered_h is None


def test_faults_on_during_an_items_life_share_its_delay_equally() -> None:
    """E0 waits through both, E9 meets the backlog after both: the last that was over carries it."""
    here, twin = _books(IN + 9, *[IN + n for n in range(1, 9)], IN + 12), _books(*[IN + n for n in range(10)])
    outage, slow = _run(here, twin, OUTAGE, SLOW).faults
    assert (outage.delay_item_h, slow.delay_item_h) == (4.5, 4.5 + 3.0)
    assert (outage.recovered_h, slow.recovered_h) == (IN + 9, IN + 12)


def test_each_fault_recovers_by_the_items_that_it_delayed() -> None:
    found = _run(_books(IN + 6, None), _books(IN + 2, IN + 3), OUTAGE, SLOW)
    assert [span.at_least for span in found.faults] == [True, True]
    quick = _run(_books(IN + 2), _books(IN + 1.5), OUTAGE, SLOW).faults
    assert [span.recovered_h for span in quick] == [IN + 5, IN + 8]


_HOURS = st.floats(0.0, 100.0)
_FAULTS = st.lists(st.tuples(_HOURS, _HOURS), min_size=1, max_size=4)
_LIVES = st.lists(st.tuples(_HOURS, _HOURS, st.floats(-5.0, 50.0)), max_size=20)


@given(_FAULTS, _LIVES)
def test_the_parts_of_the_faults_sum_to_the_whole_delay(
    drawn: list[tuple[float, float]], lives: list[tuple[float, float, float]]
) -> None:
    faults = [Struck("f", "netsuite", at_h * H, (at_h + for_h) * H) for at_h, for_h in drawn]
    first_s = min(fault.start_s for fault in faults)
    found = [
        Delay("time_and_expense", 1, 0.0, late_h * H, at_h * H, (at_h + took_h) * H, False)
        for at_h, took_h, late_h in lives
        if (at_h + took_h) * H > first_s  # what was over before the first fault no fault can have moved
    ]
    parts = [span.delay_item_h for span in spans(faults, found)]
    assert all(blamed(faults, one) for one in found)
    assert sum(parts) == pytest.approx(sum(one.late_s for one in found) / H)


def test_each_workflow_has_its_own_delay_and_its_answer_rests_on_it() -> None:
    found = _run(_books(IN + 6, IN + 7), _books(IN + 2, IN + 3)).kpis
    assert found[delay_of("time_and_expense")].value == found["fault_delay_item_h"].value
    assert found[delay_of("quote_to_project")].value is None
    assert all(entry.outcome for entry in TABLE if entry.name == delay_of(entry.workflow))
