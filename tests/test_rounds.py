"""Each model runs as often as its comparisons need, and the recommended table runs as a model of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from report_data import MODELS, experiment, run

from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from pipeline.models import Model
from reports.findings import find
from reports.inputs import Experiment, Figure
from reports.spending import LOOKS
from run.job import Done, Job
from scenarios import catalogue, firm_file
from sim.plan import Plan
from sim.pool import Gathered, J, R
from sim.processes import Processes
from sim.rounds import Rounds, telling

SHOWN = ("batch", "api", "event", "manual")


def _plan(looks: tuple[int, ...] = LOOKS, replications: int = 20) -> Plan:
    chosen = tuple(Model(name, name, {flow: MODELS[name][flow] for flow in WORKFLOWS}) for name in SHOWN)
    firm = firm_file.load(None, 12)
    return Plan(catalogue.load("month-end"), firm, chosen, replications, 1, "0", "0", "", None, looks)


def _work(job: Job) -> Done:
    """A made-up run; a recommended table fares as its patterns' own models would."""
    name = job.model.name if job.model.name in MODELS else "api"
    return Done(replace(run(name, job.replication, ""), model=job.model.name))


def _played(work: Callable[[Job], Done] = _work, plan: Plan | None = None) -> tuple[Rounds, Experiment]:
    base = replace(experiment(1), looks=(plan or _plan()).looks, runs=(), interrupted=False)
    base = replace(base, models={name: MODELS[name] for name in SHOWN})
    steps: list[tuple[str, int, int]] = []
    rounds = Rounds(plan or _plan(), telling(base), lambda *step: steps.append(step), Processes(1), work)
    rounds.perform()
    models = {**base.models, **({"recommended": rounds.recommended.workflows} if rounds.recommended else {})}
    assert [step[1] for step in steps] == list(range(1, len(rounds.done) + 1))
    return rounds, replace(base, models=models, runs=[done.run for done in rounds.done])


def _often(rounds: Rounds) -> Counter[str]:
    return Counter(done.run.model for done in rounds.done)


def test_who_is_clearly_behind_stops_early_and_who_is_level_stops_once_that_is_sure() -> None:
    rounds, found = _played()
    assert _often(rounds) == {"batch": 10, "api": 14, "event": 14, "manual": 3}
    answer = find(found).answers[0]
    assert (answer.unsettled, [one.pattern for one in answer.level]) == ((), ["api", "event"])
    assert {one.at for claim, one in answer.decisions.items() if claim.behind == "batch"} == {5}


def test_a_fixed_number_is_run_by_every_candidate_and_baselines_need_few() -> None:
    rounds, _ = _played(plan=_plan((), 4))
    assert _often(rounds) == {"batch": 4, "api": 4, "event": 4, "manual": 3}


def test_what_cannot_be_told_apart_stops_at_the_most() -> None:
    def torn(job: Job) -> Done:
        done = _work(job)
        if job.model.name != "event":
            return done
        wild = Figure(4.0 + 14.0 * (job.replication % 2), 400)
        return Done(replace(done.run, kpis={**done.run.kpis, "project_setup_h_p95": wild}))

    rounds, found = _played(torn)
    assert _often(rounds)["event"] == 20
    assert find(found).answers[0].unsettled


def test_an_outcome_of_which_nothing_is_ever_due_keeps_nobody_running() -> None:
    def without(job: Job) -> Done:
        done = _work(job)
        return Done(replace(done.run, kpis={**done.run.kpis, "expense_posted_h_p95": Figure(None)}))

    rounds, found = _played(without)
    assert _often(rounds)["event"] < 20
    assert find(found).answers[2].unsettled == ()


def _split(job: Job) -> Done:
    """API-led leads quote to project, event-driven leads time and expense."""
    slow = {"event": ("project_setup_h_p95", 30.0), "api": ("time_posted_h_p95", 30.0)}
    done = _work(job)
    if job.model.name not in slow:
        return done
    kpi, hours = slow[job.model.name]
    figure = Figure(hours + 0.1 * (job.replication % 3), 400)
    return Done(replace(done.run, kpis={**done.run.kpis, kpi: figure}))


def test_a_recommended_table_that_nobody_ran_is_run_on_the_same_replications() -> None:
    rounds, found = _played(_split)
    assert rounds.recommended is not None
    table = rounds.recommended.workflows
    assert (table["quote_to_project"], table["time_and_expense"]) == ("api", "event")
    assert _often(rounds)["recommended"] == max(_often(rounds)["api"], _often(rounds)["event"])
    named = {one.model for answer in find(found).answers for one in answer.candidates}
    assert "recommended" not in named, "it is no evidence for itself"


def test_a_recommended_table_that_was_run_is_not_run_again() -> None:
    rounds, found = _played()
    assert rounds.recommended is None
    held = find(found).recommendation
    assert held is not None
    assert (held.model, len(held.tied)) == ("api", 5)


@dataclass(frozen=True)
class CutShort:
    """A pool that performs so many runs and no more."""

    often: int
    lost: InputError | None = None

    def run_all(
        self, jobs: Sequence[J], work: Callable[[J], R], told: Callable[[int, R], None]
    ) -> Gathered[R]:
        complete = [work(job) for job in jobs[: self.often]]
        return Gathered([*complete, *[None] * (len(jobs) - len(complete))], True, self.lost)


def _cut_short(pool: CutShort) -> Rounds:
    base = replace(experiment(1), models={name: MODELS[name] for name in SHOWN}, runs=())
    rounds = Rounds(_plan(), telling(base), lambda *_: None, pool, _work)
    rounds.perform()
    return rounds


def test_an_interrupt_keeps_what_is_complete() -> None:
    rounds = _cut_short(CutShort(4))
    assert rounds.interrupted
    assert (_often(rounds).total(), rounds.lost) == (4, "")


def test_a_pool_that_is_lost_leaves_what_is_complete_and_its_reason() -> None:
    gone = InputError("--cluster", "the scheduler is gone", "start it")
    rounds = _cut_short(CutShort(4, gone))
    assert rounds.interrupted
    assert (_often(rounds).total(), rounds.lost) == (4, str(gone))


def test_a_pool_that_is_lost_at_once_is_refused_by_its_reason() -> None:
    with pytest.raises(InputError, match="the scheduler is gone"):
        _cut_short(CutShort(0, InputError("--cluster", "the scheduler is gone", "start it")))
