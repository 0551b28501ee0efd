"""The org's people: rules of time, expenses, approvals, billing; and what the books then say."""

from __future__ import annotations

from typing import Any

from tests.salesforce_org import WIN, Org, play
from wire.call import Reply

LINE = {
    "type": "Airfare",
    "date": "2026-04-28",
    "amount_minor": 45050,
    "receipt": True,
    "justification": "",
    "billable": True,
}
REPORT: dict[str, Any] = {
    "report": "E1",
    "worker": "W00001",
    "project": "P00001",
    "currency": "USD",
    "lines": [LINE],
    "approver": "W00002",
}


def _of(org: Org, flow: str, key: str) -> list[Any]:
    rows = org.system.books(1e12).commitments
    return [row for row in rows if row.flow == flow and row.key == key]


def _refused(answer: Any, code: str) -> None:
    assert isinstance(answer, Reply)
    assert answer.json()[0]["errorCode"] == code


def test_time_can_only_be_booked_on_a_project_that_is_open() -> None:
    async def act(org: Org) -> None:
        project = (await org.query("SELECT Id FROM pse__Proj__c"))[0]["Id"]
        await org.api("PATCH", f"sobjects/pse__Proj__c/{project}", {"pse__Closed_for_Time_Entry__c": True})
        _refused(await org.card(), "FIELD_CUSTOM_VALIDATION_EXCEPTION")
        await org.api("PATCH", f"sobjects/pse__Proj__c/{project}", {"pse__Closed_for_Time_Entry__c": False})
        assert await org.card() == {"version": 1}

    play(act)


def test_nobody_approves_his_own_time() -> None:
    async def act(org: Org) -> None:
        own = {"worker": "W00001", "approver": "W00001", "project": "P00001", "week_start": "2026-04-20"}
        await org.desk("timecard.save", "W00001", timecard="T9", hours_centi=[800] * 5 + [0, 0], **own)
        await org.desk("timecard.submit", "W00001", timecard="T9")
        answer = await org.desk(
            "approvals.decide", "W00001", approver="W00001", timecards=["T9"], expenses=[]
        )
        assert (answer["approved"], answer["refused"][0]["key"]) == (0, "T9")
        assert _of(org, "time", "T9") == []

    play(act)


def test_approval_cuts_a_week_at_the_months_end() -> None:
    async def act(org: Org) -> None:
        await org.card()
        await org.approved()
        splits = await org.query(
            "SELECT Split_Key__c, pse__Total_Hours__c, pse__End_Date__c FROM pse__Timecard__c"
            " WHERE pse__Timecard_Header__r.Timecard_Key__c = 'T1' ORDER BY Split_Key__c"
        )
        told = [(row["Split_Key__c"], row["pse__Total_Hours__c"], row["pse__End_Date__c"]) for row in splits]
        assert told == [("T1:1", 31.5, "2026-04-30"), ("T1:2", 8.0, "2026-05-01")]
        rows = _of(org, "time", "T1")
        assert [row.part for row in rows] == [
            "1:2026-04-27", "1:2026-04-28", "1:2026-04-29", "1:2026-04-30", "2:2026-05-01",
        ]  # fmt: skip
        assert all(row.authorised and row.approver == "W00002" for row in rows)

    play(act)


def test_a_sitting_is_one_commit() -> None:
    async def act(org: Org) -> None:
        await org.control(
            "channels",
            channel="cards",
            object="pse__Timecard_Header__c",
            when={"pse__Status__c": ["Approved"]},
        )
        for key in ("T1", "T2"):
            await org.card(key)
            await org.desk("timecard.submit", "W00001", timecard=key)
        waiting = await org.desk("approvals.waiting", "W00002", approver="W00002")
        keys = [card["timecard"] for card in waiting["timecards"]]
        await org.desk("approvals.decide", "W00002", approver="W00002", timecards=keys, expenses=[])
        events = (await org.poll("cards", -2)).json()["events"]
        headers = [event["payload"]["ChangeEventHeader"] for event in events]
        assert len(headers) == 2
        assert len({(head["transactionKey"], head["commitTimestamp"]) for head in headers}) == 1

    play(act)


def test_a_recalled_and_changed_card_comes_back_as_a_new_version() -> None:
    async def act(org: Org) -> None:
        await org.card()
        await org.approved()
        await org.desk("timecard.recall", "W00001", timecard="T1")
        assert {row.withdrawn_at_s is not None for row in _of(org, "time", "T1")} == {True}
        await org.card(hours=(800, 800, 800, 800, 0, 0, 0))
        await org.approved()
        standing = [row for row in _of(org, "time", "T1") if row.withdrawn_at_s is None]
        assert {row.version for row in standing} == {2}
        assert sum(row.hours_centi for row in standing) == 3200

    play(act)


def test_a_card_recalled_and_submitted_anew_is_a_version_that_the_warehouse_may_show_but_need_not() -> None:
    async def act(org: Org) -> None:
        await org.card()
        await org.approved()
        await org.desk("timecard.recall", "W00001", timecard="T1")
        assert [(row.version, row.due_from_s < 1e9) for row in _of(org, "reporting", "T1")] == [(1, True)]
        await org.card(hours=(800, 800, 800, 800, 0, 0, 0))
        await org.desk("timecard.submit", "W00001", timecard="T1")
        told = [(row.version, row.due_from_s < 1e9) for row in _of(org, "reporting", "T1")]
        assert told == [(1, True), (2, False)]
        await org.approved()
        told = [(row.version, row.due_from_s < 1e9) for row in _of(org, "reporting", "T1")]
        assert told == [(1, True), (2, True)]

    play(act)


def test_a_rejected_card_that_was_never_approved_keeps_its_version_unless_changed() -> None:
    async def act(org: Org) -> None:
        await org.card()
        await org.desk("timecard.submit", "W00001", timecard="T1")
        rejected = [{"key": "T1", "reason": "which task?"}]
        await org.desk(
            "approvals.decide", "W00002", approver="W00002", timecards=[], expenses=[], rejected=rejected
        )
        assert await org.desk("timecard.submit", "W00001", timecard="T1") == {"version": 1}
        await org.desk("timecard.recall", "W00001", timecard="T1")
        await org.card(hours=(400, 0, 0, 0, 0, 0, 0))
        assert await org.desk("timecard.submit", "W00001", timecard="T1") == {"version": 2}

    play(act)


def test_an_approved_card_cannot_be_edited() -> None:
    async def act(org: Org) -> None:
        await org.card()
        await org.approved()
        _refused(await org.card(hours=(100, 0, 0, 0, 0, 0, 0)), "FIELD_CUSTOM_VALIDATION_EXCEPTION")
        key = "sobjects/pse__Timecard_Header__c/Timecard_Key__c/T1"
        assert (await org.api("PATCH", key, {"pse__Monday_Hours__c": 1.0})).status == 400
        assert (await org.api("PATCH", key, {"ERP_Posted_Version__c": 1})).status == 200

    play(act)


def test_an_approval_by_the_integration_is_not_authorised() -> None:
    async def act(org: Org) -> None:
        await org.card()
        await org.desk("timecard.submit", "W00001", timecard="T1")
        await org.api(
            "PATCH", "sobjects/pse__Timecard_Header__c/Timecard_Key__c/T1", {"pse__Status__c": "Approved"}
        )
        assert {row.authorised for row in _of(org, "time", "T1")} == {False}

    play(act)


def test_an_expense_report_with_a_policy_defect_is_accepted_and_due_as_one() -> None:
    async def act(org: Org) -> None:
        defect = {**LINE, "amount_minor": 9000, "receipt": False, "billable": False}
        await org.desk("expense.save", "W00001", **{**REPORT, "lines": [LINE, defect]})
        await org.desk("expense.submit", "W00001", report="E1")
        await org.desk("approvals.decide", "W00002", approver="W00002", timecards=[], expenses=["E1"])
        (row,) = _of(org, "expense", "E1")
        assert (row.amount_minor, row.currency, row.transaction_date) == (54050, "USD", "2026-04-28")
        assert row.terms["unreceipted_minor"] == 9000

    play(act)


def test_billing_waits_for_approvals_unless_partial_and_bills_each_item_once() -> None:
    async def act(org: Org) -> None:
        await org.card("T1")
        await org.approved("T1")
        await org.card("T2")
        run = {"cut_off": "2026-04-30", "partial": False}
        assert (await org.desk("billing.run", "W00002", **run))["events"] == []
        events = (await org.desk("billing.run", "W00002", **{**run, "partial": True}))["events"]
        # The opening's 23.50 h and 31.50 h of April of T1, at 210.00.
        assert [event["amount_minor"] for event in events] == [(2350 + 3150) * 210]
        assert (await org.desk("billing.run", "W00002", **{**run, "partial": True}))["events"] == []
        _refused(
            await org.desk("timecard.recall", "W00001", timecard="T1"), "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        )

    play(act)


def test_a_billed_report_may_still_get_its_papers_but_is_not_recalled() -> None:
    async def act(org: Org) -> None:
        defect = {**LINE, "amount_minor": 9000, "receipt": False, "billable": True}
        await org.desk("expense.save", "W00001", **{**REPORT, "lines": [defect]})
        await org.desk("expense.submit", "W00001", report="E1")
        await org.desk("approvals.decide", "W00002", approver="W00002", timecards=[], expenses=["E1"])
        await org.desk("billing.run", "W00002", cut_off="2026-04-30", partial=True)
        _refused(await org.desk("expense.recall", "W00001", report="E1"), "FIELD_CUSTOM_VALIDATION_EXCEPTION")
        papers = [{"line": 1, "receipt": True, "justification": "found"}]
        assert await org.desk("expense.complete", "W00001", report="E1", lines=papers) == {"version": 1}
        (line,) = await org.query("SELECT Receipt__c, pse__Amount__c FROM pse__Expense__c")
        assert (line["Receipt__c"], line["pse__Amount__c"]) == (True, 90.0)
        (row,) = _of(org, "expense", "E1")
        assert (row.version, row.amount_minor) == (1, 9000)
        assert (row.terms["unreceipted_minor"], row.terms["unreceipted_then_minor"]) == (9000, 0)

    play(act)


def test_a_release_commits_the_invoice_with_its_lines() -> None:
    async def act(org: Org) -> None:
        events = (await org.desk("billing.run", "W00002", cut_off="2026-04-30", partial=True))["events"]
        key = events[0]["event"]
        assert _of(org, "invoice", key) == []
        assert await org.desk("billing.release", "W00002", event=key, manager="W00002") == {"refusal": None}
        (row,) = _of(org, "invoice", key)
        assert (row.amount_minor, row.terms["bill_to"], row.period) == (
            events[0]["amount_minor"],
            "1 Main St",
            "2026-04",
        )
        books = org.system.books(1e12)
        assert {(line.key, line.part, line.version, line.amount_minor) for line in books.lines} == {
            (value.key, value.part, value.version, value.amount_minor)
            for value in books.values
            if value.kind == "time"
        }

    play(act)


def test_a_change_order_raises_the_contract_and_its_version() -> None:
    async def act(org: Org) -> None:
        order = {"change_order": "P00001-X1", "project": "P00001", "amount_minor": 500_000, "hours": 20}
        await org.desk("change_order.approve", "W00002", **order, approver="W00002", date="2026-04-20")
        terms = await org.desk("project.terms", "W00002", project="P00001")
        assert (terms["contract_minor"], terms["contract_version"]) == (10_500_000, 2)
        (row,) = _of(org, "control", "P00001:P00001-X1")
        assert (row.amount_minor, row.terms["kind"], row.terms["hours"]) == (500_000, "change_order", 20)

    play(act)


def test_each_save_of_a_control_is_a_new_version_and_the_old_one_ends() -> None:
    async def act(org: Org) -> None:
        key = (await org.query("SELECT Milestone_Key__c FROM pse__Milestone__c"))[0]["Milestone_Key__c"]
        await org.desk("milestone.complete", "W00001", milestone=key, date="2026-04-29")
        await org.desk("milestone.approve", "W00002", milestone=key, approver="W00002")
        rows = _of(org, "control", f"P00001:{key}")
        told = [(row.version, row.withdrawn_at_s is None) for row in rows]
        assert told == [(1, False), (2, False), (3, True)]
        assert [row.committed_at_s < 0 for row in rows] == [True, False, False]
        assert any(value.key == key for value in org.system.books(1e12).values)

    play(act)


def test_a_win_is_due_from_its_first_moment_whatever_is_completed_later() -> None:
    async def act(org: Org) -> None:
        await org.desk("opportunity.create", "W00002", **{**WIN, "practice": None})
        assert await org.desk("opportunity.win", "W00002", opportunity="O00001") == {"version": 1}
        assert (await org.desk("opportunity.read", "W00002", opportunity="O00001"))["missing"] == ["practice"]
        await org.query("SELECT Id FROM Account")
        fields = {"practice": "Cloud"}
        assert await org.desk("opportunity.complete", "W00002", opportunity="O00001", fields=fields) == {
            "version": 2
        }
        first, second = _of(org, "project", "O00001")
        assert (first.due_from_s, second.due_from_s) == (first.committed_at_s, first.committed_at_s)
        assert first.withdrawn_at_s == second.committed_at_s > first.committed_at_s

    play(act)


def test_a_project_stands_in_the_psa_once_open_with_its_erp_ids() -> None:
    async def act(org: Org) -> None:
        await org.desk("opportunity.create", "W00002", **WIN)
        await org.desk("opportunity.win", "W00002", opportunity="O00001")
        path = "sobjects/pse__Proj__c/Project_Key__c/P-O00001"
        await org.api(
            "PATCH", path, {"Name": "Rollout", "Opportunity_Key__c": "O00001", "Contract_Amount__c": 50000}
        )
        assert (await org.desk("project.find", "W00001", opportunity="O00001"))["open_for_time"] is False
        opened = {"ERP_Job_Id__c": "1", "ERP_Customer_Id__c": "2", "pse__Closed_for_Time_Entry__c": False}
        pending = [effect.state for effect in org.system.books(1e12).effects if effect.flow == "project"]
        await org.api("PATCH", path, opened)
        (effect,) = [effect for effect in org.system.books(1e12).effects if effect.flow == "project"]
        assert (pending, effect.state, effect.key, effect.part, effect.amount_minor) == (
            ["pending"], "posted", "O00001", "psa", 5_000_000,
        )  # fmt: skip

    play(act)


def test_a_project_says_what_was_won_whatever_a_change_order_added() -> None:
    async def act(org: Org) -> None:
        await org.desk("opportunity.create", "W00002", **WIN)
        await org.desk("opportunity.win", "W00002", opportunity="O00001")
        made = {"Name": "Rollout", "Opportunity_Key__c": "O00001", "Contract_Amount__c": 50000}
        await org.api("PATCH", "sobjects/pse__Proj__c/Project_Key__c/P-O00001", made)
        order = {"change_order": "P-O00001-X1", "project": "P-O00001", "amount_minor": 500_000, "hours": 20}
        await org.desk("change_order.approve", "W00002", **order, approver="W00002", date="2026-04-20")
        (effect,) = [effect for effect in org.system.books(1e12).effects if effect.flow == "project"]
        assert (effect.amount_minor, effect.terms["contract_minor"]) == (5_000_000, 5_000_000)
        assert effect.terms["contract_now_minor"] == 5_500_000

    play(act)


def test_a_resource_write_is_an_effect_with_what_then_stood() -> None:
    async def act(org: Org) -> None:
        path = "sobjects/Contact/pse__ERP_Worker_Correlation_Id__c/W00001"
        values = {"pse__Default_Cost_Rate__c": 90.5, "Source_Key__c": "W00001@2026-04-20#W00001-C2"}
        await org.api("PATCH", path, values)
        (effect,) = [effect for effect in org.system.books(1e12).effects if effect.flow == "worker"]
        assert (effect.key, effect.part, effect.terms["cost_rate_minor"]) == (
            "W00001@2026-04-20#W00001-C2",
            "psa",
            9050,
        )

    play(act)


def test_exception_records_are_problems_from_opening_to_closing() -> None:
    async def act(org: Org) -> None:
        body = {
            "Flow__c": "time",
            "Business_Key__c": "T1",
            "Version__c": 1,
            "Cause__c": "policy",
            "Status__c": "Open",
        }
        await org.api("PATCH", "sobjects/Integration_Exception__c/Exception_Key__c/time%7CT1%7C1", body)
        (row,) = (await org.desk("exceptions.open", "W00002"))["exceptions"]
        await org.desk("exceptions.touch", "W00002", exception=row["exception"], minutes=30, note="asked")
        await org.query("SELECT Id FROM Account")
        await org.desk("exceptions.close", "W00002", exception=row["exception"], note="settled")
        (problem,) = org.system.books(1e12).problems
        assert (problem.key, problem.touched_minutes) == ("T1", 30)
        assert problem.closed_at_s is not None
        assert problem.closed_at_s > problem.opened_at_s

    play(act)
