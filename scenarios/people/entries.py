"""Entries: what a clerk keys for one item, with the slips of a hand; what is refused comes back tomorrow.

What was keyed is remembered (`Keyed`): a new version reverses the old one first, and the reconciliation at
BD+2 compares it with the sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from scenarios.people.asking import Part, ask
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
        yield Begin(
            Scripted("account executive", f"owner {opportunity}", at_s, partial(_owner, bench, opportunity))
        )
        return
    project = str(row.get("project") or f"P-{opportunity}")
    typed = bench.typist.record(f"{opportunity}|{attempt}", {**row, "project": project}, PROJECT_FIELDS, busy)
    note(bench, "project", opportunity, {**row, "project": project}, typed)
    for role, verb, words in (
        ("erp", "customer.enter", typed),
        ("erp", "job.enter", typed),
        ("psa", "project.enter", {"opportunity": opportunity, "project": project}),
        ("psa", "project.open", {"project": project}),
    ):
        reply = yield from ask(role, verb, clerk, words)
        if not reply.ok:
            act = partial(enter_project, bench, row, attempt + 1)
            yield from tomorrow(bench, MIN_PROJECT / 2, "project", opportunity, act, attempt)
            return


def _owner(bench: Bench, opportunity: str) -> Script:
    deal = bench.papers.deals[opportunity]
    yield from complete(deal, deal.owner)


def enter_worker(bench: Bench, change: Row, attempt: int, clerk: str, busy: bool) -> Part[None]:
    """One change in both systems that keep workers."""
    row = {**change["data"], **{name: change[name] for name in ("worker", "effective", "change")}}
    typed = bench.typist.record(f"{change['key']}|{attempt}", row, WORKER_FIELDS, busy)
    note(bench, "worker", str(change["key"]), row, typed)
    taken = True
    for role, verb, kept in WORKER_SCREENS:
        if not kept.isdisjoint(change["fields"]):
            reply = yield from ask(role, verb, clerk, typed)
            taken = taken and reply.ok
    if not taken:
        act = partial(enter_worker, bench, change, attempt + 1)
        yield from tomorrow(bench, MIN_WORKER / 2, "worker", str(change["key"]), act, attempt)


def enter_control(bench: Bench, row: Row, attempt: int, clerk: str, busy: bool) -> Part[None]:
    """A milestone, instalment, change order or purchase request on its job."""
    key = f"{row['project']}:{row['control']}"
    typed = bench.typist.record(f"{key}|{row.get('version', 1)}|{attempt}", row, CONTROL_FIELDS, busy)
    note(bench, "control", key, row, typed)
    reply = yield from ask("erp", "control.enter", clerk, typed)
    if not reply.ok:
        act = partial(enter_control, bench, row, attempt + 1)
        yield from tomorrow(bench, MIN_CONTROL, "control", key, act, attempt)


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
        yield from tomorrow(bench, invoice_minutes(row) / 2, "invoice", key, act, attempt)


def invoice_minutes(row: Row) -> float:
    """How long one invoice takes to key."""
    return MIN_INVOICE if len(row["items"]) <= LONG_LINES else MIN_INVOICE_LONG


def differing(keyed: Keyed, flow: str) -> Iterator[tuple[str, Row]]:
    """Items of a flow whose record was typed otherwise than the source has it."""
    for (kind, key), row in keyed.right.items():
        if kind == flow and keyed.typed[kind, key] != row:
            yield key, row


def note(bench: Bench, flow: str, key: str, row: Row, typed: Row) -> None:
    """Remembers what was to be keyed, and what was."""
    bench.keyed.right[flow, key] = row
    bench.keyed.typed[flow, key] = typed


def tomorrow(bench: Bench, minutes: float, flow: str, key: str, act: Any, attempt: int) -> Part[None]:
    """Puts what was refused on the pile again for the next working morning."""
    if attempt < TRIES:
        now_s: float = yield Until(0.0)
        bench.pile.put(bench.company.next_morning(now_s, "", "clerks"), minutes, flow, key, act)
