"""The journal: the last write under each key, and every write only where somebody will read it."""

from __future__ import annotations

from small_world import TIME, model, month_end, staged

from mocks.journal import Entry, Journal
from sim.timeline import life
from sim.world import perform

WRITE = Entry(1.0, "job", "7", "P00001", "insert", "integration", {"name": "P00001"})


def test_a_journal_that_keeps_no_entries_still_knows_the_last_write_under_each_key() -> None:
    journal = Journal(keeps_entries=False)
    journal.write(WRITE)
    assert journal.wrote("P00001", 0)
    assert not journal.wrote("P00001", journal.writes)
    assert not journal.wrote("P00002", 0)
    assert journal.entries == []


def test_a_journal_tells_refusals_errors_server_errors_and_lost_calls_apart() -> None:
    journal = Journal()
    for status, throttled in ((200, False), (429, True), (400, False), (503, False), (0, False), (-1, False)):
        journal.count("integration", "read", 10.0, status, throttled)
    (row,) = journal.traffic("netsuite")
    assert (row.calls, row.throttled, row.errors, row.server_errors, row.unanswered) == (6, 1, 4, 1, 2)


def test_a_traced_run_tells_what_every_system_wrote_and_is_else_the_same() -> None:
    lives, ends = [], []
    for traced in (True, False):
        play = staged(month_end(), 1, consultants=8, workflows=[TIME], days=8.0)
        world = perform(play, model(**{TIME: "batch"}), 1, traced=traced)
        card = next(iter(world.systems["salesforce"].books(world.end_s).commitments)).key
        lives.append(life(world, card))
        ends.append((world.end_s, world.calls))
    told, bare = lives
    assert any("=" in moment.what for moment in told)
    steps = [moment for moment in told if moment.where == "pipeline"]
    assert [moment.at_s for moment in steps] == [moment.at_s for moment in bare]
    assert all(step.what.startswith(plain.what) for step, plain in zip(steps, bare, strict=True))
    assert ends[0] == ends[1]
