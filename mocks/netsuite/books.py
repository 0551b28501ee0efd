"""NetSuite's books: what the ledger holds, as effects, by the source keys that records carry.

Documents (time, expense, invoice, revenue) are one row a record; a reversal is a row of its own. States
(worker, control) are one row a write that said something new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from measurements.facts import Commitment, Effect
from mocks.netsuite.documents import bills, postings
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.rows import Rows
from mocks.netsuite.states import controls, projects, workers

_OWED = frozenset({"invoice", "revenue"})


def effects(ledger: Ledger, until_s: float) -> Iterator[Effect]:
    """Everything that stands by then, flow by flow in order of creation."""
    rows = Rows(ledger)
    for effect in chain(
        projects(rows),
        workers(rows),
        controls(rows),
        postings(rows, "purchaseorder", "control"),
        bills(rows),
        postings(rows, "expensereport", "expense"),
        postings(rows, "vendorbill", "expense"),
        postings(rows, "invoice", "invoice"),
        postings(rows, "journalentry", "revenue"),
    ):
        if effect.at_s <= until_s:
            yield effect


def commitments(standing: Iterable[Effect]) -> Iterator[Commitment]:
    """What the ERP as a source owes the warehouse: those of its effects, released invoices and revenue."""
    for effect in standing:
        if effect.flow in _OWED and effect.state == "posted" and effect.key:
            yield _owed(effect)


def _owed(effect: Effect) -> Commitment:
    return Commitment(
        flow="reporting",
        key=effect.key,
        part="",
        version=effect.version,
        system="netsuite",
        committed_at_s=effect.at_s,
        due_from_s=effect.at_s,
        withdrawn_at_s=None,
        submitter="",
        approver="",
        authorised=True,
        project=effect.project,
        customer=str(effect.terms.get("customer", "")),
        worker="",
        entity=effect.entity,
        transaction_date=effect.transaction_date,
        period=effect.period,
        hours_centi=0,
        amount_minor=effect.amount_minor,
        currency=effect.currency,
        terms={"kind": effect.flow},
    )
