"""Corrections at bad moments: a posted card is recalled and approved anew while the ERP is away, or after the
close. One card each; nothing else fails.
"""

from __future__ import annotations

import pytest
from small_world import (
    DAY_S,
    HOUR_S,
    TIME,
    approvals,
    card_of,
    corrections,
    count,
    judged,
    locks,
    model,
    month_end,
    ran,
    staged,
)

from pipeline.settings import Schedule
from scenarios.scenario import PlannedFault
from sim.world import World, observe

APPROVED_S = 7.0 * DAY_S + 8.0 * HOUR_S
PATTERNS = ("batch", "api", "event")


def corrected(pattern: str, at_s: float, *, away_h: float = 0.0, after_h: float = 0.0) -> World:
    """A card is approved and posted on BD-5, recalled at an instant and approved anew `after_h` later.

    The ERP is away from 09:00 on BD-4 for `away_h`.
    """
    faults = (PlannedFault("BD-4 09:00", away_h, "netsuite", "outage", {"mode": "refuse"}, None, "ERP away"),)
    scenario = month_end(faults=faults if away_h else (), background=0.0)
    bare = staged(scenario, 1, people=())
    people = [*locks(bare), *approvals(bare, [APPROVED_S]), *corrections(bare, [at_s], after_h * HOUR_S)]
    play = staged(scenario, 1, days=at_s // DAY_S + 3.0, people=people)
    return ran(
        play, model(**{TIME: pattern}), 1, schedules={TIME: Schedule(every_min=60.0, cut_off_runs=False)}
    )


def standing(world: World) -> list[tuple[int, int]]:
    """Version and hours of the card's live records in the ERP."""
    key = card_of(world.play, 0)
    effects = [row for row in observe(world, 0).books.effects if row.flow == "time" and row.key == key]
    undone = {row.reverses for row in effects if row.reverses}
    return sorted(
        (row.version, row.hours_centi) for row in effects if not row.reverses and row.record not in undone
    )


@pytest.mark.parametrize("away_h", [0.0, 4.0])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_stood_before_a_correction_is_reversed_even_if_the_erp_was_away(
    pattern: str, away_h: float
) -> None:
    """The first try at the new version fails before the old one is undone; a later one must undo it."""
    at_s = staged(month_end(), 1, people=()).calendar.bd_at(-4, "09:30")
    world = corrected(pattern, at_s, away_h=away_h)
    assert standing(world) == [(2, 900)] * 5
    assert count(judged(world), "unauthorised", "time") == 0


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_card_that_is_recalled_after_the_lock_is_reversed_in_the_next_period_without_help(
    pattern: str,
) -> None:
    at_s = staged(month_end(), 1, people=()).calendar.bd_at(7, "10:00")
    world = corrected(pattern, at_s, after_h=3.0)
    undone_s = [row.at_s for row in observe(world, 0).books.effects if row.flow == "time" and row.reverses]
    assert standing(world) == [(2, 900)] * 5
    assert judged(world).exceptions == {}
    assert len(undone_s) == 5
    assert max(undone_s) < at_s + 1.1 * HOUR_S
