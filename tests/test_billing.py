"""Billing: what is billed by stands in the ERP, one invoice per event, its number back, revenue exact."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from flow_world import DAY_S, Stage, play, until
from vendor_opening import OPENING, TIME
from vendor_world import QUIET

from mocks.landscape import SystemSettings
from pipeline.settings import RevenueRun
from wire.call import json_call

FIRST, SECOND = (
    TIME.at(date(2026, 5, 4), "20:00", "America/New_York"),
    TIME.at(date(2026, 5, 6), "20:00", "America/New_York"),
)
RUNS = (RevenueRun("BD+2", FIRST), RevenueRun("BD+4", SECOND))
FLOW = "billing_and_revenue"


async def bill(stage: Stage) -> str:
    """A billing run over the opening's project; the event's key."""
    told = await stage.act("salesforce", "billing.run", "W00002", cut_off="2026-04-30", partial=True)
    return str(told["events"][0]["event"])


async def release(stage: Stage, event: str) -> str | None:
    told = await stage.act("salesforce", "billing.release", "W00002", event=event, manager="W00002")
    refusal: str | None = told["refusal"]
    return refusal


async def finance(stage: Stage) -> Any:
    """Finance releases what waits."""
    (waiting,) = (await stage.act("netsuite", "invoices.waiting", "finance"))["invoices"]
    terms = await stage.act("salesforce", "project.terms", project=waiting["project"])
    return await stage.act(
        "netsuite", "invoice.review", "finance", invoice=waiting["invoice"], terms=terms, approver="finance"
    )


@pytest.mark.parametrize(("pattern", "within_s"), [("api", 60.0), ("event", 120.0), ("batch", DAY_S)])
def test_an_approved_milestone_stands_as_control_at_its_version(pattern: str, within_s: float) -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await stage.act(
            "salesforce", "milestone.complete", "W00001", milestone="P00001-M1", date="2026-04-20"
        )
        await stage.act("salesforce", "milestone.approve", "W00002", milestone="P00001-M1", approver="W00002")
        await asyncio.sleep(within_s)
        last = stage.effects("netsuite", "control")[-1]
        assert (last.key, last.terms["status"], last.amount_minor) == (
            "P00001:P00001-M1",
            "Approved",
            500_000,
        )
        assert last.terms["date"] == "2026-04-20"

    play(test, FLOW, pattern)


@pytest.mark.parametrize(("pattern", "within_s"), [("api", 60.0), ("event", 120.0), ("batch", DAY_S)])
def test_a_change_order_is_a_control_and_alters_the_job(pattern: str, within_s: float) -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await stage.act(
            "salesforce",
            "change_order.approve",
            "W00002",
            change_order="P00001-X1",
            project="P00001",
            amount_minor=250_000,
            hours=20,
            approver="W00002",
            date="2026-04-16",
        )
        await asyncio.sleep(within_s)
        (control,) = stage.effects("netsuite", "control")
        assert (control.key, control.terms["kind"]) == ("P00001:P00001-X1", "change_order")
        netsuite = await stage.clients["netsuite"].login()
        job = (await netsuite.send("GET", "/services/rest/record/v1/job/eid:P00001")).json()
        assert (job["custentity_contract_amount"], job["custentity_contract_version"]) == ("102500.00", "2")

    play(test, FLOW, pattern)


def test_a_purchase_request_is_a_purchase_order_and_no_control() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await stage.act(
            "salesforce",
            "purchase_request.approve",
            "W00002",
            request="P00001-R1",
            project="P00001",
            vendor="AGENCY1",
            amount_minor=90_000,
            currency="USD",
            hours=10,
            approver="W00002",
        )
        await asyncio.sleep(60.0)
        (order,) = stage.effects("netsuite", "control")
        assert (order.key, order.amount_minor, order.period) == ("P00001:P00001-R1", 90_000, "2026-04")

    play(test, FLOW, "api")


@pytest.mark.parametrize(("pattern", "within_s"), [("api", 0.0), ("event", 120.0), ("batch", DAY_S)])
def test_a_released_event_is_one_invoice_and_its_number_goes_back(pattern: str, within_s: float) -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        event = await bill(stage)
        assert await release(stage, event) is None
        await asyncio.sleep(within_s)
        (invoice,) = stage.effects("netsuite", "invoice")
        assert (invoice.key, invoice.state, invoice.amount_minor) == (event, "pending", 2350 * 210)
        assert invoice.terms["po_number"] == "PO-1"
        told = await finance(stage)
        assert told.get("approved"), told
        await asyncio.sleep(600.0 if pattern != "batch" else DAY_S)
        salesforce = await stage.clients["salesforce"].login()
        path = f"/services/data/v67.0/sobjects/pse__Billing_Event__c/pse__Event_Key__c/{event}"
        assert (await salesforce.send("GET", path)).json()["pse__Invoice_Number__c"] == told["number"]

    play(test, FLOW, pattern)


def test_doubled_events_make_one_invoice() -> None:
    doubling = SystemSettings(background=0.0, latency_factor=0.001, ambient={"doubled_event": 1.0})

    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await release(stage, await bill(stage))
        await asyncio.sleep(600.0)
        assert len(stage.effects("netsuite", "invoice")) == 1
        assert stage.wires["netsuite"].sent("PUT", "/invoice/") == 1

    play(test, FLOW, "event", settings={**QUIET, "salesforce": doubling})


def test_a_person_reads_on_the_screen_what_the_erp_lacks_and_nothing_is_sent() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        netsuite = await stage.clients["netsuite"].login()
        bill_id = stage.effects("netsuite", "time")[-1].record
        await netsuite.send(
            "PATCH", f"/services/rest/record/v1/timeBill/{bill_id}", {"custbody_source_key": "gone"}
        )
        refusal = await release(stage, await bill(stage))
        assert refusal is not None
        assert "T-W00001-P00001-2026-03-30" in refusal
        assert stage.effects("netsuite", "invoice") == []

    play(test, FLOW, "api")


def test_a_released_invoice_is_never_edited_whatever_is_replayed() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        event = await bill(stage)
        await release(stage, event)
        await asyncio.sleep(120.0)
        told = await finance(stage)
        before = stage.effects("netsuite", "invoice")
        replay = {"flow": "invoice", "key": event}
        await stage.pipeline.operations.serve(json_call("POST", "/operations/replay", replay))
        await until(3 * DAY_S)
        assert stage.effects("netsuite", "invoice") == before
        assert told["approved"]

    play(test, FLOW, "event")


def test_each_run_books_the_delta_and_runs_sum_to_what_was_earned() -> None:
    async def test(stage: Stage) -> None:
        await until(FIRST + 1800.0)
        (first,) = stage.effects("netsuite", "revenue")
        # the opening's week of three days, of which two fall into April
        assert (first.key, first.amount_minor, first.period) == ("P00001:2026-04:BD+2", 750 * 210, "2026-04")
        await stage.act(
            "salesforce",
            "timecard.save",
            "W00001",
            timecard="T-W00001-P00001-2026-04-20",
            worker="W00001",
            project="P00001",
            week_start="2026-04-20",
            hours_centi=[800, 0, 0, 0, 0, 0, 0],
            approver="W00002",
        )
        await stage.act("salesforce", "timecard.submit", "W00001", timecard="T-W00001-P00001-2026-04-20")
        await stage.act(
            "salesforce",
            "approvals.decide",
            "W00002",
            approver="W00002",
            timecards=["T-W00001-P00001-2026-04-20"],
            expenses=[],
            rejected=[],
        )
        await until(SECOND + 1800.0)
        rows = stage.effects("netsuite", "revenue")
        assert [row.amount_minor for row in rows] == [750 * 210, 800 * 210]
        await until(SECOND + 3 * DAY_S)
        assert stage.effects("netsuite", "revenue") == rows

    play(test, FLOW, "event", revenue_runs=RUNS)


def test_a_rate_known_later_posts_a_delta_in_the_next_run() -> None:
    fixed = OPENING._replace(projects=(OPENING.projects[0]._replace(billing_method="Fixed Price"),))

    async def test(stage: Stage) -> None:
        await until(FIRST + 1800.0)
        # 7.50 h at 85.00 so far, 592.50 h to go at 85.00: 1/80 of 100,000.00
        assert [row.amount_minor for row in stage.effects("netsuite", "revenue")] == [125_000]
        await stage.act(
            "workday", "worker.rate", "hr", worker="W00001", effective="2026-04-20", cost_rate_minor=17_000
        )
        await until(SECOND + 1800.0)
        # what was worked before that day keeps its rate, what is to go costs double: 62,893 in all
        rows = stage.effects("netsuite", "revenue")
        assert [row.amount_minor for row in rows] == [125_000, 62_893 - 125_000]

    play(test, FLOW, "api", opening=fixed, revenue_runs=RUNS)


def test_a_run_that_found_the_psa_down_is_made_up_with_its_own_cut() -> None:
    async def test(stage: Stage) -> None:
        await until(FIRST - 60.0)
        stage.wires["salesforce"].refuse = lambda call: True
        await until(FIRST + 3600.0)
        assert stage.effects("netsuite", "revenue") == []
        stage.wires["salesforce"].refuse = lambda call: False
        await until(FIRST + DAY_S)
        (row,) = stage.effects("netsuite", "revenue")
        assert row.key == "P00001:2026-04:BD+2"

    play(test, FLOW, "batch", revenue_runs=RUNS)
