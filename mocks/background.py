"""Other integrations' use of a system as a profile over time: it takes quota and slots, and makes no calls.

    use of an hour = size x daily share / 24 x weight of the hour x weekend x month-end

Weights are assumptions: office hours at HQ carry 1.6 of the mean, nights 0.5; weekends 0.3; month-end 1.25.
"""

from __future__ import annotations

from math import floor

from kernel.time import HOUR_S, BusinessTime
from mocks.landscape import SATURDAY_AND_SUNDAY
from mocks.limits import Level, nobody

_OFFICE = range(7, 20)
_OFFICE_WEIGHT = 1.6
_NIGHT_WEIGHT = (24 - _OFFICE_WEIGHT * len(_OFFICE)) / (24 - len(_OFFICE))
_WEEKEND = 0.3
_MONTH_END = 1.25


class Background:
    """The profile of one system. `factor` scales it all (0 = nobody else); `phase_h` shifts it in time."""

    def __init__(
        self,
        time: BusinessTime,
        zone: str,
        month_end_s: tuple[float, float] | None,
        factor: float = 1.0,
        phase_h: float = 0.0,
        weekend: frozenset[int] = SATURDAY_AND_SUNDAY,
    ) -> None:
        self._time = time
        self._zone = zone
        self._month_end_s = month_end_s
        self._factor = factor
        self._phase_s = phase_h * HOUR_S
        self._weekend = weekend

    def quota(self, size: float, daily_share: float, window_s: float) -> Level:
        """What is used in the window that ends at an instant; a usual window takes this share of the size."""
        if not self._factor or not daily_share:
            return nobody
        per_hour = size * daily_share * self._factor * HOUR_S / window_s
        first = -int(window_s // HOUR_S) - 2
        totals = [0.0]

        def total(at_s: float) -> float:
            hours = at_s / HOUR_S - first
            whole = floor(hours)
            while len(totals) <= whole + 1:
                totals.append(totals[-1] + per_hour * self._weight(first + len(totals) - 1))
            return totals[whole] + (hours - whole) * (totals[whole + 1] - totals[whole])

        known: dict[int, float] = {}

        def level(now_s: float) -> float:
            minute = int(now_s // 60.0)
            used = known.get(minute)
            if used is None:
                if len(known) > 64:
                    known.clear()
                used = known[minute] = total(minute * 60.0) - total(minute * 60.0 - window_s)
            return used

        return level

    def slots(self, usual: int, month_end: int) -> Level:
        """Slots in use: office hours take them all, nights one at most."""
        if not self._factor or not (usual or month_end):
            return nobody

        offices: dict[int, bool] = {}

        def level(now_s: float) -> float:
            slots = month_end if self.in_month_end(now_s) else usual
            hour = int(now_s // HOUR_S)
            office = offices.get(hour)
            if office is None:
                office = offices[hour] = self._office(hour)
            return slots if office else min(slots, 1)

        return level

    def slowness(self, month_end: float) -> Level:
        """The factor on service time: 1, and this much at month-end while others load the system."""
        if not self._factor or month_end == 1.0:
            return _usual
        return lambda now_s: month_end if self.in_month_end(now_s) else 1.0

    def in_month_end(self, now_s: float) -> bool:
        """Whether it is BD-1 to BD+5."""
        return self._month_end_s is not None and self._month_end_s[0] <= now_s < self._month_end_s[1]

    def _office(self, hour: int) -> bool:
        return self._time.moment(hour * HOUR_S - self._phase_s, self._zone).hour in _OFFICE

    def _weight(self, hour: int) -> float:
        moment = self._time.moment(hour * HOUR_S - self._phase_s, self._zone)
        weight = _OFFICE_WEIGHT if moment.hour in _OFFICE else _NIGHT_WEIGHT
        if moment.weekday() in self._weekend:
            weight *= _WEEKEND
        return weight * _MONTH_END if self.in_month_end(hour * HOUR_S) else weight


def _usual(now_s: float) -> float:
    return 1.0
