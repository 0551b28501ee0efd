"""The firm: parameters with sources, staff and running projects that agree with each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from decimal import Decimal

import pytest

from mocks.opening import Opening
from scenarios import catalogue
from scenarios.firm import Firm
from scenarios.firm_file import load
from scenarios.opening_of import ground_of, opening_of
from scenarios.period import period_calendar
from scenarios.staff import split
from scenarios.workload import workload


def opening(consultants: int, seed: int = 1) -> Opening:
    firm = replace(Firm(), consultants=consultants)
    ground = ground_of(firm, period_calendar(catalogue.load("month-end"), firm), seed)
    _, sheets = workload(ground)
    return opening_of(ground, sheets.posted)


@pytest.fixture(scope="module")
def large() -> Opening:
    return opening(1000)


def test_every_parameter_names_its_unit_and_source() -> None:
    assert all(found.metadata["source"] for found in fields(Firm))
    said = [name for name, _, _ in Firm().assumptions()]
    silent = {"firm.costs", "firm.margins", "firm.integration"}
    assert {f"firm.{found.name}" for found in fields(Firm)} - set(said) == silent, "tables that say nothing"
    assert len(said) == len(set(said))


def test_the_default_firm_has_250_consultants_and_scales_on_request() -> None:
    assert load(None).consultants == 250
    assert load(None, 1000).consultants == 1000


def test_heads_are_as_in_the_sheet_of_domain_facts(large: Opening) -> None:
    assert len(large.workers) == 1220
    assert sum(w.kind == "contractor" for w in large.workers) == pytest.approx(150, abs=35)
    assert Counter(a.worker for a in large.assignments).total() == pytest.approx(2450, rel=0.03)


def test_projects_are_as_in_the_sheet_and_grow_slower_than_heads(large: Opening) -> None:
    real = [p for p in large.projects if not p.project.startswith("HOLD-")]
    assert len(real) == 610
    small = [p for p in opening(250).projects if not p.project.startswith("HOLD-")]
    assert len(small) == round(610 * 0.25**0.85)
    shares = Counter(p.billing_method for p in real)
    assert shares["Time and Materials"] / 610 == pytest.approx(0.50, abs=0.06)
    assert shares["Fixed Price"] / 610 == pytest.approx(0.35, abs=0.06)
    assert shares["Retainer"] / 610 == pytest.approx(0.15, abs=0.05)


def test_a_mean_contract_is_near_150_thousand_dollars(large: Opening) -> None:
    """Emergent: it follows from teams, rates and durations; the sheet's range is 75 to 300 thousand."""
    rates = {rate.currency: Decimal(rate.to_usd) for rate in large.rates}
    usd = [
        p.planned_hours * p.bill_rate_minor * rates[p.currency] / 100
        for p in large.projects
        if p.bill_rate_minor
    ]
    assert 75_000 < float(sum(usd)) / len(usd) < 300_000


def test_nobody_manages_or_approves_themselves(large: Opening) -> None:
    assert all(worker.manager != worker.worker for worker in large.workers)
    leads = {project.project: project.project_manager for project in large.projects}
    assert all(leads[a.project] != a.worker for a in large.assignments)


def test_everything_in_the_opening_refers_to_something_in_it(large: Opening) -> None:
    workers = {worker.worker: worker for worker in large.workers}
    customers = {customer.customer for customer in large.customers}
    projects = {project.project: project for project in large.projects}
    assert all(p.customer in customers and p.project_manager in workers for p in large.projects)
    assert all(a.project in projects and a.worker in workers for a in large.assignments)
    assert all(workers[a.worker].entity == projects[a.project].entity for a in large.assignments)
    staffed = {(a.project, a.worker) for a in large.assignments}
    assert all((p.project, p.worker) in staffed for p in large.posted_time)
    assert len({p.timecard for p in large.posted_time}) == len(large.posted_time)
    assert all(p.approved_at_s < 0.0 and sum(p.hours_centi) for p in large.posted_time)


def test_schedules_sum_to_the_contract(large: Opening) -> None:
    due: Counter[str] = Counter()
    for milestone in large.milestones:
        due[milestone.project] += milestone.amount_minor
    for instalment in large.instalments:
        due[instalment.project] += instalment.amount_minor
    contracts = {
        p.project: p.contract_minor for p in large.projects if p.billing_method != "Time and Materials"
    }
    assert dict(due) == contracts


def test_posted_time_holds_only_days_of_the_running_period(large: Opening) -> None:
    first_week = [p for p in large.posted_time if p.week_start == "2026-03-30"]
    assert first_week
    assert all(p.hours_centi[:2] == (0, 0) for p in first_week)


def test_a_small_firm_has_somebody_in_every_entity() -> None:
    small = opening(20)
    assert {worker.entity for worker in small.workers} == {"US01", "DE01", "IN01"}
    assert {project.entity for project in small.projects} == {"US01", "DE01", "IN01"}


def test_the_same_seed_makes_the_same_firm_and_another_seed_another() -> None:
    assert opening(50, seed=7) == opening(50, seed=7)
    assert opening(50, seed=7) != opening(50, seed=8)


def test_a_split_by_largest_remainder_keeps_the_total() -> None:
    assert split(7, (0.5, 0.35, 0.15)) == [4, 2, 1]
    assert sum(split(1001, (0.5, 0.35, 0.15))) == 1001
