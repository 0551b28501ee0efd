"""What a sequential comparison decides agrees with a bank of 40 replications in 98 of 100 resampled paths."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from report_data import experiment
from small_world import TIME, judged, model, month_end, ran, staged

from kernel.luck import luck
from reports.agreement import agreement, of_experiment
from reports.inputs import Experiment, Figure, Run
from reports.kpis import WORKFLOWS
from reports.sequential import Claim, Evidence

ONE = Claim("x", "y", "kpi")


@pytest.mark.parametrize(
    ("values", "decided"),
    [([5.0, 7.0] * 20, True), ([-5.0, -7.0] * 20, True), ([-9.0, 9.5] * 20, False)],
)
def test_clear_claims_are_decided_as_in_the_bank_and_others_left_open(
    values: list[float], decided: bool
) -> None:
    found = agreement({ONE: Evidence(values)}, paths=200)
    assert found.share >= (0.98 if decided else 0.95), "at the margin 5 in 100 may be wrong"
    assert (found.decided > 0.98) == decided


def test_a_comparison_that_decided_by_its_means_alone_would_not_agree() -> None:
    """Counter-arm: at the margin the sign of ten replications is a coin."""
    values = [-9.0, 9.5] * 20
    drawn = [
        [values[int(luck(1, "bank", f"{path}|{step}") * 40)] for step in range(10)] for path in range(200)
    ]
    assert sum(sum(path) > 0 for path in drawn) / 200 < 0.7
    assert agreement({ONE: Evidence(values)}, paths=200).share >= 0.95


def test_a_bank_smaller_than_a_path_is_refused() -> None:
    with pytest.raises(ValueError, match="a bank of 10 replications is smaller"):
        agreement({ONE: Evidence([1.0] * 10)})


def test_paths_of_a_made_up_month_end_agree_with_its_forty_replications() -> None:
    found = of_experiment(experiment(40, dirty=""), paths=60)
    assert list(found) == list(WORKFLOWS)
    for workflow, one in found.items():
        assert one.share >= 0.98, workflow
        assert one.decided >= 0.9, workflow


def test_a_bank_is_decided_by_the_kpis_of_a_first_look_however_many_items_it_has() -> None:
    """Four deals a run: 20 at the first look, 160 in the bank; the share is clear, the percentile a coin."""
    share, slow = "project_setup_within_target_pct", "project_setup_h_p95"

    def few(run: Run) -> Run:
        on_time = 60.0 if run.model == "batch" else 100.0 - 0.1 * (run.replication % 3)
        wild = 90.0 * luck(1, run.model, str(run.replication))
        return replace(run, kpis={share: Figure(on_time, 4), slow: Figure(wild, 4)})

    whole = experiment(40, dirty="")
    pair = {name: whole.models[name] for name in ("batch", "api")}
    runs = [few(run) for run in whole.runs if run.model in pair]
    found = of_experiment(replace(whole, models=pair, runs=runs), paths=40)
    assert found["quote_to_project"].decided == 1.0


@cache
def bank() -> Experiment:
    """Forty runs of a firm of twenty consultants under each pattern, faults of every day on."""
    scenario = month_end(ambient=None)
    runs = []
    for number in range(40):
        play = staged(scenario, number + 1, workflows=[TIME], days=13.0)
        for pattern in ("batch", "api", "event"):
            run = judged(ran(play, model(**{TIME: pattern}), number + 1))
            runs.append(replace(run, model=pattern, replication=number))
    models = {pattern: {TIME: pattern} for pattern in ("batch", "api", "event")}
    return replace(experiment(1), models=models, runs=runs, decisions={}, looks=())


@pytest.mark.large
def test_paths_of_a_small_firm_agree_with_forty_of_its_replications() -> None:
    found = of_experiment(bank(), paths=200)
    assert list(found) == [TIME]
    assert found[TIME].share >= 0.98
    assert found[TIME].decided > 0.6, "a rule that never decides would agree with everything"
