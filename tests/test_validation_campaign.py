"""A whole validation in virtual time: what is right is believed, what is wrong rejected, and all is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from kernel.errors import InputError
from pipeline import models
from scenarios import catalogue
from scenarios.window import window_of
from sim.experiment import described
from sim.fuzz.files import toml
from sim.plan import Plan
from tests.validation_data import StandIn, asked
from validation import page, rows
from validation.campaign import LiveRun, Validation, validate
from validation.regimes import QUIET, REGIMES

in_full = pytest.mark.large
"""What needs a whole validation."""


@pytest.fixture(scope="module")
def found() -> Validation:
    small = asked(90, ["api"], trials=2, workflows=("time_and_expense",), begins="BD+1 06:00")
    return validate(small, StandIn(small), lambda _: None)


@in_full
def test_a_right_simulation_fails_no_gate(found: Validation) -> None:
    assert [gate for gate in found.gates if gate.word == "FAIL"] == []


@in_full
def test_at_a_limit_and_in_an_outage_something_was_judged(found: Validation) -> None:
    judged = {(gate.regime, gate.name) for gate in found.gates if gate.word == "PASS"}
    for regime in ("at-the-limit", "outage-and-drain"):
        assert {(regime, name) for name in ("acts", "calls", "audit", "mean", "p95", "backlog")} <= judged


@in_full
@pytest.mark.parametrize("wrong", ["limit-halved", "latencies-doubled", "retry-lost"])
def test_a_wrong_simulation_is_rejected_by_the_same_gates(found: Validation, wrong: str) -> None:
    assert found.rejected[wrong]
    power = next(one for one in found.powers if one.simulation == wrong)
    assert (power.rejected, power.trials) == (2, 2)


@in_full
def test_the_power_is_told_with_its_interval(found: Validation) -> None:
    right, *others = found.powers
    assert (right.simulation, right.rejected) == ("right", 0)
    assert [round(one.low, 2) for one in others] == [0.16] * 3


@in_full
def test_the_folder_has_a_file_for_machines_and_a_page_for_people(found: Validation, tmp_path: Path) -> None:
    play = found.asked.play
    plan = Plan(play.scenario, play.firm, (models.load("api"),), 1, 1, "0", "0", "rehearse validate")
    base = described(plan, play, plan.models)
    page.write(found, base, tmp_path)
    told = orjson.loads((tmp_path / "validation.json").read_bytes())
    assert told["verdict"] == found.word
    assert {row["regime"] for row in told["runs"]} == {regime.name for regime in REGIMES}
    assert [len(row["errors"]) for row in told["runs"]] == [1, 3, 3]
    text = (tmp_path / "validation.html").read_text()
    assert rows.headline(found) in text
    assert text.count("<svg") == 1


@in_full
def test_the_terminal_tells_it_in_100_columns(found: Validation) -> None:
    console = Console(width=100, record=True, file=None, force_terminal=False)
    with console.capture() as told:
        rows.show(found, console)
    assert max(map(len, told.get().splitlines())) <= 100


def test_a_regime_is_a_scenario_file_that_anyone_can_play(tmp_path: Path) -> None:
    small = asked(25, ["api"], trials=0)
    for regime in (QUIET, *REGIMES):
        name, table = small.scenario(regime)
        path = tmp_path / f"{name}.toml"
        path.write_text(toml(table), encoding="utf-8")
        same = replace(small.stage(regime, small.models[0]).play.scenario, source=str(path))
        assert catalogue.load(str(path)) == same


@in_full
def test_nothing_is_judged_by_a_live_run_in_trouble() -> None:
    small = asked(12, ["api"], trials=0, workflows=("time_and_expense",), begins="BD+1 12:00")
    stand_in = StandIn(small)

    def lost(regime: object, model: object, number: int) -> LiveRun:
        return stand_in(regime, model, number)._replace(trouble="netsuite was killed")

    found = validate(replace(small, live_runs=1, twins=2), lost, lambda _: None)
    assert {gate.word for gate in found.gates} == {"INCONCLUSIVE"}
    assert found.word == "INCONCLUSIVE"


def test_a_window_without_a_week_before_it_is_refused() -> None:
    small = asked(12, ["api"], trials=0)
    early = replace(small, window=window_of(small.play, "BD-9 08:00", "BD-9 12:00"))
    with pytest.raises(InputError, match="nothing quiet is left to calibrate by"):
        early.scenario(QUIET)
