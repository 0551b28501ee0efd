"""Uploads: sheets of time rows and expense reports, keyed by hand; a new version reverses the old one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from scenarios.people.asking import Part, ask, told
from scenarios.people.entries import MIN_EXPENSE_LINE, MIN_TIME_ROW, Bench, Keyed, Row, note, tomorrow

TIME_FIELDS = ("project", "hours_centi", "rate_minor")
LINE_FIELDS = ("amount_minor",)


def upload_time(bench: Bench, rows: Sequence[Row], attempt: int, clerk: str, busy: bool) -> Part[None]:
    """A sheet of time rows; a new version first takes back what stands of the old one."""
    if attempt > 1:
        rows = [row for row in rows if not _stands(bench.keyed, row)]
    stale: list[str] = []
    for row in rows:
        standing = bench.keyed.time.get((row["timecard"], row["part"]), [])
        stale += [record for version, record, _ in standing if version < int(row.get("version", 1))]
    yield from reverse(stale, clerk)
    sheet: list[tuple[Row, dict[str, Any]]] = []
    for row in rows:
        key = f"{row['timecard']}|{row['part']}|{row.get('version', 1)}|{attempt}"
        note(bench, "time", f"{row['timecard']}|{row['part']}", row, row)
        sheet += [(row, typed) for typed in bench.typist.row(key, row, TIME_FIELDS, busy)]
    answer = told((yield from ask("erp", "time.upload", clerk, {"rows": [typed for _, typed in sheet]})))
    if "ids" not in answer:
        yield from _sheet_again(bench, rows, attempt)
        return
    refused = {int(line["row"]) for line in answer.get("refused") or ()}
    posted = (pair for place, pair in enumerate(sheet) if place not in refused)
    for (row, typed), record in zip(posted, answer["ids"], strict=False):
        place = (str(row["timecard"]), str(row["part"]))
        bench.keyed.time.setdefault(place, []).append((int(row.get("version", 1)), str(record), typed))
    yield from _sheet_again(bench, [sheet[place][0] for place in sorted(refused)], attempt)


def _stands(keyed: Keyed, row: Row) -> bool:
    """Whether somebody has keyed this version meanwhile."""
    standing = keyed.time.get((row["timecard"], row["part"]), ())
    return any(version == int(row.get("version", 1)) for version, _, _ in standing)


def _sheet_again(bench: Bench, rows: Sequence[Row], attempt: int) -> Part[None]:
    if rows:
        minutes = MIN_TIME_ROW * len(rows)
        act = partial(upload_time, bench, list(rows), attempt + 1)
        yield from tomorrow(bench, minutes, "time", str(rows[0]["timecard"]), act, attempt)


def upload_expense(bench: Bench, row: Row, attempt: int, clerk: str, busy: bool) -> Part[None]:
    """One expense report with its lines."""
    key, version = str(row["report"]), int(row.get("version", 1))
    standing = bench.keyed.expenses.get(key, [])
    yield from reverse([record for old, record, _ in standing if old < version], clerk)
    typed = dict(row)
    typed["lines"] = [
        line
        for place, given in enumerate(row.get("lines") or ())
        for line in bench.typist.row(f"{key}|{version}|{place}|{attempt}", given, LINE_FIELDS, busy)
    ]
    note(bench, "expense", key, row, typed)
    answer = told((yield from ask("erp", "expense.upload", clerk, {"reports": [typed]})))
    for record in answer.get("ids") or ():
        bench.keyed.expenses.setdefault(key, []).append((version, str(record), typed))
    if not answer.get("posted"):
        act = partial(upload_expense, bench, row, attempt + 1)
        yield from tomorrow(bench, MIN_EXPENSE_LINE, "expense", key, act, attempt)


def reverse(records: Sequence[str], clerk: str) -> Part[bool]:
    """Takes back transactions that were keyed before; False where the ledger refuses."""
    if not records:
        return True
    reply = yield from ask("erp", "posting.reverse", clerk, {"ids": list(records)})
    return reply.ok
