"""Who works for the firm: consultants, project managers and the office, with names from a seeded Faker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from faker import Faker

from kernel.luck import luck, pick
from kernel.money import minor
from mocks.opening import Worker
from scenarios.firm import Firm, LegalEntity

_OFFICE_LEAST = 6
_SINCE_YEARS = 8


@dataclass(frozen=True, slots=True)
class Staff:
    """Everyone by business key. `consultants`, `project_managers` and `managers` map an entity to its
    people."""

    workers: tuple[Worker, ...]
    consultants: Mapping[str, tuple[str, ...]]
    project_managers: Mapping[str, tuple[str, ...]]
    managers: Mapping[str, tuple[str, ...]]
    by_key: Mapping[str, Worker]
    sales: tuple[str, ...]
    human_resources: str
    resource_manager: str
    billing_manager: str
    finance: str
    operator: str
    desk: tuple[str, ...]


def staff(firm: Firm, seed: int, before: str) -> Staff:
    """The staff on the day `before` (YYYY-MM-DD); the same for the same firm and seed."""
    faker = Faker("en_US")
    faker.seed_instance(seed)
    hiring = _Hiring(firm, seed, faker, int(before[:4]))
    heads = split(firm.consultants, [entity.share for entity in firm.entities])
    projects = project_count(firm)
    consultants = {e.entity: hiring.several(e, n, True) for e, n in zip(firm.entities, heads, strict=True)}
    leads = split(max(round(projects / firm.projects_per_manager), 1), [e.share for e in firm.entities])
    project_managers = {
        e.entity: hiring.several(e, max(n, 1), False) for e, n in zip(firm.entities, leads, strict=True)
    }
    managers = {
        e.entity: hiring.several(e, max(round(n / 12), 1), False)
        for e, n in zip(firm.entities, heads, strict=True)
    }
    left = round(firm.consultants * firm.overhead_share) - sum(
        map(len, (*project_managers.values(), *managers.values()))
    )
    office = hiring.several(firm.entities[0], max(left, _OFFICE_LEAST), False)
    workers = tuple(hiring.managed(managers))
    return Staff(
        workers=workers,
        consultants=consultants,
        project_managers=project_managers,
        managers=managers,
        by_key={worker.worker: worker for worker in workers},
        sales=office[5:] or office[:1],
        human_resources=office[0],
        resource_manager=office[1],
        billing_manager=office[2],
        finance=office[3],
        operator=office[4],
        desk=tuple(f"DESK{n + 1}" for n in range(max(1, round(firm.desk_people * firm.heads)))),
    )


def project_count(firm: Firm) -> int:
    """Projects in delivery."""
    return max(len(firm.entities), round(firm.projects * firm.scale))


def split(total: int, shares: Sequence[float]) -> list[int]:
    """A total over shares by largest remainder; equal for equal input."""
    whole = sum(shares)
    exact = [total * share / whole for share in shares]
    counts = [int(value) for value in exact]
    order = sorted(range(len(shares)), key=lambda n: (counts[n] - exact[n], n))
    for n in order[: total - sum(counts)]:
        counts[n] += 1
    return counts


def rate_minor(usd: float, entity: LegalEntity) -> int:
    """An hourly rate of the firm's level in the entity's currency, in minor units (whole units)."""
    return minor(round(Decimal(str(usd * entity.bill_factor)) / Decimal(entity.to_usd)))


def new_worker(
    firm: Firm,
    seed: int,
    key: str,
    entity: LegalEntity,
    name: str,
    contractor: bool,
    manager: str,
    since: str,
) -> Worker:
    """A worker with rate and practice by luck; the agency of a contractor is one of eight."""
    spread = 0.8 + 0.4 * luck(seed, "worker.rate", key)
    return Worker(
        worker=key,
        name=name,
        email=f"{key.lower()}@firm.example",
        kind="contractor" if contractor else "employee",
        vendor=f"AGENCY{1 + int(8 * luck(seed, 'worker.agency', key))}" if contractor else "",
        entity=entity.entity,
        region=entity.region,
        practice=pick(luck(seed, "worker.practice", key), firm.practices),
        manager=manager,
        cost_rate_minor=rate_minor(firm.bill_rate_usd * firm.cost_share * spread, entity),
        currency=entity.currency,
        since=since,
    )


class _Hiring:
    """Gives out worker keys in order; managers are known only at the end."""

    def __init__(self, firm: Firm, seed: int, faker: Faker, year: int) -> None:
        self._firm, self._seed, self._faker, self._year = firm, seed, faker, year
        self._workers: list[Worker] = []

    def several(self, entity: LegalEntity, count: int, delivery: bool) -> tuple[str, ...]:
        return tuple(self._one(entity, delivery) for _ in range(count))

    def _one(self, entity: LegalEntity, delivery: bool) -> str:
        key = f"W{len(self._workers) + 1:05d}"
        name = f"{self._faker.first_name()} {self._faker.last_name()}"
        contractor = delivery and luck(self._seed, "worker.kind", key) < self._firm.contractor_share
        since = f"{self._year - 1 - int(_SINCE_YEARS * luck(self._seed, 'worker.since', key))}-01-15"
        self._workers.append(new_worker(self._firm, self._seed, key, entity, name, contractor, "", since))
        return key

    def managed(self, managers: Mapping[str, Sequence[str]]) -> Sequence[Worker]:
        seed, bosses = self._seed, managers
        top = bosses[self._firm.entities[0].entity][0]
        out = []
        for worker in self._workers:
            boss = pick(luck(seed, "worker.manager", worker.worker), bosses[worker.entity])
            out.append(worker._replace(manager=top if boss == worker.worker else boss))
        return out
