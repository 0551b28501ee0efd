"""Two results side by side: what is paired with what, what a difference comes to, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from report_data import experiment
from scipy.stats import ttest_ind

import reports
from kernel.errors import InputError
from rehearsal.cli import main
from reports.change.changes import Change, Changed, changed
from reports.change.folder import encoded, html
from reports.change.words import audit_sentence, compared, differing, headline, left_out
from reports.inputs import Assumption, Experiment, Figure, GivenFile
from reports.statistics import unpaired_difference

NAMES = ("a", "b")


def only(whole: Experiment, *models: str) -> Experiment:
    tables = {model: table for model, table in whole.models.items() if model in models}
    return replace(whole, models=tables, runs=[run for run in whole.runs if run.model in models])


def slower(whole: Experiment, kpi: str, by: float) -> Experiment:
    """The same runs with one KPI larger by so much."""
    runs = [
        replace(run, kpis={**run.kpis, kpi: Figure((run.kpis[kpi].value or 0.0) + by, run.kpis[kpi].n)})
        for run in whole.runs
    ]
    return replace(whole, runs=runs)


def change_of(found: Changed, kpi: str, model: str = "event") -> Change:
    held = next(one for one in found.models if one.after == model)
    return next(one for one in held.changes if one.kpi == kpi)


def test_a_result_against_itself_has_no_difference_anywhere() -> None:
    found = changed(experiment(10), experiment(10), NAMES)
    assert found.match.paired
    words = {one.word for model in found.models for one in model.changes if one.kpi != "value_due_usd"}
    assert words == {"~", "not comparable (at least)", ""}


def test_what_is_slower_by_more_than_its_margin_in_every_replication_is_worse() -> None:
    whole = experiment(10)
    found = changed(whole, slower(whole, "time_posted_h_p95", 6.0), NAMES)
    one = change_of(found, "time_posted_h_p95")
    assert (one.word, one.count, one.margin) == ("worse", 10, 4)
    assert one.found is not None
    assert one.found.mean == pytest.approx(6.0)
    back = change_of(changed(slower(whole, "time_posted_h_p95", 6.0), whole, NAMES), "time_posted_h_p95")
    assert back.word == "better"


def test_what_differs_by_less_than_its_margin_is_no_difference() -> None:
    whole = experiment(10)
    found = changed(whole, slower(whole, "time_posted_h_p95", 3.0), NAMES)
    assert change_of(found, "time_posted_h_p95").word == "~"


def test_of_a_share_that_should_be_high_less_is_worse() -> None:
    whole = experiment(10)
    found = changed(whole, slower(whole, "posted_before_close_pct", -3.0), NAMES)
    assert change_of(found, "posted_before_close_pct").word == "worse"


def test_below_ten_replications_no_verdict_words_are_used() -> None:
    whole = experiment(9)
    found = changed(whole, slower(whole, "time_posted_h_p95", 6.0), NAMES)
    assert change_of(found, "time_posted_h_p95").word == "indicative"
    assert "Indicative: 10 or more are needed" in compared(found)
    assert "event: indicative, 1 of 21 figures moved by more than their margin." in headline(found)


def test_results_that_began_at_other_seeds_are_paired_over_the_seeds_that_both_have() -> None:
    later = replace(experiment(10), seed=5)
    found = changed(experiment(10), later, NAMES)
    assert found.match.paired
    assert change_of(found, "time_posted_h_p95").count == 6


@pytest.mark.parametrize(
    ("other", "since"),
    [
        ({"scenario": "bad-day"}, "scenario differs"),
        ({"consultants": 500, "firm": "ours"}, "consultants and firm differ"),
        ({"files": [GivenFile("--firm", "f.toml", "0")]}, "the content of f.toml differs"),
        ({"seed": 10}, "they share too few seeds"),
    ],
)
def test_results_of_other_people_or_luck_are_unpaired_and_say_since_what(
    other: dict[str, object], since: str
) -> None:
    found = changed(experiment(10), replace(experiment(10), **other), NAMES)  # type: ignore[arg-type]
    assert not found.match.paired
    assert f"Unpaired, over 10 replications a side, since {since}: " in compared(found)


def test_other_models_given_by_file_leave_results_paired() -> None:
    found = changed(
        experiment(10), replace(experiment(10), files=[GivenFile("--models", "m.toml", "0")]), NAMES
    )
    assert found.match.paired


def test_an_unpaired_difference_is_welchs() -> None:
    left, right = (3.0, 4.0, 9.0, 5.0), (1.0, 1.5, 1.2, 1.9, 1.4, 0.8)
    found = unpaired_difference(left, right)
    theirs = ttest_ind(left, right, equal_var=False)
    assert found.p == pytest.approx(theirs.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(theirs.confidence_interval(0.95)))


def test_unpaired_values_without_spread_have_no_interval_and_decide_from_ten_on() -> None:
    assert unpaired_difference([2.0] * 9, [1.0] * 10) == (1.0, None, None, 1.0)
    assert unpaired_difference([2.0] * 10, [1.0] * 10) == (1.0, None, None, 0.0)
    assert unpaired_difference([1.0] * 10, [1.0] * 10) == (0.0, None, None, 1.0)
    assert unpaired_difference([2.0], [1.0, 3.0]).low is None


def test_one_model_each_is_compared_whatever_its_name_and_its_legs_are_told() -> None:
    found = changed(only(experiment(10), "hybrid"), only(experiment(10), "event"), NAMES)
    assert [model.name for model in found.models] == ["hybrid → event"]
    assert "hybrid → event, quote to project: API-led → event-driven" in differing(found)


def test_models_of_one_side_alone_are_named() -> None:
    found = changed(only(experiment(10), "hybrid", "batch"), only(experiment(10), "hybrid", "event"), NAMES)
    assert left_out(found) == "Models only before: batch; only after: event."


def test_what_differs_lists_program_settings_and_files() -> None:
    whole = experiment(10)
    settings = [Assumption("NetSuite slots", "3", "assumption"), *whole.assumptions[1:]]
    found = changed(whole, replace(whole, commit="abc", assumptions=settings), NAMES)
    assert differing(found) == ["commit: 75d1acc → abc", "NetSuite slots: 5 → 3"]


def test_the_audit_is_told_before_and_after() -> None:
    found = changed(experiment(10), experiment(10, dirty="event"), NAMES)
    told = {model.name: audit_sentence(model) for model in found.models}
    assert told["event"] == "The audit found, in all replications: duplicated 0 → 20, lost 0 → 30."
    assert told["batch"] == "The audit is clean before and after."


def test_lower_bounds_tell_only_what_they_can() -> None:
    whole = only(experiment(10), "event")

    def bounded(by: float) -> Experiment:
        runs = []
        for run in whole.runs:
            figure = run.kpis["time_posted_h_p95"]
            least = Figure((figure.value or 0.0) + by, figure.n, 9.0, True)
            runs.append(replace(run, kpis={**run.kpis, "time_posted_h_p95": least}))
        return replace(whole, runs=runs)

    words = [
        change_of(changed(before, after, NAMES), "time_posted_h_p95").word
        for before, after in ((whole, bounded(9)), (bounded(9), whole), (bounded(0), bounded(9)))
    ]
    assert words == ["worse (at least)", "better (at least)", "not comparable (at least)"]


def test_results_without_a_common_model_or_figure_are_refused() -> None:
    left, right = only(experiment(2), "batch", "api"), only(experiment(2), "event")
    with pytest.raises(
        InputError, match="b: no model in common with a \\(batch, api; here event\\); compare"
    ):
        changed(left, right, NAMES)
    other = replace(left, runs=[replace(run, kpis={"drain_h": Figure(1.0, 1)}) for run in left.runs])
    with pytest.raises(InputError, match="b: no figure in common with a"):
        changed(left, other, NAMES)


def test_page_and_json_are_the_same_bytes_for_the_same_results_and_free_of_folders() -> None:
    whole = experiment(10)
    found = [
        changed(whole, slower(whole, "time_posted_h_p95", 6.0), names) for names in (NAMES, ("/x", "/y"))
    ]
    assert encoded(found[0]) == encoded(found[1])
    assert html(found[0]) == html(found[1])
    held = json.loads(encoded(found[0]))
    assert held["models"]["event"]["kpis"]["time_posted_h_p95"]["verdict"] == "worse"
    assert "<script" not in html(found[0])


def _ended(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["rehearse", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_two_folders_are_compared_within_100_columns(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    whole = experiment(10)
    reports.write(whole, Path("a"))
    reports.write(slower(whole, "time_posted_h_p95", 6.0), Path("b"))
    assert _ended(monkeypatch, "report", "a", "b") == 0
    told = capsys.readouterr().out
    assert "Approved time posted, 95th percentile" in told
    assert max(map(len, told.splitlines())) <= 100
    assert {path.name for path in Path("out/month-end-change").iterdir()} == {"change.html", "change.json"}


def test_several_folders_are_combined_only_where_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("batch", "api", "event"):
        reports.write(only(experiment(2), name), Path(name))
    assert _ended(monkeypatch, "report", "batch", "api", "event") == 2
    assert "add --combine to make one report of all" in capsys.readouterr().err
    assert _ended(monkeypatch, "report", "batch", "api", "event", "--combine", "--out", "all") == 0
    assert list(reports.load([Path("all")]).models) == ["batch", "api", "event"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a", "a"), "named twice; name two results, before and after a change"),
        (("a", "./a"), "named twice"),
        (("a", "b"), "b: holds no experiment.json"),
        (("a", "c", "--slo", "month-end"), "--slo: two results are compared, not judged"),
    ],
)
def test_what_cannot_be_compared_is_one_line_and_writes_nothing(
    words: tuple[str, ...],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    reports.write(only(experiment(1), "api"), Path("a"))
    assert _ended(monkeypatch, "report", *words) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert says in told.err
    assert not Path("out").exists()
