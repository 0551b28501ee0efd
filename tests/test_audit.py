"""The audit, tested by corrupting what the target holds: each corruption is found once and named right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from facts_data import END_S, LOCKS, H, commitment, effect, month, observed

from measurements.assess import assess, identity
from measurements.audit import Audit, audit
from measurements.facts import Books, Effect, Problem, Receipt
from measurements.identity import Identity
from measurements.judgement import FINDINGS
from measurements.run import Balance

BOOKS = month(headers=20)


def _audit(books: Books, effects: tuple[Effect, ...]) -> Audit:
    due = [row for row in books.commitments if row.authorised and row.withdrawn_at_s is None]
    return audit(due, books.commitments, effects, books.problems, END_S, LOCKS)


def _place(flow: str) -> int:
    return next(place for place, row in enumerate(BOOKS.effects) if row.flow == flow)


def _changed(flow: str, change: Callable[[Effect], tuple[Effect, ...]]) -> tuple[Effect, ...]:
    place = _place(flow)
    rows = BOOKS.effects
    return (*rows[:place], *change(rows[place]), *rows[place + 1 :])


CORRUPTIONS: dict[str, tuple[str, Callable[[Effect], tuple[Effect, ...]]]] = {
    "delete": ("lost", lambda row: ()),
    "double": ("duplicated", lambda row: (row, row._replace(record=f"{row.record}-again"))),
    "change cents": ("wrong_amount", lambda row: (row._replace(amount_minor=row.amount_minor + 1),)),
    "change hours": ("wrong_amount", lambda row: (row._replace(hours_centi=row.hours_centi + 1),)),
    "post unapproved": (
        "unauthorised",
        lambda row: (row, row._replace(key="nobody approved", record="stray")),
    ),
    "shift period": ("wrong_period", lambda row: (row._replace(period="2026-05"),)),
}


def test_a_month_in_order_is_clean() -> None:
    found = _audit(BOOKS, BOOKS.effects)
    assert found.clean
    assert found.findings == ()


@pytest.mark.parametrize(
    ("name", "flow"),
    [
        (name, flow)
        for name in CORRUPTIONS
        for flow in ("time", "invoice")
        if (name, flow) != ("change cents", "time")
    ],
)
def test_each_corruption_is_found_exactly_once_and_of_the_right_kind(name: str, flow: str) -> None:
    kind, change = CORRUPTIONS[name]
    found = _audit(BOOKS, _changed(flow, change))
    assert [(one.kind, one.flow, one.count) for one in found.findings] == [(kind, flow, 1)]
    assert not found.clean


def test_all_corruptions_at_once_are_told_apart() -> None:
    rows = list(BOOKS.effects)
    changes = [change for name, (_, change) in CORRUPTIONS.items() if name != "change cents"]
    for place, change in enumerate(changes):
        rows[place * 7 : place * 7 + 1] = change(rows[place * 7])
    totals = _audit(BOOKS, tuple(rows)).totals
    assert {kind: totals[kind] for kind in FINDINGS} == {
        "unauthorised": 1,
        "duplicated": 1,
        "lost": 1,
        "wrong_amount": 1,
        "wrong_period": 1,
        "wrong_write_back": 0,
    }


def test_a_mistyped_cost_rate_is_a_wrong_amount_and_another_name_is_none() -> None:
    due = commitment("worker", "W1@d#1", 100, part="erp", terms={"cost_rate_minor": 6_500, "name": "Ada"})
    for rate, name, wrong in ((6_500, "Adda", 0), (5_600, "Ada", 1)):
        held = effect("worker", "W1@d#1", 101, part="erp", terms={"cost_rate_minor": rate, "name": name})
        assert _audit(Books((due,)), (held,)).totals["wrong_amount"] == wrong


def test_a_reversed_duplicate_is_no_duplicate() -> None:
    row = BOOKS.effects[0]
    again = row._replace(record="again")
    undone = row._replace(record="undo", reverses="again", hours_centi=-row.hours_centi)
    assert _audit(BOOKS, (*BOOKS.effects, again, undone)).clean


def test_recalled_after_posting_and_not_reversed_is_unauthorised() -> None:
    recalled = commitment("expense", "E1", 100, withdrawn_h=120, amount=100, currency="USD")
    held = effect("expense", "E1", 110, amount=100, currency="USD")
    assert _audit(Books((recalled,)), (held,)).totals["unauthorised"] == 1


def test_a_version_that_was_withdrawn_and_committed_again_is_authorised_by_the_row_that_stands() -> None:
    first = commitment("invoice", "B1", 100, withdrawn_h=101, amount=100, currency="USD")
    again = commitment("invoice", "B1", 110, amount=100, currency="USD")
    held = effect("invoice", "B1", 120, amount=100, currency="USD")
    assert _audit(Books((first, again)), (held,)).clean
    recalled = again._replace(withdrawn_at_s=130 * H)
    assert _audit(Books((first, recalled)), (held,)).totals["unauthorised"] == 1


def test_approved_by_its_own_submitter_is_unauthorised() -> None:
    own = commitment("expense", "E1", 100, authorised=False)
    assert _audit(Books((own,)), (effect("expense", "E1", 110),)).totals["unauthorised"] == 1


@pytest.mark.parametrize(("unreceipted", "wrong"), [(74_99, 0), (75_00, 1)])
def test_a_report_that_policy_holds_must_not_be_posted(unreceipted: int, wrong: int) -> None:
    report = commitment("expense", "E1", 100, terms={"unreceipted_minor": unreceipted})
    found = _audit(Books((report,)), (effect("expense", "E1", 110),))
    assert found.totals["unauthorised"] == wrong


@pytest.mark.parametrize(("posted_h", "wrong"), [(104, 1), (106, 0)])
def test_a_report_is_held_until_its_papers_come(posted_h: float, wrong: int) -> None:
    later = {"papers_at_s": 105 * H, "unreceipted_then_minor": 0}
    report = commitment("expense", "E1", 100, terms={"unreceipted_minor": 75_00, **later})
    found = _audit(Books((report,)), (effect("expense", "E1", posted_h),))
    assert found.totals["unauthorised"] == wrong


def test_absent_is_an_open_exception_with_its_record_pending_when_young_and_lost_otherwise() -> None:
    rows = tuple(
        commitment("expense", f"E{n}", at_h) for n, at_h in enumerate((100.0, END_S / H - 25, 100.0))
    )
    record = Problem("expense", "E0", 1, "policy", "", "owner", 101 * H, None, 0, 0.0)
    found = _audit(Books(rows, problems=(record,)), ())
    assert [(one.key, one.kind) for one in found.findings] == [
        ("E2", "lost"),
        ("E1", "pending"),
        ("E0", "open_exceptions"),
    ]
    assert found.identity["expense"].holds


def test_a_late_entry_stands_in_the_first_open_period_with_its_move_logged() -> None:
    late = commitment("expense", "E1", 13 * 24 + 1)
    for moved, kind in ((True, 0), (False, 1)):
        held = effect("expense", "E1", 13 * 24 + 2, period="2026-05", moved=moved)
        assert _audit(Books((late,)), (held,)).totals["wrong_period"] == kind


def test_periods_are_judged_by_the_erps_own_locks_and_so_is_the_close() -> None:
    """Finance locked three hours late, since the ERP was down: until then the period took entries."""
    time_lock_h = 13 * 24.0
    late = tuple(
        lock._replace(time_lock_s=(time_lock_h + 3) * H) if lock.time_lock_s else lock for lock in LOCKS
    )
    work = commitment("time", "T1", 11 * 24.0, part="1:2026-04-20", hours=800)
    held = effect("time", "T1", time_lock_h + 1, part="1:2026-04-20", hours=800)
    for locks, wrong, in_time in ((LOCKS, 1, 0.0), (late, 0, 100.0)):
        run = assess(observed(Books((work,), (held,), locks=locks)))
        assert sum(run.audit["wrong_period"].values()) == wrong
        assert run.kpis["posted_before_close_pct"].value == in_time


def test_a_source_that_believes_in_what_does_not_stand_was_told_wrong() -> None:
    recalled = commitment("expense", "E1", 100, withdrawn_h=110)
    held = effect("expense", "E1", 105)
    undone = effect("expense", "E1", 112, record="R", reverses=held.record)
    told = Receipt("expense", "E1", 1, "salesforce", "", "", False)
    found = audit((), (recalled,), (held, undone), (), END_S, LOCKS, receipts=(told,))
    assert [(one.kind, one.key) for one in found.findings] == [("wrong_write_back", "E1")]
    late = undone._replace(at_s=END_S - 25 * H)
    assert audit((), (recalled,), (held, late), (), END_S, LOCKS, receipts=(told,)).findings == ()


def test_a_key_in_two_terms_breaks_the_identity() -> None:
    record = Problem("time", BOOKS.effects[0].key, 1, "policy", "", "owner", 140 * H, None, 0, 0.0)
    found = _audit(BOOKS._replace(problems=(record,)), BOOKS.effects)
    assert not found.identity["time"].holds
    assert {reason for _, reason in found.identity["time"].conflicts} == {"effected and in an open exception"}


def test_two_units_that_break_the_sum_do_not_level_each_other_out() -> None:
    assert not Identity(2, 1, 0, 0, 1, conflicts=((("T1", "", 1), "stands twice"),)).holds
    assert not Balance(2, 1, 0, 0, 1, conflicts=1).holds


@pytest.mark.parametrize("term", range(6))
def test_the_identity_fails_when_any_term_is_corrupted(term: int) -> None:
    right = [100, 88, 4, 3, 3, 2]
    assert Identity(*right).holds
    right[term] += 1
    assert not Identity(*right).holds


def test_a_workflow_with_one_broken_flow_does_not_hide_it_behind_another() -> None:
    broken = {"time": Identity(10, 9, 0, 0, 0), "expense": Identity(10, 11, 0, 0, 0)}
    assert not identity(Audit((), broken, {}))["time_and_expense"].holds


def test_a_project_in_one_system_only_is_lost() -> None:
    found = _audit(Books((commitment("project", "O1", 100),)), (effect("project", "O1", 101, part="erp"),))
    assert [(one.kind, one.reason) for one in found.findings] == [("lost", "stands in netsuite only")]


def test_a_run_carries_the_findings_by_key() -> None:
    run = assess(observed(BOOKS._replace(effects=BOOKS.effects[1:])))
    assert [(line.kind, line.key) for line in run.findings] == [("lost", BOOKS.effects[0].key)]
    assert run.audit["lost"] == {"time": 1}


def test_a_state_that_stood_before_the_run_is_neither_due_nor_an_effect_when_written_again() -> None:
    old = tuple(commitment("reporting", f"P{n}", -960.0) for n in range(3))
    new = commitment("reporting", "T1", 130.0)
    seen = (
        effect("reporting", "P1", 131, system="warehouse"),
        effect("reporting", "T1", 132, system="warehouse"),
    )
    run = assess(observed(Books((*old, new), seen)))
    assert run.audit["lost"] == {}
    assert run.identity["portfolio_reporting"] == Balance(1, 1, 0, 0, 0)


def test_a_target_without_currencies_is_judged_by_its_amounts() -> None:
    due = commitment("control", "P1:M1", 130, amount=500, currency="EUR")
    for amount, wrong in ((500, 0), (501, 1)):
        assert (
            _audit(Books((due,)), (effect("control", "P1:M1", 131, amount=amount),)).totals["wrong_amount"]
            == wrong
        )
