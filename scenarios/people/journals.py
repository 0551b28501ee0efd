"""Revenue journals by hand: at each revenue run an accountant computes them from exported rows and keys them.

The sheet follows the accounting rule, from what a person can export: the opening's projects, won deals, time
and controls of the PSA, changes of the HCM. Only the typing errs, and what the sheet has too late.
Clerks key the journals, from the pile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from measurements.facts import Commitment, Effect, PeriodLock
from measurements.periods import Periods
from scenarios.calendar import last_of
from scenarios.contracts import Contracts
from scenarios.cost_rates import CostRates
from scenarios.people.asking import Part, ask, told
from scenarios.people.entries import Bench
from scenarios.revenue_due import Sources, revenue_due
from scenarios.script import Begin, Script, Scripted, Until
from scenarios.worked_time import worked_time

ACCOUNTANT = "accountant"
MIN_JOURNAL = 5.0
"""Minutes to compute and key one journal (assumption)."""

Row = Mapping[str, Any]


def journals(bench: Bench) -> Iterator[Begin]:
    """Starts one script over all runs of the period."""
    runs = bench.company.calendar.revenue_runs
    if runs:
        yield Begin(Scripted("clerk", "journals", runs[0][1], partial(_month, bench, runs)))


def _month(bench: Bench, runs: Sequence[tuple[str, float]]) -> Script:
    booked: dict[str, int] = {}
    for run, cut_s in runs:
        yield Until(cut_s)
        sources = yield from _sheet(bench)
        for row in revenue_due(sources, ((run, cut_s),)):
            journal = row._replace(amount_minor=row.amount_minor - booked.get(row.project, 0))
            booked[row.project] = row.amount_minor
            if journal.amount_minor:
                act = partial(_enter, bench, journal)
                bench.pile.put(cut_s, MIN_JOURNAL, "revenue", row.key, act)


def _enter(bench: Bench, row: Commitment, clerk: str, busy: bool) -> Part[None]:
    words = {
        "project": row.project,
        "period": row.period,
        "run": row.terms["run"],
        "date": row.transaction_date,
        "currency": row.currency,
        "amount_minor": row.amount_minor,
    }
    typed = bench.typist.record(row.key, words, ("amount_minor",), busy)
    yield from ask("erp", "journal.enter", clerk, typed)


def _sheet(bench: Bench) -> Part[Sources]:
    """Everything exported anew, as the accountant's sheet."""
    opening, calendar = bench.company.opening, bench.company.calendar
    exported: dict[str, list[Row]] = {}
    for verb in ("export.time", "export.wins", "export.controls"):
        answer = told((yield from ask("psa", verb, ACCOUNTANT, {"since_s": 0.0})))
        exported[verb] = answer.get("rows") or []
    answer = told((yield from ask("hcm", "worker.list", ACCOUNTANT, {"since_change": 0})))
    changes = [_change(change) for change in answer.get("changes") or () if change["kind"] != "opening"]
    time = [_time(row) for row in exported["export.time"]]
    wins = [_win(row) for row in exported["export.wins"]]
    controls = [_control(row) for row in exported["export.controls"]]
    made = [_made(row) for row in wins]
    contracts = Contracts(opening, [*wins, *controls], made, {})
    to_usd = {rate.currency: rate.to_usd for rate in opening.rates}
    rates, locks = CostRates(opening.workers, changes), _locks(bench)
    last_day = last_of(calendar.period).isoformat()
    hours = worked_time(opening, time)
    return Sources(contracts, hours, rates, locks, to_usd, calendar.period, last_day)


def _locks(bench: Bench) -> Periods:
    locks: tuple[PeriodLock, ...] = bench.company.calendar.locks
    return Periods(locks)


def _change(change: Row) -> Commitment:
    fields = change["fields"]
    terms = {"cost_rate_minor": int(fields["cost_rate_minor"])} if "cost_rate_minor" in fields else {}
    row = _row("worker", str(change["key"]), currency=str(change["data"].get("currency", "")), terms=terms)
    return row._replace(worker=str(change["worker"]), transaction_date=str(change["effective"]))


def _time(row: Row) -> Commitment:
    terms = {"bill_rate_minor": int(row.get("rate_minor") or 0)}
    made = _row("time", str(row["timecard"]), currency="", terms=terms, version=int(row.get("version", 1)))
    return made._replace(
        part=str(row["part"]),
        project=str(row["project"]),
        worker=str(row["worker"]),
        transaction_date=str(row["date"]),
        hours_centi=int(row["hours_centi"]),
        committed_at_s=float(row.get("approved_at_s") or 0.0),
    )


def _win(row: Row) -> Commitment:
    names = ("billing_method", "planned_hours", "start", "end", "contract_minor")
    terms = {name: row[name] for name in names if row.get(name) is not None}
    made = _row("project", str(row["opportunity"]), currency=str(row.get("currency") or ""), terms=terms)
    return made._replace(
        project=str(row.get("project") or f"P-{row['opportunity']}"),
        customer=str(row.get("customer") or ""),
        entity=str(row.get("entity") or ""),
        amount_minor=int(row.get("contract_minor") or row.get("amount_minor") or 0),
    )


def _control(row: Row) -> Commitment:
    terms = {name: row[name] for name in ("kind", "hours") if row.get(name) is not None}
    key = f"{row['project']}:{row['control']}"
    made = _row("control", key, currency="", terms=terms, version=int(row.get("version", 1)))
    return made._replace(project=str(row["project"]), amount_minor=int(row.get("amount_minor") or 0))


def _row(flow: str, key: str, currency: str, terms: Mapping[str, Any], version: int = 1) -> Commitment:
    """A row of the sheet: exported before the run, hence known."""
    return Commitment(
        flow,
        key,
        "",
        version,
        "sheet",
        0.0,
        0.0,
        None,
        "",
        "",
        True,
        "",
        "",
        "",
        "",
        "",
        "",
        0,
        0,
        currency,
        terms,
    )


def _made(win: Commitment) -> Effect:
    return Effect(
        "project",
        win.key,
        "",
        1,
        "sheet",
        "",
        0.0,
        "posted",
        "",
        win.project,
        "",
        "",
        "",
        "",
        False,
        True,
        0,
        0,
        "",
    )
