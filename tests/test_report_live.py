"""A live run on the page, in summary and terminal, and beside another: hand-made values, no sockets."""

from __future__ import annotations

import io
import json
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from report_data import experiment
from rich.console import Console

import reports
from kernel.time import HOUR_S
from loadtests import acts
from measurements.live import ERRORS, ActLine, Live
from rehearsal.slo import end_by
from reports import experiment_file
from reports.change import folder as change_folder
from reports.change import rows as change_rows
from reports.change.changes import changed
from reports.figures import draw
from reports.findings import find
from reports.inputs import Experiment
from reports.live import words
from reports.live.rows import act_rows, error_rows, process_rows, slowest
from reports.slo.figure import sample_of
from reports.slo.file import load
from reports.slo.objective import ActErrorMeasure
from reports.slo.result import results_of
from reports.story import headline
from reports.terminal import show

FROM_H = 326.0
LIVE = Live(
    acts=[
        ActLine("approver", "approvals.decide", 70, [0.4, 2.5, 61.0, 3700.0], [0.2, 1.5, 2.0, 2.0]),
        ActLine("consultant", "timecard.submit", 5, [0.1, 9.0, 9.0, 9.0], [0.1, 1.1, 1.1, 1.1]),
    ],
    speed=240.0,
    from_s=FROM_H * HOUR_S + 0.8,
    until_s=(FROM_H + 3.5) * HOUR_S,
    counts={"due": 400, "done": 396, "late": 3, "dropped": 4},
    errors={"limit": 2, "timeout": 0, "server": 1, "lost": 0, "client": 5},
    lag_s={"salesforce": 2.4, "pipeline": 0.6, "people": 1.2},
    calls_per_s={"salesforce": 5.1, "netsuite": 1.5},
    counted_until_s=(FROM_H + 3.0) * HOUR_S,
)


def played(live: Live = LIVE, model: str = "event") -> Experiment:
    whole = experiment(1, dirty="")
    return replace(
        whole,
        models={model: whole.models[model]},
        runs=[run for run in whole.runs if run.model == model],
        first_day="2026-04-17",
        live={model: live},
    )


def pages(whole: Experiment, out: Path) -> tuple[str, str]:
    reports.write(whole, out)
    return (out / "report.html").read_text(), (out / "report.md").read_text()


def terminal(whole: Experiment) -> str:
    console = Console(width=100, file=io.StringIO(), force_terminal=False)
    show(find(whole), console)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_the_page_tells_the_window_in_business_time_the_pace_and_what_it_leaves(tmp_path: Path) -> None:
    for text in pages(played(), tmp_path):
        assert "Month-end under event, live" in text
        assert "30 Apr 14:00 to 30 Apr 17:00, observed until 30 Apr 17:30, head-quarters time" in text
        assert "one real millisecond is 240 ms of the play" in text
        assert "above 120 latencies are indicative" in text
        assert "400 due, 396 done, 3 late, 4 dropped" in text
        assert "Response time counts from the instant at which an act was due" in text


def test_a_slow_enough_run_is_not_called_indicative() -> None:
    assert "indicative" not in words.speed(LIVE._replace(speed=120.0))
    assert "indicative" in words.speed(LIVE._replace(speed=121.0))


def test_a_virtual_run_has_no_live_section_and_no_part_of_the_summary(tmp_path: Path) -> None:
    html, markdown = pages(replace(played(), live={}), tmp_path)
    assert 'id="live"' not in html
    assert "Live run" not in markdown
    assert "live" not in json.loads((tmp_path / "summary.json").read_bytes())


def test_times_stand_by_persona_and_verb_and_few_acts_are_quiet() -> None:
    decide, submit = act_rows(LIVE)
    assert decide.label == "approver: approvals.decide"
    assert [cell.text for cell in decide.cells[:5]] == ["70", "400 ms", "2.5 s", "1.0 min", "1.0 h"]
    assert [cell.tone for cell in decide.cells[1:5]] == ["", "", "quiet", "quiet"]
    assert [cell.tone for cell in submit.cells[1:5]] == ["", "quiet", "quiet", "quiet"]


def test_classes_of_errors_stand_apart_as_counts_and_shares_of_the_acts_due() -> None:
    rows = {row.label: [cell.text for cell in row.cells] for row in error_rows(LIVE)}
    assert rows["Refused by a limit"] == ["2", "0.50 %"]
    assert rows["Server error"] == ["1", "0.25 %"]
    assert len(rows) == len(ERRORS)


def test_every_class_that_people_meet_has_words_and_no_other() -> None:
    classes = {acts.LIMIT, acts.TIMEOUT, acts.SERVER, acts.CONNECTION, acts.CLIENT}
    assert set(words.ERROR_WORDS) == set(ERRORS) == classes


def test_calls_and_lag_stand_by_process_also_where_one_of_them_is_not_known() -> None:
    rows = {row.label: [cell.text for cell in row.cells] for row in process_rows(LIVE)}
    assert rows["Salesforce"] == ["5.1", "2.4 s"]
    assert rows["NetSuite"] == ["1.5", "–"]
    assert rows["The people"] == ["–", "1.2 s"]


def test_the_verbs_that_people_waited_for_longest_come_first() -> None:
    assert [line.verb for line in slowest(LIVE, 1)] == ["timecard.submit"]


@pytest.mark.parametrize(
    ("live", "why"),
    [
        (
            LIVE._replace(unfinished="netsuite was killed by signal 9"),
            "the run was not finished: netsuite was killed by signal 9",
        ),
        (
            LIVE._replace(saturated="people 1 of 1: 31 of 500 turns began late"),
            "the load generator was saturated: people 1 of 1: 31 of 500 turns began late",
        ),
    ],
)
def test_a_run_that_must_not_be_believed_is_inconclusive_everywhere_and_says_why(
    live: Live, why: str, tmp_path: Path
) -> None:
    whole = played(live)
    assert headline(find(whole)).startswith(f"INCONCLUSIVE: {why}.")
    for text in pages(whole, tmp_path):
        assert text.count(f"INCONCLUSIVE: {why}.") == 2
    part = json.loads((tmp_path / "summary.json").read_bytes())["live"]["event"]
    assert part["verdict"] == "INCONCLUSIVE"
    with pytest.raises(SystemExit) as ended:
        end_by(find(whole))
    assert ended.value.code == 3


def test_a_run_that_may_be_believed_ends_well_without_objectives() -> None:
    end_by(find(played()))


def test_the_summary_holds_what_the_page_tells(tmp_path: Path) -> None:
    reports.write(played(), tmp_path)
    part = json.loads((tmp_path / "summary.json").read_bytes())["live"]["event"]
    assert (part["speed"], part["resolution_s"], part["indicative"]) == (240, 0.24, True)
    assert part["acts"] == {"due": 400, "done": 396, "late": 3, "dropped": 4}
    assert part["verdict"] is None
    decide = part["verbs"][0]
    assert (decide["persona"], decide["response_s"]["p95"], decide["service_s"]["p99.9"]) == (
        "approver",
        2.5,
        2,
    )
    assert part["calls_per_wall_s"] == {"netsuite": 1.5, "salesforce": 5.1}


def test_a_folder_builds_the_same_live_report_again(tmp_path: Path) -> None:
    reports.write(played(), tmp_path / "a")
    reports.write(experiment_file.load([tmp_path / "a"]), tmp_path / "b")
    for name in ("report.html", "report.md", "summary.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_terminal_tells_the_live_run_within_100_columns() -> None:
    text = terminal(played())
    assert max(map(len, text.splitlines())) <= 100
    for told in (
        "Live run, event",
        "400 due, 396 done, 3 late, 4 dropped",
        "2 refused by a limit and 1 server error; apart from them 5 refused by the business",
        "NetSuite 1.5",
        "people 1.2 s",
        "consultant: timecard.submit",
    ):
        assert told in " ".join(text.split())
    assert "compared" not in text


def test_the_shipped_live_objectives_judge_a_live_run_and_none_is_met_without_one() -> None:
    slo = load("month-end-live")
    words_of = {
        verdict.objective.name: verdict.word
        for verdict in find(replace(played(), slo=slo)).judgement.verdicts  # type: ignore[union-attr]
    }
    assert words_of["approver-decides"] == "PASS"
    assert words_of["consultant-submits"] == "INCONCLUSIVE"
    assert words_of["acts-refused-by-a-limit"] == "PASS"
    virtual = find(replace(played(), slo=slo, live={})).judgement
    assert virtual is not None
    assert {one.word for one in virtual.verdicts if one.objective.name.startswith("acts")} == {"INCONCLUSIVE"}


def test_what_the_business_refuses_is_no_failure_of_a_system() -> None:
    any_of_them = ActErrorMeasure("any")
    result = results_of(played(), find(played()).estimates)["event"]
    assert sample_of(any_of_them, result).values == (100.0 * (2 + 1 + 4) / 400,)
    assert sample_of(ActErrorMeasure("client"), result).values == (100.0 * 5 / 400,)


def test_every_threshold_of_the_shipped_live_objectives_is_labelled_an_assumption() -> None:
    table = load("month-end-live").table["objectives"]
    assert all(one["source"].startswith("assumption") for one in table.values())


def test_two_live_runs_stand_side_by_side_with_their_acts(tmp_path: Path) -> None:
    slower = LIVE.acts[1]._replace(response_s=[0.1, 12.0, 12.0, 12.0])
    after = played(LIVE._replace(acts=[LIVE.acts[0], slower]))
    found = changed(played(), after, ("a", "b"))
    change_folder.write(found, tmp_path)
    html = (tmp_path / "change.html").read_text()
    assert "People’s acts, live" in html
    assert "9.0 s → 12.0 s" in html
    live = json.loads((tmp_path / "change.json").read_bytes())["models"]["event"]["live"]
    assert live["after"]["verbs"][1]["response_s"]["p95"] == 12
    console = Console(width=100, file=io.StringIO(), force_terminal=False)
    change_rows.show(found, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= 100
    lines = [line for line in text.splitlines() if ": " in line and "→" in line and " s" in line]
    assert lines[0].split() == ["consultant:", "timecard.submit", "5", "→", "5", "9.0", "s", "12.0", "s"]


def test_runs_at_two_speeds_and_a_doubtful_one_are_said_not_to_compare() -> None:
    after = played(LIVE._replace(speed=60.0, unfinished="workday was killed"))
    found = changed(played(), after, ("a", "b"))
    told = change_rows.headline(found)
    assert told.startswith("INCONCLUSIVE, since event after must not be believed: the run was not finished")
    assert any("speed 240 → 30 Apr" in line for line in change_rows.differing(found))


def test_figures_of_a_window_of_hours_show_these_hours_and_warn_of_nothing() -> None:
    whole = played()
    run = replace(
        whole.runs[0],
        backlog={"time": [(0, 0.0), (320, 6.0), (327, 2.0)], "worker": [(0, 0.0)]},
        samples={"time": [0.01], "reporting": [0.0], "invoice": []},
        stages={"time": {}},
        faults=[],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = draw(replace(whole, runs=[run]), find(replace(whole, runs=[run])).estimates)
    for name in ("backlog", "quota"):
        for tick in ("14:00", "15:00", "16:00", "17:00"):
            assert tick in drawn[name].svg, (name, tick)
        assert "24 Apr" not in drawn[name].svg
    assert drawn["backlog"].title == "What waited over the window"
