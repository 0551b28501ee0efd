"""Opportunities from creation to decision: wins with their last-day spike, losses, and what stays open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from faker import Faker

from kernel.luck import lognormal, pick, weighted
from kernel.time import DAY_S
from mocks.opening import Customer, Project
from scenarios.acts import Deal, Touch
from scenarios.firm import LegalEntity
from scenarios.ground import WORK_DAYS_A_MONTH, Ground
from scenarios.portfolio import method_weights, new_customer
from scenarios.schedules import instalments_of, milestones_of
from scenarios.staff import rate_minor

ACCOUNT = ("bill_to", "tax_number")
"""Attributes that the customer's account holds: only a new customer can lack them."""

MANDATORY = ("project_manager", "bill_to", "tax_number", "po_number", "practice", "planned_hours", "end")
_STAGES = ("Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review")
_OPEN_DAYS = 75


def deals(ground: Ground) -> tuple[Deal, ...]:
    """Everything decided in the run, and what is open meanwhile and decided within the 75 days after it."""
    firm, calendar = ground.firm, ground.calendar
    first, last = calendar.first_day, calendar.last_day
    decided = firm.opportunities * firm.scale
    wins, losses = decided * firm.win_rate, decided * (1 - firm.win_rate)
    streams = (
        *_stream(ground, "win", wins, first, last),
        *_stream(ground, "loss", losses, first, last),
        *_stream(ground, "open", decided, last + timedelta(days=1), last + timedelta(days=_OPEN_DAYS)),
    )
    maker = _Maker(ground)
    found = [maker.deal(purpose, key, day, f"O{n:05d}") for n, (purpose, key, day) in enumerate(streams, 1)]
    return tuple(deal for deal in found if deal.created_at_s < calendar.end_s)


def _stream(
    ground: Ground, purpose: str, a_month: float, first: date, last: date
) -> Iterator[tuple[str, str, date]]:
    weights = _weights(ground) if purpose == "win" else {}
    for key, day in ground.arrivals(purpose, a_month, first, last, lambda day: weights.get(day, 1.0)):
        yield purpose, key, day


def _weights(ground: Ground) -> dict[date, float]:
    """Wins of the period's business days against a usual day: the last one triples, a quarter's last ten
    are 1.5."""
    if not ground.busy:
        return {}
    firm, calendar = ground.firm, ground.calendar
    total = WORK_DAYS_A_MONTH + firm.last_day_factor - 1
    usual = WORK_DAYS_A_MONTH / total
    weights = {calendar.bd(-n): usual for n in range(1, 11)}
    if ground.quarter_end:
        weights = {day: weight * firm.quarter_end_factor for day, weight in weights.items()}
    weights[calendar.bd(-1)] *= firm.last_day_factor
    return weights


class _Maker:
    """Makes deals; new customers get the keys after the opening's."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._faker = Faker("en_US")
        self._faker.seed_instance(ground.seed + 3)
        self._customers: dict[str, list[Customer]] = {}
        for customer in ground.customers:
            if customer.bill_to != "Internal":
                self._customers.setdefault(customer.entity, []).append(customer)
        self._next = sum(map(len, self._customers.values())) + 1
        self._hours = ground.firm.weekly_hours * ground.firm.consultants / max(1, len(ground.projects))

    def deal(self, purpose: str, key: str, day: date, opportunity: str) -> Deal:
        ground = self._ground
        entity = ground.entity_of(purpose, key)
        customer, is_new = self._customer(purpose, key, entity)
        decided_s = ground.office(purpose, key, day, entity.entity)
        life_s = DAY_S * ground.span(
            "deal.cycle", opportunity, ground.firm.sales_cycle_days, ground.firm.sales_cycle_days * 2.5
        )
        project = self._project(opportunity, day, entity, customer)
        missing = self._missing(opportunity, purpose, is_new)
        given, complete = _words(project, missing)
        if is_new:
            customer = customer._replace(**{name: "" for name in ACCOUNT if name in missing})
        created_s = ground.backlog(opportunity, decided_s - life_s)
        touches = self._touches(opportunity, decided_s - life_s, decided_s, project.contract_minor)
        return Deal(
            opportunity=opportunity,
            customer=customer.customer,
            customer_record=customer if is_new else None,
            owner=pick(ground.draw("deal.owner", opportunity), ground.staff.sales),
            given=given,
            missing=missing,
            complete=complete,
            milestones=tuple(milestones_of(ground.firm, project, date.min)),
            instalments=tuple(instalments_of(project, date.min)),
            created_at_s=created_s,
            touches=tuple(touch for touch in touches if touch.at_s > created_s),
            decided_at_s=decided_s if purpose != "open" else None,
            won=purpose == "win",
            project=project.project,
            repair_min=self._repair_min(opportunity),
        )

    def _repair_min(self, opportunity: str) -> float:
        """Minutes until the owner has completed a win once the refusal is on the screen."""
        firm = self._ground.firm
        minutes = self._ground.span("deal.repair", opportunity, firm.fix_min, firm.fix_p90_min)
        return minutes * firm.reaction_factor

    def _customer(self, purpose: str, key: str, entity: LegalEntity) -> tuple[Customer, bool]:
        ground = self._ground
        if ground.draw(f"{purpose}.new_customer", key) >= ground.firm.new_customer_share:
            return pick(ground.draw(f"{purpose}.customer", key), self._customers[entity.entity]), False
        number, self._next = f"C{self._next:04d}", self._next + 1
        return new_customer(ground.seed, number, self._faker.company(), entity), True

    def _project(self, opportunity: str, day: date, entity: LegalEntity, customer: Customer) -> Project:
        """The deal as the project that it will be."""
        ground, firm = self._ground, self._ground.firm
        start = day + timedelta(
            days=round(
                ground.span("deal.start", opportunity, firm.project_start_days, firm.project_start_days * 3)
            )
        )
        days = ground.span(
            "deal.duration", opportunity, firm.duration_months * 30.4, firm.duration_months * 60
        )
        end = start + timedelta(days=int(min(max(days, 45.0), 720.0)))
        planned = max(
            40,
            round(
                self._hours
                * lognormal(ground.draw("deal.size", opportunity), 0.9, 2.0)
                * (end - start).days
                / 7
            ),
        )
        rate = rate_minor(firm.bill_rate_usd * (0.85 + 0.3 * ground.draw("deal.rate", opportunity)), entity)
        practice = pick(ground.draw("deal.practice", opportunity), firm.practices)
        return Project(
            project=f"P-{opportunity}",
            name=f"{customer.name} {practice} {opportunity}",
            customer=customer.customer,
            entity=entity.entity,
            region=entity.region,
            practice=practice,
            billing_method=weighted(ground.draw("deal.method", opportunity), method_weights(firm)),
            currency=entity.currency,
            contract_minor=planned * rate,
            planned_hours=planned,
            bill_rate_minor=rate,
            start=str(start),
            end=str(end),
            project_manager=pick(
                ground.draw("deal.lead", opportunity), ground.staff.project_managers[entity.entity]
            ),
            bill_to=customer.bill_to,
            tax_number=customer.tax_number,
            po_number=f"PO-{opportunity}",
            hours_to_date_centi=0,
            cost_to_date_minor=0,
            revenue_to_date_minor=0,
        )

    def _missing(self, opportunity: str, purpose: str, is_new: bool) -> tuple[str, ...]:
        """One or two mandatory attributes of some wins; none that a known customer's account holds."""
        ground = self._ground
        if purpose != "win" or ground.draw("deal.missing", opportunity) >= ground.firm.missing_share:
            return ()
        names = MANDATORY if is_new else tuple(name for name in MANDATORY if name not in ACCOUNT)
        first = pick(ground.draw("deal.missing.1", opportunity), names)
        second = pick(ground.draw("deal.missing.2", opportunity), names)
        return tuple(name for name in MANDATORY if name in {first, second})

    def _touches(self, opportunity: str, from_s: float, until_s: float, amount_minor: int) -> Iterator[Touch]:
        """Updates at even odds over the deal's life; only those inside the run are acts."""
        ground = self._ground
        count, end_s = round(ground.firm.crm_updates), ground.calendar.end_s
        for number in range(count):
            part = (number + ground.draw("deal.touch", f"{opportunity}#{number}")) / count
            at_s = float(round(from_s + part * (until_s - from_s)))
            if 0.0 <= at_s < end_s:
                fields: dict[str, str | int | float | None] = {
                    "stage": _STAGES[min(3, int(part * 4))],
                    "probability": round(10 + 80 * part),
                    "next_step": f"Step {number + 1}",
                }
                if number % 4 == 3:
                    fields["amount_minor"] = amount_minor
                yield Touch(at_s, fields)


def _words(project: Project, missing: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, str | int]]:
    """What is given at the desk, and the missing values that the owner knows."""
    words: dict[str, Any] = {
        "name": project.name,
        "entity": project.entity,
        "region": project.region,
        "practice": project.practice,
        "project_type": "Delivery",
        "billing_method": project.billing_method,
        "currency": project.currency,
        "amount_minor": project.contract_minor,
        "planned_hours": project.planned_hours,
        "bill_rate_minor": project.bill_rate_minor,
        "start": project.start,
        "end": project.end,
        "project_manager": project.project_manager,
        "bill_to": project.bill_to,
        "tax_number": project.tax_number,
        "po_number": project.po_number,
    }
    complete = {name: words[name] for name in missing}
    return {**words, **dict.fromkeys(missing)}, complete
