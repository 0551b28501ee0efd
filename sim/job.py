"""One job of an experiment: scenario, firm, model and seed in; a judged run out. Fit for other processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from measurements.assess import assess
from measurements.observed import Observed
from measurements.run import Run
from pipeline.models import Model
from pipeline.settings import Settings
from scenarios.firm import Firm
from scenarios.history.cases import History
from scenarios.history.runs import SameRun, same_run
from scenarios.play import Play, stage
from scenarios.scenario import Scenario
from sim.collector import collector_off
from sim.settings_of import settings_of
from sim.world import observe, perform

EXPENSES = "time_and_expense"


class Job(NamedTuple):
    """What one process needs to perform one run; `poll_s` overrides how often sources are polled."""

    scenario: Scenario
    firm: Firm
    model: Model
    seed: int
    replication: int
    history: History | None = None
    poll_s: Mapping[str, float] | None = None


class Done(NamedTuple):
    """A judged run; `same_run` where a history was played in batch runs."""

    run: Run
    same_run: SameRun | None = None


def work(job: Job) -> Done:
    """Perform and judge; where there are faults, a fault-free twin tells what they delayed."""
    with collector_off():
        play = _staged(job)
        observed = _observed(job, play)
        if not play.fault_spans:
            return Done(assess(observed), same_run_of(job.model, play, observed))
    with collector_off():
        calm = stage(replace(job.scenario, faults=()), job.firm, job.seed, job.history)
        twin = _observed(job, calm)
        return Done(assess(observed, twin), same_run_of(job.model, play, observed))


def _observed(job: Job, play: Play) -> Observed:
    """What the run left behind; the world itself goes before it is judged."""
    world = perform(play, job.model, job.seed, _settings(job, play))
    observed = observe(world, job.replication)
    world.let_go()
    return observed


class _Stage:
    """What a play is staged from, as a key: the models of one replication share it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._text = repr((job.scenario, job.firm, job.seed))

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Stage) and self._text == other._text and self.job.history is other.job.history
        )


@lru_cache(maxsize=1)
def _kept(key: _Stage) -> Play:
    """The last play staged in this process; scripts keep no state, so it can be acted again."""
    job = key.job
    return stage(job.scenario, job.firm, job.seed, job.history)


def _staged(job: Job) -> Play:
    return _kept(_Stage(job))


def _settings(job: Job, play: Play) -> Settings:
    settings = settings_of(play)
    if job.poll_s is None:
        return settings
    return replace(settings, poll_s={**settings.poll_s, **job.poll_s})


def same_run_of(model: Model, play: Play, observed: Observed) -> SameRun | None:
    """From the ERP's journal: what landed in the run in which it was really paid."""
    schedule = play.schedules.get(EXPENSES)
    if play.history is None or schedule is None or model.workflows[EXPENSES] != "batch":
        return None
    posted = {key: at_s for (key, *_), at_s in _posted(observed).items()}
    return same_run(play.history, schedule, posted, play.time.start_unix_s)


def _posted(observed: Observed) -> Mapping[tuple[str, ...], float]:
    rows: dict[tuple[str, ...], float] = {}
    for effect in observed.books.effects:
        if effect.flow == "expense" and effect.state == "posted" and not effect.reverses:
            rows.setdefault((effect.key,), effect.at_s)
    return rows
