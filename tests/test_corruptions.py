"""The audit finds what somebody did to the ERP behind the pipeline's back: one finding each, the right one.

One small month-end is performed once; each test corrupts the store, judges anew and puts it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from measurements.assess import assess
from measurements.run import FindingLine
from mocks.store import Change, Record, Store
from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.world import World, observe, perform


@pytest.fixture(scope="module")
def world() -> World:
    play = stage(catalogue.load("steady-month"), firm_file.load(None, 20), 3)
    return perform(play, models.load("hybrid"), 3)


def _store(world: World, system: str = "netsuite") -> Store:
    store = world.systems[system].store
    assert store is not None
    return store


@contextmanager
def _corrupted(
    world: World, changes: Sequence[Change], system: str = "netsuite"
) -> Iterator[list[FindingLine]]:
    try:
        yield list(assess(observe(world, 0)).findings)
    finally:
        _store(world, system).undo(changes)


def _posted(world: World, table: str) -> Record:
    """A record that the run posted for work of the period, long before the end."""
    for record in _store(world)[table].records.values():
        fresh = 0 < record["_created_s"] < world.end_s - 5 * 86400
        plain = str(record.get("postingPeriod")) == "2026-04" and not record.get("custbody_reverses")
        if fresh and plain and not _reversed(world, table, record):
            return record
    raise AssertionError(f"no {table} was posted in this run")


def _reversed(world: World, table: str, record: Record) -> bool:
    names = {record["id"], record.get("externalId")}
    return any(other.get("custbody_reverses") in names for other in _store(world)[table].records.values())


def _copy(record: Record, **changes: Any) -> Record:
    return {**{name: value for name, value in record.items() if name != "id"}, "externalId": None, **changes}


def test_the_run_itself_is_clean(world: World) -> None:
    run = assess(observe(world, 0))
    assert run.findings == []
    assert all(balance.holds for balance in run.identity.values())


@pytest.mark.parametrize("table", ["timebill", "expensereport"])
def test_a_deleted_record_is_lost(world: World, table: str) -> None:
    record = _posted(world, table)
    with _corrupted(world, [_store(world)[table].delete(record["id"])]) as findings:
        assert [finding.kind for finding in findings] == ["lost"]
        assert findings[0].key == record["custbody_source_key"]


@pytest.mark.parametrize("table", ["invoice", "journalentry"])
def test_a_deleted_document_of_the_erp_is_lost_there_and_unfounded_in_the_warehouse(
    world: World, table: str
) -> None:
    """The ERP is the target of the document and the source of its fact: both tables are then wrong."""
    record = _posted(world, table)
    with _corrupted(world, [_store(world)[table].delete(record["id"])]) as findings:
        found = {(finding.kind, finding.flow == "reporting") for finding in findings}
        assert len(findings) == 2
        assert found == {("lost", False), ("unauthorised", True)}


@pytest.mark.parametrize("table", ["timebill", "expensereport", "invoice"])
def test_a_doubled_record_is_duplicated(world: World, table: str) -> None:
    record = _posted(world, table)
    with _corrupted(world, [_store(world)[table].insert(_copy(record), record["_created_s"])]) as findings:
        assert [finding.kind for finding in findings if finding.kind != "identity"] == ["duplicated"]


def test_a_hundredth_of_an_hour_more_is_a_wrong_amount(world: World) -> None:
    record = _posted(world, "timebill")
    hours = f"{float(record['hours']) + 0.01:.2f}"
    change = _store(world)["timebill"].update(record["id"], {"hours": hours}, record["_modified_s"])
    with _corrupted(world, [change]) as findings:
        assert [finding.kind for finding in findings] == ["wrong_amount"]


def test_a_cent_more_is_a_wrong_amount(world: World) -> None:
    record = _posted(world, "journalentry")
    amount = f"{float(record['custbody_revenue_amount']) + 0.01:.2f}"
    table = _store(world)["journalentry"]
    change = table.update(record["id"], {"custbody_revenue_amount": amount}, record["_modified_s"])
    with _corrupted(world, [change]) as findings:
        assert [finding.kind for finding in findings] == ["wrong_amount"]


def test_a_rate_that_is_off_by_a_cent_is_a_wrong_amount(world: World) -> None:
    record = _posted(world, "timebill")
    rate = f"{float(record['rate']) + 0.01:.2f}"
    change = _store(world)["timebill"].update(record["id"], {"rate": rate}, record["_modified_s"])
    with _corrupted(world, [change]) as findings:
        assert [finding.kind for finding in findings] == ["wrong_amount"]
        assert "bill_rate_minor" in findings[0].reason


def test_a_double_that_a_sweep_undid_is_no_finding_but_counted(world: World) -> None:
    record, table = _posted(world, "timebill"), _store(world)["timebill"]
    assert assess(observe(world, 0)).kpis["doubles_removed"].value == 0.0
    double = table.insert(_copy(record), record["_created_s"])
    undo = _copy(record, custbody_reverses=double.id, hours=f"-{record['hours']}")
    undo["_effected_s"] = record["_effected_s"] + 3600.0
    changes = [double, table.insert(undo, record["_created_s"] + 3600.0)]
    with _corrupted(world, changes) as findings:
        assert findings == []
        assert assess(observe(world, 0)).kpis["doubles_removed"].value == 1.0


def test_a_time_bill_that_nobody_approved_is_unauthorised(world: World) -> None:
    record = _posted(world, "timebill")
    made_up = _copy(record, custbody_source_key="T-W00001-P00001-2020-01-06")
    change = _store(world)["timebill"].insert(made_up, record["_created_s"])
    with _corrupted(world, [change]) as findings:
        assert [finding.kind for finding in findings if finding.kind != "identity"] == ["unauthorised"]


@pytest.mark.parametrize("table", ["timebill", "expensereport"])
def test_a_shifted_period_is_a_wrong_period(world: World, table: str) -> None:
    record = _posted(world, table)
    change = _store(world)[table].update(record["id"], {"postingPeriod": "2026-05"}, record["_modified_s"])
    with _corrupted(world, [change]) as findings:
        assert [finding.kind for finding in findings] == ["wrong_period"]


def test_an_effect_that_no_act_made_due_breaks_the_identity_of_its_workflow_only(world: World) -> None:
    observed = observe(world, 0)
    forgotten = next(row for row in observed.due if row.flow == "time" and row.authorised)
    identity = assess(replace(observed, due=[row for row in observed.due if row is not forgotten])).identity
    assert not identity["time_and_expense"].holds
    assert identity["quote_to_project"].holds


_TOLD = {
    "time": ("pse__Timecard_Header__c", "ERP_Posted_Version__c", 7),
    "expense": ("pse__Expense_Report__c", "ERP_Posted_Version__c", None),
    "invoice": ("pse__Billing_Event__c", "pse__Invoice_Number__c", "INV-US01-99999"),
    "invoice's id": ("pse__Billing_Event__c", "ERP_Invoice_Id__c", "17"),
    "invoice's status": ("pse__Billing_Event__c", "pse__Invoiced__c", False),
    "project": ("pse__Proj__c", "ERP_Job_Id__c", "17"),
}


@pytest.mark.parametrize("what", _TOLD)
def test_what_was_written_back_must_be_what_stands_in_the_erp(world: World, what: str) -> None:
    object_, field, wrong = _TOLD[what]
    table = _store(world, "salesforce")[object_]
    record = next(
        record
        for record in table.records.values()
        if record[field]
        and 0 <= record["_modified_s"] < world.end_s - 5 * 86400
        and (what != "project" or record["Opportunity_Key__c"])
    )
    change = table.update(record["Id"], {field: wrong}, record["_modified_s"])
    with _corrupted(world, [change], "salesforce") as findings:
        assert [(finding.kind, finding.flow) for finding in findings] == [
            ("wrong_write_back", what.partition("'")[0])
        ]
