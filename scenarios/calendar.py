"""The business calendar of a run: business days by legal entity, cut-offs, locks, windows and run times.

BD-10 ........ BD-1 | BD+1 .. BD+3 .. BD+5 .. BD+7 ........ BD+15      (there is no BD0)
  start   last day  | first   time    ledger  window          end
                 period end   lock    lock    ends
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from kernel.time import BusinessTime, period_of
from measurements.facts import EntityClose, PeriodLock
from measurements.periods import following

DAY = timedelta(days=1)
MIDNIGHT = "00:00"


@dataclass(frozen=True, slots=True)
class Place:
    """Where business days are counted: a zone and the country whose public holidays hold."""

    zone: str
    country: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every instant in it is seconds since the start. `hq` is headquarters, `places` the legal entities'.

    Items count that start in `window_s`, calls and people's work from `counts_from_s` on.
    """

    period: str
    time: BusinessTime
    hq: Place
    places: Mapping[str, Place]
    window_s: tuple[float, float]
    end_s: float
    counts_from_s: float = 0.0
    closes: tuple[EntityClose, ...] = ()
    locks: tuple[PeriodLock, ...] = ()
    report_instants_s: tuple[float, ...] = ()
    close_s: float = 0.0
    cut_off_runs: tuple[float, ...] = ()
    revenue_runs: tuple[tuple[str, float], ...] = ()
    month_end_s: tuple[float, float] | None = None
    numbered: bool = field(default=True)

    def place(self, entity: str = "") -> Place:
        """The place of a legal entity; headquarters for "" and for one that is not known."""
        return self.places.get(entity, self.hq)

    def bd(self, number: int, entity: str = "") -> date:
        """The day of business day -10 .. +15 (never 0) around the period's end."""
        return business_day(self.period, number, self.place(entity).country)

    def at(self, day: date, clock: str, entity: str = "") -> float:
        """Seconds at `HH:MM` of a day in the entity's zone."""
        return self.time.at(day, clock, self.place(entity).zone)

    def bd_at(self, number: int, clock: str, entity: str = "") -> float:
        """Seconds at `HH:MM` of a numbered business day in the entity's zone."""
        return self.at(self.bd(number, entity), clock, entity)

    def is_business_day(self, day: date, entity: str = "") -> bool:
        """Whether people of that entity work on it."""
        return is_business_day(day, self.place(entity).country)

    def place_in_week(self, day: date, entity: str = "") -> int:
        """0 for the first day of the entity's working week: `weekday` where Saturday and Sunday are free."""
        return (day.weekday() - first_weekday(self.place(entity).country, day.year)) % 7

    def last_of_week(self, monday: date, entity: str = "") -> int:
        """The last day of a Monday-to-Sunday week that people of that entity work, 0 = Monday: by their
        weekend, or later where a weekend day is worked."""
        closed = weekend(self.place(entity).country, monday.year)
        usual = max(day for day in range(7) if day not in closed)
        worked = (n for n in range(6, usual, -1) if self.is_business_day(monday + n * DAY, entity))
        return next(worked, usual)

    def business_days(self, first: date, last: date, entity: str = "") -> tuple[date, ...]:
        """The business days from `first` to `last`, both included."""
        country = self.place(entity).country
        return tuple(day for day in days(first, last) if is_business_day(day, country))

    @property
    def first_day(self) -> date:
        """The calendar day at headquarters on which the run starts."""
        return self.time.local_date(0.0, self.hq.zone)

    @property
    def last_day(self) -> date:
        """The last calendar day at headquarters of the run."""
        return self.time.local_date(self.end_s - 1.0, self.hq.zone)

    @property
    def period_end(self) -> date:
        """The last calendar day of the period."""
        return last_of(self.period)


def around_period_end(period: str, hq: Place, places: Mapping[str, Place], busy: bool) -> Calendar:
    """The calendar of a month-end; `busy` False leaves out the month-end multipliers (steady-month)."""
    start = business_day(period, -10, hq.country)
    zone = ZoneInfo(hq.zone)
    time = BusinessTime(datetime(start.year, start.month, start.day, tzinfo=zone).astimezone(UTC))

    def bd(number: int, clock: str = MIDNIGHT, after: timedelta = timedelta(0), place: Place = hq) -> float:
        return time.at(business_day(period, number, place.country) + after, clock, place.zone)

    window_s = (bd(-5), bd(7, after=DAY))
    closes = tuple(_close(time, period, entity, place) for entity, place in sorted(places.items()))
    first, last = business_day(period, -5, hq.country), business_day(period, 7, hq.country)
    reports = (day for day in days(first, last) if is_business_day(day, hq.country))
    return Calendar(
        period=period,
        time=time,
        hq=hq,
        places=places,
        window_s=window_s,
        end_s=bd(15, after=DAY),
        closes=closes,
        locks=tuple(_locks(period, closes)),
        report_instants_s=tuple(time.at(day, "08:00", hq.zone) for day in reports),
        close_s=max(close.ledger_lock_s for close in closes),
        cut_off_runs=tuple(bd(number, clock) for number in (-1, 1, 2, 3) for clock in ("12:30", "16:00")),
        revenue_runs=tuple((f"R{number}", bd(number, "20:00")) for number in (2, 4)),
        month_end_s=(bd(-1), bd(5, after=DAY)) if busy else None,
    )


def plain(first: date, last: date, hq: Place, places: Mapping[str, Place]) -> Calendar:
    """A calendar without a close: every period from `first` to `last` and the month after is open
    throughout."""
    zone = ZoneInfo(hq.zone)
    time = BusinessTime(datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC))
    end_s = time.at(last + DAY, MIDNIGHT, hq.zone)
    until, period, periods = following(period_of(last)), period_of(first), [period_of(first)]
    while period != until:
        period = following(period)
        periods.append(period)
    locks = tuple(
        PeriodLock(entity, period, True, None, None) for entity in sorted(places) for period in periods
    )
    return Calendar(
        period_of(last), time, hq, places, (0.0, end_s), end_s, locks=locks, close_s=end_s, numbered=False
    )


def business_day(period: str, number: int, country: str) -> date:
    """BD-1 is the last business day of the period, BD+1 the first after it. Raises ValueError for 0."""
    if number == 0:
        raise ValueError("there is no BD0")
    step = DAY if number > 0 else -DAY
    day, left = last_of(period) + (DAY if number > 0 else timedelta(0)), abs(number)
    while True:
        if is_business_day(day, country):
            left -= 1
            if left == 0:
                return day
        day += step


@lru_cache(maxsize=16384)
def is_business_day(day: date, country: str) -> bool:
    """Outside the country's weekend and no public holiday of it, or a weekend day that is worked for a bridge
    day."""
    return bool(_holidays(country).is_working_day(day))


@lru_cache(maxsize=1024)
def weekend(country: str, year: int) -> frozenset[int]:
    """The weekdays (0 = Monday) that the country's offices are closed on; countries have changed them."""
    days_of_june = days(date(year, 6, 1), date(year, 6, 7))
    return frozenset(day.weekday() for day in days_of_june if _holidays(country).is_weekend(day))


def first_weekday(country: str, year: int) -> int:
    """The weekday on which its working week begins: after the longest run of closed days."""
    closed = weekend(country, year)

    def run(start: int) -> int:
        return next((n for n in range(7) if (start - 1 - n) % 7 not in closed), 7)

    return max((start for start in range(7) if start not in closed), key=lambda start: (run(start), -start))


@lru_cache(maxsize=256)
def _holidays(country: str) -> holidays.HolidayBase:
    """What the package `holidays` knows of a country. Raises NotImplementedError for one that it does not."""
    return holidays.country_holidays(country)


def last_of(period: str) -> date:
    """The last calendar day of an accounting period."""
    year, month = (int(part) for part in following(period).split("-"))
    return date(year, month, 1) - DAY


def days(first: date, last: date) -> Iterator[date]:
    """Every calendar day from `first` to `last`, both included."""
    day = first
    while day <= last:
        yield day
        day += DAY


def _close(time: BusinessTime, period: str, entity: str, place: Place) -> EntityClose:
    def bd(number: int, clock: str) -> float:
        return time.at(business_day(period, number, place.country), clock, place.zone)

    end_s = time.at(last_of(period) + DAY, MIDNIGHT, place.zone)
    return EntityClose(entity, end_s, bd(1, "12:00"), bd(3, "18:00"), bd(5, "18:00"))


def _locks(period: str, closes: tuple[EntityClose, ...]) -> Iterator[PeriodLock]:
    """The period before is closed, this one closes in the run, the two after it stay open."""
    before, after = period_of(date.fromisoformat(f"{period}-01") - DAY), following(period)
    for close in closes:
        yield PeriodLock(close.entity, before, False, None, None)
        yield PeriodLock(close.entity, period, True, close.time_lock_s, close.ledger_lock_s)
        yield PeriodLock(close.entity, after, True, None, None)
        yield PeriodLock(close.entity, following(after), True, None, None)
