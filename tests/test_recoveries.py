"""How each model stands the faults: what is told of it, and when it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from report_data import experiment

from measurements.facts import WORKFLOWS
from reports.answer_rows import answer_rows
from reports.findings import Findings, find
from reports.inputs import Experiment, Figure, Margin, Run
from reports.interactions import recommended_sentence
from reports.recoveries import recovery_sentences
from reports.spending import LOOKS
from reports.stopping import undecided
from reports.story import headline

HOURS = {"batch": 2.0, "api": 70.0, "event": 0.5, "hybrid": 0.5, "manual": 1.0, "point-to-point": 90.0}


def _struck(replications: int, hours: Mapping[str, float] = HOURS, bounded: str = "") -> Experiment:
    """Recovery takes so many hours, give or take a twentieth; each hour delays ten items and $1,000."""

    def run(one: Run) -> Run:
        took = hours[one.model] * (0.95 + 0.02 * (one.replication % 6))
        figures = {
            "recovery_h": Figure(took, 200, at_least=one.model == bounded),
            "fault_delay_item_h": Figure(10 * took, 200),
            "fault_delay_usd_days": Figure(1000 * took, 200),
        }
        return replace(one, kpis={**one.kpis, **figures})

    whole = experiment(replications)
    asked = {**whole.decisions, "recovery_h": Margin(4)}
    return replace(whole, runs=[run(one) for one in whole.runs], decisions=asked)


def test_each_candidate_is_told_quickest_first_and_baselines_are_not() -> None:
    text = recovery_sentences(find(_struck(2, {**HOURS, "event": 0.25})))
    assert "event 14 min, hybrid 29 min, batch 1.9 h and api 67.2 h." in text
    assert "event 2 item-h, hybrid 5 item-h, batch 19 item-h and api 672 item-h" in text
    assert "manual" not in text


def test_who_has_no_late_item_at_the_faults_end_recovers_at_once() -> None:
    assert "faults: event at once, hybrid" in recovery_sentences(find(_struck(2, {**HOURS, "event": 0.0})))


def test_too_few_runs_are_not_judged() -> None:
    assert "stand" not in recovery_sentences(find(_struck(3)))


def test_who_is_behind_nobody_stands_the_faults_best_or_level_with_others() -> None:
    assert recovery_sentences(find(_struck(10))).endswith(
        "Event, hybrid and batch stand the faults alike, within the margin."
    )
    slow = {**HOURS, "batch": 40.0, "hybrid": 50.0}
    assert recovery_sentences(find(_struck(10, slow))).endswith("Event stands the faults best.")


def test_a_model_whose_recovery_is_only_bounded_is_told_last_with_its_bound() -> None:
    text = recovery_sentences(find(_struck(10, bounded="event")))
    assert "and event ≥ 30 min." in text
    assert "Event stands" not in text


def test_the_headline_opens_with_recovery_where_the_scenario_asks_for_it() -> None:
    asked = find(_struck(10))
    assert headline(asked).startswith("From the last fault’s end")
    unasked: Findings = find(replace(_struck(10), decisions={}))
    assert "last fault" not in headline(unasked)
    assert recovery_sentences(find(experiment(10))) == ""


def test_who_is_run_again_is_who_the_headline_calls_open() -> None:
    def near(one: Run) -> Run:
        """Batch recovers about a margin later than hybrid, now a little more and now a little less."""
        hours = {"batch": 4.0 + 3.0 * (-1) ** one.replication, "hybrid": 0.0}.get(one.model, 90.0)
        delays = {"fault_delay_item_h": Figure(0.0, 200), "fault_delay_usd_days": Figure(0.0, 200)}
        return replace(one, kpis={**one.kpis, **delays, "recovery_h": Figure(hours, 200)})

    whole = replace(_struck(10), looks=LOOKS)
    asked = replace(whole, runs=[near(one) for one in whole.runs])
    assert recovery_sentences(find(asked)).endswith(
        "Who stands the faults best is open between hybrid and batch."
    )
    assert {"batch", "hybrid"} <= undecided(asked)
    assert not {"batch", "hybrid"} & undecided(replace(asked, decisions={}))


def _thrown(back: str, replications: int) -> Experiment:
    """All level in all workflows, and the faults throw one model's back by a little in each of them."""

    def run(one: Run) -> Run:
        late = 20.0 if one.model == back else 0.0
        each = {f"{workflow}_fault_delay_item_h": Figure(late, 40) for workflow in WORKFLOWS}
        figures = {"recovery_h": Figure(1.0, 200), "fault_delay_usd_days": Figure(0.0, 200), **each}
        return replace(one, kpis={**figures, "fault_delay_item_h": Figure(5 * late, 200)})

    whole = experiment(replications, dirty="")
    pair = {name: whole.models[name] for name in ("batch", "api", "event")}
    runs = [run(one) for one in whole.runs if one.model in pair]
    return replace(whole, models=pair, runs=runs, decisions={"recovery_h": Margin(4)})


@pytest.mark.parametrize("replications", [3, 10])
@pytest.mark.parametrize(("back", "taken"), [("batch", "api"), ("api", "batch"), ("event", "batch")])
def test_no_tie_break_takes_the_model_that_the_faults_throw_back_most(
    back: str, taken: str, replications: int
) -> None:
    """Twenty hours are within the margin of each workflow; a hundred are beyond the whole model's."""
    found = find(_thrown(back, replications))
    assert all(len(answer.level) == 3 for answer in found.answers)
    assert found.recommendation is not None
    assert set(found.recommendation.table.values()) == {taken}
    assert "what faults throw back least, then the fewest styles" in recommended_sentence(found)


def test_who_is_thrown_back_in_a_workflow_is_not_level_there_whatever_it_costs() -> None:
    whole = _thrown("", 10)
    late = Figure(400.0, 40)
    runs = [
        replace(one, kpis={**one.kpis, "time_and_expense_fault_delay_item_h": late})
        if one.model == "batch"
        else one
        for one in whole.runs
    ]
    found = find(replace(whole, runs=runs))
    level = {answer.workflow: [one.pattern for one in answer.level] for answer in found.answers}
    assert level["time_and_expense"] == ["api", "event"]
    assert level["quote_to_project"] == ["batch", "api", "event"]
    row = next(row for row in answer_rows(found) if row.workflow == "Time and expense")
    assert row.others == ("batch: behind on delay that faults caused in time and expense",)
    assert found.recommendation is not None
    assert found.recommendation.table["time_and_expense"] == "api"


def test_without_faults_nothing_is_said_of_them() -> None:
    assert "faults" not in recommended_sentence(find(experiment(10)))
