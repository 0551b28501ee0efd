"""The portfolio report by hand: once a week somebody rebuilds it from the PSA's exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from kernel.money import worth
from scenarios.people.asking import Part, ask, told
from scenarios.people.company import Company
from scenarios.people.worklists import weekly_instants
from scenarios.script import Begin, Script, Scripted, Spent, Until

ANALYST = "analyst"
MIN_REPORT = 180.0
"""Minutes to rebuild the report: 2-4 h a week (domain §5)."""

Row = Mapping[str, Any]


def report_makers(company: Company) -> Iterator[Begin]:
    """Starts one script over all weeks."""
    instants = weekly_instants(company)
    if instants:
        yield Begin(Scripted("clerk", "report by hand", instants[0], partial(_weeks, company, instants)))


def _weeks(company: Company, instants: tuple[float, ...]) -> Script:
    since_s = 0.0
    for at_s in instants:
        now_s: float = yield Until(at_s)
        facts = yield from _facts(company, since_s, now_s)
        yield Until(now_s + MIN_REPORT * 60.0)
        yield Spent(ANALYST, "rekey", MIN_REPORT, "reporting", "")
        reply = yield from ask("warehouse", "report.enter", ANALYST, {"facts": facts})
        if reply.ok:
            since_s = now_s


def _facts(company: Company, since_s: float, now_s: float) -> Part[list[dict[str, Any]]]:
    """Approved time by timecard, and expenses, since the last report."""
    time = told((yield from ask("psa", "export.time", ANALYST, {"since_s": since_s})))
    expenses = told((yield from ask("psa", "export.expenses", ANALYST, {"since_s": since_s})))
    workers = {worker.worker: (worker.cost_rate_minor, worker.currency) for worker in company.opening.workers}
    projects = {project.project: project.currency for project in company.opening.projects}
    cards: dict[tuple[str, int], list[Row]] = {}
    for row in time.get("rows") or ():
        cards.setdefault((str(row["timecard"]), int(row.get("version", 1))), []).append(row)
    facts = [_card(key, version, rows, workers, projects, now_s) for (key, version), rows in cards.items()]
    return facts + [_expense(row, now_s) for row in expenses.get("rows") or ()]


def _card(
    key: str,
    version: int,
    rows: list[Row],
    workers: Mapping[str, tuple[int, str]],
    projects: Mapping[str, str],
    now_s: float,
) -> dict[str, Any]:
    first = rows[0]
    hours = sum(int(row["hours_centi"]) for row in rows)
    rate_minor = int(first.get("rate_minor") or 0)
    cost_minor, cost_currency = workers.get(str(first["worker"]), (0, "USD"))
    currency = first.get("currency") or projects.get(str(first["project"]), "USD")
    values = {
        "project": first["project"],
        "worker": first["worker"],
        "hours_centi": hours,
        "billable_centi": hours if rate_minor else 0,
        "bill_minor": worth(rate_minor, hours, currency),
        "currency": currency,
        "cost_minor": worth(cost_minor, hours, cost_currency),
        "cost_currency": cost_currency,
    }
    return _fact(key, version, "time_approved", float(first.get("approved_at_s") or now_s), values)


def _expense(row: Row, now_s: float) -> dict[str, Any]:
    lines = row.get("lines") or ()
    values = {
        "project": row["project"],
        "worker": row["worker"],
        "amount_minor": sum(int(line["amount_minor"]) for line in lines),
        "currency": row["currency"],
        "billable": any(line.get("billable") for line in lines),
    }
    version = int(row.get("version", 1))
    return _fact(str(row["report"]), version, "expense", float(row.get("approved_at_s") or now_s), values)


def _fact(key: str, version: int, kind: str, committed_s: float, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": "salesforce",
        "key": key,
        "version": version,
        "kind": kind,
        "committed_at": committed_s,
        "values": values,
    }
