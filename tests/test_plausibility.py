"""Inputs beside published figures are told as they were really set, with why they differ."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_data import experiment

from reports.findings import find
from reports.inputs import Assumption, Mark
from reports.plausibility import Comparison, comparisons
from scenarios.people import entries
from sim.clerks import clerks

PAGE = {
    "Minutes to key a project": "set within what is published",
    "Minutes to key a worker change": "set above what is published; domain §5: 8 in each of two systems",
    "Minutes to key an invoice": "set within what is published",
    "Keying error per field": "set within what is published",
    "Month close": "set within what is published",
}


def _told() -> dict[str, Comparison]:
    marks = [Mark("period end", 336.0), Mark("ledger lock", 516.0)]
    whole = replace(experiment(1), assumptions=[Assumption(*row) for row in clerks()], marks=marks)
    found = find(whole)
    return {row.measure: row for row in comparisons(found.experiment, found.estimates)}


def test_minutes_of_keying_are_those_that_the_clerks_take() -> None:
    told = _told()
    assert told["Minutes to key a project"].simulated == f"{entries.MIN_PROJECT:g} min" == "42 min"
    assert told["Minutes to key a worker change"].simulated == f"{entries.MIN_WORKER:g} min" == "16 min"
    assert told["Minutes to key an invoice"].simulated == "8 min up to 3 lines, 25 above"
    assert told["Month close"].simulated == "7.5 days"


@pytest.mark.parametrize("measure", list(PAGE))
def test_an_input_says_whether_it_is_what_is_published_and_what_it_is_made_of(measure: str) -> None:
    row = _told()[measure]
    assert row.kind == "input"
    assert row.agreement.startswith(PAGE[measure])


def test_a_setting_that_no_assumption_tells_is_not_claimed() -> None:
    found = find(experiment(1))
    rows = {row.measure: row for row in comparisons(found.experiment, found.estimates)}
    row = rows["Minutes to key a project"]
    assert (row.simulated, row.agreement) == ("–", "not told")
