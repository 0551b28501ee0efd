"""Self-approval: the source lets an administrator approve his own time; the integration must not post it."""

from __future__ import annotations

from typing import Any

import pytest
from pipeline_world import CARD, DAY_S, HOUR_S, HOURS, Firm, only, play
from small_world import month_end, ran

from measurements.assess import assess
from measurements.observed import Observed
from pipeline import models
from scenarios import firm_file
from scenarios.play import stage
from sim.world import observe


async def _own(firm: Firm) -> None:
    await firm.book()
    await firm.act("salesforce", "approvals.override", "W00001", timecards=[CARD])


@pytest.mark.parametrize("pattern", ["batch", "api", "event"])
def test_a_card_that_its_submitter_approved_is_not_posted_and_its_approver_is_told(pattern: str) -> None:
    firm = play(only("time_and_expense", pattern), _own, 2 * DAY_S)

    assert firm.posted() == []
    store = firm.systems["salesforce"].store
    assert store is not None
    card = store["pse__Timecard_Header__c"].find("Timecard_Key__c", CARD)
    assert card is not None
    told = [problem.audience for problem in firm.problems() if problem.cause == "policy"]
    assert told == ["approver"] or "its approver is W00002" in str(card["Integration_Error__c"])


def test_an_override_by_somebody_else_than_the_approver_is_refused_as_well() -> None:
    async def overridden(firm: Firm) -> None:
        await firm.book()
        await firm.act("salesforce", "approvals.override", "finance", timecards=[CARD])

    assert play(only("time_and_expense", "batch"), overridden, 2 * DAY_S).posted() == []


def _month(model: str) -> Observed:
    firm = {"self_approved_share": 0.25}
    play_ = stage(month_end(firm=firm), firm_file.load(None, 12), 1)
    return observe(ran(play_, models.load(model), 1), 0)


def test_what_was_approved_by_its_submitter_stands_once_its_approver_has_approved_it() -> None:
    observed = _month("batch")
    rows: list[Any] = [row for row in observed.books.commitments if row.flow == "time"]
    own = {row.key for row in rows if not row.authorised}
    assert len(own) > 10
    assert assess(observed).findings == []
    posted = {row.key for row in observed.books.effects if row.flow == "time" and row.version > 1}
    assert own & posted


@pytest.mark.large
def test_a_pipeline_that_asks_nobody_posts_them_and_the_audit_says_so() -> None:
    assert assess(_month("point-to-point")).audit["unauthorised"]["time"] > 10


async def _billed(firm: Firm) -> list[int]:
    """What a billing run makes of the project: amounts of its events."""
    run = await firm.act("salesforce", "billing.run", "billing", cut_off="2026-04-30", partial=True)
    return [event["amount_minor"] for event in run["events"]]


def test_what_was_approved_by_override_is_on_billing_hold_until_its_approver_has_approved_it() -> None:
    billed: list[list[int]] = []

    async def overridden(firm: Firm) -> None:
        await _billed(firm)
        await _own(firm)
        billed.append(await _billed(firm))
        await firm.act("salesforce", "timecard.recall", "W00001", timecard=CARD)
        await firm.book()
        await firm.approve(CARD)
        billed.append(await _billed(firm))

    firm = play(only("time_and_expense", "batch"), overridden, 2 * DAY_S)
    assert billed == [[], [sum(HOURS) * 210]]
    assert {row.version for row in firm.live()} == {2}


def test_a_project_with_a_card_on_billing_hold_is_not_completely_approved() -> None:
    billed: list[int] = []

    async def overridden(firm: Firm) -> None:
        await _own(firm)
        run = await firm.act("salesforce", "billing.run", "billing", cut_off="2026-04-30")
        billed.extend(event["amount_minor"] for event in run["events"])

    play(only("time_and_expense", "batch"), overridden, HOUR_S)
    assert billed == []
