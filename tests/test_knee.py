"""The knee is searched with few runs, and never said narrower than it is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rehearsal.knee import _unbroken
from sim.knee import NARROW, Knee, Word, search


def breaks_at(count: int, around: int = 0) -> Callable[[int], Word]:
    """Passes below, fails from there on; within `around` people of it nothing is sure."""

    def verdict(people: int) -> Word:
        if abs(people - count) < around:
            return "INCONCLUSIVE"
        return "PASS" if people < count else "FAIL"

    return verdict


@pytest.mark.parametrize("true", [2, 7, 49, 50, 51, 137, 640, 1999])
def test_the_interval_holds_the_knee_and_is_narrow(true: int) -> None:
    found = search(breaks_at(true), 50, 2000)
    assert found.failed is not None
    assert found.passed < true <= found.failed
    assert found.failed / found.passed <= NARROW or found.failed - found.passed == 1
    assert len({count for count, _ in found.steps}) == len(found.steps) <= 12


def test_where_nothing_breaks_the_most_is_told_as_passed() -> None:
    found = search(breaks_at(5000), 50, 2000)
    assert (found.passed, found.failed) == (2000, None)


def test_what_is_inconclusive_narrows_nothing() -> None:
    found = search(breaks_at(500, around=150), 50, 2000)
    assert found.failed is not None
    assert found.passed <= 350
    assert found.failed >= 650
    assert "INCONCLUSIVE" in {word for _, word in found.steps}


def test_where_already_one_person_fails_none_passed() -> None:
    found = search(breaks_at(0), 50, 2000)
    assert (found.passed, found.failed) == (0, 1)


def test_what_was_never_decided_is_not_told_as_kept() -> None:
    assert "none was decided" in _unbroken(Knee(0, None, [(6, "INCONCLUSIVE"), (8, "INCONCLUSIVE")]))
    assert "kept at 6 people" in _unbroken(Knee(6, None, [(6, "PASS"), (8, "INCONCLUSIVE")]))
    assert "kept up to 8 people" in _unbroken(Knee(8, None, [(6, "PASS"), (8, "PASS")]))
