"""Verdicts on judged results: what each measure reads, and when nothing may be said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from report_data import experiment

from measurements.live import ActLine, Live
from measurements.run import ERRORS
from reports.baselines import RECOMMENDED
from reports.estimates import estimates
from reports.inputs import Experiment, Figure
from reports.slo.file import slo_of
from reports.slo.judge import Judgement, Verdict, judge, worst
from reports.slo.result import results_of
from reports.slo.rows import headline, rows

TIME = {"kpi": "time_posted_h_p95", "at_most": 24, "margin": {"absolute": 1}}
ACT = ActLine("approver", "approvals.decide", 500, [0.4, 1.2, 3.0, 9.0], [0.2, 0.4, 0.9, 2.0])
DECIDES = {"verb": "approvals.decide", "persona": "approver", "at_most": 2}


def verdicts(whole: Experiment, objective: dict[str, Any], **file: Any) -> dict[str, Verdict]:
    """The verdict of one objective by model."""
    slo = slo_of({"title": "t", "objectives": {"one": objective}, **file}, "slo.toml")
    held = judge(slo, results_of(whole, estimates(whole)), whole.models)
    return {verdict.model: verdict for verdict in held}


def words(whole: Experiment, objective: dict[str, Any], **file: Any) -> dict[str, str]:
    return {model: one.word for model, one in verdicts(whole, objective, **file).items()}


def changed(whole: Experiment, **values: Any) -> Experiment:
    return replace(whole, runs=[replace(run, **values) for run in whole.runs])


def with_errors(refused: int, timeout: int, server_error: int, other: int) -> Experiment:
    counts = dict(zip(ERRORS, (refused, timeout, server_error, other), strict=True))
    none = dict.fromkeys(ERRORS, 0)
    calls = {"netsuite": {"upsert": 1_000}, "salesforce": {"query": 9_000}}
    return changed(experiment(3), calls=calls, errors={"netsuite": counts, "salesforce": none})


def test_each_model_that_could_be_an_answer_is_judged_on_its_own() -> None:
    assert words(experiment(5), TIME) == {
        "batch": "INCONCLUSIVE",
        "api": "PASS",
        "event": "PASS",
        "hybrid": "PASS",
    }


def test_baselines_are_judged_only_where_they_are_named() -> None:
    named = {**TIME, "models": ["manual", "event"]}
    assert words(experiment(5), named) == {"event": "PASS", "manual": "FAIL"}
    assert set(words(experiment(5), TIME, models=["manual"])) == {"manual"}


def test_the_reason_tells_figure_interval_what_stands_behind_it_and_what_was_wanted() -> None:
    told = verdicts(experiment(5), {**TIME, "at_most": 10, "models": "batch"})["batch"].reason
    assert told.startswith(
        "21.5 h (19.4 … 29.9 h), 5 replications, 2,000 items; wanted at most 10 h, margin 1 h: "
    )
    assert told.endswith("the whole interval is beyond it by more than the margin")


def test_an_audit_fails_where_one_replication_has_one_finding_too_many() -> None:
    whole = experiment(3, dirty="event")
    lost = {"finding": "lost", "at_most": 0}
    assert words(whole, lost) == {"batch": "PASS", "api": "PASS", "event": "FAIL", "hybrid": "PASS"}
    assert words(whole, {**lost, "finding": "any", "at_most": 5})["event"] == "PASS"
    assert words(whole, {**lost, "workflow": "quote_to_project"})["event"] == "PASS"
    assert words(whole, {**lost, "workflow": "time_and_expense"})["event"] == "FAIL"


def test_where_nothing_was_due_nothing_can_be_right() -> None:
    idle = changed(experiment(3), audit={}, identity={})
    found = verdicts(idle, {"finding": "any", "at_most": 0})["batch"]
    assert (found.word, found.why) == ("INCONCLUSIVE", "nothing was due, so that nothing could be wrong")


def test_classes_of_errors_are_kept_apart_and_by_system() -> None:
    whole = with_errors(refused=30, timeout=20, server_error=10, other=40)
    shares = {
        name: verdicts(whole, {"errors": name, "at_most": 0.5})["batch"].value for name in (*ERRORS, "any")
    }
    assert shares == pytest.approx(
        {"refused": 0.3, "timeout": 0.2, "server_error": 0.1, "other": 0.4, "any": 1.0}
    )
    own = verdicts(whole, {"errors": "refused", "system": "netsuite", "at_most": 0.5})["batch"]
    assert (own.word, own.value, own.items) == ("FAIL", pytest.approx(3.0), 3_000)


def test_a_result_of_before_errors_were_told_apart_is_inconclusive_on_them_alone() -> None:
    found = verdicts(experiment(3), {"errors": "refused", "at_most": 1})["batch"]
    assert (found.word, found.value) == ("INCONCLUSIVE", None)
    assert "run it again" in found.reason


def test_a_share_of_no_call_is_inconclusive() -> None:
    silent = changed(experiment(3), calls={}, errors={})
    assert verdicts(silent, {"errors": "any", "at_most": 1})["batch"].why == "no call was sent"


def test_acts_are_inconclusive_without_a_live_part_and_judged_with_one() -> None:
    whole = experiment(1)
    assert "only `rehearse load` times" in verdicts(whole, DECIDES)["event"].reason
    live = replace(whole, live={"event": Live([ACT])})
    response = verdicts(live, DECIDES)["event"]
    assert (response.word, response.value, response.items) == ("PASS", 1.2, 500)
    assert words(live, {**DECIDES, "percentile": 99})["event"] == "FAIL"
    assert words(live, {**DECIDES, "percentile": 99, "time": "service"})["event"] == "PASS"


def test_a_percentile_of_too_few_acts_is_inconclusive() -> None:
    live = replace(experiment(1), live={"event": Live([ACT])})
    found = verdicts(live, {**DECIDES, "percentile": 99.9, "at_most": 20})["event"]
    assert (found.word, found.value) == ("INCONCLUSIVE", 9.0)
    assert found.why == "500 acts: fewer than the 3,000 that it takes to judge this"


def test_an_act_that_nobody_did_is_inconclusive_and_says_what_was_done() -> None:
    live = replace(experiment(1), live={"event": Live([ACT])})
    found = verdicts(live, {**DECIDES, "verb": "timecard.submit"})["event"]
    assert found.reason.endswith("that persona did approvals.decide")


@pytest.mark.parametrize(
    ("live", "why"),
    [
        (
            Live([ACT], saturated="31 of 500 acts late"),
            "the load generator was saturated: 31 of 500 acts late",
        ),
        (Live([ACT], unfinished="netsuite was killed"), "the run was not finished: netsuite was killed"),
    ],
)
def test_of_a_live_run_that_cannot_be_believed_everything_is_inconclusive(live: Live, why: str) -> None:
    whole = replace(experiment(1), live={"event": live})
    for objective in (DECIDES, TIME, {"finding": "any", "at_most": 0}):
        found = verdicts(whole, objective)["event"]
        assert (found.word, found.why) == ("INCONCLUSIVE", why)


def test_an_interrupted_comparison_passes_nothing_but_its_failures_stand() -> None:
    whole = replace(experiment(5), interrupted=True)
    assert words(whole, {**TIME, "models": ["event", "manual"]}) == {
        "event": "INCONCLUSIVE",
        "manual": "FAIL",
    }


def test_a_model_of_which_no_run_was_completed_is_inconclusive() -> None:
    whole = experiment(2)
    gone = replace(whole, runs=[run for run in whole.runs if run.model != "event"])
    assert verdicts(gone, TIME)["event"].reason == "no run of event was completed"
    named = verdicts(whole, {**TIME, "models": [RECOMMENDED]})
    assert named[RECOMMENDED].word == "INCONCLUSIVE"


def test_fewer_replications_than_the_file_asks_for_are_inconclusive() -> None:
    assert words(experiment(2), TIME, replications=3)["event"] == "INCONCLUSIVE"
    assert words(experiment(3), TIME, replications=3)["event"] == "PASS"


def test_a_percentile_and_a_share_of_few_items_are_inconclusive_unless_the_file_says_otherwise() -> None:
    few = {"time_posted_h_p95": Figure(1.0, 15), "invoice_accuracy_pct": Figure(100.0, 40)}
    whole = changed(experiment(3), kpis=few)
    assert words(whole, TIME)["event"] == "INCONCLUSIVE"
    assert words(whole, {**TIME, "items": 45})["event"] == "PASS"
    right = {"kpi": "invoice_accuracy_pct", "at_least": 95}
    assert words(whole, right)["event"] == "PASS"
    assert words(whole, {**right, "at_least": 99})["event"] == "INCONCLUSIVE"


def test_what_may_not_happen_at_all_fails_by_the_one_replication_in_which_it_did() -> None:
    whole = experiment(3)
    rare = [
        replace(run, kpis={"throttled_calls": Figure(1.0 * (run.replication == 1), 9)}) for run in whole.runs
    ]
    once = replace(whole, runs=rare)
    assert words(once, {"kpi": "throttled_calls", "at_most": 0})["event"] == "FAIL"
    assert words(once, {"kpi": "throttled_calls", "at_most": 0.5})["event"] == "INCONCLUSIVE"
    most = [
        replace(r, kpis={"posted_before_close_pct": Figure(100.0 - r.replication, 9)}) for r in whole.runs
    ]
    every = {"kpi": "posted_before_close_pct", "at_least": 100}
    found = verdicts(replace(whole, runs=most), every)["event"]
    assert (found.word, found.value) == ("FAIL", 98.0)


def test_the_worst_verdict_is_that_of_the_model_and_of_the_whole() -> None:
    whole = experiment(5)
    held = [*verdicts(whole, TIME).values(), *verdicts(whole, {**TIME, "at_most": 0.01}).values()]
    judged = Judgement("t", "slo.toml", "0", held)
    assert (judged.word, judged.by_model["batch"], judged.by_model["event"]) == ("FAIL", "FAIL", "FAIL")
    assert worst([]) == "INCONCLUSIVE"
    assert worst(["PASS", "INCONCLUSIVE"]) == "INCONCLUSIVE"


def test_the_headline_says_which_models_have_which_verdict() -> None:
    judged = Judgement("Levels", "slo.toml", "0", list(verdicts(experiment(5), TIME).values()))
    assert headline(judged) == "INCONCLUSIVE: Levels. batch INCONCLUSIVE; api, event and hybrid PASS."
    assert [cell.text for cell in rows(judged)[0].cells] == ["INCONCLUSIVE", "PASS", "PASS", "PASS"]
