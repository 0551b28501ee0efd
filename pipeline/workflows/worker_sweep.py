"""What the daily reconciliation compares: changes due in the window, and what both targets hold of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kernel.money import minor
from pipeline.connectors.netsuite import literal
from pipeline.connectors.salesforce import soql_text
from pipeline.item import FORCED, Item
from pipeline.services import Services
from pipeline.translation.worker import Worker, record_type, worker_in, worker_of
from pipeline.workflows.worker_changes import STREAM, WorkerChanges
from pipeline.workflows.worker_state import WorkerState
from pipeline.workflows.worker_targets import CONTACT

_KEYS = 200
Attributes = tuple[object, ...]


class WorkerSweep:
    """Compares the HCM with both targets, for the workers who changed."""

    def __init__(self, services: Services, state: WorkerState, changes: WorkerChanges) -> None:
        self._services = services
        self._state = state
        self._changes = changes

    async def items(self, since_s: float, until_s: float) -> list[Item]:
        """Unsettled changes first; then workers whom a target holds differently, to be written again."""
        found = await self._changes.found(since_s, until_s)
        workers = [worker for one in found.values() if (worker := worker_of(one.given))]
        items = [item async for page in self._changes.items(since_s, until_s) for item in page]
        waiting = {item.order for item in items}
        settled = [worker for worker in workers if worker.worker not in waiting]
        for worker, target in await self._differ(settled):
            key = self._state.doubt(worker, target)
            items.append(Item(STREAM, key, 1, FORCED, worker.worker, None, until_s))
        return [item._replace(mark=FORCED) for item in items if not item.not_before_s]

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """Of these changes, those whose workers a target holds otherwise than they are now."""
        names = list(dict.fromkeys(worker_in(key) for key in keys))
        found = await self._services.workday.named(names) if names else []
        workers = [worker for given in found if (worker := worker_of(given))]
        differ = {worker.worker for worker, _ in await self._differ(workers)}
        return [key for key in keys if worker_in(key) in differ]

    async def _differ(self, workers: Sequence[Worker]) -> list[tuple[Worker, str]]:
        """Each worker with each target that holds them differently."""
        return [
            (worker, target)
            for target, held in (("psa", await self._psa(workers)), ("erp", await self._erp(workers)))
            for worker in workers
            if held.get(worker.worker) != _expected(worker, target)
        ]

    async def _psa(self, workers: Sequence[Worker]) -> dict[str, Attributes]:
        held: dict[str, Attributes] = {}
        for keys in _chunks(workers):
            among = ", ".join(soql_text(key) for key in keys)
            soql = (
                f"SELECT {CONTACT[1]}, Name, Email, pse__Region__c, pse__Practice__c,"
                " pse__Default_Cost_Rate__c, CurrencyIsoCode, pse__Is_Resource_Active__c"
                f" FROM Contact WHERE {CONTACT[1]} IN ({among})"
            )
            for row in await self._services.salesforce.rows(soql):
                held[row[CONTACT[1]]] = (
                    row.get("Email") or "",
                    row.get("pse__Region__c") or "",
                    row.get("pse__Practice__c") or "",
                    minor(row.get("pse__Default_Cost_Rate__c") or 0),
                    row.get("CurrencyIsoCode") or "",
                    bool(row.get("pse__Is_Resource_Active__c")),
                )
        return held

    async def _erp(self, workers: Sequence[Worker]) -> dict[str, Attributes]:
        held: dict[str, Attributes] = {}
        for kind in ("employee", "vendor"):
            for keys in _chunks([worker for worker in workers if record_type(worker) == kind]):
                among = ", ".join(literal(key) for key in keys)
                query = (
                    "SELECT entityid, subsidiary, department, custentity_cost_rate, isinactive"
                    f" FROM {kind} WHERE entityid IN ({among})"
                )
                for row in await self._services.netsuite.suiteql(query):
                    held[row["entityid"]] = _of_ledger(row)
        return held


def _of_ledger(row: Mapping[str, str]) -> Attributes:
    return (
        row.get("subsidiary", ""),
        row.get("department", ""),
        minor(row.get("custentity_cost_rate") or 0),
        row.get("isinactive") != "T",
    )


def _expected(worker: Worker, target: str) -> Attributes:
    """What the target should hold, in the order in which it is read."""
    if target == "erp":
        return (worker.entity, worker.practice, worker.cost_rate_minor, worker.active)
    return (
        worker.email,
        worker.region,
        worker.practice,
        worker.cost_rate_minor,
        worker.currency,
        worker.active,
    )


def _chunks(workers: Sequence[Worker]) -> Iterable[list[str]]:
    for start in range(0, len(workers), _KEYS):
        yield [worker.worker for worker in workers[start : start + _KEYS]]
