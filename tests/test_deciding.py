"""Which KPIs decide: percentiles of enough items, else the share within target."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_data import experiment

from measurements.kpi_table import TABLE
from measurements.latencies import LATENCIES
from reports.deciding import bearing, deciding, outcomes, role
from reports.estimates import estimates
from reports.findings import find
from reports.inputs import Experiment, Figure, Margin, Run
from reports.kpis import kpi
from reports.terminal import _lines

SETUP, SHARE = "project_setup_h_p95", "project_setup_within_target_pct"


def _few(deals: int, replications: int = 3) -> Experiment:
    """Each replication has so many deals; batch misses the target with a fifth of them."""
    whole = experiment(replications)

    def run(one: Run) -> Run:
        share = 80.0 if one.model == "batch" else 100.0
        slow = one.kpis[SETUP].value
        return replace(one, kpis={**one.kpis, SETUP: Figure(slow, deals), SHARE: Figure(share, deals)})

    return replace(whole, runs=[run(one) for one in whole.runs])


@pytest.mark.parametrize(("deals", "name"), [(19, SHARE), (20, SETUP)])
def test_a_percentile_decides_from_sixty_items_in_all_replications_on(deals: int, name: str) -> None:
    found = estimates(_few(deals))
    assert [entry.name for entry in outcomes("quote_to_project", found, found)] == [name]
    assert role(_few(deals), found, kpi(name)) == "outcome"


def test_the_model_with_the_fewest_items_counts() -> None:
    whole = _few(20)
    runs = [run for run in whole.runs if run.model != "event" or run.replication < 2]
    found = estimates(replace(whole, runs=runs))
    assert outcomes("quote_to_project", found, found)[0].name == SHARE
    assert outcomes("quote_to_project", found, ["batch", "api"])[0].name == SETUP


def test_the_share_leaves_a_pattern_behind_that_a_percentile_of_few_deals_may_not_judge() -> None:
    answer = find(_few(19)).answers[0]
    behind = {candidate.pattern: candidate.behind for candidate in answer.candidates}
    assert behind == {"batch": (SHARE,), "api": (), "event": ()}


def test_a_decision_of_the_scenario_gives_way_to_the_share_with_the_shares_own_margin() -> None:
    asked = replace(_few(19), decisions={SETUP: Margin(4), "manual_hours": Margin(8)})
    assert deciding(asked, estimates(asked)) == {SHARE: Margin(5), "manual_hours": Margin(8)}
    assert role(asked, estimates(asked), kpi(SETUP)) == "too few items to decide"


def test_every_percentile_has_a_share_that_may_decide_in_its_place() -> None:
    percentiles = [entry for entry in TABLE if entry.name.endswith(("_p50", "_p95"))]
    assert len(percentiles) == 2 * len(LATENCIES)
    for entry in percentiles:
        assert bearing(entry, 59).better == "high"
        assert bearing(entry, 59).workflow == entry.workflow
        assert bearing(entry, 60) is entry


def test_the_terminal_shows_the_share_where_it_decides() -> None:
    told = [line.label for line in _lines(find(_few(19)), halves=True)]
    assert "Project setup on time, %" in told
    assert "Project setup p95" not in told
