"""Weekly timesheets: who submits which cards when, in the shape of a week, split at a busy month's end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from kernel.luck import pick, weighted
from mocks.opening import Assignment, PostedTime
from scenarios.acts import Card, Staffing, Week, WorkerChange
from scenarios.calendar import DAY, Calendar
from scenarios.ground import Ground
from scenarios.workload.sittings import Diaries

Hours = tuple[int, int, int, int, int, int, int]

_FRIDAY_HOURS = ((14, 0.15), (15, 0.22), (16, 0.34), (17, 0.19), (18, 0.10))
_CLOSING = (("afternoon", 0.60), ("morning", 0.20), ("next", 0.15), ("late", 0.05))
_BUCKETS = ("early", "friday morning", "friday", "weekend", "monday", "tuesday", "late", "very late")
_REASONS = ("Wrong project", "Hours missing", "Description missing", "Too many hours")


class Booking(NamedTuple):
    """An assignment as its worker sees it. `opportunity` is set for a project that was won in this run;
    `new`: it was made in this run, so that nothing of it stands in the opening.
    """

    worker: str
    project: str
    opportunity: str
    entity: str
    approver: str
    hours_per_week: int
    first: date
    last: date
    new: bool


class Timesheets(NamedTuple):
    """`posted` was approved before the start (it is in the opening), `weeks` are acts."""

    posted: tuple[PostedTime, ...]
    weeks: tuple[Week, ...]


def bookings(
    ground: Ground, staffing: tuple[Staffing, ...], changes: tuple[WorkerChange, ...]
) -> list[Booking]:
    """Opening's and new assignments, ended by a leaver's last day, in order of worker."""
    leads = {project.project: (project.entity, project.project_manager) for project in ground.projects}
    left = {c.worker: date.fromisoformat(c.effective) - DAY for c in changes if c.kind == "terminate"}
    found = [_booking(a, "", *leads[a.project], left) for a in ground.assignments]
    for new in staffing:
        entity = ground.staff.by_key[new.by].entity
        known = leads.get(new.project, (entity, new.by))
        found.append(_booking(new, new.opportunity, *known, left))
    return sorted(found, key=lambda booking: (booking.worker, booking.project))


def timesheets(ground: Ground, booked: list[Booking], diaries: Diaries) -> Timesheets:
    """All weeks from the one that holds the period's first day (only days of the period) to the end."""
    posted: list[PostedTime] = []
    weeks: list[Week] = []
    by_worker: dict[str, list[Booking]] = {}
    for booking in booked:
        by_worker.setdefault(booking.worker, []).append(booking)
    for worker, mine in by_worker.items():
        for monday in _mondays(ground):
            for part, first, last in _parts(ground, worker, mine[0].entity, monday):
                _week(ground, diaries, worker, mine, monday, (part, first, last), posted, weeks)
    weeks.sort(key=lambda week: (week.submit_at_s, week.worker))
    return Timesheets(tuple(posted), tuple(weeks))


def _booking(
    a: Assignment | Staffing, opportunity: str, entity: str, approver: str, left: dict[str, date]
) -> Booking:
    last = min(date.fromisoformat(a.end), left.get(a.worker, date.max))
    return Booking(
        a.worker,
        a.project,
        opportunity,
        entity,
        approver,
        a.hours_per_week,
        date.fromisoformat(a.start),
        last,
        isinstance(a, Staffing),
    )


def _mondays(ground: Ground) -> Iterator[date]:
    day = _period_start(ground.calendar)
    day -= timedelta(days=day.weekday())
    while day <= ground.calendar.last_day:
        yield day
        day += timedelta(days=7)


def _period_start(calendar: Calendar) -> date:
    return calendar.period_end.replace(day=1)


def _parts(ground: Ground, worker: str, entity: str, monday: date) -> Iterator[tuple[int, date, date]]:
    """(part, first day, last day): one part, or two for those who split where a busy firm asks for the days
    before a period's end at once; it must lie inside the days that they work in that week."""
    first, last = max(monday, _period_start(ground.calendar)), monday + timedelta(days=6)
    end, worked = ground.calendar.period_end, monday + DAY * ground.calendar.last_of_week(monday, entity)
    if ground.busy and monday <= end < worked and ground.draw("week.split", worker) < ground.firm.split_share:
        yield 1, first, end
        yield 2, end + DAY, last
    else:
        yield 0, first, last


def _week(
    ground: Ground,
    diaries: Diaries,
    worker: str,
    mine: list[Booking],
    monday: date,
    part: tuple[int, date, date],
    posted: list[PostedTime],
    weeks: list[Week],
) -> None:
    entity = mine[0].entity
    key = f"{worker}@{monday}#{part[0]}"
    submit_s = _closing(ground, key, part[2], entity) if part[0] == 1 else _usual(ground, key, monday, entity)
    days, cards = _open_days(ground, entity, monday, part[1], part[2]), []
    for booking in mine:
        hours = _hours(ground, booking, monday, days)
        if hours is None:
            continue
        name = f"T-{worker}-{booking.project}-{monday}{'-2' if part[0] == 2 else ''}"
        sitting_s = diaries.after(booking.approver, submit_s)
        if sitting_s < 0.0:
            if not booking.new:  # who handed the week in early knew nothing of whom or what came later
                posted.append(
                    PostedTime(name, worker, booking.project, str(monday), hours, booking.approver, sitting_s)
                )
        else:
            cards.append(_card(ground, booking, name, monday, hours, submit_s))
    if cards and submit_s < ground.calendar.end_s:
        weeks.append(
            Week(
                worker=worker,
                monday=str(monday),
                part=max(part[0], 1),
                submit_at_s=ground.backlog(key, submit_s),
                cards=tuple(cards),
                holding_project=ground.holding[entity],
                holding_after_h=ground.firm.holding_after_h,
                zone=ground.calendar.place(entity).zone,
            )
        )


def _open_days(ground: Ground, entity: str, monday: date, first: date, last: date) -> list[tuple[int, date]]:
    """(place in the week, day) of the business days from `first` to `last` in that week."""
    week = ((n, monday + timedelta(days=n)) for n in range(7))
    return [
        (n, day) for n, day in week if first <= day <= last and ground.calendar.is_business_day(day, entity)
    ]


def _hours(ground: Ground, booking: Booking, monday: date, days: list[tuple[int, date]]) -> Hours | None:
    """Quarter hours on those of the days that are inside the booking; None where there are none."""
    if not days or booking.last < days[0][1] or booking.first > days[-1][1]:
        return None
    found = [0] * 7
    for n, day in days:
        if booking.first <= day <= booking.last:
            u = ground.draw("card.hours", f"{booking.worker}|{booking.project}|{day}")
            found[n] = max(1, round(booking.hours_per_week * 20 * (0.7 + 0.6 * u) / 25)) * 25
    a, b, c, d, e, f, g = found
    return (a, b, c, d, e, f, g) if any(found) else None


def _card(ground: Ground, booking: Booking, name: str, monday: date, hours: Hours, submit_s: float) -> Card:
    firm, u = ground.firm, ground.draw("card.fate", name)
    rejected, recalled = u < firm.rejected_share, False
    correct_s = None
    if not rejected:
        recalled = u < firm.rejected_share + firm.recalled_share
        if not recalled and u < firm.rejected_share + firm.recalled_share + firm.corrected_share:
            days = ground.span("card.correct", name, firm.correction_days, firm.correction_days * 3)
            day = ground.calendar.time.local_date(
                submit_s + days * 86400.0, ground.calendar.place(booking.entity).zone
            )
            correct_s = ground.office(
                "card.correct", name, ground.next_business_day(day, booking.entity), booking.entity
            )
    again = rejected or recalled or correct_s is not None
    own = not again and ground.draw("card.own", name) < firm.self_approved_share
    return Card(
        timecard=name,
        worker=booking.worker,
        project=booking.project,
        opportunity=booking.opportunity,
        entity=booking.entity,
        week_start=str(monday),
        hours_centi=hours,
        approver=booking.approver,
        rejected=pick(ground.draw("card.reason", name), _REASONS) if rejected else "",
        resubmit_h=ground.span("card.resubmit", name, firm.resubmit_h, firm.resubmit_h * 6)
        if rejected
        else 0.0,
        recall_h=ground.span("card.recall", name, 3.0, 24.0) if recalled else None,
        correct_at_s=correct_s,
        corrected=_changed(hours, ground.draw("card.change", name)) if again else None,
        self_approved=own,
    )


def _changed(hours: Hours, u: float) -> Hours:
    """Another hour on the first day with hours, or one less on a long day."""
    n = next(n for n, value in enumerate(hours) if value)
    by = -100 if hours[n] > 300 and u < 0.5 else 100
    a, b, c, d, e, f, g = (value + by if at == n else value for at, value in enumerate(hours))
    return (a, b, c, d, e, f, g)


def _usual(ground: Ground, key: str, monday: date, entity: str) -> float:
    """When the week is submitted, by the shape table of a week; its Friday is the last day that is worked."""
    bucket = weighted(
        ground.draw("week.bucket", key), list(zip(_BUCKETS, ground.firm.submit_shape, strict=True))
    )
    u, v = ground.draw("week.hour", key), ground.draw("week.day", key)
    last = ground.calendar.last_of_week(monday, entity)
    if bucket == "friday":
        hour = weighted(u, _FRIDAY_HOURS) + v
        return _working(ground, monday + timedelta(days=last), hour, entity)
    days, from_h, until_h = {
        "early": (int(last * v), 15.0, 19.0),
        "friday morning": (last, 9.0, 14.0),
        "weekend": (last + 1 + int((6 - last) * v), 10.0, 20.0) if last < 6 else (last, 18.0, 22.0),
        "monday": (7, 6.0, 12.0),
        "tuesday": (7 + int(2 * v), 12.0, 18.0),
        "late": (9 + int(3 * v), 9.0, 18.0),
        "very late": (14 + int(4 * v), 9.0, 18.0),
    }[bucket]
    day, hour = monday + timedelta(days=days), from_h + (until_h - from_h) * u
    return ground.instant(day, hour, entity) if bucket == "weekend" else _working(ground, day, hour, entity)


def _closing(ground: Ground, key: str, end: date, entity: str) -> float:
    """When the days before a period's end are submitted: mostly on its last business day (assumption)."""
    bucket, u = weighted(ground.draw("week.bucket", key), _CLOSING), ground.draw("week.hour", key)
    last = end
    while not ground.calendar.is_business_day(last, entity):
        last -= DAY
    if bucket == "afternoon":
        return ground.instant(last, 14 + 6 * u, entity)
    if bucket == "morning":
        return ground.instant(last, 9 + 5 * u, entity)
    after = ground.next_business_day(end + DAY, entity)
    if bucket == "next":
        return ground.instant(after, 6 + 5 * u, entity)
    return ground.instant(ground.next_business_day(after + DAY, entity), 9 + 60 * u, entity)


def _working(ground: Ground, day: date, hour: float, entity: str) -> float:
    return ground.instant(ground.next_business_day(day, entity), hour, entity)
