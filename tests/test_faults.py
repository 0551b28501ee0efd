"""Faults as values: what strikes when little is said, and what their parameters may be."""

from __future__ import annotations

import math

import pytest

from mocks import faults, releases
from mocks.faults import Fault, Faults
from mocks.parameters import Parameter, mistake, share


def _struck(kind: str, parameters: dict[str, object], parameter: str = "share") -> int:
    found = Faults("netsuite", 1, {})
    found.add(Fault(0.0, 3600.0, "netsuite", kind, parameters))
    return sum(found.strikes(kind, 1.0, "write", f"T{n}", 1, parameter) for n in range(1000))


def test_a_brownout_that_is_only_slow_fails_nobody() -> None:
    assert _struck("brownout", {"latency_factor": 1.0}, "error_share") == 0
    assert _struck("brownout", {"latency_factor": 6.0, "error_share": 0.15}, "error_share") in range(110, 190)


def test_a_fault_that_is_told_no_share_strikes_always() -> None:
    assert _struck("lost_reply", {}) == 1000
    assert _struck("lost_reply", {"share": 0.0}) == 0


@pytest.mark.parametrize("value", [-0.1, 1.1, math.inf, math.nan, True, "x", None, [0.5]])
def test_a_share_is_not(value: object) -> None:
    found = share("share").mistake(value)
    assert found is not None
    assert found.remedy == "give a number from 0 to 1"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        (Parameter("mode", "text", choices=("refuse", "hang")), "zzz"),
        (Parameter("secret", "text"), " "),
        (Parameter("secret", "text"), 3),
        (Parameter("when", "values"), []),
        (Parameter("when", "values"), [[1]]),
        (Parameter("when", "values"), "Retainer"),
        (Parameter("size", least=0.1), 0),
        (Parameter("size", least=0.1), 10**400),
    ],
)
def test_a_parameter_refuses_what_its_kind_does_not_allow(parameter: Parameter, value: object) -> None:
    found = parameter.mistake(value)
    assert found is not None
    assert parameter.domain in found.remedy


def test_every_kind_names_a_parameter_that_it_needs_or_does_not_know() -> None:
    for table in (faults.PARAMETERS, releases.PARAMETERS):
        for kind, known in table.items():
            unknown = mistake(kind, known, {"foo": 1})
            assert unknown is not None
            assert unknown.name == "foo"
            missing = mistake(kind, known, {})
            assert (missing is not None) == any(parameter.required for parameter in known)
