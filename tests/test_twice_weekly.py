"""The real log through the batch pattern: most payments land in exactly the run in which they were made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import models
from rehearsal.workload import only
from run.job import EXPENSES, Done, Job
from scenarios import catalogue, firm_file
from scenarios.history.cases import History
from scenarios.history.load import load
from scenarios.history.runs import schedule_share
from scenarios.scenario import Scenario
from sim.work import work

LOG = Path(__file__).resolve().parents[2] / "shared" / "data" / "DomesticDeclarations.xes.gz"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LOG.exists(), reason="the shared event log is not here"),
]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return catalogue.load("twice-weekly-payments")


@pytest.fixture(scope="module")
def history(scenario: Scenario) -> History:
    return load(LOG, scenario.activities)


def _played(scenario: Scenario, history: History, model: str) -> Done:
    table = only(models.load(model), (EXPENSES,))
    return work(Job(scenario, firm_file.load(None), table, 1, 0, history))


def test_the_batch_pattern_pays_every_sixth_case_in_the_run_in_which_it_was_really_paid(
    scenario: Scenario, history: History
) -> None:
    done = _played(scenario, history._replace(cases=history.cases[::6]), "batch")
    assert done.same_run is not None
    assert done.same_run.share >= 0.88
    assert sum(done.same_run[1:]) == done.same_run.paid > 1_600
    assert not any(done.run.audit[name] for name in ("lost", "duplicated", "unauthorised", "wrong_amount"))


@pytest.mark.large
def test_the_batch_pattern_pays_in_the_run_in_which_it_was_really_paid(
    scenario: Scenario, history: History
) -> None:
    done = _played(scenario, history, "batch")
    assert history.read == 10_357
    assert len(history.paid) == 9_911
    assert len(history.cases) + sum(history.skipped.values()) == history.read
    assert done.same_run is not None
    assert done.same_run.share >= 0.88
    assert done.same_run.unapproved == 2
    assert sum(done.same_run[1:]) == done.same_run.paid == 9_911
    assert schedule_share(history, scenario.schedules[EXPENSES]) == pytest.approx(0.897, abs=0.001)
    assert not any(done.run.audit[name] for name in ("lost", "duplicated", "unauthorised", "wrong_amount"))


@pytest.mark.large
def test_without_a_cut_off_half_of_them_would_have_been_paid_in_an_earlier_run(
    scenario: Scenario, history: History
) -> None:
    schedule = replace(scenario.schedules[EXPENSES], cut_off_h=0.0)
    done = _played(replace(scenario, schedules={EXPENSES: schedule}), history, "batch")
    assert done.same_run is not None
    assert 0.45 < done.same_run.share < 0.51
