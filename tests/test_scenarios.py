"""Scenarios and the play: what a root gets of them."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

import mocks
from measurements.facts import WORKFLOWS
from scenarios import catalogue, firm_file
from scenarios.known import KPIS, OPERATIONS, objects_of
from scenarios.play import Play, stage
from scenarios.schedule import ScheduleSetting

PERIODS = ("bad-day", "month-end", "quarterly-release", "steady-month")


def play(name: str, consultants: int = 40, seed: int = 1) -> Play:
    return stage(catalogue.load(name), firm_file.load(None, consultants), seed)


def test_the_shipped_scenarios_are_five() -> None:
    assert catalogue.names() == (*PERIODS, "twice-weekly-payments")


@pytest.mark.parametrize("name", [*PERIODS, "twice-weekly-payments"])
def test_each_asks_a_question_and_decides_by_at_most_five_kpis(name: str) -> None:
    scenario = catalogue.load(name)
    assert scenario.question.endswith("?")
    assert 1 <= len(scenario.decisions) <= 5
    assert set(scenario.decisions) <= set(KPIS)


@pytest.mark.parametrize("name", PERIODS)
def test_each_can_be_staged_with_people_in_order_of_their_first_act(name: str) -> None:
    found = play(name)
    starts = [scripted.starts_s for scripted in found.people]
    assert found.workflows == WORKFLOWS
    assert starts == sorted(starts)
    assert len(found.people) > 200
    assert len({scripted.name for scripted in found.people}) == len(found.people)


def test_month_end_makes_people_and_systems_busy_and_a_steady_month_does_not() -> None:
    assert play("month-end").landscape.month_end_s is not None
    assert play("steady-month").landscape.month_end_s is None


def test_a_bad_day_strikes_the_last_business_day_and_is_repaired_by_an_operator() -> None:
    found = play("bad-day")
    outage = found.fault_spans[0]
    assert (outage.name, outage.target) == ("ERP outage", "netsuite")
    assert outage.start_s == found.calendar.bd_at(-1, "10:00")
    kinds = [fault.kind for system in found.landscape.systems.values() for fault in system.faults]
    assert sorted(kinds) == [
        "brownout",
        "doubled_event",
        "expired_credentials",
        "lost_event",
        "lost_reply",
        "outage",
    ]
    (renewal,) = found.workload.operations
    assert renewal.parameters == {"system": "netsuite", "secret": "secret-2"}
    assert renewal.at_s == found.calendar.bd_at(1, "10:00")


def test_quarterly_releases_name_their_cause_and_some_are_mapped_by_an_operator() -> None:
    found = play("quarterly-release")
    releases = [(name, release) for name, s in found.landscape.systems.items() for release in s.releases]
    assert len({release.kind for _, release in releases}) >= 3
    assert all(release.cause for _, release in releases)
    mapped = [operation for operation in found.workload.operations if operation.kind == "mapping"]
    assert 0 < len(mapped) < len(releases)
    renamed = next(o for o in mapped if o.parameters["system"] == "netsuite")
    assert renamed.parameters["release"]["to"] == "custentity_purchase_order"


def test_ambient_faults_stay_on_in_every_scenario() -> None:
    for name in PERIODS:
        assert all(not system.ambient for system in play(name).landscape.systems.values())


def test_the_warehouse_is_read_at_the_reports_instants_and_at_close() -> None:
    staged = play("month-end")
    told = staged.landscape.of("warehouse").policy["snapshot_instants_s"]
    assert told == tuple(sorted({*staged.report_instants_s, staged.close_s}))
    assert "snapshot_instants_s" not in staged.landscape.of("netsuite").policy


def test_a_scenario_changes_firm_and_systems() -> None:
    scenario = replace(catalogue.load("month-end"), firm={"contractor_share": 0.0})
    staged = stage(scenario, firm_file.load(None, 40), 1)
    assert {worker.kind for worker in staged.opening.workers} == {"employee"}


def test_faults_and_releases_leave_the_acts_of_people_as_they_are() -> None:
    calm, bad = play("month-end"), play("bad-day")
    assert bad.opening == calm.opening
    assert bad.workload._replace(operations=()) == calm.workload


def test_the_marks_of_the_time_axis_are_in_order() -> None:
    marks = play("quarterly-release").marks
    assert all(first[1] <= second[1] for first, second in pairwise(marks))
    assert {"period end", "approval cut-off", "ledger lock"} <= {label for label, _ in marks}


def test_rates_reach_the_reporting_currency_and_every_parameter_is_an_assumption_of_the_report() -> None:
    found = play("month-end")
    assert found.rates["USD"] == "1"
    assert set(found.rates) == {"USD", "EUR", "INR"}
    assert all(source for _, _, source in found.assumptions)


def test_vendors_fields_are_known_from_their_own_definitions() -> None:
    assert "custentity_po_number" in objects_of("netsuite")["job"]
    assert "Cost_Rate" in objects_of("workday")["worker"]
    assert "Project_Key__c" in objects_of("salesforce")["pse__Proj__c"]


@pytest.mark.parametrize("system", list(OPERATIONS))
def test_the_operations_that_a_fault_may_be_aimed_at_are_those_that_the_system_tells_apart(
    system: str,
) -> None:
    folder = Path(mocks.__file__).parent / system
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert set(re.findall(r'Operation\("(\w+)"', code)) <= set(OPERATIONS[system])
    assert all(f'"{kind}"' in code for kind in OPERATIONS[system])


def test_a_schedule_without_a_zone_is_at_headquarters() -> None:
    own = {"time_and_expense": ScheduleSetting(("17:31",)), "worker_alignment": ScheduleSetting(zone="UTC")}
    scenario = replace(catalogue.load("month-end"), schedules=own, firm={"hq_zone": "Asia/Tokyo"})
    played = stage(scenario, firm_file.load(None, 20), 1).schedules
    assert {name: setting.zone for name, setting in played.items()} == {
        "time_and_expense": "Asia/Tokyo",
        "worker_alignment": "UTC",
    }
