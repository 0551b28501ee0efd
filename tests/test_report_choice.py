"""What would flip the choice, what the recommended table showed as a whole, why, and against which advice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from report_data import MODELS, experiment

from measurements.run import Figure, Run
from pipeline.settings import Schedule
from reports import experiment_file
from reports.advice import advice_lines
from reports.answer_rows import answer_rows
from reports.choice import choice_rows, expected_levels, flips_sentence
from reports.findings import Findings, find
from reports.inputs import ArmChoice, Experiment, LimitLine
from reports.interactions import interaction_lines, recommended_sentence
from reports.statistics import paired_difference
from reports.stopping import levels
from reports.why import largest_stage
from sim.waits import longest_gap_h

HELD = "invoice_holds"


def _mixed(change: Callable[[Run], Run] = lambda run: run) -> Experiment:
    """Batch leads quote to project and API-led the rest, so that the recommended table is a mix, and ran."""
    whole = experiment(10, dirty="")
    slow = Figure(200.0, 400)
    table = {**MODELS["api"], "quote_to_project": "batch"}
    runs = [
        replace(run, kpis={**run.kpis, "project_setup_h_p95": slow}) if run.model in {"api", "event"} else run
        for run in whole.runs
        if run.model in {"batch", "api"}
    ]
    both = [change(replace(run, model="recommended")) for run in runs if run.model == "api"]
    models = {"batch": MODELS["batch"], "api": MODELS["api"], "recommended": table}
    return replace(whole, models=models, runs=[*runs, *both])


def _holding(run: Run) -> Run:
    return replace(run, kpis={**run.kpis, HELD: Figure(43.0 + 0.1 * run.replication, 400)})


def test_an_interaction_of_the_recommended_table_is_named_with_its_neighbours() -> None:
    lines = interaction_lines(find(_mixed(_holding)))
    assert [line for line in lines if "invoices held" in line] == [
        line
        for line in lines
        if line.startswith("Billing and revenue: invoices held for stale or missing data is 43")
    ]
    [line] = [line for line in lines if "invoices held" in line]
    assert "in model api" in line
    assert line.endswith("since its neighbours are carried otherwise: quote to project by batch.")


def test_a_table_whose_parts_do_not_meet_is_said_to_have_no_interaction() -> None:
    found = find(_mixed())
    held = recommended_sentence(found)
    assert held.startswith(
        "Recommended is the table batch for quote to project; API-led for worker alignment,"
    )
    assert "It was run as a model of its own in 10 replications" in held
    assert not [line for line in interaction_lines(found) if line.startswith("Billing")]


def test_a_recommended_table_is_never_what_a_pattern_is_judged_by() -> None:
    found = find(_mixed(_holding))
    assert {one.model for answer in found.answers for one in answer.candidates} == {"batch", "api"}
    assert "recommended" not in {row.best for rows in found.differences.values() for row in rows.values()}


def test_reports_that_recommend_other_tables_are_combined_without_them(tmp_path: Path) -> None:
    ours = _mixed()
    theirs = replace(ours, models={**ours.models, "recommended": MODELS["hybrid"]})
    for name, part in (("a", ours), ("b", theirs)):
        experiment_file.write(part, tmp_path / name)
    joined = experiment_file.load([tmp_path / "a", tmp_path / "b"])
    assert list(joined.models) == ["batch", "api"]
    assert {run.model for run in joined.runs} == {"batch", "api"}
    assert "recommended" in experiment_file.load([tmp_path / "a"]).models


def test_a_table_that_ran_already_and_its_tie_break_are_said() -> None:
    text = recommended_sentence(find(experiment(10)))
    assert "It is the table of model api, so it was not run twice." in text
    assert "a tie-break took one, which is no evidence: the fewest styles in the whole table" in text


def test_smaller_margins_leave_one_ahead_and_a_day_makes_more_level() -> None:
    rows = {row.setting: row for row in choice_rows(find(experiment(10)))}
    assert rows["margin 4 h"].flips == ()
    assert rows["margin 15 min"].levels["time_and_expense"] == ("event",)
    assert "time_and_expense" in rows["margin 1 h"].flips
    assert "batch" in rows["margin 1 day"].levels["worker_alignment"]
    assert flips_sentence(list(rows.values())).startswith("The choice flips at margin 15 min (")


def test_theory_expects_level_what_waits_no_longer_than_the_margin() -> None:
    waits = {
        "time_and_expense": {"batch": 22.8, "api": 0.0},
        "portfolio_reporting": {"api": 0.95, "event": 0.08},
    }
    assert expected_levels(waits, 4.0)["time_and_expense"] == ("api",)
    assert expected_levels(waits, 24.0)["time_and_expense"] == ("batch", "api")
    assert expected_levels(waits, 0.25)["portfolio_reporting"] == ("event",)


@pytest.mark.parametrize(
    ("schedule", "gap_h"),
    [
        (Schedule(("01:00",)), 24.0),
        (Schedule(("01:00", "13:00")), 12.0),
        (Schedule(every_min=15.0), 0.25),
        (Schedule(("17:30",), weekdays=(0, 3)), 96.0),
    ],
)
def test_the_longest_gap_between_runs(schedule: Schedule, gap_h: float) -> None:
    assert longest_gap_h(schedule) == gap_h


def _armed(slots: int, full_min: float, peak: float) -> Findings:
    """Other slots flip one workflow; of the five as compared so many were taken at most, and full so long."""
    whole = experiment(10)
    line = LimitLine("netsuite", "account_concurrency", 5, False, peak / 5, 0.2, full_min, 0, ())
    name, pair = f"{slots} NetSuite slots", ("api", "event")
    arms = [
        ArmChoice(name, "slots", slots, pair, "time_and_expense", ("event",), pair),
        ArmChoice(name, "slots", slots, pair, "quote_to_project", ("api",), ("api",)),
    ]
    return find(replace(whole, arms=arms, runs=[replace(run, limits=[line]) for run in whole.runs]))


@pytest.mark.parametrize(
    ("slots", "full_min", "peak", "theory"),
    [
        (15, 12.0, 5, "12 min a run, which does not bind: no flip"),
        (15, 70.0, 5, "70 min a run, which binds: a flip can be"),
        (3, 0.0, 4, "at most 4 calls are under way at once, which fill 3 slots: a flip can be"),
        (3, 0.0, 3, "at most 3 calls are under way at once, which fill 3 slots: a flip can be"),
        (3, 0.0, 2, "at most 2 calls are under way at once, fewer than 3 slots: no flip"),
    ],
)
def test_a_setting_that_was_run_again_shows_its_flips_and_what_theory_says(
    slots: int, full_min: float, peak: float, theory: str
) -> None:
    [row] = [row for row in choice_rows(_armed(slots, full_min, peak)) if "slots" in row.setting]
    assert row.flips == ("time_and_expense",)
    assert row.theory.endswith(theory)


def test_another_setting_is_judged_by_the_kpis_that_decided_as_compared() -> None:
    """Twelve deals a run decide by their share; thirty would bring the percentile, and seem to flip."""
    share, slow = "project_setup_within_target_pct", "project_setup_h_p95"

    def of(run: Run, deals: int) -> Run:
        worse = run.model == "api"
        figures = {share: Figure(80.0 if worse else 100.0, deals), slow: Figure(9.0, deals)}
        return replace(run, kpis={**run.kpis, **figures})

    pair = {name: MODELS[name] for name in ("api", "event")}
    held = [run for run in experiment(3).runs if run.model in pair]
    base = replace(experiment(3), models=pair, runs=[of(run, 12) for run in held])
    more = replace(base, runs=[of(run, 30) for run in held])
    assert levels(more, more)["quote_to_project"] == ("api", "event")
    assert levels(more, base)["quote_to_project"] == levels(base, base)["quote_to_project"] == ("event",)


def test_one_replication_tells_no_interaction_from_chance_and_says_so() -> None:
    whole = _mixed(_holding)
    once = find(replace(whole, runs=[run for run in whole.runs if run.replication == 0]))
    assert interaction_lines(once) == []
    text = recommended_sentence(once)
    assert "no difference from the models it was taken from is beyond its margin and told from chance" in text


def test_a_difference_among_many_that_chance_alone_would_show_is_no_interaction() -> None:
    """One of some twenty KPIs moves with p = 0.03."""

    def moved(run: Run) -> Run:
        more = (9.0, -5.0)[run.replication % 2] + 1e-3 * run.replication
        held = run.kpis[HELD].value or 0.0
        return replace(run, kpis={**run.kpis, HELD: Figure(held + more + 3.5, 400)})

    whole = _mixed(moved)
    found = find(whole)
    mine, alone = (found.estimates[model][HELD] for model in ("recommended", "api"))
    assert 0.01 < paired_difference(mine.values, alone.values).p < 0.05
    assert [line for line in interaction_lines(found) if "invoices held" in line] == []


def test_a_table_of_which_nothing_rests_on_evidence_is_one_to_try() -> None:
    assert recommended_sentence(find(experiment(10))).startswith("A table to try is API-led for")


def test_each_row_says_which_stage_makes_the_difference_and_what_it_comes_to() -> None:
    row = answer_rows(find(experiment(10)))[0]
    assert row.why == "Why: batch needs 7.9 h more a project than API-led, of which 7.9 h is schedule wait."
    assert row.stakes.startswith("For this firm: 150 projects a month wait 7.9 h longer under batch; ")
    assert row.stakes.endswith("an assumed $8.0k a year less to build and run.")


def test_stages_are_compared_over_the_replications_that_both_completed() -> None:
    """The later months are three times as long; only batch was run that often."""

    def staged(run: Run) -> Run:
        hours = 2.0 if run.replication < 5 else 6.0
        return replace(run, stages={"time": {"people": hours, "schedule wait": 0.5 * (run.model == "batch")}})

    whole = experiment(10)
    runs = [staged(run) for run in whole.runs if run.model == "batch" or run.replication < 5]
    found = largest_stage(replace(whole, runs=runs), "time_and_expense", "api", "batch")
    assert found is not None
    assert (found.stage, found.hours, found.of) == ("schedule wait", 0.5, 0.5)


def test_where_the_result_differs_from_common_advice_is_said() -> None:
    lines = advice_lines(find(experiment(10)))
    assert lines[1].startswith(
        "Worker alignment: batch with API-led is the common advice; here it is behind API-led and"
    )
    assert lines[2] == (
        "Time and expense: event-driven is the common advice; here it is within the margin of API-led; the "
        "stage that makes the difference is schedule wait."
    )
    assert lines[-1].endswith(
        "ahead in 0 of 5 workflows, within the margin in 4 and behind in worker alignment."
    )
