"""Twins in virtual time: the same past and acts, each call at its cost; a run tells the cost again."""

from __future__ import annotations

import pytest

from kernel.errors import InputError
from measurements.observed import Observed
from tests.validation_data import WIRE, StandIn, asked
from validation.asked import Asked
from validation.calibration import Calibration, call_overhead
from validation.campaign import calibrated
from validation.comparison import ALL, compared
from validation.reading import Reading, read
from validation.regimes import REGIMES
from validation.twins import Stage, twins

pytestmark = pytest.mark.slow

TIME = ("time_and_expense",)


@pytest.fixture(scope="module")
def small() -> Asked:
    return asked(20, ["api"], trials=0, workflows=TIME)


def test_a_twin_without_cost_is_the_same_run_again(small: Asked) -> None:
    first, second = _readings(small, Calibration(), [1, 2])
    assert first == second
    assert first.items


def test_twins_have_the_same_acts_and_items_and_other_latencies(small: Asked) -> None:
    one, other = _readings(small, WIRE, [1, 2])
    found = compared(one, other)
    assert one.acts == other.acts
    assert found.workflows[ALL].throughput == 0.0
    assert 0.0 < abs(found.workflows[ALL].mean or 0.0) < 0.2


def test_a_twin_is_told_by_its_number_whatever_else_runs(small: Asked) -> None:
    assert _readings(small, WIRE, [5])[0] == _readings(small, WIRE, [4, 5])[1]


def test_calibration_finds_what_a_call_costs(small: Asked) -> None:
    fitted = calibrated(small, StandIn(small), lambda _: None)
    assert fitted.pairs >= 30
    assert fitted.call_s == pytest.approx(WIRE.call_s, rel=0.25)
    assert fitted.call_p90_s == pytest.approx(WIRE.call_p90_s, rel=0.35)
    assert fitted.message_s == pytest.approx(0.0, abs=0.3)


def test_calibration_against_the_run_itself_finds_no_cost(small: Asked) -> None:
    (bare,) = twins(_stage(small), Calibration(), [1], _itself)
    assert call_overhead(bare, bare).call_s == 0.0


def test_a_message_that_takes_longer_is_found_too(small: Asked) -> None:
    slow = Calibration(call_s=0.4, call_p90_s=0.8, message_s=2.0)
    fitted = calibrated(small, StandIn(small, slow), lambda _: None)
    assert fitted.message_s == pytest.approx(2.0, abs=0.6)


def test_what_goes_wrong_in_a_twin_is_raised_here(small: Asked) -> None:
    def refuse(_: Observed) -> None:
        raise InputError("somewhere", "wrong", "put it right")

    with pytest.raises(InputError, match="somewhere: wrong; put it right"):
        twins(_stage(small), Calibration(), [1], refuse)


def _stage(small: Asked) -> Stage:
    return small.stage(REGIMES[0], small.models[0])


def _itself(left: Observed) -> Observed:
    return left


def _readings(small: Asked, cost: Calibration, numbers: list[int]) -> list[Reading]:
    return twins(_stage(small), cost, numbers, read)
