"""What HR enters: hires, leavers, contractors, transfers and rate changes, future-dated or retroactive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from faker import Faker

from kernel.luck import pick
from mocks.opening import Worker
from scenarios.acts import WorkerChange
from scenarios.firm import LegalEntity
from scenarios.ground import Ground
from scenarios.staff import new_worker


class _Kind(NamedTuple):
    name: str
    kind: str
    a_month: float
    contractor: bool


def worker_changes(ground: Ground) -> tuple[WorkerChange, ...]:
    """All changes of the run, in order of entry; no consultant has more than one."""
    entry = _Entry(ground)
    found = [change for kind in _kinds(ground) for change in entry.all_of(kind)]
    found += entry.conversions()
    return tuple(sorted(found, key=lambda change: (change.at_s, change.worker)))


def _kinds(ground: Ground) -> Iterator[_Kind]:
    firm = ground.firm
    employees, contractors = firm.employee_factor, firm.contractor_factor
    yield _Kind("hire", "hire", firm.hires * employees, False)
    yield _Kind("contractor.start", "hire", firm.contractor_starts * contractors, True)
    yield _Kind("leaver", "terminate", firm.terminations * employees, False)
    yield _Kind("contractor.end", "terminate", firm.contractor_ends * contractors, True)
    yield _Kind("transfer", "transfer", firm.transfers, False)
    yield _Kind("rate", "rate", firm.rate_changes, False)


class _Entry:
    """HR at work: gives new keys to hires and never touches one consultant twice."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._next = len(ground.staff.workers) + 1
        self._touched: dict[str, bool] = {}
        self._faker = Faker("en_US")
        self._faker.seed_instance(ground.seed + 2)

    def all_of(self, kind: _Kind) -> Iterator[WorkerChange]:
        ground, calendar = self._ground, self._ground.calendar
        for key, day in ground.arrivals(
            f"hr.{kind.name}",
            kind.a_month * ground.firm.heads,
            calendar.first_day,
            calendar.last_day,
            self._weight,
        ):
            entity = ground.entity_of(f"hr.{kind.name}", key)
            worker = None if kind.kind == "hire" else self._someone(kind, key, entity.entity)
            if kind.kind == "hire" or worker is not None:
                yield self._change(kind, key, day, entity, worker)

    def conversions(self) -> Iterator[WorkerChange]:
        """Contractors who become employees: on the day on which the contract ends the same person begins,
        under a new id, as systems of record have it; HR enters both within a quarter of an hour."""
        firm, known = self._ground.firm, self._ground.staff.by_key
        kind = _Kind("conversion", "terminate", firm.conversions * firm.contractor_factor, True)
        for leaving in self.all_of(kind):
            worker, self._next = f"W{self._next:05d}", self._next + 1
            same = known[leaving.worker]
            record = same._replace(worker=worker, kind="employee", vendor="", since=leaving.effective)
            yield leaving
            yield leaving._replace(
                kind="hire", worker=worker, at_s=leaving.at_s + 900.0, worker_record=record
            )

    def _weight(self, day: date) -> float:
        return self._ground.firm.first_and_16th_factor if self._ground.busy and day.day in {1, 16} else 1.0

    def _someone(self, kind: _Kind, key: str, entity: str) -> Worker | None:
        """A consultant of the entity and the kind of contract who has no change yet; None after 20 tries."""
        heads = self._ground.staff.consultants[entity]
        for attempt in range(20):
            worker = self._ground.staff.by_key[
                pick(self._ground.draw(f"hr.{kind.name}.who", f"{key}|{attempt}"), heads)
            ]
            if worker.worker in self._touched:
                continue
            if kind.kind != "terminate" or (worker.kind == "contractor") == kind.contractor:
                self._touched[worker.worker] = True
                return worker
        return None

    def _change(
        self, kind: _Kind, key: str, day: date, entity: LegalEntity, worker: Worker | None
    ) -> WorkerChange:
        ground = self._ground
        effective = self._effective(kind, key, day)
        record = None
        if worker is None:
            record = self._hired(kind, key, entity, effective)
        who = record or worker
        assert who is not None
        rate = round(who.cost_rate_minor * (1.02 + 0.08 * ground.draw("hr.raise", key)), -2)
        return WorkerChange(
            kind=kind.kind,
            worker=who.worker,
            entity=entity.entity,
            at_s=ground.office(f"hr.{kind.name}", key, day, entity.entity),
            effective=str(effective),
            effective_at_s=ground.calendar.at(effective, "00:00", entity.entity),
            worker_record=record,
            fields=self._move(who, key) if kind.kind == "transfer" else {},
            cost_rate_minor=int(rate) if kind.kind == "rate" else who.cost_rate_minor,
            currency=entity.currency,
            by=ground.staff.human_resources,
        )

    def _effective(self, kind: _Kind, key: str, day: date) -> date:
        """60 % lie ahead, 5-10 % back, the rest is effective on the day of entry."""
        firm, u = self._ground.firm, self._ground.draw(f"hr.{kind.name}.dating", key)
        days = max(
            1, round(self._ground.span(f"hr.{kind.name}.days", key, firm.future_days, firm.future_days * 3))
        )
        if u < firm.future_share:
            return day + timedelta(days=days)
        return day - timedelta(days=days) if u < firm.future_share + firm.retro_share else day

    def _hired(self, kind: _Kind, key: str, entity: LegalEntity, effective: date) -> Worker:
        ground = self._ground
        worker, self._next = f"W{self._next:05d}", self._next + 1
        name = f"{self._faker.first_name()} {self._faker.last_name()}"
        manager = pick(ground.draw("hr.manager", key), ground.staff.managers[entity.entity])
        return new_worker(
            ground.firm, ground.seed, worker, entity, name, kind.contractor, manager, str(effective)
        )

    def _move(self, worker: Worker, key: str) -> dict[str, str]:
        """Two thirds change the manager, one third the practice (and keep the manager)."""
        ground = self._ground
        if ground.draw("hr.move", key) < 2 / 3:
            others = [m for m in ground.staff.managers[worker.entity] if m != worker.manager]
            if others:
                return {"manager": pick(ground.draw("hr.move.to", key), others)}
        practices = [p for p in ground.firm.practices if p != worker.practice]
        return {"practice": pick(ground.draw("hr.move.to", key), practices or ground.firm.practices)}
