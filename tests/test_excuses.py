"""What an open exception excuses: what it names and is absent, while it is open; never what stands."""

from __future__ import annotations

from facts_data import END_S, LOCKS, H, commitment, effect

from measurements.audit import Audit, audit
from measurements.facts import Books, Commitment, Effect, Problem

WHOLE = Problem(
    "expense", "expenses", 0, "schema", "", "desk", 90 * H, None, 0, 0.0, "salesforce", "E-*,X*", 95 * H
)
"""Nobody can read expense reports since the comparison at 95 h."""


def _audit(rows: tuple[Commitment, ...], problem: Problem, effects: tuple[Effect, ...] = ()) -> Audit:
    books = Books(rows, problems=(problem,))
    return audit(rows, rows, effects, books.problems, END_S, LOCKS)


def _kinds(found: Audit) -> dict[str, str]:
    return {one.key: one.kind for one in found.findings}


def test_an_exception_on_a_stream_excuses_the_keys_it_names_and_no_others() -> None:
    rows = (
        commitment("expense", "E-1", 100),
        commitment("expense", "X1", 100),
        commitment("expense", "F-1", 100),
        commitment("expense", "E-2", 94),
        commitment("expense", "E-3", 100)._replace(system="workday"),
    )
    found = _audit(rows, WHOLE)

    assert _kinds(found) == {
        "E-1": "open_exceptions",
        "X1": "open_exceptions",
        "F-1": "lost",
        "E-2": "lost",
        "E-3": "lost",
    }
    assert found.identity["expense"].holds


def test_an_exception_on_a_stream_reaches_back_a_day_and_a_sweep_whatever_it_says_of_itself() -> None:
    rows = (commitment("expense", "E-1", 83), commitment("expense", "E-2", 85))
    found = _audit(rows, WHOLE._replace(opened_at_s=110 * H, since_s=0.0))
    assert _kinds(found) == {"E-1": "lost", "E-2": "open_exceptions"}


def test_an_exception_on_a_stream_excuses_nothing_once_it_is_closed() -> None:
    closed = WHOLE._replace(closed_at_s=END_S - H)
    assert _kinds(_audit((commitment("expense", "E-1", 100),), closed)) == {"E-1": "lost"}


def test_what_stands_beside_an_exception_on_its_stream_is_effected_and_nothing_else() -> None:
    rows = (commitment("expense", "E-1", 100, amount=100, currency="USD"),)
    found = _audit(rows, WHOLE, (effect("expense", "E-1", 110, amount=100, currency="USD"),))

    assert found.clean
    assert (found.identity["expense"].effected, found.identity["expense"].open_exceptions) == (1, 0)


def test_a_note_that_the_source_refused_is_open_beside_its_effect_and_speaks_for_what_is_absent() -> None:
    rows = (commitment("expense", "E-1", 100, amount=100, currency="USD"), commitment("expense", "E-2", 100))
    held = (effect("expense", "E-1", 110, amount=100, currency="USD"),)
    for key, kinds in (("E-1", {"E-2": "lost"}), ("E-2", {"E-2": "open_exceptions"})):
        note = Problem("expense", key, 1, "write_back", "", "desk", 110 * H, None, 0, 0.0)
        found = _audit(rows, note, held)
        assert _kinds(found) == kinds
        assert found.identity["expense"].holds


def test_an_unanswered_call_outs_record_stands_beside_its_effect_until_the_next_sweep_and_no_longer() -> None:
    rows = (commitment("expense", "E-1", 100, amount=100, currency="USD"),)
    held = (effect("expense", "E-1", 110, amount=100, currency="USD"),)
    for opened_s, holds in ((END_S - 25 * H, True), (END_S - 27 * H, False)):
        unanswered = Problem("expense", "E-1", 1, "integration", "", "desk", opened_s, None, 0, 0.0)
        assert _audit(rows, unanswered, held).identity["expense"].holds is holds
        assert _kinds(_audit(rows, unanswered)) == {"E-1": "open_exceptions"}


def test_an_exception_on_what_was_never_read_speaks_for_whichever_version_is_due() -> None:
    unread = Problem("expense", "E-1", 0, "timeout", "", "desk", 110 * H, None, 0, 0.0)
    row = commitment("expense", "E-1", 100)._replace(version=3)
    assert _kinds(_audit((row,), unread)) == {"E-1": "open_exceptions"}


def test_an_exception_on_a_stream_that_reads_the_target_speaks_for_notes_not_taken_back() -> None:
    """Nobody can read what finance released since 95 h; of what was released before, the source is told."""
    unread = Problem(
        "expense", "status", 0, "schema", "", "desk", 96 * H, None, 0, 0.0, "netsuite", "E-*", 95 * H
    )
    rows = tuple(commitment("expense", key, 80, amount=100, currency="USD") for key in ("E-1", "E-2", "F-1"))
    held = tuple(
        effect("expense", key, at_h, amount=100, currency="USD")
        for key, at_h in (("E-1", 100), ("E-2", 94), ("F-1", 100))
    )

    def wrong(*problems: Problem) -> list[str]:
        found = audit(rows, rows, held, problems, END_S, LOCKS, receipts=())
        return [one.key for one in found.findings if one.kind == "wrong_write_back"]

    assert wrong() == ["E-1", "E-2", "F-1"]
    assert wrong(unread) == ["E-2", "F-1"]
    assert wrong(unread._replace(source="salesforce")) == ["E-1", "E-2", "F-1"]
