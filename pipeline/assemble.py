"""Assembles one pipeline from a model: the one function that roots call for the integration."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.bus import EmbeddedBus
from pipeline.clients import Clients
from pipeline.connectors import labels
from pipeline.connectors.names import Names
from pipeline.connectors.netsuite import SUITEQL, NetSuite
from pipeline.connectors.salesforce import Salesforce
from pipeline.connectors.salesforce_relations import SOQL
from pipeline.connectors.warehouse import Warehouse
from pipeline.connectors.workday import Workday
from pipeline.dead_letters import DeadLetters
from pipeline.exceptions import Exceptions
from pipeline.inbox import Inbox
from pipeline.intake import Intake
from pipeline.metrics import Metrics
from pipeline.models import Model
from pipeline.operations import Operations
from pipeline.ordering import Ordering
from pipeline.periods import Periods
from pipeline.pipeline import Pipeline
from pipeline.plan import plan
from pipeline.processing import Processing
from pipeline.services import Services
from pipeline.sessions import Credentials
from pipeline.settings import Settings
from pipeline.slots import Slots
from pipeline.store import MemoryStore, Store
from pipeline.tasks import Tasks
from pipeline.trail import Trail
from pipeline.workflows.catalogue import streams
from pipeline.write_back import WriteBack
from wire.call import Transport

PLAIN = "point-to-point"
MANUAL = "manual"


def assemble(
    model: Model,
    transports: Mapping[str, Transport],
    settings: Settings,
    seed: int,
    store: Store | None = None,
    keeps_details: bool = True,
) -> Pipeline:
    """The pipeline of a model, not yet started (it is an async context manager).

    `keeps_details`: whether the trail keeps them.
    """
    parts = Parts(transports, settings, seed, store or MemoryStore(), Trail(keeps_details))
    return parts.pipeline(model)


class Parts:
    """What one pipeline is made of; plain scripts have connectors of their own, and share
    nothing else but the names of fields: whoever maps a rename maps it in their scripts, too."""

    def __init__(
        self, transports: Mapping[str, Transport], settings: Settings, seed: int, store: Store, trail: Trail
    ) -> None:
        self._transports = transports
        self._settings = settings
        self._seed = seed
        self._store = store
        self._credentials = Credentials()
        self._tasks = Tasks()
        self._metrics = Metrics()
        self._trail = trail
        self._names = {
            "salesforce": Names(SOQL, "salesforce", labels.SALESFORCE),
            "netsuite": Names(SUITEQL, "netsuite", labels.NETSUITE),
            "workday": Names(system="workday"),
        }
        self._clients: list[Clients] = []

    def pipeline(self, model: Model) -> Pipeline:
        """All streams of the model, each under its pattern."""
        kit = self.services(plain=False)
        scripts = self.services(plain=True) if PLAIN in model.workflows.values() else kit
        carried = [
            (pattern, stream)
            for workflow, pattern in model.workflows.items()
            if pattern != MANUAL
            for stream in streams(workflow, scripts if pattern == PLAIN else kit)
        ]
        bus = EmbeddedBus()
        processing = Processing(
            kit,
            {stream.name: stream for _, stream in carried},
            Inbox(self._store),
            Ordering(),
            DeadLetters(self._store),
            Slots(self._settings.workers, "worker"),
            bus,
        )
        planned = plan(carried, processing, scripts, bus, self._tasks)
        operations = Operations(
            processing if planned.sweep else None,
            self._credentials,
            self._names,
            self._tasks,
            self._renewed,
            planned.compare,
            self._trail.steps,
        )
        return Pipeline(
            Intake(planned.apis),
            operations,
            planned,
            self._trail,
            self._metrics,
            kit,
            self._tasks,
            processing,
        )

    def services(self, plain: bool) -> Services:
        """Connectors and kit."""
        settings = self._settings
        clients = Clients(settings, self._seed, self._metrics, self._credentials, plain)
        self._clients.append(clients)
        made = {name: clients.make(name, transport) for name, transport in self._transports.items()}
        names = self._names
        salesforce = Salesforce(
            made["salesforce"], settings.time, settings.job_poll_s, names["salesforce"], plain
        )
        netsuite = NetSuite(made["netsuite"], settings.job_poll_s, names["netsuite"], plain)
        write_back = WriteBack(
            salesforce, self._tasks, self._metrics, settings.write_back_rows, settings.write_back_s
        )
        return Services(
            settings,
            salesforce,
            netsuite,
            Workday(made["workday"], settings.time, self._credentials, names["workday"]),
            Warehouse(made["warehouse"]),
            Periods(netsuite),
            self._store,
            Exceptions(self._store, write_back, self._trail, settings.time),
            write_back,
            self._trail,
            self._metrics,
            plain,
        )

    def _renewed(self, system: str) -> None:
        for clients in self._clients:
            clients.sessions[system].refused()


__all__ = ["Parts", "Pipeline", "assemble"]
