"""Entries: what a clerk keys for one item, with the slips of a hand; what is refused comes back tomorrow.

What was keyed is remembered (`Keyed`): a new version reverses the old one first, and the reconciliation at
BD+2 compares it with the sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from scenarios.people.asking import Part, ask, told
from scenarios.people.company import Company
from scenarios.people.keying import Typist
from scenarios.people.office import Pile
from scenarios.people.papers import Papers
from scenarios.people.sellers import complete
from scenarios.script import Begin, Script, Scripted, Until

Row = Mapping[str, Any]

TRIES = 5
"""How often a clerk keys the same refused item before it is left lying (assumption)."""

MIN_PROJECT = 42.0
"""Project with tasks and rates 30, customer and job in the ERP 12 (domain §5)."""

MIN_WORKER = 16.0
"""8 in each of two systems (domain §5)."""

MIN_CONTROL = 7.5
"""5-10 a record (domain §5)."""

MIN_TIME_ROW, MIN_EXPENSE_LINE = 0.8, 1.5
"""A time line, an expense line (domain §5)."""

MIN_INVOICE, MIN_INVOICE_LONG, LONG_LINES = 8.0, 25.0, 3
"""A simple invoice 8, one of time and materials 20-30 (domain §5)."""

PROJECT_FIELDS = ("bill_to", "tax_number", "po_number", "contract_minor", "project_manager")
WORKER_FIELDS = ("cost_rate_minor", "email")
WORKER_SCREENS = (
    (
        "psa",
        "resource.enter",
        frozenset({"active", "cost_rate_minor", "email", "name", "practice", "region"}),
    ),
    ("erp", "worker.enter", frozenset({"active", "cost_rate_minor", "entity", "practice"})),
)
"""Where a worker is keyed, and the attributes that have a field on that screen."""

CONTROL_FIELDS = ("amount_minor",)
TIME_FIELDS = ("project", "hours_centi", "rate_minor")
LINE_FIELDS = ("amount_minor",)
INVOICE_FIELDS = ("bill_to", "tax_number", "po_number")
ITEM_FIELDS = ("amount_minor", "rate_minor")


class Keyed(NamedTuple):
    """What stands in the ERP by hand: item to (version, record id, keyed row) of each; exact rows by item."""

    time: dict[tuple[str, str], list[tuple[int, str, Row]]]
    expenses: dict[str, list[tuple[int, str, Row]]]
    right: dict[tuple[str, str], Row]
    typed: dict[tuple[str, str], Row]


def nothing_keyed() -> Keyed:
    """At the start of a run."""
    return Keyed({}, {}, {}, {})


class Bench(NamedTuple):
    """What the clerks of one run share."""

    company: Company
    papers: Papers
    typist: Typist
    pile: Pile
    keyed: Keyed


def enter_project(bench: Bench, row: Row, attempt: int, clerk: str, busy: bool) -> Part[None]:
    """Customer and job in the ERP, then the project in the PSA, opened; what is missing goes to the owner."""
    opportunity = str(row["opportunity"])
    deal = bench.papers.deals.get(opportunity)
    if deal is not None and any(name in row and not row[name] for name in deal.missing):
        now_s: float = yield Until(0.0)
        at_s = bench.company.owner_s(now_s, f"project|{opportunity}|1", str(row.get("entity") or ""))
        yield Begin(Scripted(f"owner {opportunity}", at_s, partial(_owner, bench, opportunity)))
        return
    project = str(row.get("project") or f"P-{opportunity}")
    typed = bench.typist.record(f"{opportunity}|{attempt}", {**row, "project": project}, PROJECT_FIELDS, busy)
    _note(bench, "project", opportunity, {**row, "project": project}, typed)
    for role, verb, words in (
        ("erp", "customer.enter", typed),
        ("erp", "job.enter", typed),
        ("psa", "project.enter", {"opportunity": opportunity, "project": project}),
        ("psa", "project.open", {"project": project}),
    ):
        reply = yield from ask(role, verb, clerk, words)
        if not reply.ok:
            act = partial(enter_project, bench, row, attempt + 1)
            yield from _tomorrow(bench, MIN_PROJECT / 2, "project", opportunity, act, attempt)
            return


def _owner(bench: Bench, opportunity: str) -> Script:
    deal = bench.papers.deals[opportunity]
    yield from complete(deal, deal.owner)


def enter_worker(bench: Bench, change: Row, attempt: int, clerk: str, busy: bool) -> Part[None]:
    """One change in both systems that keep workers."""
    row = {**change["data"], **{name: change[name] for name in ("worker", "effective", "change")}}
    typed = bench.typist.record(f"{change['key']}|{attempt}", row, WORKER_FIELDS, busy)
    _note(bench, "worker", str(change["key"]), row, typed)
    taken = True
    for role, verb, kept in WORKER_SCREENS:
        if not kept.isdisjoint(change["fields"]):
            reply = yield from ask(role, verb, clerk, typed)
            taken = taken and reply.ok
    if not taken:
        act = partial(enter_worker, bench, change, attempt + 1)
        yield from _tomorrow(bench, MIN_WORKER / 2, "worker", str(change["key"]), act, attempt)


def enter_control(bench: Bench, row: Row, attempt: int, clerk: str, busy: bool) -> Part[None]:
    """A milestone, instalment, change order or purchase request on its job."""
    key = f"{row['project']}:{row['control']}"
    typed = bench.typist.record(f"{key}|{row.get('version', 1)}|{attempt}", row, CONTROL_FIELDS, busy)
    _note(bench, "control", key, row, typed)
    reply = yield from ask("erp", "control.enter", clerk, typed)
    if not reply.ok:
        act = partial(enter_control, bench, row, attempt + 1)
        yield from _tomorrow(bench, MIN_CONTROL, "control", key, act, attempt)


def enter_invoice(bench: Bench, row: Row, attempt: int, clerk: str, busy: bool) -> Part[None]:
    """One invoice of one billing event."""
    key = str(row["event"])
    typed = bench.typist.record(f"{key}|{attempt}", row, INVOICE_FIELDS, busy)
    typed["items"] = [
        bench.typist.record(f"{key}|{place}|{attempt}", item, ITEM_FIELDS, busy)
        for place, item in enumerate(row["items"])
    ]
    reply = yield from ask("erp", "invoice.enter", clerk, typed)
    if not reply.ok:
        act = partial(enter_invoice, bench, row, attempt + 1)
        yield from _tomorrow(bench, invoice_minutes(row) / 2, "invoice", key, act, attempt)


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
        _note(bench, "time", f"{row['timecard']}|{row['part']}", row, row)
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
        yield from _tomorrow(bench, minutes, "time", str(rows[0]["timecard"]), act, attempt)


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
    _note(bench, "expense", key, row, typed)
    answer = told((yield from ask("erp", "expense.upload", clerk, {"reports": [typed]})))
    for record in answer.get("ids") or ():
        bench.keyed.expenses.setdefault(key, []).append((version, str(record), typed))
    if not answer.get("posted"):
        act = partial(upload_expense, bench, row, attempt + 1)
        yield from _tomorrow(bench, MIN_EXPENSE_LINE, "expense", key, act, attempt)


def reverse(records: Sequence[str], clerk: str) -> Part[None]:
    """Takes back transactions that were keyed before."""
    if records:
        yield from ask("erp", "posting.reverse", clerk, {"ids": list(records)})


def invoice_minutes(row: Row) -> float:
    """How long one invoice takes to key."""
    return MIN_INVOICE if len(row["items"]) <= LONG_LINES else MIN_INVOICE_LONG


def differing(keyed: Keyed, flow: str) -> Iterator[tuple[str, Row]]:
    """Items of a flow whose record was typed otherwise than the source has it."""
    for (kind, key), row in keyed.right.items():
        if kind == flow and keyed.typed[kind, key] != row:
            yield key, row


def _note(bench: Bench, flow: str, key: str, row: Row, typed: Row) -> None:
    bench.keyed.right[flow, key] = row
    bench.keyed.typed[flow, key] = typed


def _tomorrow(bench: Bench, minutes: float, flow: str, key: str, act: Any, attempt: int) -> Part[None]:
    if attempt < TRIES:
        now_s: float = yield Until(0.0)
        bench.pile.put(bench.company.next_morning(now_s, "", "clerks"), minutes, flow, key, act)
