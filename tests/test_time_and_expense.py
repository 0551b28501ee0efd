"""Time and expense: approvals, recalls, periods, policy and exception records, with the real mock systems."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from pipeline_world import CALM, CARD, DAY_S, HOUR_S, Firm, only, play

from mocks.faults import Fault
from pipeline.translation.expense import policy
from pipeline.translation.time import parts

REPORT = "E-W00001-1"
EVENT, BATCH, API = (only("time_and_expense", pattern) for pattern in ("event", "batch", "api"))


async def _approved(firm: Firm) -> None:
    await asyncio.sleep(10 * HOUR_S)
    await firm.book()
    await firm.approve(CARD)


@pytest.mark.parametrize("model", [BATCH, EVENT, API], ids=lambda model: model.name)
def test_a_card_recalled_before_posting_never_posts(model: Any) -> None:
    async def script(firm: Firm) -> None:
        await asyncio.sleep(10 * HOUR_S)
        await firm.book()
        await firm.approve(CARD)
        await firm.act("salesforce", "timecard.recall", timecard=CARD)

    assert play(model, script, 2 * DAY_S).posted() == []


@pytest.mark.parametrize("model", [BATCH, EVENT, API], ids=lambda model: model.name)
def test_a_card_recalled_after_posting_is_reversed(model: Any) -> None:
    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(20 * HOUR_S)
        assert len(firm.live()) == 3
        await firm.act("salesforce", "timecard.recall", timecard=CARD)

    firm = play(model, script, 3 * DAY_S)

    assert firm.live() == []
    assert sorted(row.hours_centi for row in firm.posted()) == [-800, -800, -750, 750, 800, 800]


@pytest.mark.parametrize("model", [BATCH, EVENT, API], ids=lambda model: model.name)
def test_a_corrected_card_is_reversed_and_posted_in_its_new_version(model: Any) -> None:
    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(20 * HOUR_S)
        await firm.act("salesforce", "timecard.recall", timecard=CARD)
        await firm.book(hours=[800, 0, 700, 0, 0, 0, 0])
        await firm.approve(CARD)

    firm = play(model, script, 3 * DAY_S)

    assert [(row.part, row.version, row.hours_centi) for row in firm.live()] == [
        ("1:2026-04-13", 2, 800),
        ("1:2026-04-15", 2, 700),
    ]


@pytest.mark.parametrize("model", [BATCH, EVENT, API], ids=lambda model: model.name)
def test_time_of_a_closed_period_moves_to_the_first_open_one_and_says_so(model: Any) -> None:
    async def script(firm: Firm) -> None:
        await firm.book()
        await firm.approve(CARD)
        await asyncio.sleep(30 * HOUR_S)
        await firm.act("netsuite", "period.lock", "finance", entity="US01", period="2026-04", ledger="time")
        await firm.book(f"{CARD}-2", [0, 0, 0, 800, 0, 0, 0])
        await firm.approve(f"{CARD}-2")

    firm = play(model, script, 3 * DAY_S)

    moved = [row for row in firm.live() if row.key == f"{CARD}-2"]
    assert [(row.transaction_date, row.period, row.moved) for row in moved] == [
        ("2026-04-16", "2026-05", True)
    ]
    assert [step.detail for step in firm.pipeline.trail if step.what == "moved"] == [
        "1:2026-04-16: 2026-04 -> 2026-05"
    ]
    assert [row.period for row in firm.live() if row.key == CARD] == ["2026-04"] * 3


def _line(number: int, amount_minor: int, receipt: bool = True, why: str = "client visit") -> dict[str, Any]:
    return {
        "line": number,
        "type": "Airfare",
        "date": "2026-04-15",
        "amount_minor": amount_minor,
        "receipt": receipt,
        "justification": why,
        "billable": True,
    }


async def _report(firm: Firm, *lines: dict[str, Any]) -> None:
    given = {"worker": "W00001", "project": "P00001", "currency": "USD", "approver": "W00002"}
    await firm.act("salesforce", "expense.save", report=REPORT, lines=list(lines), **given)
    await firm.act("salesforce", "expense.submit", report=REPORT)
    await firm.approve(expenses=(REPORT,))


@pytest.mark.parametrize("model", [BATCH, EVENT, API], ids=lambda model: model.name)
def test_an_approved_report_is_one_document(model: Any) -> None:
    firm = play(model, lambda firm: _report(firm, _line(1, 10_000), _line(2, 2_550)), 2 * DAY_S)

    assert [(row.key, row.amount_minor, row.currency) for row in firm.live("expense")] == [
        (REPORT, 12_550, "USD")
    ]


async def _without_receipt(firm: Firm) -> None:
    await _report(firm, _line(1, 1_000), _line(2, 7_500, receipt=False))


@pytest.mark.parametrize("model", [EVENT, API], ids=lambda model: model.name)
def test_one_line_in_policy_error_holds_the_whole_report_and_stands_before_its_approver(model: Any) -> None:
    firm = play(model, _without_receipt, 2 * HOUR_S)

    assert (firm.posted("expense"), firm.problems()) == ([], [])
    store = firm.systems["salesforce"].store
    assert store is not None
    report = store["pse__Expense_Report__c"].find("pse__Expense_Report_Reference__c", REPORT)
    assert report is not None
    assert "receipt" in str(report["Integration_Error__c"])


def test_a_run_that_comes_too_late_to_show_it_tells_the_approver_of_a_policy_error() -> None:
    firm = play(BATCH, _without_receipt, 2 * DAY_S)

    assert firm.posted("expense") == []
    (problem,) = firm.problems()
    assert (problem.flow, problem.key, problem.version) == ("expense", REPORT, 1)
    assert (problem.cause, problem.audience, problem.amount_minor) == ("policy", "approver", 8_500)


def test_a_policy_warning_posts() -> None:
    firm = play(EVENT, lambda firm: _report(firm, _line(1, 20_000, why="")), 2 * HOUR_S)

    assert len(firm.live("expense")) == 1
    assert [step.what for step in firm.pipeline.trail if step.flow == "expense"] == [
        "warning",
        "sent",
        "posted",
        "taken",
    ]


def test_the_answer_to_a_hook_stands_on_the_record_and_opens_no_exception() -> None:
    firm = play(API, lambda firm: _report(firm, _line(1, 7_500, receipt=False)), 2 * HOUR_S)

    assert firm.problems() == []
    assert firm.posted("expense") == []


def test_missing_reference_data_is_an_exception_record_that_closes_when_the_card_passes() -> None:
    lacking = {**CALM, "netsuite": replace(CALM["netsuite"], ambient={"missing_reference": 1.0})}
    seen: list[Any] = []

    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(600.0)
        seen.extend(firm.problems())
        await firm.act("netsuite", "reference.add", "finance", kind="unit", key=CARD)
        await firm.operate("replay", flow="time", key=CARD)

    firm = play(EVENT, script, 12 * HOUR_S, systems=lacking)

    (problem,) = seen
    assert (problem.cause, problem.detail, problem.version) == (
        "missing_reference",
        f"reference unit:{CARD}",
        1,
    )
    assert problem.closed_at_s is None
    assert len(firm.live()) == 3
    assert [each.closed_at_s is not None for each in firm.problems()] == [True]


def test_a_week_over_a_months_end_is_two_splits() -> None:
    days = {f"pse__{day}_Hours__c": 8.0 for day in ("Wednesday", "Thursday", "Friday")}
    first = {"Split_No__c": 1, "pse__Start_Date__c": "2026-04-29", "pse__Bill_Rate__c": 200.0, **days}
    first["pse__Friday_Hours__c"] = 0.0
    second = {"Split_No__c": 2, "pse__Start_Date__c": "2026-05-01", "pse__Friday_Hours__c": 8.0}

    assert [part.part for part in parts([second, first])] == ["1:2026-04-29", "1:2026-04-30", "2:2026-05-01"]


@pytest.mark.parametrize(
    ("amount", "receipt", "why", "errors", "warnings"),
    [
        (74.99, False, "", 0, 0),
        (75.00, False, "", 1, 0),
        (75.00, True, "", 0, 0),
        (200.00, True, "", 0, 1),
        (200.00, True, "dinner for six", 0, 0),
        (200.00, False, "", 1, 1),
    ],
)
def test_the_policy_of_a_line(amount: float, receipt: bool, why: str, errors: int, warnings: int) -> None:
    line = {"Line_No__c": 1, "pse__Amount__c": amount, "Receipt__c": receipt, "Justification__c": why}

    found = policy([line])

    assert (len(found.errors), len(found.warnings)) == (errors, warnings)


def test_an_exception_that_the_org_opened_for_a_hook_closes_when_the_sweep_brings_the_card() -> None:
    outage = Fault(9 * HOUR_S, 3 * HOUR_S, "netsuite", "outage", {"mode": "refuse"})
    seen: list[Any] = []

    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(HOUR_S)
        seen.extend(firm.problems())

    firm = play(API, script, 2 * DAY_S, {"netsuite": (outage,)})

    assert [(problem.cause, problem.closed_at_s) for problem in seen] == [("integration", None)]
    assert len(firm.live()) == 3
    assert [problem.closed_at_s is not None for problem in firm.problems()] == [True]
