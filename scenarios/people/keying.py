"""Keying: how clerks mistype what they copy, field by field, and how much of it they notice at once.

P(field wrong) = 1 % trained, 3 % busy; 35 % of it is caught at once (domain §5)
P(row missed) = P(row doubled) = half of a field's error rate left uncaught (assumption)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kernel.luck import luck, pick
from kernel.money import smallest

TRAINED, BUSY = 0.01, 0.03
"""Errors per field (domain §5)."""

CAUGHT = 0.35
"""Share of errors that the clerk notices and corrects at once (domain §5: 30-40 %)."""

ROW_SHARE = 0.5
"""Missed rows, and doubled rows, per uncaught field error (assumption)."""

Row = Mapping[str, Any]


class Typist(NamedTuple):
    """One clerk's fingers: keyed luck, and the project keys that look alike."""

    seed: int
    projects: Sequence[str]

    def error_share(self, busy: bool) -> float:
        """Errors per field that stay."""
        return (BUSY if busy else TRAINED) * (1.0 - CAUGHT)

    def row(self, key: str, row: Row, fields: Sequence[str], busy: bool) -> list[dict[str, Any]]:
        """What gets keyed for one row: usually the row; now and then with a slip, twice, or not at all."""
        share = self.error_share(busy) * ROW_SHARE
        fate = luck(self.seed, "clerk.row", key)
        if fate < share:
            return []
        typed = self.record(key, row, fields, busy)
        return [typed, dict(typed)] if fate < 2 * share else [typed]

    def record(self, key: str, row: Row, fields: Sequence[str], busy: bool) -> dict[str, Any]:
        """The record as typed: each of the named fields may slip."""
        typed, share = dict(row), self.error_share(busy)
        for field in fields:
            value = typed.get(field)
            if value in {None, "", 0} or luck(self.seed, f"clerk.slip.{field}", key) >= share:
                continue
            where, what = (luck(self.seed, f"clerk.{part}.{field}", key) for part in ("place", "digit"))
            step = smallest(str(row.get("currency") or "")) if field.endswith("_minor") else 1
            if field == "project":
                typed[field] = self._other_project(value, where, what)
            else:
                typed[field] = mistyped(value, where, what, step)
        return typed

    def _other_project(self, project: str, where: float, what: float) -> str:
        """Another project of the firm; where there is none to confuse it with, a key that does not exist."""
        other = pick(where, self.projects) if self.projects else project
        return other if other != project else str(mistyped(project, where, what))


def mistyped(value: Any, where: float, what: float, step: int = 1) -> Any:
    """The value with one digit wrong: an amount (in steps of its smallest), hours, or a text such as a PO
    number. `where` and `what` are two draws: the digit's place, and what it becomes."""
    if isinstance(value, int):
        return int(_wrong_digit(str(value // step), where, what)) * step
    return _wrong_digit(str(value), where, what)


def _wrong_digit(text: str, where: float, what: float) -> str:
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    if not places:
        return text[:-1]
    place = pick(where, places)
    digit = (int(text[place]) + 1 + int(what * 9)) % 10
    return f"{text[:place]}{digit}{text[place + 1 :]}"
