"""`rehearse fuzz`: worlds are drawn, written, read, judged and shrunk as promised."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from measurements.facts import FLOWS, Problem
from measurements.judgement import FINDINGS
from measurements.observed import Observed
from measurements.run import Balance, Figure, FindingLine, Run
from pipeline import models
from rehearsal.cli import main
from run.settings_of import settings_of
from scenarios import catalogue, firm_file
from scenarios.known import FAULTS, RELEASES, objects_of
from scenarios.play import stage
from sim.fuzz import files
from sim.fuzz.coverage import Cell, Coverage, Span, exercised
from sim.fuzz.expectation import Reason, reasons
from sim.fuzz.judge import NOT_UNDONE, Violation, violations
from sim.fuzz.reach import reach_of
from sim.fuzz.shrink import shrunk
from sim.fuzz.trial import Outcome, _elsewhere, _performed, trial, trial_of
from sim.fuzz.world import CANDIDATES, Drawn, draw, read

CALM = Drawn(
    1,
    {"title": "calm", "question": "Does it end clean?"},
    {"consultants": 6},
    {"name": "drawn", "workflows": dict.fromkeys(models.load("batch").workflows, "batch")},
)


@lru_cache(maxsize=1)
def calm() -> tuple[Observed, Run]:
    _, observed, run, _ = _performed(CALM)
    return observed, run


@pytest.mark.parametrize("seed", range(1, 13))
def test_files_are_read_back_to_the_very_same_world(seed: int, tmp_path: Path) -> None:
    drawn, folder = draw(seed), tmp_path
    files.write(drawn, folder)
    for name in files.NAMES:
        held = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        assert held == getattr(drawn, name)
    scenario = catalogue.load(str(folder / "scenario.toml"))
    readings = read(drawn)
    assert replace(scenario, source=readings.scenario.source) == readings.scenario
    assert firm_file.load(folder / "firm.toml") == readings.firm
    assert models.load(str(folder / "model.toml")) == readings.model


def test_every_kind_and_pattern_is_drawn_and_no_reader_refuses_a_world() -> None:
    worlds = [draw(seed) for seed in range(1, 121)]
    for name, kinds in (("faults", FAULTS), ("releases", RELEASES)):
        assert {row["kind"] for drawn in worlds for row in drawn.scenario.get(name, ())} == set(kinds)
    patterns = {pattern for drawn in worlds for pattern in drawn.model["workflows"].values()}
    assert patterns == set(CANDIDATES)
    for drawn in worlds[::6]:
        read(drawn)


def test_a_calm_world_is_clean() -> None:
    assert trial(CALM)[1:4] == ((), (), ())


def test_a_world_leaves_the_same_bytes_in_a_process_with_other_hashes() -> None:
    assert _elsewhere(10) == trial(draw(10)).digest


def test_the_judge_sees_what_the_audit_counts_what_is_unfinished_and_what_does_not_add_up() -> None:
    observed, run = calm()
    broken = replace(
        run,
        audit={**run.audit, "duplicated": {"time": 2}},
        identity={"time_and_expense": Balance(3, 1, 1, 0, 0)},
        undrained=1,
        unfinished={"expense": 1},
    )
    found = {(one.kind, one.where) for one in violations(observed, broken)}
    assert {
        ("duplicated", "time"),
        ("identity", "time_and_expense"),
        ("unfinished", "expense"),
        ("figure", "expense_posted_h_p95"),
    } <= found


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("drain_h", Figure(-0.1)),
        ("margin_error_pct", Figure(float("nan"))),
        ("posted_before_close_pct", Figure(100.5)),
        ("api_calls", Figure(1.0, by={"netsuite": Figure(-1.0)})),
        ("drain_h", Figure(1.0, n=-1)),
    ],
)
def test_a_figure_that_cannot_be_is_a_violation(name: str, figure: Figure) -> None:
    observed, run = calm()
    found = violations(observed, replace(run, kpis={**run.kpis, name: figure}))
    assert ("figure", name) in {(one.kind, one.where) for one in found}


def test_what_a_world_may_leave_open_is_told_from_its_tables_alone() -> None:
    release = {
        "at": "BD-1 10:00",
        "system": "netsuite",
        "cause": "tenant change",
        "kind": "rename_field",
        "parameters": {"object": "job", "field": "custentity_po_number", "to": "custentity_po"},
    }
    unmapped = CALM._replace(scenario={**CALM.scenario, "releases": [release]})
    mapped = CALM._replace(scenario={**CALM.scenario, "releases": [{**release, "mapped_after_days": 1.0}]})
    assert reasons(CALM) == reasons(mapped) == ()
    assert [reason.kind for reason in reasons(unmapped)] == ["rename_field that nobody maps"]


UNMAPPED = {
    "at": "BD-1 10:00",
    "system": "netsuite",
    "cause": "tenant change",
    "kind": "rename_field",
    "parameters": {"object": "journalentry", "field": "memo", "to": "memo_new"},
}


def test_a_reason_explains_leftovers_of_the_flows_that_it_reaches_and_of_no_others() -> None:
    (reason,) = reasons(CALM._replace(scenario={**CALM.scenario, "releases": [UNMAPPED]}))
    assert reason.flows == {"revenue", "reporting"}
    for kind in ("unfinished", "open exception"):
        assert reason.explains(Violation(kind, "", "", "revenue"))
        assert not reason.explains(Violation(kind, "", "", "time"))
        assert not reason.explains(Violation(kind, "", ""))


def test_nothing_that_is_wrong_or_lost_is_explained_not_even_beside_a_record_on_its_whole_stream() -> None:
    """The record names other keys than those that are lost."""
    observed, run = calm()
    other = Problem(
        "time", "timecards", 0, "timeout", "", "desk", 0.0, None, 0, 0.0, "salesforce", "NOTHING-*", 0.0
    )
    seen = replace(observed, books=observed.books._replace(problems=(other,)))
    anything = Reason("any", "any", frozenset(FLOWS))
    for kind in FINDINGS:
        broken = replace(run, audit={**run.audit, kind: {"time": 50}})
        left = [one for one in violations(seen, broken) if not anything.explains(one)]
        assert [(one.kind, one.where) for one in left] == [(kind, "time")]


def test_a_recall_that_is_not_undone_is_explained_only_where_an_open_record_names_it() -> None:
    observed, run = calm()
    card = next(row for row in observed.books.commitments if row.flow == "time" and row.authorised)
    recalled = card._replace(version=3, withdrawn_at_s=card.committed_at_s + 60.0)
    found = FindingLine("unauthorised", "time", card.key, card.part, 3, "recalled and not reversed")
    broken = replace(run, audit={**run.audit, "unauthorised": {"time": 1}}, findings=(found,))
    record = Problem("time", card.key, 4, "schema", "", "desk", 9.0, None, 0, 0.0)
    kinds = {}
    for name, row in (
        ("named", record),
        ("another card", record._replace(key="T-another")),
        ("an older version", record._replace(version=2)),
        ("closed", record._replace(closed_at_s=10.0)),
    ):
        books = observed.books._replace(commitments=(recalled,), problems=(row,))
        told = violations(replace(observed, books=books), broken)
        kinds[name] = {one.kind for one in told} & {NOT_UNDONE, "unauthorised"}
    wrong = {"unauthorised"}
    assert kinds == {"named": {NOT_UNDONE}, "another card": wrong, "an older version": wrong, "closed": wrong}


def test_every_object_of_every_system_has_a_reach_and_troubles_reach_what_waits() -> None:
    for system in ("salesforce", "netsuite", "workday"):
        for name in objects_of(system):
            assert reach_of(system, name) <= reach_of(system) <= set(FLOWS)
    assert reach_of("salesforce", "pse__Timecard__c") == {"time", "invoice", "revenue", "reporting"}
    assert "project" not in reach_of("workday")


def test_violations_come_in_an_order_that_no_hash_decides() -> None:
    observed, run = calm()
    stems = [f"stem_{letter}" for letter in "hgfedcba"]
    crossed = {
        f"{stem}_{part}": Figure(value) for stem in stems for part, value in (("p50", 2.0), ("p95", 1.0))
    }
    found = violations(observed, replace(run, kpis=crossed))
    assert [one.where for one in found if one.kind == "figure"] == sorted(stems)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--start", "-5"), ("--minutes", "nan"), ("--minutes", "inf"), ("--minutes", "-1")],
)
def test_a_start_or_a_length_that_cannot_be_is_one_line_that_names_its_option(
    option: str,
    value: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("sys.argv", ["rehearse", "fuzz", option, value, "--out", str(tmp_path / "o")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"rehearse: {option} {value}: ")
    assert not (tmp_path / "o").exists()


def test_an_error_inside_the_product_is_a_violation_that_names_the_place() -> None:
    broken = CALM._replace(seed=-1)
    assert [(one.kind, one.where) for one in trial(broken).violations] == [
        ("exception", "OverflowError in kernel/luck.py luck")
    ]


def test_a_failing_world_is_shrunk_to_what_makes_it_fail() -> None:
    drawn = next(d for d in map(draw, range(1, 200)) if len(d.scenario.get("faults", ())) > 2)
    culprit = drawn.scenario["faults"][1]

    def fails_with_the_culprit(tried: Drawn) -> Outcome:
        struck = culprit in tried.scenario.get("faults", ())
        return Outcome(tried, (Violation("lost", "time", ""),) if struck else ())

    smallest = shrunk(fails_with_the_culprit(drawn), fails_with_the_culprit, 200).drawn
    assert dict(smallest.scenario) == {
        "title": drawn.scenario["title"],
        "question": drawn.scenario["question"],
        "faults": [culprit],
    }
    assert dict(smallest.firm) == {"consultants": 5}
    assert len(set(smallest.model["workflows"].values())) == 1


def test_a_shrink_takes_no_more_runs_than_it_may() -> None:
    runs = []

    def fails_always(tried: Drawn) -> Outcome:
        runs.append(tried)
        return Outcome(tried, (Violation("lost", "time", ""),))

    shrunk(Outcome(draw(3), (Violation("lost", "time", ""),)), fails_always, 4)
    assert len(runs) == 4


def test_coverage_counts_a_workflow_that_moved_while_the_kind_was_on() -> None:
    observed, _ = calm()
    spans = [Span("outage", 0.0, observed.end_s), Span("reset", observed.end_s, observed.end_s)]
    cells = exercised(spans, observed.trail, CALM.model["workflows"])
    assert Cell("outage", "time_and_expense", "batch", False) in cells
    assert not any(cell.kind == "reset" for cell in cells)
    coverage = Coverage()
    coverage.add(cells)
    assert coverage.worlds("outage", "time_and_expense", "batch") == 1
    assert ("outage", "time_and_expense", "batch") not in coverage.missing()


def test_the_command_prints_its_coverage_and_ends_with_0_where_nothing_was_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ["rehearse", "fuzz", "--seeds", "1", "--start", "10", "--jobs", "1", "--out", str(tmp_path / "o")]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert "1 clean" in told
    assert max(map(len, told.splitlines())) <= 100
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(("words", "code"), [((), 130), (("--minutes", "0.0001"), 0)])
def test_an_interrupt_keeps_what_is_complete_and_ends_with_130_and_the_end_of_its_minutes_with_0(
    words: tuple[str, ...],
    code: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    if not words:  # the second world is interrupted
        monkeypatch.setattr("rehearsal.fuzz.trial_of", _interrupted_after(trial_of))
    asked = ["rehearse", "fuzz", "--seeds", "3", "--start", "10", "--jobs", "1", "--out", str(tmp_path / "o")]
    monkeypatch.setattr("sys.argv", [*asked, *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert "1 clean" in capsys.readouterr().out


def _interrupted_after(once: Callable[[int], Outcome]) -> Callable[[int], Outcome]:
    """As it is the first time; then somebody presses Ctrl-C."""
    seen: list[int] = []

    def run(seed: int) -> Outcome:
        if seen:
            raise KeyboardInterrupt
        seen.append(seed)
        return once(seed)

    return run


def test_a_scenario_says_how_often_its_pipeline_polls() -> None:
    scenario = catalogue.scenario_from("s", {**CALM.scenario, "polls": {"netsuite": 45}}, "s.toml")
    polls_s = settings_of(stage(scenario, read(CALM).firm, 1)).poll_s
    assert (polls_s["netsuite"], polls_s["workday"]) == (2700.0, 900.0)


@pytest.mark.parametrize("seed", [61174, 61994])
def test_nobody_has_time_approved_before_the_project_was_won_or_the_worker_hired(seed: int) -> None:
    scenario, firm, _ = read(draw(seed))  # a week handed in on its Monday; won, or hired, on its Wednesday
    opening = stage(scenario, firm, seed).opening
    assert opening.posted_time
    assert {one.project for one in opening.posted_time} <= {one.project for one in opening.projects}
    assert {one.worker for one in opening.posted_time} <= {one.worker for one in opening.workers}


def test_an_open_exception_is_a_violation_unless_its_owner_still_has_it() -> None:
    observed, run = calm()
    old = observed.end_s - 8 * 86400.0
    row = Problem("expense", "E1", 1, "policy", "no receipt", "finance", old, None, 0, 0.0)

    def found(problem: Problem, days: float) -> list[str]:
        books = observed.books._replace(problems=(problem,))
        told = violations(replace(observed, books=books), run, lambda at_s, _: at_s + days * 86400.0)
        return [one.where for one in told if one.kind == "open exception"]

    assert found(row, 1.0) == ["expense policy"]
    assert found(row, 3.0) == []  # a slow owner
    assert found(row._replace(cause="timeout"), 3.0) == ["expense timeout"]  # which no owner settles


def test_an_item_that_its_owner_still_has_is_not_unfinished_work_of_the_integration() -> None:
    observed, run = calm()
    row = Problem(
        *("project", "O1", 0, "missing_attribute", "no manager", "seller"),
        *(observed.end_s - 8 * 86400.0, None, 0, 0.0),
    )
    seen = replace(observed, books=observed.books._replace(problems=(row,)))
    late = replace(run, undrained=1, unfinished={"project": 1})

    def found(days: float) -> list[str]:
        told = violations(seen, late, lambda at_s, _: at_s + days * 86400.0)
        return [one.where for one in told if one.kind == "unfinished"]

    assert found(3.0) == []
    assert found(1.0) == ["project"]
