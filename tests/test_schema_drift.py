"""A vendor renamed a field: unmapped, it is a refusal that a person sees, never a crash or a default."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from small_world import HOURLY_MIN, judged

from measurements.run import Run
from pipeline import models as model_files
from pipeline import schema
from pipeline.connectors import workday
from pipeline.connectors.salesforce import DATA
from pipeline.failures import SchemaError
from pipeline.translation.facts import WORKER_FIELDS, worker_fact
from pipeline.translation.worker import ELEMENTS, is_hired, worker_of
from scenarios import catalogue, firm_file
from scenarios.known import VERSIONED, objects_of
from scenarios.play import stage
from scenarios.scenario import PlannedRelease
from sim.world import World, perform

_LARGE = pytest.mark.large
_CONTROL = "customrecord_billing_control"
WORKER = {
    **dict.fromkeys((*ELEMENTS, *WORKER_FIELDS), "x"),
    "Cost_Rate": "85.00",
    "Version": "3",
    "Entry_Moment": "2026-04-16T04:00:00.000Z",
    "log": [],
}


@pytest.mark.parametrize("element", ELEMENTS)
def test_a_worker_without_an_element_is_a_refusal_that_names_it(element: str) -> None:
    given = {name: value for name, value in WORKER.items() if name != element}
    with pytest.raises(SchemaError) as refused:
        worker_of(given)
    assert refused.value.cause == "schema"
    assert (refused.value.system, refused.value.object, refused.value.field) == ("workday", "Worker", element)
    assert str(refused.value) == f"workday: Worker has no {element}"


@pytest.mark.parametrize("element", WORKER_FIELDS)
def test_a_fact_of_a_worker_needs_each_element_too(element: str) -> None:
    with pytest.raises(SchemaError, match=f"has no {element}"):
        worker_fact({name: value for name, value in WORKER.items() if name != element})


def test_an_empty_element_is_read_and_somebody_yet_to_come_is_nobody() -> None:
    worker = worker_of({**WORKER, "Email": ""})
    assert worker is not None
    assert worker.email == ""
    assert worker_of({"Worker_ID": "W00001", "log": []}) is None
    assert not is_hired({})


def test_a_field_with_an_empty_value_is_there() -> None:
    assert schema.field({"a": None}, "a", "netsuite", "job") is None
    with pytest.raises(SchemaError):
        schema.field({}, "a", "netsuite", "job")


def drifted(model: str, *releases: PlannedRelease, consultants: int = 8) -> World:
    """A month-end in which these releases come, on BD-6 at noon, polled hourly."""
    scenario = replace(catalogue.load("month-end"), releases=releases, polls_min=HOURLY_MIN)
    play = stage(scenario, firm_file.load(None, consultants), 1)
    return perform(play, model_files.load(model), 1, traced=True)


def renamed(system: str, object_: str, field: str, mapped_after_days: float | None = None) -> PlannedRelease:
    """A rename."""
    parameters: dict[str, Any] = {"object": object_, "field": field, "to": f"{field}_new"}
    return PlannedRelease(
        at="BD-6 12:00",
        system=system,
        cause="vendor release",
        kind="rename_field",
        parameters=parameters,
        mapped_after_days=mapped_after_days,
    )


def removed(system: str, object_: str, field: str) -> PlannedRelease:
    """A removal, and half a day later a mapping that can say no more than that."""
    what = {"object": object_, "field": field}
    release = renamed(system, object_, field, mapped_after_days=0.5)
    return replace(release, kind="remove_field", parameters=what)


def is_wrong(run: Run) -> dict[str, Any]:
    """Findings that no held item explains."""
    kinds = ("wrong_amount", "wrong_period", "unauthorised", "duplicated")
    return {name: run.audit[name] for name in kinds if any(run.audit[name].values())}


@pytest.mark.parametrize("element", ["Worker_ID", "Name", "Cost_Rate", "Currency", "Entity"])
def test_an_unmapped_rename_of_a_worker_holds_with_an_exception_and_is_never_a_default(element: str) -> None:
    world = drifted("batch", renamed("workday", "Worker", element))
    assert is_wrong(judged(world)) == {}
    problems = world.systems["salesforce"].books(world.end_s).problems
    held = [row for row in problems if row.cause == "schema" and row.closed_at_s is None]
    assert f"workday: Worker has no {element}" in {row.detail for row in held}
    assert "revenue" in {row.flow for row in held}


EVERY_FIELD = [
    (system, object_, field)
    for system in ("salesforce", "netsuite", "workday")
    for object_, fields in objects_of(system).items()
    for field in sorted(fields)
]


@pytest.mark.parametrize(
    "model", ["batch", *(pytest.param(name, marks=pytest.mark.large) for name in ("api", "event"))]
)
def test_every_field_of_every_system_renamed_at_once_and_mapped_half_a_day_later_heals(model: str) -> None:
    """Whatever goes past the names, out or in, stays broken: each path, body, query, event and hook."""
    world = drifted(model, *(renamed(*field, mapped_after_days=0.5) for field in EVERY_FIELD), consultants=5)
    run = judged(world)
    assert {
        name: found for name, found in run.audit.items() if name != "pending" and any(found.values())
    } == {}
    assert [name for name, kpi in run.kpis.items() if kpi.at_least] == []
    problems = world.systems["salesforce"].books(world.end_s).problems
    assert [row for row in problems if row.cause == "schema" and row.closed_at_s is None] == []


@pytest.mark.parametrize(
    ("model", "system", "object_", "field", "flow", "consultants"),
    [
        ("batch", "netsuite", "employee", "custentity_cost_rate", "worker", 30),
        ("event", "netsuite", "timeBill", "rate", "time", 8),
        ("batch", "salesforce", "pse__Timecard_Header__c", "ERP_Ids__c", "time", 8),
        pytest.param("api", "salesforce", "Contact", "pse__Region__c", "worker", 30, marks=_LARGE),
        pytest.param("batch", "netsuite", "invoice", "billTo", "invoice", 12, marks=_LARGE),
        pytest.param("batch", "netsuite", "journalEntry", "line", "revenue", 12, marks=_LARGE),
        pytest.param("api", "netsuite", "job", "custentity_contract_amount", "project", 12, marks=_LARGE),
        pytest.param(
            "event",
            "netsuite",
            "customrecord_billing_control",
            "custrecord_amount",
            "control",
            12,
            marks=_LARGE,
        ),
    ],
)
def test_a_value_whose_field_was_removed_and_mapped_to_nothing_is_held_with_an_exception_and_never_dropped(
    model: str, system: str, object_: str, field: str, flow: str, consultants: int
) -> None:
    world = drifted(model, removed(system, object_, field), consultants=consultants)
    problems = world.systems["salesforce"].books(world.end_s).problems
    held = [row for row in problems if row.closed_at_s is None and field in row.detail]
    assert {row.flow for row in held} >= {flow}
    run = judged(world)
    assert is_wrong(run) == {}
    assert not any(run.audit["lost"].values())


@pytest.mark.parametrize(
    ("system", "object_", "field"),
    [("netsuite", "employee", "email"), ("salesforce", "Integration_Exception__c", "Detail__c")],
)
def test_a_label_whose_field_was_removed_and_mapped_to_nothing_holds_nothing_up(
    system: str, object_: str, field: str
) -> None:
    world = drifted("batch", removed(system, object_, field), consultants=5)
    problems = world.systems["salesforce"].books(world.end_s).problems
    assert [row for row in problems if row.cause == "schema" and row.closed_at_s is None] == []
    assert is_wrong(judged(world)) == {}


def journals_of(world: World) -> dict[str, int]:
    """Minor units by project, period and run."""
    effects = world.systems["netsuite"].books(world.end_s).effects
    return {row.key: row.amount_minor for row in effects if row.flow == "revenue"}


def test_revenue_runs_that_gave_up_on_an_unmapped_field_are_made_up_under_their_own_cuts() -> None:
    """Both runs fall into the days without a mapping, and no other run comes after them."""
    release = replace(renamed("workday", "Worker", "Manager", mapped_after_days=3.0), at="BD+2 12:00")
    world, calm = (drifted("batch", *given, consultants=12) for given in ((release,), ()))
    assert journals_of(world) == journals_of(calm)
    assert {key.rpartition(":")[2] for key in journals_of(calm)} == {"R2", "R4"}
    problems = world.systems["salesforce"].books(world.end_s).problems
    assert [row.closed_at_s is not None for row in problems if row.flow == "revenue"] == [True]


def test_an_event_that_lacks_what_its_channel_promises_stops_the_stream_with_an_exception() -> None:
    """The org told of a card under a name that nobody mapped: it is not dropped in silence."""
    world = drifted(
        "event", renamed("salesforce", "pse__Timecard_Header__c", "Timecard_Key__c"), consultants=5
    )
    heard = {step.detail for step in world.pipeline.trail if step.what == "event unreadable"}
    assert heard == {"salesforce: pse__Timecard_Header__c has no Timecard_Key__c"}
    problems = world.systems["salesforce"].books(world.end_s).problems
    assert "timecards" in {row.key for row in problems if row.cause == "schema" and row.closed_at_s is None}
    assert is_wrong(judged(world)) == {}


def test_a_project_that_could_not_be_set_up_whole_is_no_fact_yet() -> None:
    request = renamed("salesforce", "pse__Resource_Request__c", "pse__Status__c")
    run = judged(drifted("batch", request, consultants=7))
    assert run.audit["open_exceptions"]["project"] > 0
    assert is_wrong(run) == {}


def test_a_record_whose_external_id_was_renamed_is_refused_as_a_changed_schema() -> None:
    world = drifted(
        "api", renamed("salesforce", "Contact", "pse__ERP_Worker_Correlation_Id__c"), consultants=5
    )
    problems = world.systems["salesforce"].books(world.end_s).problems
    assert {row.cause for row in problems if row.flow == "worker"} <= {"schema"}
    assert is_wrong(judged(world)) == {}


def test_the_versions_that_scenarios_speak_of_are_those_that_the_integration_names() -> None:
    assert VERSIONED.keys() == {"salesforce", "workday"}
    assert f"/services/data/v{VERSIONED['salesforce']}/" == DATA
    assert workday._PATH.endswith(f"/v{VERSIONED['workday']}")
