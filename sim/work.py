"""Performs a job in virtual time and judges what it left behind."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from measurements.assess import assess
from measurements.observed import Observed
from run.job import Done, Job, same_run_of
from scenarios.play import Play
from sim.collector import collector_off
from sim.world import observe, perform


def work(job: Job) -> Done:
    """Perform and judge; where there are faults, a fault-free twin tells what they delayed."""
    with collector_off():
        play = _kept(_Stage(job))
        left = _observed(job, play)
        if not play.fault_spans:
            return Done(assess(left), same_run_of(job.model, play, left))
    with collector_off():
        calm = job._replace(scenario=replace(job.scenario, faults=()))
        twin = _observed(job, calm.staged())
        return Done(assess(left, twin), same_run_of(job.model, play, left))


def _observed(job: Job, play: Play) -> Observed:
    """What the run left behind; the world itself goes before it is judged."""
    world = perform(play, job.model, job.seed, job.settings(play))
    left = observe(world, job.replication)
    world.let_go()
    return left


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
    return key.job.staged()
