"""Rounds of runs: each model as often as its comparisons need, then the recommended table as often.

    first look ──> who is undecided? ──> their next replications ──> next look … ──> recommended table

The decision at a look rests on the runs alone (`reports/stopping.py`), never on which process was quicker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kernel.errors import InputError
from measurements.run import Run
from pipeline.models import Model
from reports.baselines import RECOMMENDED, stands_aside
from reports.inputs import Experiment
from reports.stopping import recommended_table, undecided
from run.job import Done, Job
from sim.plan import ASIDE_REPLICATIONS, Plan, longest_first
from sim.pool import Pool
from sim.work import work

Told = Callable[[str, int, int], None]
"""(what completed, how many are done, of how many)"""

Telling = Callable[[Sequence[Run]], Experiment]
"""The experiment that some runs make."""


class Rounds:
    """The runs of a comparison as they grow; `lost` says why it was cut short, unless the user did that."""

    def __init__(
        self, plan: Plan, telling: Telling, told: Told, pool: Pool, work: Callable[[Job], Done] = work
    ) -> None:
        self._plan, self._telling, self._told, self._pool, self._work = plan, telling, told, pool, work
        self._done: dict[tuple[str, int], Done] = {}
        self._asked = 0
        self.interrupted = False
        self.lost = ""
        self.recommended: Model | None = None

    @property
    def done(self) -> list[Done]:
        """What is complete, replication by replication, models in the order of the plan."""
        order = [model.name for model in self._plan.models] + [RECOMMENDED]
        keys = sorted(self._done, key=lambda key: (key[1], order.index(key[0])))
        return [self._done[key] for key in keys]

    def perform(self) -> None:
        """All rounds, then the recommended table unless one of the models is that table.

        Raises InputError where the pool was lost before any run was complete.
        """
        models = {model.name: model for model in self._plan.models}
        for look in self._plan.looks or (self._plan.replications,):
            needy = self._needy() if self._done else set(models)
            self._run(self._jobs((models[name] for name in models if name in needy), look))
            if self.interrupted:
                return
        self._run_recommended()

    def _needy(self) -> set[str]:
        return undecided(self._experiment())

    def _experiment(self) -> Experiment:
        return self._telling([done.run for done in self.done])

    def _jobs(self, models: Iterable[Model], upto: int) -> list[Job]:
        """The replications that these models lack; baselines need few, since they decide nothing."""
        return [
            self._plan.job(model, number)
            for model in models
            for number in range(min(upto, ASIDE_REPLICATIONS) if stands_aside(model.workflows) else upto)
            if (model.name, number) not in self._done
        ]

    def _run_recommended(self) -> None:
        experiment = self._experiment()
        chosen = recommended_table(experiment)
        if chosen is None or chosen.model:
            return
        table = {name: chosen.table.get(name, "manual") for name in self._plan.models[0].workflows}
        self.recommended = Model(RECOMMENDED, "Recommended table", table)
        often = max(len(experiment.of(model)) for model in chosen.taken_from.values())
        self._run(self._jobs([self.recommended], often))

    def _run(self, jobs: Sequence[Job]) -> None:
        order = longest_first(jobs)
        before = self._asked
        self._asked += len(jobs)
        count = 0

        def one_done(place: int, _done: Done) -> None:
            nonlocal count
            count += 1
            self._told(jobs[order[place]].model.name, before + count, self._asked)

        gathered = self._pool.run_all([jobs[index] for index in order], self._work, one_done)
        for place, result in zip(order, gathered.results, strict=True):
            if result is not None:
                self._done[jobs[place].model.name, jobs[place].replication] = result
        self.interrupted = gathered.interrupted
        if gathered.lost is not None:
            self._keep_beside(gathered.lost)

    def _keep_beside(self, lost: InputError) -> None:
        """What is complete is worth a report that says why it is not all; without it the reason is all."""
        if not self._done:
            raise lost
        self.lost = str(lost)


def telling(base: Experiment) -> Telling:
    """Experiments that differ by their runs and nothing else."""
    return lambda runs: replace(base, runs=list(runs))
