"""Pipeline: one running integration, an async context manager that owns its background work."""

from __future__ import annotations

from pipeline.intake import Intake
from pipeline.metrics import Metrics
from pipeline.operations import Operations
from pipeline.plan import Plan
from pipeline.processing import Processing
from pipeline.services import Services
from pipeline.tasks import Tasks
from pipeline.trail import Step, Trail
from wire.call import Call


class Pipeline:
    """Two doors (`intake`, `operations`), what an administrator sets up first, and what happened."""

    def __init__(
        self,
        intake: Intake,
        operations: Operations,
        plan: Plan,
        trail: Trail,
        metrics: Metrics,
        services: Services,
        tasks: Tasks,
        processing: Processing,
    ) -> None:
        self.intake = intake
        self.operations = operations
        self.setup: tuple[tuple[str, Call], ...] = tuple(plan.setup)
        self.trail: list[Step] = trail.steps
        self.metrics = metrics
        self.services = services
        self._work = plan.work
        self._tasks = tasks
        self.processing = processing

    async def __aenter__(self) -> Pipeline:
        """Begin the background work; what people were not told before a stop they are told now."""
        self.services.exceptions.send_again()
        for work in self._work:
            self._tasks.start(work())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it; what waited in memory only is gone, as after any stop."""
        await self._tasks.stop()
