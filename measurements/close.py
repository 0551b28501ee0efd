"""What stood before the lock: the share of a period's approved hours that were posted in it in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from measurements.facts import Commitment, Effect, EntityClose
from measurements.identity import Unit
from measurements.run import Figure
from measurements.view import View

_NONE = (0, "")


class Approved(NamedTuple):
    """Hours due before the lock, their billable amount, what stands of them, and whether that was in time."""

    row: Commitment
    effect: Effect | None
    in_time: bool
    amount_minor: int
    currency: str


def approved_time(view: View) -> list[Approved]:
    """Hours worked in the period and approved by the cut-off, not recalled before the time lock."""
    first, period = view.first.get("time", {}), view.observed.period
    money = _money(view)
    found: list[Approved] = []
    for row in view.commitments.get("time", ()):
        close = view.closes.get(row.entity)
        if close is not None and due_before_lock(row, close, period):
            unit = (row.key, row.part, row.version)
            effect = first.get(unit)
            amount, currency = money.get(unit, _NONE)
            found.append(Approved(row, effect, in_time(effect, close, period), amount, currency))
    return found


def _money(view: View) -> dict[Unit, tuple[int, str]]:
    """Unit of time to its billable amount; what is told of a whole split or card is spread over its hours."""
    told = {
        (value.key, value.part, value.version): (value.amount_minor, value.currency)
        for value in view.observed.books.values
        if value.kind == "time"
    }
    if all(":" in part for _, part, _ in told):
        return told
    groups: dict[Unit, list[Commitment]] = {}
    for row in view.commitments.get("time", ()):
        split = (row.key, row.part.partition(":")[0], row.version)
        group = split if split in told else (row.key, "", row.version)
        if group in told and (row.key, row.part, row.version) not in told:
            groups.setdefault(group, []).append(row)
    for group, rows in groups.items():
        _spread(told, rows, *told[group])
    return told


def _spread(
    told: dict[Unit, tuple[int, str]], rows: Sequence[Commitment], amount: int, currency: str
) -> None:
    """To the cent: each row takes what brings the sum so far to its share of the hours so far."""
    hours = sum(row.hours_centi for row in rows)
    passed = given = 0
    for row in rows:
        passed += row.hours_centi
        upto = amount * passed // hours if hours else 0
        told[row.key, row.part, row.version] = (upto - given, currency)
        given = upto


def due_before_lock(row: Commitment, close: EntityClose, period: str) -> bool:
    """Whether it is of the period, approved by the cut-off, and not recalled before the time lock."""
    if not row.authorised or row.due_from_s > close.cut_off_s:
        return False
    if (row.transaction_date[:7] or row.period) != period:
        return False
    return row.withdrawn_at_s is None or row.withdrawn_at_s > close.time_lock_s


def in_time(effect: Effect | None, close: EntityClose, period: str) -> bool:
    """Whether it was posted in the period before its entity's time lock."""
    return effect is not None and effect.period == period and effect.at_s < close.time_lock_s


def posted_before_close(view: View, approved: Sequence[Approved]) -> Figure:
    """The share of hours, with the shares of hours and of dollars as parts."""
    end_s = view.observed.end_s
    due_centi = sum(one.row.hours_centi for one in approved)
    if not due_centi:
        return Figure(None)
    count = len(approved)
    posted = [one for one in approved if one.in_time]
    late = [one for one in approved if not one.in_time]
    unposted = sum(one.effect is None or one.effect.at_s > end_s for one in late)
    censored = 100.0 * unposted / count
    hours = 100.0 * sum(one.row.hours_centi for one in posted) / due_centi
    parts = {"hours": Figure(hours, count, censored)}
    usd_due = view.usd(_sums(approved))
    if usd_due:
        parts["usd"] = Figure(100.0 * view.usd(_sums(posted)) / usd_due, count, censored)
    return Figure(hours, count, censored, by=parts)


def _sums(approved: Sequence[Approved]) -> Mapping[str, int]:
    sums: dict[str, int] = {}
    for one in approved:
        sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
    return sums
