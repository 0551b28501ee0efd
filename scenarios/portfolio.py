"""The running projects of a firm on the first day: customers, contracts by billing method, teams, schedules.

    heads x assignments a head ──> teams ──> weekly hours x duration ──> planned hours x rate ──> contract
so that contracts, teams and hours to date agree with each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from faker import Faker

from kernel.luck import lognormal, luck, pick, weighted
from kernel.money import times, worth
from mocks.opening import Assignment, Customer, Instalment, Milestone, Project
from scenarios.firm import Firm, LegalEntity
from scenarios.schedules import instalments_of, milestones_of
from scenarios.staff import Staff, project_count, rate_minor, split

METHODS = ("Time and Materials", "Fixed Price", "Retainer")
INTERNAL = "C0000"
_ROLES = ("Consultant", "Senior Consultant", "Architect")


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What the opening holds of customers and projects."""

    customers: tuple[Customer, ...]
    projects: tuple[Project, ...]
    milestones: tuple[Milestone, ...]
    instalments: tuple[Instalment, ...]
    assignments: tuple[Assignment, ...]
    holding: Mapping[str, str]


def portfolio(firm: Firm, seed: int, people: Staff, first_day: date, period: str) -> Portfolio:
    """The portfolio on `first_day`; hours, cost and revenue to date end with the period before `period`."""
    faker = Faker("en_US")
    faker.seed_instance(seed + 1)
    customers = _customers(firm, seed, faker)
    counts = split(project_count(firm), [entity.share for entity in firm.entities])
    drafts: list[tuple[str, LegalEntity]] = []
    teams: dict[str, list[tuple[str, int]]] = {}
    for entity, count in zip(firm.entities, counts, strict=True):
        ours = [f"P{len(drafts) + n + 1:05d}" for n in range(max(count, 1))]
        drafts += [(key, entity) for key in ours]
        teams.update(_teams(firm, seed, people.consultants[entity.entity], ours))
    maker = _Maker(firm, seed, people, customers, first_day, date.fromisoformat(f"{period}-01"))
    projects = [maker.project(key, entity, sum(h for _, h in teams[key])) for key, entity in drafts]
    assignments = [a for project in projects for a in _assignments(seed, project, teams[project.project])]
    holding = [maker.holding(entity) for entity in firm.entities]
    return Portfolio(
        customers=(*_internal(firm), *(c for found in customers.values() for c in found)),
        projects=(*projects, *holding),
        milestones=tuple(m for p in projects for m in milestones_of(firm, p, first_day)),
        instalments=tuple(i for p in projects for i in instalments_of(p, first_day)),
        assignments=tuple(assignments),
        holding={project.entity: project.project for project in holding},
    )


def new_customer(seed: int, key: str, name: str, entity: LegalEntity) -> Customer:
    """A customer of an entity with a bill-to and a tax number."""
    number = int(luck(seed, "customer.number", key) * 900_000_000) + 100_000_000
    street = 1 + int(luck(seed, "customer.street", key) * 990)
    return Customer(
        key,
        name,
        entity.entity,
        entity.currency,
        f"{street} Main Street, {name}",
        f"{entity.country}{number}",
        entity.country,
    )


def _customers(firm: Firm, seed: int, faker: Faker) -> dict[str, list[Customer]]:
    total = max(len(firm.entities), round(project_count(firm) * firm.customers_per_project))
    counts, found, number = split(total, [entity.share for entity in firm.entities]), {}, 0
    for entity, count in zip(firm.entities, counts, strict=True):
        mine = []
        for _ in range(max(count, 1)):
            number += 1
            mine.append(new_customer(seed, f"C{number:04d}", faker.company(), entity))
        found[entity.entity] = mine
    return found


def _internal(firm: Firm) -> tuple[Customer, ...]:
    home = firm.entities[0]
    return (Customer(INTERNAL, firm.name, home.entity, home.currency, "Internal", "INTERNAL", home.country),)


def _teams(
    firm: Firm, seed: int, heads: tuple[str, ...], projects: list[str]
) -> dict[str, list[tuple[str, int]]]:
    """Members and their weekly hours by project: each project gets one, larger ones get more."""
    sizes = [(key, lognormal(luck(seed, "project.size", key), 1.0, 2.2)) for key in projects]
    slots = [(head, n) for n in range(4) for head in heads if n < _load(firm, seed, head)]
    teams: dict[str, list[tuple[str, int]]] = {key: [] for key in projects}
    for number, (head, n) in enumerate(slots):
        hours = max(2, round(firm.weekly_hours / _load(firm, seed, head)))
        key = (
            projects[number] if number < len(projects) else weighted(luck(seed, "team", f"{head}#{n}"), sizes)
        )
        if all(member != head for member, _ in teams[key]):
            teams[key].append((head, hours))
    for number, key in enumerate(projects):
        if not teams[key]:
            teams[key].append((heads[number % len(heads)], round(firm.weekly_hours / 3)))
    return teams


def _load(firm: Firm, seed: int, head: str) -> int:
    whole = int(firm.assignments_per_head)
    return max(1, whole + (luck(seed, "worker.load", head) < firm.assignments_per_head - whole))


def _assignments(seed: int, project: Project, team: list[tuple[str, int]]) -> list[Assignment]:
    found = []
    for head, hours in team:
        role = pick(luck(seed, "assignment.role", f"{head}@{project.project}"), _ROLES)
        rate = times(project.bill_rate_minor, Decimal(10 + _ROLES.index(role)) / 10, project.currency)
        found.append(
            Assignment(
                f"A-{project.project}-{head}",
                project.project,
                head,
                role,
                rate,
                project.currency,
                hours,
                project.start,
                project.end,
            )
        )
    return found


class _Maker:
    """Makes one project from its team's weekly hours."""

    def __init__(
        self,
        firm: Firm,
        seed: int,
        people: Staff,
        customers: Mapping[str, list[Customer]],
        first_day: date,
        period_start: date,
    ) -> None:
        self._firm, self._seed, self._people, self._customers = firm, seed, people, customers
        self._first_day, self._period_start = first_day, period_start

    def project(self, key: str, entity: LegalEntity, weekly_hours: int) -> Project:
        firm, seed = self._firm, self._seed
        days = lognormal(
            luck(seed, "project.duration", key), firm.duration_months * 30.4, firm.duration_months * 60
        )
        days = min(max(days, 45.0), 720.0)
        start = self._first_day - timedelta(days=int(days * luck(seed, "project.age", key)) + 14)
        end = start + timedelta(days=int(days) + 28)
        planned = max(40, round(weekly_hours * (end - start).days / 7))
        rate = rate_minor(firm.bill_rate_usd * (0.85 + 0.3 * luck(seed, "project.rate", key)), entity)
        method = weighted(luck(seed, "project.method", key), method_weights(firm))
        contract = planned * rate
        if method == METHODS[0]:
            contract = times(contract, firm.contract_slack * 1.2, entity.currency)
        done = min(max((self._period_start - start).days, 0) / (end - start).days, 1.0)
        hours = int(planned * done) * 100
        cost_rate = rate_minor(firm.bill_rate_usd * firm.cost_share, entity)
        customer = pick(luck(seed, "project.customer", key), self._customers[entity.entity])
        lead = pick(luck(seed, "project.manager", key), self._people.project_managers[entity.entity])
        earned = worth(rate, hours, entity.currency)
        if method == METHODS[1]:
            earned = times(contract, done, entity.currency)
        if method == METHODS[2]:
            passed = Decimal(_months(start, self._period_start)) / (_months(start, end) + 1)
            earned = times(contract, passed, entity.currency)
        return Project(
            project=key,
            name=f"{customer.name} {pick(luck(seed, 'project.practice', key), firm.practices)}",
            customer=customer.customer,
            entity=entity.entity,
            region=entity.region,
            practice=pick(luck(seed, "project.practice", key), firm.practices),
            billing_method=method,
            currency=entity.currency,
            contract_minor=contract,
            planned_hours=planned,
            bill_rate_minor=rate,
            start=str(start),
            end=str(end),
            project_manager=lead,
            bill_to=customer.bill_to,
            tax_number=customer.tax_number,
            po_number=f"PO-{key}",
            hours_to_date_centi=hours,
            cost_to_date_minor=worth(cost_rate, hours, entity.currency),
            revenue_to_date_minor=earned,
        )

    def holding(self, entity: LegalEntity) -> Project:
        """The project that takes time which has no open project yet; it bills nothing."""
        key = f"HOLD-{entity.entity}"
        start, end = self._first_day - timedelta(days=365), self._first_day + timedelta(days=730)
        lead = self._people.project_managers[entity.entity][0]
        return Project(
            project=key,
            name=f"Holding code {entity.entity}",
            customer=INTERNAL,
            entity=entity.entity,
            region=entity.region,
            practice=self._firm.practices[0],
            billing_method=METHODS[0],
            currency=entity.currency,
            contract_minor=0,
            planned_hours=0,
            bill_rate_minor=0,
            start=str(start),
            end=str(end),
            project_manager=lead,
            bill_to="Internal",
            tax_number="INTERNAL",
            po_number=f"PO-{key}",
            hours_to_date_centi=0,
            cost_to_date_minor=0,
            revenue_to_date_minor=0,
        )


def _months(first: date, last: date) -> int:
    """Whole calendar months from the month of one day to that of another, never negative."""
    return max(0, (last.year - first.year) * 12 + last.month - first.month)


def method_weights(firm: Firm) -> tuple[tuple[str, float], ...]:
    """Billing methods with their shares of projects."""
    return (
        (METHODS[0], firm.time_and_materials),
        (METHODS[1], firm.fixed_price),
        (METHODS[2], max(0.0, 1 - firm.time_and_materials - firm.fixed_price)),
    )
