"""Writing a worker into PSA and ERP, one by one or by bulk means; what was confirmed is remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from pipeline.item import Result
from pipeline.services import Services
from pipeline.translation.worker import Worker, contact, ledger_body, record_type
from pipeline.workflows.worker_state import WorkerState

CONTACT = ("Contact", "pse__ERP_Worker_Correlation_Id__c")


class WorkerTargets:
    """The two targets of the workflow."""

    def __init__(self, services: Services, state: WorkerState) -> None:
        self._services = services
        self._state = state

    async def write(self, worker: Worker, target: str, deadline_s: float = inf) -> None:
        """One upsert. Raises RefusedError and UnreachableError."""
        self._sent(worker)
        if target == "psa":
            await self._services.salesforce.upsert(*CONTACT, worker.worker, contact(worker), deadline_s)
        else:
            await self._ledger(worker, deadline_s)
        self._state.wrote(worker, target)

    async def _ledger(self, worker: Worker, deadline_s: float) -> None:
        """Without external ids, who stands there under the name is changed and anybody else created."""
        kind, netsuite = record_type(worker), self._services.netsuite
        known = await netsuite.find(kind, worker.worker, deadline_s) if self._services.plain else ""
        if known:
            await netsuite.patch(kind, known, ledger_body(worker), deadline_s)
        else:
            await netsuite.put(kind, worker.worker, ledger_body(worker), deadline_s)

    async def write_many(
        self, workers: Sequence[Worker], stale: Mapping[str, Sequence[str]]
    ) -> dict[str, Result]:
        """Write each worker (at most once here) into its stale targets; the first failure of each."""
        failed: dict[str, Result] = {}
        by_key = {worker.worker: worker for worker in workers}
        for worker in workers:
            if stale[worker.worker]:
                self._sent(worker)
        psa = [worker for worker in workers if "psa" in stale[worker.worker]]
        rows = [{CONTACT[1]: worker.worker, **contact(worker)} for worker in psa]
        if rows:
            self._note(await self._services.salesforce.upsert_many(*CONTACT, rows), "psa", by_key, failed)
        for kind in ("employee", "vendor"):
            bodies = [
                {"externalId": worker.worker, **ledger_body(worker)}
                for worker in workers
                if "erp" in stale[worker.worker] and record_type(worker) == kind
            ]
            if bodies:
                self._note(await self._services.netsuite.batch(kind, bodies), "erp", by_key, failed)
        return failed

    def _sent(self, worker: Worker) -> None:
        self._services.trail.step("worker", worker.key, 1, "sent")

    def _note(
        self,
        results: Sequence[Result],
        target: str,
        workers: Mapping[str, Worker],
        failed: dict[str, Result],
    ) -> None:
        for result in results:
            if result.ok:
                self._state.wrote(workers[result.key], target)
            else:
                failed.setdefault(result.key, result)
