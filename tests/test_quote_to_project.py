"""Quote to project: set up once, whole, and only when the deal is complete."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import orjson
import pytest
from flow_world import DAY_S, QUIET, Stage, play, until

from pipeline.translation.deal import Deal, deal_of, job_body, missing
from pipeline.translation.project import composites, standing_of
from pipeline.workflows.quote_saga import terms
from wire.call import json_call

DEAL: dict[str, Any] = {
    "opportunity": "O00001",
    "customer": "C0001",
    "owner": "W00002",
    "name": "Rollout",
    "entity": "US01",
    "region": "Americas",
    "practice": "Cloud",
    "project_type": "Customer Project",
    "billing_method": "Fixed Price",
    "currency": "USD",
    "amount_minor": 5_000_000,
    "planned_hours": 300,
    "bill_rate_minor": 18_000,
    "start": "2026-05-01",
    "end": "2026-09-30",
    "project_manager": "W00001",
    "bill_to": "1 Main St",
    "tax_number": "US-1",
    "po_number": "PO-77",
    "milestones": [
        {"milestone": "P-O00001-M1", "name": "Design", "amount_minor": 5_000_000, "target": "2026-06-30"}
    ],
    "instalments": [],
}


async def win(stage: Stage, **given: Any) -> None:
    await stage.act("salesforce", "opportunity.create", "W00002", **{**DEAL, **given})
    await stage.act("salesforce", "opportunity.win", "W00002", opportunity="O00001")


async def opened(stage: Stage) -> bool:
    found = await stage.act("salesforce", "project.find", opportunity="O00001")
    return bool(found["open_for_time"])


@pytest.mark.parametrize(("pattern", "within_s"), [("api", 60.0), ("event", 120.0), ("batch", DAY_S)])
def test_a_win_becomes_one_open_project_with_customer_job_and_dimension(
    pattern: str, within_s: float
) -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await win(stage)
        await asyncio.sleep(within_s)
        assert await opened(stage)
        (job,) = stage.effects("netsuite", "project")
        (project,) = stage.effects("salesforce", "project")
        assert (job.key, job.state, project.key, project.state) == ("O00001", "posted", "O00001", "posted")
        assert job.terms["contract_minor"] == 5_000_000
        assert job.terms["po_number"] == "PO-77"
        assert job.terms["practice"] == "Cloud"

    play(test, "quote_to_project", pattern)


def test_a_win_costs_about_five_calls_where_a_caller_waits() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        for wire in stage.wires.values():
            wire.calls.clear()
        await win(stage)
        await asyncio.sleep(600.0)
        # a call that met an expired session is sent again with the same body
        composites_sent = {call.body for call in stage.wires["salesforce"].calls if "composite" in call.path}
        written = [
            call.path.rsplit("/", 1)[-1] for call in stage.wires["netsuite"].calls if call.method == "PUT"
        ]
        assert len(composites_sent) == 2
        assert written[-2:] == ["eid:C0001", "eid:P-O00001"]

    play(test, "quote_to_project", "api")


@pytest.mark.parametrize("pattern", ["api", "event", "batch"])
def test_an_incomplete_deal_is_refused_and_set_up_once_when_it_is_completed(pattern: str) -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await win(stage, po_number=None, planned_hours=None)
        await until(1.5 * DAY_S)
        assert stage.effects("netsuite", "project") == []
        told = await stage.act("salesforce", "opportunity.read", opportunity="O00001")
        problems = (await stage.act("salesforce", "exceptions.open"))["exceptions"]
        if pattern == "api":
            assert "purchase order number" in told["integration_error"]
        else:
            assert [(row["key"], row["cause"]) for row in problems] == [("O00001", "missing_attribute")]
        fields = {"po_number": "PO-77", "planned_hours": 300}
        await stage.act("salesforce", "opportunity.complete", opportunity="O00001", fields=fields)
        await until(2.5 * DAY_S)
        assert await opened(stage)
        assert len(stage.effects("netsuite", "project")) == 1
        assert (await stage.act("salesforce", "exceptions.open"))["exceptions"] == []

    play(test, "quote_to_project", pattern)


@pytest.mark.parametrize(("delay_s", "problems"), [(20.0, []), (70.0, ["missing_attribute"])])
def test_a_refusal_after_the_seller_looked_away_is_an_exception_at_once(
    delay_s: float, problems: list[str]
) -> None:
    late = {"hook_median_s": delay_s, "hook_p95_s": delay_s}
    settings = {**QUIET, "salesforce": replace(QUIET["salesforce"], policy=late)}

    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await win(stage, po_number=None)
        await until(10 * 3600.0 + 120.0)
        told = (await stage.act("salesforce", "exceptions.open"))["exceptions"]
        assert [row["cause"] for row in told] == problems

    play(test, "quote_to_project", "api", settings=settings)


@pytest.mark.parametrize("pattern", ["api", "event"])
def test_a_lost_reply_makes_no_second_job(pattern: str) -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        lost: list[str] = []

        def once(call: Any) -> bool:
            if call.method == "PUT" and "/job/" in call.path and not lost:
                lost.append(call.path)
                return True
            return False

        stage.wires["netsuite"].lose = once
        await win(stage)
        await asyncio.sleep(1800.0)
        assert lost
        assert len(stage.effects("netsuite", "project")) == 1
        assert await opened(stage)

    play(test, "quote_to_project", pattern)


def test_where_a_caller_waits_a_failure_in_the_psa_closes_the_job_and_a_retry_opens_it() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        psa_down = [True]
        stage.wires["salesforce"].refuse = lambda call: psa_down[0] and b'ERP_Job_Id__c":' in call.body
        await win(stage)
        await asyncio.sleep(55.0)
        (job,) = stage.effects("netsuite", "project")
        assert job.state == "pending"
        psa_down[0] = False
        await asyncio.sleep(1800.0)
        assert await opened(stage)
        (job,) = stage.effects("netsuite", "project")
        assert job.state == "posted"

    play(test, "quote_to_project", "api")


def test_events_are_not_compensated_but_go_on_where_they_stopped() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        psa_down = [True]
        stage.wires["salesforce"].refuse = lambda call: psa_down[0] and b'ERP_Job_Id__c":' in call.body
        await win(stage)
        await asyncio.sleep(300.0)
        psa_down[0] = False
        await asyncio.sleep(3600.0)
        assert await opened(stage)
        assert stage.wires["netsuite"].sent("PUT", "/job/") == 1
        assert stage.wires["netsuite"].sent("PATCH", "/job/") == 0

    play(test, "quote_to_project", "event")


def test_the_sweep_repairs_a_job_that_somebody_closed() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await win(stage)
        await asyncio.sleep(600.0)
        netsuite = await stage.clients["netsuite"].login()
        await netsuite.send("PATCH", "/services/rest/record/v1/job/eid:P-O00001", {"isInactive": True})
        await until(2 * DAY_S)
        (job,) = stage.effects("netsuite", "project")
        assert job.state == "posted"

    play(test, "quote_to_project", "event")


@pytest.mark.parametrize("pattern", ["api", "event"])
def test_a_milestone_that_came_with_a_new_project_is_a_control_within_minutes(pattern: str) -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await win(stage)
        await asyncio.sleep(180.0)
        keys = [row.key for row in stage.effects("netsuite", "control") if row.at_s > 0]
        assert keys == ["P-O00001:P-O00001-M1"]

    play(test, "quote_to_project", pattern, also={"billing_and_revenue": pattern})


@pytest.mark.parametrize("pattern", ["batch", "api", "event"])
def test_a_renamed_field_stops_deals_as_schema_exceptions_until_its_mapping_replays_them(
    pattern: str,
) -> None:
    renamed = {"object": "job", "field": "custentity_po_number", "to": "custentity_purchase_order"}

    async def test(stage: Stage) -> None:
        release = {"kind": "rename_field", "parameters": renamed}
        control = stage.systems["netsuite"].control
        assert (await control.serve(json_call("POST", "/control/releases", release))).ok
        await until(10 * 3600.0)
        await win(stage)
        await asyncio.sleep(DAY_S)
        assert stage.effects("netsuite", "project") == []
        problems = stage.systems["salesforce"].books(2 * DAY_S).problems
        assert [row.cause for row in problems if row.key == "O00001"] == ["schema"]
        mapping = {"system": "netsuite", "release": {"kind": "rename_field", **renamed}}
        assert (await stage.pipeline.operations.serve(json_call("POST", "/operations/mapping", mapping))).ok
        await asyncio.sleep(180.0)
        (job,) = stage.effects("netsuite", "project")
        assert job.terms["po_number"] == "PO-77"
        await until(3 * DAY_S)
        assert "sweeps.deals.broken" not in stage.pipeline.metrics.counts

    play(test, "quote_to_project", pattern)


def row(**given: Any) -> dict[str, Any]:
    return {
        "Opportunity_Key__c": "O1",
        "StageName": "Closed Won",
        "Services__c": True,
        "Amount": 1234.5,
        "CurrencyIsoCode": "USD",
        "Entity__c": "US01",
        "Practice__c": "Cloud",
        "Billing_Method__c": "Retainer",
        "Planned_Hours__c": 10,
        "Project_Manager_Key__c": "W1",
        "PO_Number__c": "PO",
        "Start_Date__c": "2026-05-01",
        "End_Date__c": "2026-06-30",
        "Account": {"Customer_Key__c": "C1", "Name": "Acme", "Bill_To__c": "x", "Tax_Number__c": "y"},
        **given,
    }


def deal(**given: Any) -> Deal:
    return deal_of(row(**given))


def test_what_a_deal_lacks_is_told_in_words() -> None:
    assert missing(deal()) == []
    assert missing(deal(PO_Number__c=None, Planned_Hours__c=0)) == ["purchase order number", "planned hours"]
    assert missing(deal(Account={"Customer_Key__c": "C1"})) == ["bill-to address", "tax number"]


def test_a_schedule_that_cannot_be_read_counts_as_none() -> None:
    assert deal(Schedule_Json__c="{broken").milestones == ()


def test_the_project_opens_with_the_very_last_subrequest_however_many_children_it_has() -> None:
    milestones = [{"milestone": f"M{n}", "amount_minor": 100, "target": "2026-05-01"} for n in range(40)]
    parts = composites(
        deal(Schedule_Json__c=orjson.dumps({"milestones": milestones}).decode()), "7", "8", "/d", 25
    )
    assert [len(part) for part in parts] == [25, 21]
    closed = [sub["body"].get("pse__Closed_for_Time_Entry__c") for part in parts for sub in part]
    assert closed[-1] is False
    assert False not in closed[:-1]
    assert all(part[0]["referenceId"] == "project" for part in parts)


def test_a_later_save_of_the_deal_does_not_reset_the_contract_of_an_open_project() -> None:
    standing = standing_of(
        {
            "Project_Key__c": "P-O1",
            "ERP_Job_Id__c": "9",
            "Contract_Amount__c": 2000.0,
            "Contract_Version__c": 3,
        }
    )
    assert terms(deal(), None) == (123_450, 1)
    assert terms(deal(), standing) == (200_000, 3)
    assert job_body(deal(), 200_000, 3)["custentity_contract_version"] == "3"
