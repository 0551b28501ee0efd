"""The org's data API, through its door."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from mocks.faults import Faults
from mocks.salesforce.errors import RefusedError
from mocks.salesforce.locks import Locks
from tests.salesforce_org import WIN, Org, play
from wire.call import Call

PROJECT = "sobjects/pse__Proj__c/Project_Key__c/P-O00001"
BORN = {"Name": "Rollout", "Opportunity_Key__c": "O00001", "Contract_Amount__c": 50000.0}


def test_a_query_reads_parents_filters_orders_and_limits() -> None:
    async def act(org: Org) -> None:
        rows = await org.query(
            "SELECT Name, pse__Account__r.Customer_Key__c FROM pse__Proj__c"
            " WHERE Project_Key__c IN ('P00001', 'x')"
            " AND (pse__Planned_Hours__c > 500 OR Name = 'nothing') ORDER BY Name DESC LIMIT 1"
        )
        assert [(row["Name"], row["pse__Account__r"]["Customer_Key__c"]) for row in rows] == [
            ("Migration", "C0001")
        ]
        assert await org.query("SELECT Id FROM pse__Proj__c WHERE NOT Project_Key__c = 'P00001'") == []

    play(act)


def test_a_delta_poll_sees_exactly_what_changed_since() -> None:
    async def act(org: Org) -> None:
        assert (
            await org.query("SELECT Id FROM Opportunity WHERE LastModifiedDate >= 2026-04-16T04:00:00Z") == []
        )
        await org.desk("opportunity.create", "W00002", **WIN)
        rows = await org.query(
            "SELECT Opportunity_Key__c FROM Opportunity WHERE LastModifiedDate >= 2026-04-16T04:00:00.000Z"
        )
        assert [row["Opportunity_Key__c"] for row in rows] == ["O00001"]
        assert (
            await org.query("SELECT Id FROM Opportunity WHERE SystemModstamp >= 2026-04-16T05:00:00Z") == []
        )

    play(act)


def test_bad_queries_are_refused_in_the_vendors_words() -> None:
    async def act(org: Org) -> None:
        for soql, code in (
            ("SELECT Id FROM pse__Proj__c WHERE", "MALFORMED_QUERY"),
            ("SELECT Nope__c FROM pse__Proj__c", "INVALID_FIELD"),
            ("SELECT Id FROM Nope__c", "INVALID_TYPE"),
        ):
            reply = await org.api("GET", f"query?q={quote(soql)}")
            assert (reply.status, reply.json()[0]["errorCode"]) == (400, code)

    play(act)


def test_a_query_may_hold_any_sign_in_its_texts() -> None:
    async def act(org: Org) -> None:
        for name in ("Café 100% + 'n\\'", "It's → a+b"):
            await org.api("POST", "sobjects/Account", {"Name": name})
            text = name.replace("\\", "\\\\").replace("'", "\\'")
            assert [
                row["Name"] for row in await org.query(f"SELECT Name FROM Account WHERE Name = '{text}'")
            ] == [name]

    play(act)


def test_results_beyond_a_page_go_on_behind_a_locator() -> None:
    async def act(org: Org) -> None:
        for number in range(3):
            await org.api("POST", "sobjects/Account", {"Name": f"A{number}"})
        page = (await org.api("GET", f"query?q={quote('SELECT Name FROM Account')}")).json()
        assert (page["totalSize"], page["done"], len(page["records"])) == (4, False, 2)
        rest = (await org.api("GET", page["nextRecordsUrl"])).json()
        assert (rest["done"], [row["Name"] for row in rest["records"]]) == (True, ["A1", "A2"])
        assert (await org.api("GET", page["nextRecordsUrl"])).json()[0][
            "errorCode"
        ] == "INVALID_QUERY_LOCATOR"

    play(act, policy={"page_size": 2})


def test_a_page_still_holds_a_record_that_was_deleted_since_its_query() -> None:
    async def act(org: Org) -> None:
        made = [
            (await org.api("POST", "sobjects/Account", {"Name": f"A{number}"})).json() for number in range(3)
        ]
        text = "SELECT Id, Name FROM Account WHERE LastModifiedDate >= 2020-01-01T00:00:00Z"
        page = (await org.api("GET", f"query?q={quote(text)}")).json()
        assert not page["done"]
        assert (await org.api("DELETE", f"sobjects/Account/{made[2]['id']}")).status == 204
        rest = (await org.api("GET", page["nextRecordsUrl"])).json()
        assert [row["Name"] for row in rest["records"]] == ["A1", "A2"]

    play(act, policy={"page_size": 2})


def test_an_upsert_by_external_id_creates_once_then_updates() -> None:
    async def act(org: Org) -> None:
        first = await org.api("PATCH", PROJECT, BORN)
        again = await org.api("PATCH", PROJECT, {**BORN, "PO_Number__c": "PO-9"})
        assert (first.status, again.status) == (201, 200)
        assert (first.json()["created"], again.json()["created"]) == (True, False)
        assert first.json()["id"] == again.json()["id"]

    play(act)


def test_fields_are_checked_as_described() -> None:
    async def act(org: Org) -> None:
        for body, code in (
            ({"pse__Stage__c": "Planned"}, "REQUIRED_FIELD_MISSING"),
            ({**BORN, "Nope__c": 1}, "INVALID_FIELD"),
            ({**BORN, "pse__Stage__c": "Somewhere"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
            ({**BORN, "pse__Account__c": "001x"}, "INVALID_CROSS_REFERENCE_KEY"),
            ({**BORN, "pse__Closed_for_Time_Entry__c": False}, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        ):
            reply = await org.api("PATCH", PROJECT, body)
            assert (reply.status, reply.json()[0]["errorCode"]) == (400, code)
        described = (await org.api("GET", "sobjects/pse__Proj__c/describe")).json()
        named = {field["name"]: field for field in described["fields"]}
        assert named["Project_Key__c"]["externalId"]
        assert not named["Name"]["nillable"]

    play(act)


def test_a_composite_refers_back_and_stands_or_falls_together() -> None:
    async def act(org: Org) -> None:
        def subs(amount: object) -> dict[str, object]:
            path = "/services/data/v67.0/sobjects/"
            child = {
                "Name": "Design",
                "pse__Target_Date__c": "2026-06-01",
                "pse__Project__c": "@{project.id}",
            }
            return {
                "allOrNone": True,
                "compositeRequest": [
                    {
                        "method": "PATCH",
                        "url": "/services/data/v67.0/" + PROJECT,
                        "referenceId": "project",
                        "body": BORN,
                    },
                    {
                        "method": "PATCH",
                        "url": f"{path}pse__Milestone__c/Milestone_Key__c/P-O00001-M1",
                        "referenceId": "milestone",
                        "body": {**child, "pse__Milestone_Amount__c": amount},
                    },
                ],
            }

        answers = (await org.api("POST", "composite", subs("much"))).json()["compositeResponse"]
        assert [answer["httpStatusCode"] for answer in answers] == [400, 400]
        assert answers[0]["body"][0]["errorCode"] == "PROCESSING_HALTED"
        assert await org.query("SELECT Id FROM pse__Proj__c WHERE Project_Key__c = 'P-O00001'") == []
        answers = (await org.api("POST", "composite", subs(20000.0))).json()["compositeResponse"]
        assert [answer["httpStatusCode"] for answer in answers] == [201, 201]
        rows = await org.query(
            "SELECT pse__Project__r.Project_Key__c FROM pse__Milestone__c"
            " WHERE Milestone_Key__c = 'P-O00001-M1'"
        )
        assert rows[0]["pse__Project__r"]["Project_Key__c"] == "P-O00001"

    play(act)


def test_a_collection_takes_good_rows_and_tells_of_bad_ones_in_order() -> None:
    async def act(org: Org) -> None:
        records = [
            {
                "attributes": {"type": "Contact"},
                "pse__ERP_Worker_Correlation_Id__c": "W00001",
                "Email": "a@firm.test",
            },
            {"attributes": {"type": "Contact"}, "pse__ERP_Worker_Correlation_Id__c": "W00009"},
        ]
        path = "composite/sobjects/Contact/pse__ERP_Worker_Correlation_Id__c"
        good, bad = (await org.api("PATCH", path, {"records": records})).json()
        assert (good["success"], good["created"]) == (True, False)
        assert bad["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
        many = await org.api("PATCH", path, {"records": records * 101})
        assert (many.status, many.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")

    play(act)


def test_the_daily_quota_refuses_and_says_so_and_every_reply_tells_its_use() -> None:
    async def act(org: Org) -> None:
        reply = await org.api("GET", "limits")
        assert reply.headers["sforce-limit-info"] == "api-usage=1/2"
        await org.api("GET", "limits")
        refused = await org.api("GET", "limits")
        assert (refused.status, refused.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
        assert refused.headers["x-rehearsal-limit"] == "daily_api_requests"
        await asyncio.sleep(86400.0)
        await org.login()
        assert (await org.api("GET", "limits")).status == 200

    play(act, limits={"daily_api_requests": 2})


def test_parallel_child_writes_of_one_project_meet_its_lock_and_serial_ones_do_not() -> None:
    async def act(org: Org) -> None:
        path = "sobjects/pse__Resource_Request__c/Request_Key__c/"
        project = (await org.query("SELECT Id FROM pse__Proj__c WHERE Project_Key__c = 'P00001'"))[0]["Id"]
        body = {"pse__Project__c": project, "pse__Start_Date__c": "2026-05-01"}
        together = await asyncio.gather(*(org.api("PATCH", f"{path}R{n}", body) for n in range(3)))
        assert sorted(reply.status for reply in together) == [201, 400, 400]
        locked = next(reply for reply in together if reply.status == 400)
        assert locked.json()[0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
        for number in range(3, 6):
            assert (await org.api("PATCH", f"{path}R{number}", body)).status == 201

    play(act, ambient={"row_lock_parallel": 1.0})


def test_a_bulk_query_tells_its_rows_as_csv_in_pages() -> None:
    async def act(org: Org) -> None:
        job = (
            await org.api("POST", "jobs/query", {"operation": "query", "query": "SELECT Name FROM Contact"})
        ).json()
        assert job["state"] == "InProgress"
        await asyncio.sleep(10.0)
        assert (await org.api("GET", f"jobs/query/{job['id']}")).json()["state"] == "JobComplete"
        page = await org.api("GET", f"jobs/query/{job['id']}/results?maxRecords=1")
        assert page.body == b"Name\nAda Byron\n"
        last = await org.api(
            "GET", f"jobs/query/{job['id']}/results?locator={page.headers['sforce-locator']}"
        )
        assert (last.body, last.headers["sforce-locator"]) == (b"Name\nBo & Co\n", "null")

    play(act)


def test_a_bulk_ingest_job_upserts_csv_and_lists_what_failed() -> None:
    async def act(org: Org) -> None:
        asked = {"operation": "upsert", "object": "Account", "externalIdFieldName": "Customer_Key__c"}
        job = (await org.api("POST", "jobs/ingest", asked)).json()["id"]
        path = f"/services/data/v67.0/jobs/ingest/{job}"
        csv = b"Customer_Key__c,Name\nC0001,Renamed\nC0002,\n"
        assert (await org.system.api.serve(Call("PUT", f"{path}/batches", org.headers, csv))).status == 201
        await org.api("PATCH", path, {"state": "UploadComplete"})
        await asyncio.sleep(10.0)
        assert (await org.api("GET", path)).json()["numberRecordsFailed"] == 1
        assert b"REQUIRED_FIELD_MISSING" in (await org.api("GET", f"{path}/failedResults")).body
        assert (await org.query("SELECT Name FROM Account WHERE Customer_Key__c = 'C0001'"))[0][
            "Name"
        ] == "Renamed"

    play(act)


def test_a_rename_reaches_clients_but_not_those_pinned_before_it() -> None:
    async def act(org: Org) -> None:
        what = {"object": "pse__Proj__c", "field": "PO_Number__c", "to": "Order_Number__c"}
        await org.control("releases", kind="rename_field", parameters=what, from_version=67.0)
        new = await org.query("SELECT Order_Number__c FROM pse__Proj__c")
        assert new[0]["Order_Number__c"] == "PO-1"
        old = f"query?q={quote('SELECT PO_Number__c FROM pse__Proj__c')}"
        assert (await org.api("GET", old)).json()[0]["errorCode"] == "INVALID_FIELD"
        pinned = await org.api("GET", f"/services/data/v66.0/{old}")
        assert pinned.json()["records"][0]["PO_Number__c"] == "PO-1"
        await org.control("releases", kind="retire_version", parameters={"version": 66.0})
        assert (await org.api("GET", f"/services/data/v66.0/{old}")).status == 410

    play(act)


def test_expired_credentials_end_the_session_until_the_new_secret_is_used() -> None:
    async def act(org: Org) -> None:
        await org.control("secret", secret="renewed")
        refused = await org.api("GET", "limits")
        assert (refused.status, refused.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
        assert (await org.login()).status == 400
        assert (await org.login("renewed")).status == 200
        assert (await org.api("GET", "limits")).status == 200

    play(act)


def test_two_calls_at_once_on_one_project_meet_each_others_lock() -> None:
    """Also where the first caller is gone from memory when the second comes."""
    org = SimpleNamespace(
        schema=SimpleNamespace(types={"Child": SimpleNamespace(fields={"pse__Project__c": None})}),
        key_fields={"Child": "Key__c"},
    )
    locks = Locks(org, Faults("salesforce", 1, {"row_lock_parallel": 1.0}))
    values = {"pse__Project__c": "P1", "Key__c": "K"}
    locks.take("Child", values, None, SimpleNamespace(arrived_s=0.0, now_s=2.0))
    with pytest.raises(RefusedError):
        locks.take("Child", values, None, SimpleNamespace(arrived_s=1.0, now_s=3.0))
    locks.take("Child", values, None, SimpleNamespace(arrived_s=9.0, now_s=9.5))


def test_the_field_history_tells_what_stood_before_each_change_and_is_written_by_nobody_else() -> None:
    async def act(org: Org) -> None:
        await org.card()
        await org.approved()
        history = "SELECT ParentId, Field, OldValue, NewValue FROM pse__Timecard__History"
        assert await org.query(history) == []
        await org.desk("timecard.recall", "W00001", timecard="T1")
        splits = await org.query("SELECT Id FROM pse__Timecard__c WHERE Split_Key__c = 'T1:1'")
        rows = await org.query(f"{history} WHERE ParentId = '{splits[0]['Id']}'")
        assert [(row["Field"], row["OldValue"], row["NewValue"]) for row in rows] == [
            ("pse__Status__c", "Approved", "Saved")
        ]
        refused = await org.api("POST", "sobjects/pse__Timecard__History", {"OldValue": "x"})
        assert refused.json()[0]["errorCode"] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"

    play(act)
