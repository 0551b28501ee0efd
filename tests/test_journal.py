"""The journal: every write by its key, and what it changed only where somebody will read it."""

from __future__ import annotations

from small_world import TIME, model, month_end, staged

from mocks.journal import Entry, Journal
from sim.timeline import life
from sim.world import perform

WRITE = Entry(1.0, "job", "7", "P00001", "insert", "integration", {"name": "P00001"})


def test_a_journal_that_keeps_no_changes_keeps_all_else() -> None:
    journal = Journal(keeps_changes=False)
    journal.write(WRITE)
    assert journal.entries == [WRITE._replace(changes={})]


def test_a_traced_run_tells_the_values_and_both_tell_the_same_writes() -> None:
    lives = []
    for traced in (True, False):
        play = staged(month_end(), 1, consultants=8, workflows=[TIME], days=8.0)
        world = perform(play, model(**{TIME: "batch"}), 1, traced=traced)
        card = next(iter(world.systems["salesforce"].books(world.end_s).commitments)).key
        lives.append(life(world, card))
    told, bare = lives
    assert [(moment.at_s, moment.where) for moment in told] == [(one.at_s, one.where) for one in bare]
    assert any("=" in moment.what for moment in told)
    assert not any("=" in moment.what for moment in bare if moment.where != "pipeline")
