"""The gates: what passes, what fails, and what nobody can judge."""

from __future__ import annotations

from dataclasses import replace

from tests.validation_data import reading
from validation.gates import Gate, Judged, in_sum, judge
from validation.ranking import same_winners
from validation.reading import Reading
from validation.regimes import REGIMES

BELOW, LIMIT, OUTAGE = REGIMES
TOOK = [float(10 + place % 50) for place in range(240)]
REFUSED = {"refused": 3}


def test_a_simulation_that_tells_the_same_keeps_every_gate() -> None:
    judged = judge(BELOW, "api", [reading(TOOK)], [reading(TOOK)])
    assert {gate.name for gate in judged.gates} == {
        *("acts", "calls", "audit"),
        *("throughput", "mean", "p95", "KS distance"),
    }
    assert judged.word == "PASS"


def test_half_the_latency_fails_below_the_knee_and_is_told_with_its_sign() -> None:
    judged = judge(BELOW, "api", [reading(TOOK)], [reading([took / 2 for took in TOOK])])
    failed = {gate.name: gate for gate in judged.gates if gate.word == "FAIL"}
    assert set(failed) == {"mean", "p95", "KS distance"}
    assert "-50.0 %" in failed["mean"].reason


def test_fewer_than_200_items_are_not_judged_below_the_knee_but_published() -> None:
    judged = judge(BELOW, "api", [reading(TOOK[:199])], [reading(TOOK[:199])])
    mean = next(gate for gate in judged.gates if gate.name == "mean")
    assert (mean.word, mean.reason) == ("INCONCLUSIVE", "199 items, 200 are needed; error +0.0 %")
    assert judged.word == "INCONCLUSIVE"


def test_items_that_finish_together_are_too_few_for_the_shape() -> None:
    batch = reading([float(7_200 - 30 * place) for place in range(240)])
    judged = judge(BELOW, "api", [batch], [batch])
    assert _words(judged, "mean") == ["PASS"] * 2
    assert _words(judged, "KS distance") == ["INCONCLUSIVE"] * 2
    assert any("240 items are worth 1 items" in gate.reason for gate in judged.gates)


def test_three_per_cent_more_calls_fail() -> None:
    more = reading(TOOK, calls={"netsuite: write": 1_030})
    assert _words(judge(BELOW, "api", [reading(TOOK)], [more]), "calls") == ["FAIL"]
    near = reading(TOOK, calls={"netsuite: write": 1_019})
    assert _words(judge(BELOW, "api", [reading(TOOK)], [near]), "calls") == ["PASS"]


def test_a_finding_that_only_one_world_has_fails_the_audit() -> None:
    found = frozenset({("duplicated", "time", "T1", "", "1")})
    wrong = reading(TOOK, audit={"duplicated: time": 1}, findings=found)
    assert _words(judge(BELOW, "api", [wrong], [reading(TOOK)]), "audit") == ["FAIL"]
    assert _words(judge(BELOW, "api", [wrong], [wrong]), "audit") == ["PASS"]


def test_what_is_pending_at_the_end_is_no_finding() -> None:
    pending = reading(TOOK, audit={"pending: time": 4})
    assert _words(judge(BELOW, "api", [pending], [reading(TOOK)]), "audit") == ["PASS"]


def test_at_a_limit_live_runs_are_held_against_the_band_of_the_twins() -> None:
    twins = [_throttled(1.0 + place / 40) for place in range(20)]
    inside = judge(LIMIT, "api", [_throttled(1.1), _throttled(1.2), _throttled(1.3)], twins)
    assert inside.word == "PASS"
    outside = judge(LIMIT, "api", [_throttled(1.1), _throttled(1.2), _throttled(4.0)], twins)
    assert {gate.name for gate in outside.gates if gate.word == "FAIL"} == {"mean", "p95", "backlog"}


def test_two_live_runs_or_nineteen_twins_judge_nothing_at_a_limit() -> None:
    twins = [_throttled(1.0 + place / 40) for place in range(20)]
    for lives, others in ((2, 20), (3, 19)):
        judged = judge(LIMIT, "api", [_throttled(1.2)] * lives, twins[:others])
        assert _words(judged, "mean") == ["INCONCLUSIVE"] * 2


def test_a_regime_that_is_not_what_its_name_says_judges_nothing() -> None:
    for regime, run in ((BELOW, _throttled(1.0)), (LIMIT, reading(TOOK)), (OUTAGE, reading(TOOK))):
        judged = judge(regime, "api", [run] * 3, [run] * 20)
        assert [(gate.name, gate.word) for gate in judged.gates] == [("premise", "INCONCLUSIVE")]


def test_a_troubled_live_run_judges_nothing() -> None:
    judged = judge(BELOW, "api", [reading(TOOK)], [reading(TOOK)], trouble="netsuite was lost")
    assert [(gate.word, gate.reason) for gate in judged.gates] == [("INCONCLUSIVE", "netsuite was lost")]


def test_what_no_world_finished_is_left_out_and_what_one_finished_is_not() -> None:
    ends: list[float | None] = [*TOOK, *[None] * 100]
    judged = judge(BELOW, "api", [reading(ends)], [reading(ends)])
    assert any("240 items" in gate.reason for gate in judged.gates)
    late: list[float | None] = [*TOOK, *[50.0] * 100]
    assert judge(BELOW, "api", [reading(late)], [reading(ends)]).word == "FAIL"


def test_of_one_kind_of_gate_what_could_be_judged_counts() -> None:
    few, kept = (Gate("r", "m", "mean", where, word, "") for where, word in _WORDS)
    assert in_sum([few, kept]) == "PASS"
    assert in_sum([few]) == "INCONCLUSIVE"
    assert in_sum([few, kept, kept._replace(word="FAIL")]) == "FAIL"


def test_the_order_of_the_models_must_be_the_same_live_and_simulated() -> None:
    fast, slow = reading(TOOK), reading([2 * took for took in TOOK])
    agreeing = [_judged("api", fast, fast), _judged("hybrid", slow, slow)]
    assert {gate.word for gate in same_winners(agreeing)} == {"PASS"}
    turned = [_judged("api", fast, slow), _judged("hybrid", slow, fast)]
    assert {gate.word for gate in same_winners(turned)} == {"FAIL"}


def test_models_that_are_level_have_no_winner_to_disagree_about() -> None:
    near = reading([1.1 * took for took in TOOK])
    turned = [_judged("api", reading(TOOK), near), _judged("hybrid", near, reading(TOOK))]
    assert {gate.word for gate in same_winners(turned)} == {"PASS"}
    assert same_winners(turned[:1]) == []


_WORDS = (("few", "INCONCLUSIVE"), ("all", "PASS"))


def _throttled(factor: float) -> Reading:
    return replace(reading([factor * 20.0 * took for took in TOOK]), failed=REFUSED)


def _words(judged: Judged, name: str) -> list[str]:
    return [gate.word for gate in judged.gates if gate.name == name]


def _judged(model: str, live: Reading, twin: Reading) -> Judged:
    return Judged(BELOW, model, [live], [twin], [])
