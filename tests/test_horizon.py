"""One audit horizon: all models of a replication are judged over the same keys, whenever each run ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from facts_data import END_S, LOCKS, H, commitment, effect
from small_world import HOURLY_MIN, ran, staged

from measurements.audit import Audit, audit
from measurements.facts import Commitment, Effect
from measurements.population import handed_over_s
from pipeline import models
from scenarios import catalogue
from sim.world import observe

HORIZON_S = 17 * 24 * H
LATE_H, SOON_H = HORIZON_S / H + 5.0, HORIZON_S / H - 5.0


def _audit(rows: tuple[Commitment, ...], effects: tuple[Effect, ...]) -> Audit:
    return audit(rows, rows, effects, (), END_S, LOCKS, HORIZON_S)


def _keys(model: str) -> set[tuple[str, str]]:
    """What was handed over by the horizon; facts of the ERP's own records follow what the model posted."""
    scenario = replace(catalogue.load("month-end"), polls_min=HOURLY_MIN)
    observed = observe(ran(staged(scenario, 2, consultants=12), models.load(model), 2), 0)
    return {
        (row.flow, row.key)
        for row in observed.due
        if row.authorised and handed_over_s(row) <= observed.window_s[1] and row.system != "netsuite"
    }


def test_all_models_of_a_replication_are_audited_over_the_same_keys() -> None:
    batch = _keys("batch")
    assert len(batch) > 300
    assert batch == _keys("api") == _keys("event")


@pytest.mark.parametrize("posted", [True, False])
def test_what_was_handed_over_after_the_horizon_is_not_judged(posted: bool) -> None:
    late = commitment("expense", "E1", LATE_H, amount=100, currency="USD")
    held = effect("expense", "E1", LATE_H + 1, amount=999, currency="USD")
    found = _audit((late,), (held,) if posted else ())
    assert (found.clean, found.identity["expense"].due) == (True, 0)


def test_what_was_recalled_after_the_horizon_is_overtaken_and_not_lost() -> None:
    recalled = commitment("expense", "E1", SOON_H, withdrawn_h=LATE_H, amount=100, currency="USD")
    found = _audit((recalled,), ())
    assert found.clean
    assert found.identity["expense"] == (1, 0, 0, 0, 0, 1, ())


def test_a_state_that_a_later_version_replaced_is_overtaken() -> None:
    rows = tuple(
        commitment("reporting", "T1", at_h, version=version) for version, at_h in ((1, SOON_H), (2, LATE_H))
    )
    shown = effect("reporting", "T1", LATE_H + 1, version=2, system="warehouse")
    found = audit(rows[:1], rows, (shown,), (), END_S, LOCKS, HORIZON_S)
    assert found.clean
    assert found.identity["reporting"].overtaken == 1


def test_a_recall_after_the_horizon_that_nobody_reversed_is_still_a_finding() -> None:
    recalled = commitment("expense", "E1", SOON_H, withdrawn_h=LATE_H, amount=100, currency="USD")
    held = effect("expense", "E1", SOON_H + 1, amount=100, currency="USD")
    assert _audit((recalled,), (held,)).totals["unauthorised"] == 1
