"""The ERP's rules: periods, reference data, the invoice checklist, reversals, and what its books then say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from test_conformance import _QUERY, _RECORD, _TIME_BILL
from vendor_world import QUIET, Client, simulated, systems

from measurements.facts import Books, PeriodLock

_TERMS = {
    "customer": "C0001",
    "bill_to": "1 Main St",
    "tax_number": "US-1",
    "po_number": "PO-1",
    "currency": "USD",
    "contract_version": 1,
    "contract_minor": 10_000_000,
    "change_orders": [],
}
_INVOICE = {
    "custbody_source_key": "B-P00001-2026-04-1",
    "custbody_source_version": "1",
    "entity": {"externalId": "C0001"},
    "job": {"externalId": "P00001"},
    "currency": "USD",
    "tranDate": "2026-04-30",
    "postingPeriod": "2026-04",
    "billTo": "1 Main St",
    "taxNumber": "US-1",
    "poNumber": "PO-1",
    "item": {
        "items": [
            {
                "kind": "time",
                "sourceKey": "T-W00001-P00001-2026-04-13",
                "sourcePart": "1",
                "sourceVersion": 1,
                "quantity": "8.00",
                "rate": "210.00",
                "amount": "1680.00",
            }
        ]
    },
}
_BILL = {**_TIME_BILL, "rate": "210.00"}


def _netsuite(contract: Any, **changes: Any) -> Books:
    made = systems(("netsuite",), {"netsuite": replace(QUIET["netsuite"], **changes)})
    simulated(lambda clients: contract(clients["netsuite"]), made)
    return made["netsuite"].books(1e9)


async def _put(netsuite: Client, kind: str, key: str, body: Mapping[str, Any]) -> str:
    reply = await netsuite.send("PUT", f"{_RECORD}/{kind}/eid:{key}", body)
    assert reply.status == 204, reply.body
    return reply.headers["location"].rpartition("/")[2]


async def _rows(netsuite: Client, text: str) -> list[dict[str, str]]:
    reply = await netsuite.send("POST", _QUERY, {"q": text}, prefer="transient")
    assert reply.status == 200, reply.body
    items: list[dict[str, str]] = reply.json()["items"]
    return items


def _detail(reply: Any) -> dict[str, str]:
    detail: dict[str, str] = reply.json()["o:errorDetails"][0]
    return detail


def test_a_closed_period_takes_no_time_until_the_caller_moves_it() -> None:
    async def contract(netsuite: Client) -> None:
        await netsuite.act("period.lock", entity="US01", period="2026-04", ledger="time")
        reply = await netsuite.send("PUT", f"{_RECORD}/timeBill/eid:a", _BILL)
        assert (reply.status, _detail(reply)["o:errorCode"]) == (400, "USER_ERROR")
        assert "closed period" in _detail(reply)["detail"]
        moved = {**_BILL, "postingPeriod": "2026-05", "custbody_moved_from": "2026-04"}
        await _put(netsuite, "timeBill", "a", moved)

    effect = next(row for row in _netsuite(contract).effects if row.at_s > 0)
    assert (effect.period, effect.moved, effect.transaction_date) == ("2026-05", True, "2026-04-13")


def test_the_time_lock_leaves_invoices_open_and_the_ledger_lock_closes_both() -> None:
    async def contract(netsuite: Client) -> None:
        await netsuite.act("period.lock", entity="US01", period="2026-04", ledger="time")
        await _put(netsuite, "invoice", "b1", _INVOICE)
        await netsuite.act("period.lock", entity="US01", period="2026-04", ledger="ar_gl")
        reply = await netsuite.send("PUT", f"{_RECORD}/invoice/eid:b2", _INVOICE)
        assert "closed period" in _detail(reply)["detail"]

    _netsuite(contract)


def test_missing_reference_data_refuses_a_key_until_a_person_adds_it() -> None:
    async def contract(netsuite: Client) -> None:
        for _ in range(2):
            reply = await netsuite.send("PUT", f"{_RECORD}/timeBill/eid:a", _BILL)
            assert _detail(reply)["o:errorCode"] == "INVALID_KEY_OR_REF"
        await netsuite.act("reference.add", kind="unit", key=_BILL["custbody_source_key"])
        await _put(netsuite, "timeBill", "a", _BILL)

    _netsuite(contract, ambient={"missing_reference": 1.0})


def test_a_vendor_that_the_erp_lacks_is_set_up_by_a_person() -> None:
    async def contract(netsuite: Client) -> None:
        path = f"{_RECORD}/vendor/eid:AGENCY9"
        assert (await netsuite.send("GET", path)).status == 404
        await netsuite.act("reference.add", kind="vendor", key="AGENCY9")
        assert (await netsuite.send("GET", path)).json()["entityId"] == "AGENCY9"
        await netsuite.act("reference.add", kind="vendor", key="AGENCY9")

    _netsuite(contract)


def test_an_invoice_is_held_for_what_the_erp_lacks_and_released_when_it_arrives() -> None:
    async def contract(netsuite: Client) -> None:
        number = await _put(netsuite, "invoice", "b1", _INVOICE)
        held = (await netsuite.act("invoice.review", invoice=number, terms=_TERMS, approver="fin")).json()
        assert held["reasons"] == ["lacked:time:T-W00001-P00001-2026-04-13"]
        await asyncio.sleep(3600.0)
        await netsuite.login()
        await _put(netsuite, "timeBill", "a", _BILL)
        done = (await netsuite.act("invoice.review", invoice=number, terms=_TERMS, approver="fin")).json()
        assert done == {"approved": True, "number": "INV-US01-00001"}
        reply = await netsuite.send("PATCH", f"{_RECORD}/invoice/{number}", {"poNumber": "PO-2"})
        assert "cannot be edited" in _detail(reply)["detail"]

    books = _netsuite(contract)
    invoice = next(row for row in books.effects if row.flow == "invoice")
    assert (invoice.state, invoice.amount_minor, invoice.terms["number"]) == (
        "posted",
        168_000,
        "INV-US01-00001",
    )
    hold = books.holds[0]
    assert (hold.event, hold.reason, hold.cause) == (
        _INVOICE["custbody_source_key"],
        "lacked:time:T-W00001-P00001-2026-04-13",
        "integration",
    )
    assert hold.cleared_at_s is not None
    assert hold.cleared_at_s - hold.at_s == pytest.approx(3600.0, abs=1.0)
    assert [(line.part, line.quantity_centi, line.rate_minor) for line in books.lines] == [("1", 800, 21_000)]


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"po_number": "PO-2"}, "stale:po_number"),
        ({"contract_version": 2}, "stale:contract_version"),
        ({"change_orders": [{"change_order": "P00001-X1"}]}, "lacked:change_order:P00001-X1"),
    ],
)
def test_each_stale_term_is_a_reason_and_rework_settles_it(terms: dict[str, Any], reason: str) -> None:
    async def contract(netsuite: Client) -> None:
        await _put(netsuite, "timeBill", "a", _BILL)
        number = await _put(netsuite, "invoice", "b1", _INVOICE)
        asked = {"invoice": number, "terms": {**_TERMS, **terms}, "approver": "fin"}
        assert (await netsuite.act("invoice.review", **asked)).json()["reasons"] == [reason]
        await netsuite.act("invoice.rework", invoice=number, reasons=[reason])
        assert (await netsuite.act("invoice.review", **asked)).json()["approved"]

    _netsuite(contract)


def test_nobody_approves_an_invoice_that_they_entered() -> None:
    async def contract(netsuite: Client) -> None:
        number = await _put(netsuite, "invoice", "b1", _INVOICE)
        reply = await netsuite.act("invoice.review", "integration", invoice=number, terms=_TERMS)
        assert reply.status == 403

    _netsuite(contract)


def test_an_integration_learns_the_status_of_invoices_changed_since_an_instant() -> None:
    async def contract(netsuite: Client) -> None:
        await _put(netsuite, "timeBill", "a", _BILL)
        number = await _put(netsuite, "invoice", "b1", _INVOICE)
        await asyncio.sleep(600.0)
        await netsuite.act("invoice.review", invoice=number, terms=_TERMS, approver="fin")
        text = (
            "SELECT custbody_source_key, approvalstatus, tranid, lastmodifieddate FROM transaction"
            " WHERE type = 'CustInvc' AND lastmodifieddate >= '2026-04-16T04:{}:00.000Z'"
        )
        row = (await _rows(netsuite, text.format("09")))[0]
        assert (row["approvalstatus"], row["tranid"]) == ("approved", "INV-US01-00001")
        assert await _rows(netsuite, text.format("11")) == []

    _netsuite(contract)


def test_suiteql_compares_numbers_as_numbers() -> None:
    async def contract(netsuite: Client) -> None:
        for key, hours in (("a", "9.50"), ("b", "10.00")):
            await _put(netsuite, "timeBill", key, {**_BILL, "hours": hours})
        rows = await _rows(netsuite, "SELECT externalid FROM timebill WHERE hours > 9.75")
        assert [row["externalid"] for row in rows] == ["b"]

    _netsuite(contract)


def test_a_page_holds_1000_rows_and_tells_of_more() -> None:
    async def contract(netsuite: Client) -> None:
        for number in range(11):
            items = [
                {"externalId": f"K{number}-{place}", "name": f"K{number}-{place}"} for place in range(100)
            ]
            reply = await netsuite.send(
                "PUT",
                f"{_RECORD}/classification",
                {"items": items},
                prefer="respond-async",
                content_type="application/vnd.oracle.resource+json; type=collection",
            )
            assert reply.status == 202
        await asyncio.sleep(3000.0)
        pages = []
        for offset in (0, 1000):
            path = f"{_QUERY}?limit=1000&offset={offset}"
            text = {"q": "SELECT externalid FROM classification WHERE externalid LIKE 'K%' ORDER BY id"}
            pages.append((await netsuite.send("POST", path, text, prefer="transient")).json())
        assert [(page["count"], page["hasMore"]) for page in pages] == [(1000, True), (100, False)]

    _netsuite(contract)


def test_a_batch_takes_100_records_one_processor_and_its_time() -> None:
    async def contract(netsuite: Client) -> None:
        loop = asyncio.get_running_loop()
        headers = {
            "prefer": "respond-async",
            "content_type": "application/vnd.oracle.resource+json; type=collection",
        }
        many = {"items": [{"externalId": f"K{n}", "name": f"K{n}"} for n in range(101)]}
        reply = await netsuite.send("PUT", f"{_RECORD}/classification", many, **headers)
        assert reply.status == 400
        many["items"].pop()
        start_s = loop.time()
        jobs = [
            (await netsuite.send("PUT", f"{_RECORD}/classification", many, **headers)).headers["location"]
            for _ in range(2)
        ]
        await asyncio.sleep(start_s + 139.0 - loop.time())
        states = [(await netsuite.send("GET", job.partition(".com")[2])).json()["progress"] for job in jobs]
        assert states == ["succeeded", "processing"]
        await asyncio.sleep(start_s + 141.0 - loop.time())
        assert (await netsuite.send("GET", jobs[1].partition(".com")[2])).json()["completed"]

    _netsuite(contract, policy={"async_record_s": 0.7})


def test_an_idempotency_key_leads_to_the_first_job() -> None:
    async def contract(netsuite: Client) -> None:
        body = {"name": "Practice"}
        headers = {"prefer": "respond-async", "x_netsuite_idempotency_key": "k1"}
        first = await netsuite.send("PUT", f"{_RECORD}/classification/eid:p", body, **headers)
        again = await netsuite.send("PUT", f"{_RECORD}/classification/eid:p", body, **headers)
        assert (first.status, again.status) == (202, 400)
        assert first.headers["location"] == again.headers["location"]

    _netsuite(contract)


def test_a_reversal_is_a_row_that_names_what_it_undoes() -> None:
    async def contract(netsuite: Client) -> None:
        await _put(netsuite, "timeBill", "a", _BILL)
        undo = {**_BILL, "hours": "-8.00", "custbody_reverses": "a"}
        await _put(netsuite, "timeBill", "a-undone", undo)
        await _put(netsuite, "timeBill", "a2", {**_BILL, "custbody_source_version": "2", "hours": "7.50"})

    rows = [row for row in _netsuite(contract).effects if row.at_s > 0]
    assert [(row.version, row.hours_centi, bool(row.reverses)) for row in rows] == [
        (1, 800, False),
        (1, -800, True),
        (2, 750, False),
    ]
    assert rows[1].reverses == rows[0].record


def test_revenue_is_one_journal_a_run_and_says_so_in_the_books() -> None:
    async def contract(netsuite: Client) -> None:
        journal = {
            "custbody_source_key": "P00001:2026-04:BD+2",
            "job": {"externalId": "P00001"},
            "tranDate": "2026-04-30",
            "postingPeriod": "2026-04",
            "period": "2026-04",
            "run": "BD+2",
            "currency": "USD",
            "custbody_revenue_amount": "1680.00",
        }
        await _put(netsuite, "journalEntry", "r", journal)

    row = next(row for row in _netsuite(contract).effects if row.flow == "revenue")
    assert (row.key, row.amount_minor, row.currency, row.state) == (
        "P00001:2026-04:BD+2",
        168_000,
        "USD",
        "posted",
    )


def test_the_opening_is_posted_time_and_nothing_else_in_the_books() -> None:
    async def contract(netsuite: Client) -> None:
        await netsuite.act("invoices.waiting")

    books = _netsuite(contract)
    flows = {row.flow for row in books.effects if row.flow != "project"}
    assert flows == {"time"}
    assert all(row.at_s < 0 for row in books.effects)


def test_each_job_write_is_kept_in_the_journal_under_its_business_key() -> None:
    made = systems(("netsuite",), QUIET)

    async def contract(clients: Mapping[str, Client]) -> None:
        await _put(clients["netsuite"], "timeBill", "a", _BILL)

    simulated(contract, made)
    entry = made["netsuite"].journal.entries[-1]
    assert (entry.key, entry.op, entry.who) == (_BILL["custbody_source_key"], "insert", "integration")


def test_a_clerk_types_in_what_no_integration_brings() -> None:
    async def contract(netsuite: Client) -> None:
        row = {"timecard": "T1", "part": "1:2026-04-14", "worker": "W00001", "project": "P00001"}
        row |= {"date": "2026-04-14", "hours_centi": 800, "rate_minor": 21_000}
        reply = await netsuite.act("time.upload", "clerk", rows=[row, {**row, "worker": "W9"}])
        assert reply.json()["posted"] == 1
        assert reply.json()["refused"][0]["code"] == "INVALID_KEY_OR_REF"
        missing = await netsuite.act("time.upload", "clerk")
        assert (missing.status, missing.json()) == (400, {"error": "missing parameter: rows"})

    _netsuite(contract)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT custbody_source_key, SUM(hours) AS net FROM timebill GROUP BY custbody_source_key", 1),
        ("SELECT id, type, custbody_reverses FROM transaction WHERE type IN ('ExpRept', 'VendBill')", 0),
        ("SELECT externalid FROM job WHERE externalid IN ('P00001', 'P9') AND isinactive = 'F'", 1),
        ("SELECT COUNT(*) AS n FROM employee WHERE isinactive = 'F' AND NOT entityid = 'W9'", 1),
        ("SELECT BUILTIN.DF(customer) AS job, hours FROM timebill WHERE custbody_reverses IS NULL", 3),
    ],
)
def test_suiteql_answers_what_an_integration_polls_with(text: str, rows: int) -> None:
    async def contract(netsuite: Client) -> None:
        assert len(await _rows(netsuite, text)) == rows

    _netsuite(contract)


def test_suiteql_refuses_a_field_that_is_not_there() -> None:
    async def contract(netsuite: Client) -> None:
        reply = await netsuite.send("POST", _QUERY, {"q": "SELECT mood FROM job"}, prefer="transient")
        assert reply.status == 400
        assert "mood" in _detail(reply)["detail"]

    _netsuite(contract)


def test_a_project_says_what_was_won_whatever_change_orders_added_since() -> None:
    job = {
        "entityId": "P-O00001",
        "custentity_opportunity": "O00001",
        "custbody_source_version": "2",
        "parent": {"externalId": "C0001"},
        "subsidiary": "US01",
        "currency": "USD",
        "class": {"externalId": "Cloud"},
        "custentity_contract_amount": "1000.00",
        "custentity_contract_version": "1",
    }
    order = {
        "custbody_source_key": "P-O00001:P-O00001-X1",
        "custrecord_job": {"externalId": "P-O00001"},
        "custrecord_control": "P-O00001-X1",
        "custrecord_kind": "change_order",
        "custrecord_amount": "250.00",
    }

    async def contract(netsuite: Client) -> None:
        await _put(netsuite, "job", "P-O00001", job)
        await _put(netsuite, "customrecord_billing_control", "x1", order)
        changed = {"custentity_contract_amount": "1250.00", "custentity_contract_version": "2"}
        await _put(netsuite, "job", "P-O00001", changed)

    effects = {row.flow: row for row in _netsuite(contract).effects if row.at_s > 0}
    project, control = effects["project"], effects["control"]
    assert (project.key, project.version, project.state, project.amount_minor) == (
        "O00001",
        2,
        "posted",
        100_000,
    )
    assert project.terms["contract_minor"] == 100_000
    assert project.terms["contract_now_minor"] == 125_000
    assert (control.key, control.amount_minor, control.project) == (
        "P-O00001:P-O00001-X1",
        25_000,
        "P-O00001",
    )


def test_a_change_order_that_is_in_the_contract_before_its_control_leaves_what_was_won() -> None:
    job = {
        "entityId": "P-O00001",
        "custentity_opportunity": "O00001",
        "parent": {"externalId": "C0001"},
        "subsidiary": "US01",
        "class": {"externalId": "Cloud"},
        "custentity_contract_amount": "1000.00",
        "custentity_contract_version": "1",
    }

    async def contract(netsuite: Client) -> None:
        await _put(netsuite, "job", "P-O00001", job)
        changed = {"custentity_contract_amount": "1250.00", "custentity_contract_version": "2"}
        await _put(netsuite, "job", "P-O00001", changed)

    (project,) = [row for row in _netsuite(contract).effects if row.flow == "project"]
    assert (project.amount_minor, project.terms["contract_now_minor"]) == (100_000, 125_000)


def test_time_is_hours_in_the_books_and_worker_writes_are_states() -> None:
    worker = {
        "entityId": "W00001",
        "subsidiary": "US01",
        "department": "Data",
        "custentity_cost_rate": "99.00",
        "custentity_effective": "2026-05-01",
        "custentity_change": "W00001-C2",
    }

    async def contract(netsuite: Client) -> None:
        await _put(netsuite, "timeBill", "a", _BILL)
        await _put(netsuite, "employee", "W00001", worker)

    effects = {row.flow: row for row in _netsuite(contract).effects if row.at_s > 0}
    time, state = effects["time"], effects["worker"]
    assert (time.hours_centi, time.amount_minor, time.currency, time.part) == (800, 0, "", "1:2026-04-13")
    assert (state.key, state.part) == ("W00001@2026-05-01#W00001-C2", "erp")
    assert state.terms == {"active": True, "cost_rate_minor": 9_900, "entity": "US01", "practice": "Data"}


_LEAVER = {
    "entityId": "W00001",
    "subsidiary": "US01",
    "custentity_effective": "2026-04-14",
    "isInactive": True,
}


def test_a_leaver_s_time_is_taken_for_the_days_before_he_left_and_for_no_later_one() -> None:
    async def contract(netsuite: Client) -> None:
        await _put(netsuite, "employee", "W00001", _LEAVER)
        await _put(netsuite, "timeBill", "before", _BILL)
        after = {**_BILL, "tranDate": "2026-04-14", "custbody_source_part": "1:2026-04-14"}
        reply = await netsuite.send("PUT", f"{_RECORD}/timeBill/eid:after", after)
        assert (reply.status, _detail(reply)["detail"]) == (400, "Invalid employee reference key W00001.")
        reply = await netsuite.send("PATCH", f"{_RECORD}/timeBill/eid:before", {"tranDate": "2026-04-14"})
        assert _detail(reply)["o:errorCode"] == "INVALID_KEY_OR_REF"
        reply = await netsuite.send("PATCH", f"{_RECORD}/timeBill/eid:before", {"hours": "7.00"})
        assert reply.status == 204

    bills = [row for row in _netsuite(contract).effects if row.flow == "time" and row.at_s > 0]
    assert [(row.transaction_date, row.hours_centi) for row in bills] == [("2026-04-13", 700)]


def test_a_later_write_of_a_leaver_does_not_move_the_day_on_which_he_left() -> None:
    async def contract(netsuite: Client) -> None:
        await _put(netsuite, "employee", "W00001", _LEAVER)
        later = {**_LEAVER, "custentity_effective": "2026-04-20", "department": "Data"}
        await _put(netsuite, "employee", "W00001", later)
        after = {**_BILL, "tranDate": "2026-04-15", "custbody_source_part": "1:2026-04-15"}
        reply = await netsuite.send("PUT", f"{_RECORD}/timeBill/eid:after", after)
        assert _detail(reply)["o:errorCode"] == "INVALID_KEY_OR_REF"

    _netsuite(contract)


def test_an_inactive_person_without_a_day_of_effect_takes_no_time_at_all() -> None:
    async def contract(netsuite: Client) -> None:
        gone = {**_LEAVER, "custentity_effective": None}
        await _put(netsuite, "employee", "W00001", gone)
        reply = await netsuite.send("PUT", f"{_RECORD}/timeBill/eid:a", _BILL)
        assert _detail(reply)["o:errorCode"] == "INVALID_KEY_OR_REF"

    _netsuite(contract)


def test_clerks_find_what_stands_and_take_back_what_stands_twice() -> None:
    key = f"{_BILL['custbody_source_key']}|{_BILL['custbody_source_part']}"

    async def contract(netsuite: Client) -> None:
        first, second = [await _put(netsuite, "timeBill", name, _BILL) for name in ("a", "b")]
        looked = {"flow": "time", "keys": [key, "T-none|1:2026-04-13"]}
        assert (await netsuite.act("ledger.lookup", **looked)).json() == {"standing": {key: [first, second]}}
        await netsuite.act("period.lock", entity="US01", period="2026-04", ledger="time")
        for wanted in ([[second], 0], [[], 1]):
            answer = (await netsuite.act("posting.reverse", "clerk", ids=[second])).json()
            assert [answer["reversed"], len(answer["refused"])] == wanted
        assert (await netsuite.act("ledger.lookup", **looked)).json() == {"standing": {key: [first]}}

    undone = next(row for row in _netsuite(contract).effects if row.reverses)
    assert (undone.hours_centi, undone.transaction_date) == (-800, "2026-04-13")
    assert (undone.period, undone.moved) == ("2026-05", True)


def test_clerks_find_jobs_and_invoices_and_reject_an_invoice_that_waits() -> None:
    async def contract(netsuite: Client) -> None:
        number = await _put(netsuite, "invoice", "b1", _INVOICE)
        found = (await netsuite.act("ledger.lookup", flow="project", keys=["P00001", "P-none"])).json()
        assert list(found["standing"]) == ["P00001"]
        looked = {"flow": "invoice", "keys": ["B-P00001-2026-04-1"]}
        assert (await netsuite.act("ledger.lookup", **looked)).json()["standing"] != {}
        answer = (await netsuite.act("posting.reverse", "clerk", ids=[number])).json()
        assert answer == {"reversed": [number], "refused": []}
        assert (await netsuite.act("ledger.lookup", **looked)).json() == {"standing": {}}

    assert {row.state for row in _netsuite(contract).effects if row.flow == "invoice"} == {"void"}


def test_a_clerk_s_invoice_names_the_split_that_it_bills() -> None:
    item = {
        "kind": "time",
        "source_key": "T-W00001-P00001-2026-04-13",
        "source_part": "1",
        "source_version": 1,
        "quantity": 8,
        "rate_minor": 21_000,
        "amount_minor": 168_000,
    }

    async def contract(netsuite: Client) -> None:
        reply = await netsuite.act(
            "invoice.enter", "clerk", event="B-1", project="P00001", customer="C0001", currency="USD",
            date="2026-04-30", bill_to="1 Main St", tax_number="US-1", po_number="PO-1", items=[item],
        )  # fmt: skip
        assert reply.status == 200, reply.body

    (line,) = _netsuite(contract).lines
    assert (line.key, line.part, line.quantity_centi, line.amount_minor) == (
        "T-W00001-P00001-2026-04-13",
        "1",
        800,
        168_000,
    )


def test_a_control_is_in_its_project_s_currency_whether_it_says_so_or_not() -> None:
    control = {
        "custbody_source_version": "2",
        "custrecord_job": {"externalId": "P00001"},
        "custrecord_amount": "250.00",
    }

    async def contract(netsuite: Client) -> None:
        for name, said in (("P00001-M8", {}), ("P00001-M9", {"custrecord_currency": "EUR"})):
            body = {**control, "custrecord_control": name, **said}
            await _put(netsuite, "customrecord_billing_control", f"P00001:{name}", body)

    rows = {row.key: row for row in _netsuite(contract).effects if row.flow == "control"}
    assert [rows[f"P00001:P00001-{name}"].currency for name in ("M8", "M9")] == ["USD", "EUR"]


def test_the_books_tell_when_each_ledger_of_a_period_was_really_locked() -> None:
    async def contract(netsuite: Client) -> None:
        await asyncio.sleep(3600.0)
        await netsuite.act("period.lock", entity="US01", period="2026-04", ledger="time")
        await asyncio.sleep(3600.0)
        await netsuite.act("period.lock", entity="US01", period="2026-04", ledger="ar_gl")

    made = systems(("netsuite",), QUIET)
    simulated(lambda clients: contract(clients["netsuite"]), made)
    locks = {(one.entity, one.period): one for one in made["netsuite"].books(1e9).locks}
    told = locks["US01", "2026-04"]
    assert (told.open, round(told.time_lock_s or 0), round(told.ledger_lock_s or 0)) == (True, 3600, 7200)
    assert locks["DE01", "2026-04"] == PeriodLock("DE01", "2026-04", True, None, None)
    assert locks["US01", "2026-03"].open is False
    early = {(one.entity, one.period): one for one in made["netsuite"].books(5000.0).locks}
    assert early["US01", "2026-04"] == told._replace(ledger_lock_s=None)
