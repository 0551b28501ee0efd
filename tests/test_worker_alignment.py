"""Worker alignment: what HR changed stands in both targets from its day on, whichever pattern carries it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from flow_world import DAY_S, SETTINGS, Stage, play, until
from vendor_opening import TIME

from measurements.facts import Effect
from pipeline.translation.worker import Worker, contact, kept, ledger_body, record_type, worker_of
from pipeline.workflows.worker_alignment import Workers
from pipeline.workflows.worker_state import WorkerState
from pipeline.workflows.worker_targets import WorkerTargets

NEW = {
    "worker": "W00003",
    "name": "Cy Twombly",
    "email": "cy@firm.test",
    "kind": "employee",
    "vendor": "",
    "entity": "DE01",
    "region": "EMEA",
    "practice": "Data",
    "manager": "W00001",
    "cost_rate_minor": 7000,
    "currency": "EUR",
}
MIDNIGHT_S = TIME.at(date(2026, 4, 21), "00:00", "Europe/Berlin")


def of(effects: list[Effect], worker: str) -> list[Effect]:
    return [effect for effect in effects if effect.worker == worker]


async def hire(stage: Stage, effective: str = "2026-04-21") -> None:
    await until(10 * 3600.0)
    await stage.act("workday", "worker.hire", "hr", **NEW, effective=effective)


@pytest.mark.parametrize(
    ("pattern", "at_s"),
    [
        ("event", MIDNIGHT_S),
        ("api", MIDNIGHT_S),
        ("batch", TIME.at(date(2026, 4, 21), "02:00", "America/New_York")),
    ],
)
def test_a_future_dated_hire_lands_on_its_day_and_carries_its_change(pattern: str, at_s: float) -> None:
    async def test(stage: Stage) -> None:
        await hire(stage)
        await until(at_s - 60.0)
        assert of(stage.effects("netsuite", "worker"), "W00003") == []
        await until(at_s + 1200.0)
        (held,) = of(stage.effects("netsuite", "worker"), "W00003")
        assert held.key == "W00003@2026-04-21#W00003-C1"
        assert held.terms["cost_rate_minor"] == 7000
        (resource,) = of(stage.effects("salesforce", "worker"), "W00003")
        assert resource.key == held.key
        if pattern == "event":
            assert held.at_s - MIDNIGHT_S < 5.0

    play(test, "worker_alignment", pattern)


@pytest.mark.parametrize(("windows", "stands"), [(("updated", "effective"), True), (("updated",), False)])
def test_polling_by_entry_date_alone_misses_a_future_dated_change_on_its_day(
    windows: tuple[str, ...], stands: bool
) -> None:
    async def test(stage: Stage) -> None:
        services = stage.pipeline.services
        state = WorkerState(services)
        stream = Workers(services, state, WorkerTargets(services, state), windows)
        await hire(stage)
        polled_s = 0.0
        while polled_s < MIDNIGHT_S + DAY_S / 2:
            now_s = polled_s + 900.0
            await until(now_s)
            async for page in stream.changed(polled_s - 300.0, now_s):
                for item in page:
                    if item.not_before_s <= now_s:
                        await stream.apply(item)
            polled_s = now_s
        assert bool(of(stage.effects("netsuite", "worker"), "W00003")) is stands

    play(test, "worker_alignment", "manual")


async def transferred(stage: Stage, fields: dict[str, str]) -> None:
    """At ten in the morning of the first day HR enters a change of W00001, effective 16 April."""
    await until(10 * 3600.0)
    words = {"worker": "W00001", "effective": "2026-04-16", "fields": fields}
    await stage.act("workday", "worker.transfer", "hr", **words)


def test_a_change_of_what_only_one_target_keeps_is_written_there_alone() -> None:
    async def test(stage: Stage) -> None:
        await transferred(stage, {"region": "EMEA"})
        await until(12 * 3600.0)
        assert [row.key for row in stage.effects("salesforce", "worker")] == ["W00001@2026-04-16#W00001-C2"]
        assert stage.effects("netsuite", "worker") == []

    play(test, "worker_alignment", "api")


def test_a_change_of_what_no_target_keeps_is_written_nowhere() -> None:
    async def test(stage: Stage) -> None:
        await transferred(stage, {"manager": "W00009"})
        await until(2 * DAY_S)
        assert stage.effects("salesforce", "worker") == []
        assert stage.effects("netsuite", "worker") == []

    play(test, "worker_alignment", "api")


@pytest.mark.parametrize(("day", "found"), [(date(2026, 4, 18), 0), (date(2026, 4, 19), 1)])
def test_the_full_run_of_a_sunday_finds_who_differs_though_no_window_showed_it(day: date, found: int) -> None:
    async def test(stage: Stage) -> None:
        services = stage.pipeline.services
        state = WorkerState(services)
        stream = Workers(services, state, WorkerTargets(services, state), windows=())
        await until(10 * 3600.0)
        await stage.act(
            "workday", "worker.rate", "hr", worker="W00001", effective="2026-04-16", cost_rate_minor=9900
        )
        at_s = TIME.at(day, "02:00", "America/New_York")
        await until(at_s)
        items = [item async for page in stream.changed(at_s - DAY_S, at_s) for item in page]
        assert [item.key for item in items] == ["W00001@2026-04-16#W00001-C2"][:found]

    play(test, "worker_alignment", "manual")


def test_two_changes_between_two_runs_each_stand_with_their_own_state() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        for day, rate in (("2026-04-16", 9100), ("2026-04-17", 9200)):
            await stage.act(
                "workday", "worker.rate", "hr", worker="W00001", effective=day, cost_rate_minor=rate
            )
            await asyncio.sleep(60.0)
        await until(2 * DAY_S)
        held = [(row.key[-2:], row.terms["cost_rate_minor"]) for row in stage.effects("netsuite", "worker")]
        assert held == [("C2", 9100), ("C3", 9200)]

    play(test, "worker_alignment", "batch")


def test_a_doubled_or_replayed_change_writes_nothing_twice() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await stage.act(
            "workday", "worker.rate", "hr", worker="W00002", effective="2026-04-16", cost_rate_minor=9900
        )
        await until(5 * DAY_S)
        for system, kind in (("netsuite", "vendor"), ("salesforce", "Contact")):
            entries = stage.systems[system].journal.entries
            written = [row for row in entries if row.object == kind and row.who == "integration"]
            assert len(written) == 1

    play(test, "worker_alignment", "event")


def test_the_sweep_writes_again_what_somebody_altered_in_a_target() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await stage.act(
            "workday", "worker.rate", "hr", worker="W00001", effective="2026-04-16", cost_rate_minor=9900
        )
        await until(12 * 3600.0)
        netsuite = await stage.clients["netsuite"].login()
        path = "/services/rest/record/v1/employee/eid:W00001"
        await netsuite.send("PATCH", path, {"custentity_cost_rate": "1.00"})
        await until(2 * DAY_S)
        held = (await (await netsuite.login()).send("GET", path)).json()
        assert held["custentity_cost_rate"] == "99.00"
        assert held["custentity_change"] == "W00001-C2"

    play(test, "worker_alignment", "api")


def test_who_staffs_somebody_reads_what_hr_changed_and_the_targets_hold_it_at_once() -> None:
    async def test(stage: Stage) -> None:
        await until(10 * 3600.0)
        await stage.act(
            "workday", "worker.rate", "hr", worker="W00001", effective="2026-04-16", cost_rate_minor=9900
        )
        assignment = {
            "assignment": "A-2",
            "project": "P00001",
            "worker": "W00001",
            "role": "Lead",
            "bill_rate_minor": 22000,
            "currency": "USD",
            "hours_per_week": 20,
            "start": "2026-05-01",
            "end": "2026-06-30",
        }
        told = await stage.act("salesforce", "assignment.save", "W00002", **assignment)
        assert told["advice"] == "W00001 was brought up to date from HR just now."
        (held,) = stage.effects("netsuite", "worker")
        assert (held.key, held.terms["cost_rate_minor"]) == ("W00001@2026-04-16#W00001-C2", 9900)
        again = await stage.act(
            "salesforce", "assignment.save", "W00002", **{**assignment, "assignment": "A-3"}
        )
        assert again["advice"] is None
        await until(2 * DAY_S)
        assert len(stage.effects("netsuite", "worker")) == 1

    play(test, "worker_alignment", "batch+api")


def worker(**given: Any) -> Worker:
    elements = {
        "Worker_ID": "W1",
        "Name": "Ada King Lovelace",
        "Email": "a@x",
        "Kind": "contractor",
        "Vendor": "AG",
        "Entity": "US01",
        "Region": "Americas",
        "Practice": "Cloud",
        "Manager": "W2",
        "Cost_Rate": "85.50",
        "Currency": "USD",
        "Active": "1",
        "Effective_Date": "2026-04-01",
        "Change_ID": "W1-C3",
    }
    found = worker_of({**elements, **given})
    assert found is not None
    return found


def test_a_contractor_is_a_vendor_and_a_resource_and_both_name_the_change() -> None:
    ada = worker()
    assert record_type(ada) == "vendor"
    assert ledger_body(ada)["custbody_source_key"] == contact(ada)["Source_Key__c"] == "W1@2026-04-01#W1-C3"
    assert ledger_body(ada)["custentity_cost_rate"] == "85.50"
    assert (contact(ada)["FirstName"], contact(ada)["LastName"]) == ("Ada King", "Lovelace")


def test_a_leaver_is_inactive_in_both_targets() -> None:
    gone = worker(Active="0")
    assert ledger_body(gone)["isInactive"] is True
    assert contact(gone)["pse__Employment_Status__c"] == "Terminated"
    assert kept(gone, "erp") != kept(worker(), "erp")


def test_nobody_of_that_id_is_hired_yet_where_the_data_have_no_name() -> None:
    assert worker_of({"Worker_ID": "W9", "log": []}) is None
    assert SETTINGS.entities["DE01"].zone == "Europe/Berlin"
