"""Expense reports with their lines and policy defects, submitted in the weekly shape of a real log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kernel.luck import lognormal, pick, poisson, weighted
from kernel.money import minor, times
from kernel.time import DAY_S, HOUR_S
from scenarios.acts import Line, Report
from scenarios.calendar import days
from scenarios.ground import Ground
from scenarios.workload.timesheets import Booking

RECEIPT_FROM_MINOR = 7_500
JUSTIFICATION_FROM_MINOR = 20_000
_TYPES = (
    ("Meals", 0.34),
    ("Hotel", 0.16),
    ("Airfare", 0.08),
    ("Taxi", 0.22),
    ("Rail", 0.12),
    ("Other", 0.08),
)
BILLABLE_SHARE = 0.8
"""Of lines (assumption)."""
_BACK_DAYS = 12
_HOURS = (
    (8, 0.5),
    (9, 1.3),
    (10, 1.6),
    (11, 1.5),
    (12, 0.7),
    (13, 0.9),
    (14, 1.3),
    (15, 1.1),
    (16, 0.9),
    (17, 0.5),
    (20, 0.4),
)
_REASONS = ("Wrong project", "Private expense", "Duplicate line")


def reports(ground: Ground, booked: list[Booking]) -> tuple[Report, ...]:
    """All reports that wait at the start or are submitted in the run, in order of submission."""
    by_worker: dict[str, list[Booking]] = {}
    for booking in booked:
        by_worker.setdefault(booking.worker, []).append(booking)
    first = ground.calendar.first_day - timedelta(days=_BACK_DAYS)
    calendar_days = list(days(first, ground.calendar.last_day))
    weights = {
        entity.entity: _weights(ground, calendar_days, entity.entity) for entity in ground.firm.entities
    }
    mean = ground.firm.reports / 1000.0 * len(calendar_days) / 30.4
    found = [
        report
        for worker, mine in by_worker.items()
        for report in _of(ground, worker, mine, weights[mine[0].entity], mean)
    ]
    return tuple(sorted(found, key=lambda report: (report.submit_at_s, report.report)))


def _weights(ground: Ground, calendar_days: list[date], entity: str) -> list[tuple[date, float]]:
    """The week's weights, from the first day of the entity's working week on."""
    place, weights = ground.calendar.place_in_week, ground.firm.expense_weekdays
    return [(day, weights[place(day, entity)]) for day in calendar_days]


def _of(
    ground: Ground, worker: str, mine: list[Booking], weights: list[tuple[date, float]], mean: float
) -> Iterator[Report]:
    for number in range(1, poisson(ground.draw("report.count", worker), mean) + 1):
        key = f"E-{worker}-{number}"
        day = weighted(ground.draw("report.day", key), weights)
        known = [b for b in mine if b.first <= day <= b.last and not b.opportunity]
        if known:
            report = _report(ground, key, pick(ground.draw("report.project", key), known), day)
            if report is not None:
                yield report


def _report(ground: Ground, key: str, booking: Booking, day: date) -> Report | None:
    """One report; None where it was approved before the start."""
    firm = ground.firm
    hour = weighted(ground.draw("report.hour", key), _HOURS) + ground.draw("report.minute", key)
    submit_s = ground.instant(day, hour, booking.entity)
    leave_s = DAY_S * ground.span(
        "report.leave", key, firm.expense_approval_days, firm.expense_approval_days_p90
    )
    if submit_s + leave_s < 0.0:
        return None
    at_s = ground.backlog(key, submit_s)
    u = ground.draw("report.fate", key)
    lines, repaired = _lines(ground, key, booking, day)
    rejected = u < firm.rejected_share
    recalled = not rejected and u < firm.rejected_share + firm.recalled_share
    return Report(
        report=key,
        worker=booking.worker,
        project=booking.project,
        opportunity=booking.opportunity,
        entity=booking.entity,
        currency=ground.firm.entity(booking.entity).currency,
        lines=lines,
        repaired=repaired,
        approver=booking.approver,
        submit_at_s=at_s,
        rejected=pick(ground.draw("report.reason", key), _REASONS) if rejected else "",
        resubmit_h=ground.span("report.resubmit", key, firm.resubmit_h, firm.resubmit_h * 6)
        if rejected
        else 0.0,
        recall_h=ground.span("report.recall", key, 3.0, 24.0) if recalled else None,
        leave_h=max(0.0, submit_s + leave_s - at_s) / HOUR_S,
    )


def _lines(
    ground: Ground, key: str, booking: Booking, day: date
) -> tuple[tuple[Line, ...], tuple[Line, ...] | None]:
    """The lines as submitted and, where they have defects, as they are once repaired."""
    firm = ground.firm
    count = 1 + poisson(ground.draw("report.lines", key), firm.report_lines - 1)
    total = firm.report_usd / float(firm.entity(booking.entity).to_usd)
    scale = lognormal(
        ground.draw("report.amount", key), total / firm.report_lines, 2.2 * total / firm.report_lines
    )
    bad = ground.draw("report.bad", key) < firm.report_error_share
    errs = bad and ground.draw("report.error", key) < firm.policy_error_share
    defective = firm.line_defect_share / firm.report_error_share if bad else 0.0
    currency = firm.entity(booking.entity).currency
    good, given = [], []
    for number in range(1, count + 1):
        line = _line(ground, f"{key}|{number}", number, scale, day, currency)
        good.append(line)
        flagged = bad and (number == 1 or ground.draw("line.defect", f"{key}|{number}") < defective)
        given.append(_spoiled(line, errs) if flagged else line)
    repaired = [_mended(was, now) for was, now in zip(good, given, strict=True)]
    return tuple(given), tuple(repaired) if bad else None


def _line(ground: Ground, key: str, number: int, scale: float, day: date, currency: str) -> Line:
    """Each of its figures is a draw of its own: what a line costs says nothing of what it is."""
    size = minor(round(scale * (0.3 + 1.4 * ground.draw("line.amount", key)), 2))
    amount = max(100, times(size, 1, currency))
    return Line(
        line=number,
        type=weighted(ground.draw("line.type", key), _TYPES),
        date=str(day - timedelta(days=1 + int(9 * ground.draw("line.date", key)))),
        amount_minor=amount,
        receipt=amount >= RECEIPT_FROM_MINOR,
        justification="Client visit" if amount >= JUSTIFICATION_FROM_MINOR else "",
        billable=ground.draw("line.billable", key) < BILLABLE_SHARE,
        defect="",
    )


def _spoiled(line: Line, error: bool) -> Line:
    """An error is a line from 75.00 without a receipt, a warning one from 200.00 without a justification."""
    if error:
        return line._replace(
            amount_minor=max(line.amount_minor, RECEIPT_FROM_MINOR), receipt=False, defect="receipt"
        )
    amount = max(line.amount_minor, JUSTIFICATION_FROM_MINOR)
    return line._replace(amount_minor=amount, receipt=True, justification="", defect="justification")


def _mended(good: Line, given: Line) -> Line:
    if not given.defect:
        return given
    reason = "Client visit" if given.amount_minor >= JUSTIFICATION_FROM_MINOR else good.justification
    return given._replace(receipt=True, justification=reason, defect="")
