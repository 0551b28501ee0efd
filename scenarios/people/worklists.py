"""Worklists: at set times somebody exports what is new in the sources and puts it on the clerks' pile.

twice a day            won deals, worker changes, billing controls, billing events
weekly and month-end   approved time, approved expenses (Mondays; BD-1, BD+1 after the cut-off, BD+3)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from scenarios.people import entries, uploads
from scenarios.people.asking import ask, told
from scenarios.people.company import Company
from scenarios.people.entries import Bench, Row
from scenarios.script import Begin, Script, Scripted, Until

LEAD = "clerk-lead"

DAILY = ("08:00", "13:00")
"""When the lists of single records are exported, HQ time (assumption)."""

WEEKLY = "08:00"
MONTH_END = ((-1, "09:00"), (1, "13:00"), (3, "09:00"))
"""Exports of time and expenses around the period's end, HQ time (assumption)."""

SHEET_ROWS = 50
"""Rows of one upload sheet (assumption)."""


def worklists(bench: Bench, workflows: Collection[str]) -> Iterator[Begin]:
    """Starts a script per list that these workflows need."""
    lists: list[tuple[str, tuple[float, ...], Callable[[Bench, Row], None]]] = []
    daily, weekly = daily_instants(bench.company), weekly_instants(bench.company)
    if "quote_to_project" in workflows:
        lists.append(("export.wins", daily, put_win))
    if "billing_and_revenue" in workflows:
        lists.append(("export.controls", daily, put_control))
        lists.append(("export.events", daily, put_event))
    if "time_and_expense" in workflows:
        lists.append(("export.expenses", weekly, put_expense))
        yield Begin(Scripted("clerk", "list export.time", 0.0, partial(_time, bench, weekly)))
    if "worker_alignment" in workflows:
        yield Begin(Scripted("clerk", "list worker.list", 0.0, partial(_workers, bench, daily)))
    for verb, instants, put in lists:
        yield Begin(Scripted("clerk", f"list {verb}", 0.0, partial(_exporting, bench, verb, instants, put)))


def daily_instants(company: Company) -> tuple[float, ...]:
    """Each working day's exports."""
    return tuple(company.calendar.at(day, clock) for day in _days(company) for clock in DAILY)


def weekly_instants(company: Company) -> tuple[float, ...]:
    """The first working day of each week, and the month-end."""
    weeks: dict[date, date] = {}
    for day in _days(company):
        weeks.setdefault(day - timedelta(days=company.calendar.place_in_week(day)), day)
    instants = {company.calendar.at(day, WEEKLY): None for day in weeks.values()}
    if company.calendar.numbered:
        instants.update({company.calendar.bd_at(number, clock): None for number, clock in MONTH_END})
    return tuple(sorted(instants))


def _days(company: Company) -> tuple[date, ...]:
    return company.calendar.business_days(company.calendar.first_day, company.calendar.last_day)


def _exporting(
    bench: Bench, verb: str, instants: tuple[float, ...], put: Callable[[Bench, Row], None]
) -> Script:
    since_s = 0.0
    for at_s in instants:
        now_s: float = yield Until(at_s)
        answer = told((yield from ask("psa", verb, LEAD, {"since_s": since_s})))
        if "rows" in answer:
            since_s = now_s
        for row in answer.get("rows") or ():
            put(bench, {**row, "_at_s": now_s})


def put_win(bench: Bench, row: Row) -> None:
    """Puts a won deal on the pile, from the row's `_at_s` on."""
    minutes, key = entries.MIN_PROJECT, str(row["opportunity"])
    bench.pile.put(
        row["_at_s"], minutes, "project", key, partial(entries.enter_project, bench, _bare(row), 1)
    )


def put_control(bench: Bench, row: Row) -> None:
    """Puts a billing control on the pile."""
    key = f"{row['project']}:{row['control']}"
    act = partial(entries.enter_control, bench, _bare(row), 1)
    bench.pile.put(row["_at_s"], entries.MIN_CONTROL, "control", key, act)


def put_event(bench: Bench, row: Row) -> None:
    """Puts a billing event on the pile."""
    act = partial(entries.enter_invoice, bench, _bare(row), 1)
    bench.pile.put(row["_at_s"], entries.invoice_minutes(row), "invoice", str(row["event"]), act)


def put_expense(bench: Bench, row: Row) -> None:
    """Puts an expense report on the pile."""
    minutes = entries.MIN_EXPENSE_LINE * max(1, len(row.get("lines") or ()))
    act = partial(uploads.upload_expense, bench, _bare(row), 1)
    bench.pile.put(row["_at_s"], minutes, "expense", str(row["report"]), act)


def put_time(bench: Bench, rows: Sequence[Row], at_s: float) -> None:
    """Puts approved time on the pile, a sheet of rows at a time."""
    for first in range(0, len(rows), SHEET_ROWS):
        sheet = rows[first : first + SHEET_ROWS]
        minutes, key = entries.MIN_TIME_ROW * len(sheet), str(sheet[0]["timecard"])
        bench.pile.put(at_s, minutes, "time", key, partial(uploads.upload_time, bench, sheet, 1))


def _time(bench: Bench, instants: tuple[float, ...]) -> Script:
    since_s = 0.0
    for at_s in instants:
        now_s: float = yield Until(at_s)
        answer = told((yield from ask("psa", "export.time", LEAD, {"since_s": since_s})))
        if "rows" in answer:
            since_s = now_s
        rows: list[dict[str, Any]] = answer.get("rows") or []
        put_time(bench, rows, now_s)


def _workers(bench: Bench, instants: tuple[float, ...]) -> Script:
    """Changes are keyed from the day on which they take effect."""
    since = 0
    for at_s in instants:
        now_s: float = yield Until(at_s)
        answer = told((yield from ask("hcm", "worker.list", LEAD, {"since_change": since})))
        for change in answer.get("changes") or ():
            since = max(since, int(change["sequence"]))
            if change["kind"] == "opening":
                continue
            act = partial(entries.enter_worker, bench, change, 1)
            ready_s = max(now_s, float(change["due_s"]))
            bench.pile.put(ready_s, entries.MIN_WORKER, "worker", str(change["key"]), act)


def _bare(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name[0] != "_"}
