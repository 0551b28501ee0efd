"""One run judged: KPIs, audit, series and sheets, from facts to the `Run` that files and reports carry."""

from __future__ import annotations

from collections.abc import Container, Sequence

from measurements import releases
from measurements.audit import Audit, audit
from measurements.backlog import waiting
from measurements.billing import billed, invoice_items
from measurements.calls import errors, own_calls
from measurements.close import approved_time
from measurements.delays import against
from measurements.facts import DOCUMENTS, FLOWS, Commitment, Effect, LimitUse
from measurements.items import Item, first_posted
from measurements.judgement import FINDINGS
from measurements.kpis import figures, labour_hours
from measurements.observed import Observed
from measurements.recovery import spans
from measurements.run import Balance, FindingLine, LimitLine, Run
from measurements.sign_off import sign_off
from measurements.stages import stages
from measurements.view import View, view
from measurements.workers import held

_LISTED = 100
"""Findings that a run carries by key; their counts are always whole."""


def assess(observed: Observed, twin: Observed | None = None) -> Run:
    """Judge one run. `twin` is what the fault-free run with the same seed left behind."""
    seen = view(observed)
    billing, approved = billed(seen), approved_time(seen)
    judged = _audit(seen)
    invoices = invoice_items(seen, billing)
    compared = None if twin is None else against(seen, billing, view(twin))
    return Run(
        model=observed.model,
        replication=observed.replication,
        kpis=figures(seen, billing, approved, compared),
        audit=judged.counts,
        samples=_samples(seen, invoices),
        unfinished=_unfinished(seen, invoices),
        backlog=waiting(seen.items, observed.end_s),
        limits=[_line(use) for use in observed.books.limits],
        releases=releases.lines(seen),
        faults=spans(observed.faults, None if compared is None else compared.delays),
        exceptions=_exceptions(observed),
        calls=own_calls(observed.counted_traffic),
        errors=errors(observed.counted_traffic),
        sign_off=sign_off(seen, billing.lines, approved),
        identity=identity(judged),
        stages=stages(seen),
        labour=labour_hours(observed.counted_labour),
        undrained=sum(item.finished_s is None for items in seen.counted.values() for item in items),
        findings=_listed(judged),
    )


def audit_of(observed: Observed) -> Audit:
    """The audit alone."""
    return _audit(view(observed))


def _audit(seen: View) -> Audit:
    observed = seen.observed
    books = observed.books
    written = [effect for effect in books.effects if effect.flow == "worker"]
    implied = held(seen.commitments.get("worker", ()), first_posted(written).get("worker", {}))
    effects = (*books.effects, *implied.values())
    opened = {
        (row.flow, row.key, row.part, row.version)
        for row in books.commitments
        if row.committed_at_s < 0 and row.flow not in DOCUMENTS
    }
    due: Sequence[Commitment] = observed.due
    if opened:
        due = [row for row in due if (row.flow, row.key, row.part, row.version) not in opened]
        effects = tuple([row for row in effects if row.flow in DOCUMENTS or not _from_opening(row, opened)])
    return audit(
        due,
        books.commitments,
        effects,
        books.problems,
        observed.end_s,
        books.locks,
        observed.window_s[1],
        books.receipts or None,
        observed.grace_s,
    )


def _from_opening(row: Effect, opened: Container[tuple[str, str, str, int]]) -> bool:
    """Whether a state is written again that stood when the run began; no act made it due."""
    return (row.flow, row.key, row.part, row.version) in opened or (
        row.flow,
        row.key,
        "",
        row.version,
    ) in opened


def identity(judged: Audit) -> dict[str, Balance]:
    """Workflow to its balance: the sum of its flows, or the broken one where a flow fails."""
    found: dict[str, list[Balance]] = {}
    for flow, terms in judged.identity.items():
        found.setdefault(FLOWS.get(flow, flow), []).append(Balance(*terms[:6], len(terms.conflicts)))
    return {workflow: _joined(balances) for workflow, balances in found.items()}


def _joined(balances: Sequence[Balance]) -> Balance:
    broken = next((balance for balance in balances if not balance.holds), None)
    return broken or Balance(*(sum(terms) for terms in zip(*balances, strict=True)))


def _listed(judged: Audit) -> list[FindingLine]:
    lines = [
        FindingLine(found.kind, found.flow, found.key, found.part, found.version, found.reason)
        for found in judged.findings
        if found.kind in FINDINGS
    ]
    lines += [
        FindingLine("identity", flow, *unit, reason)
        for flow, terms in judged.identity.items()
        for unit, reason in terms.conflicts
    ]
    return lines[:_LISTED]


def _samples(seen: View, invoices: Sequence[Item]) -> dict[str, list[float]]:
    """Flow to the hours of its finished items, shortest first; invoices from the period's end."""
    return {
        flow: sorted((i.finished_s - i.starts_s) / 3600.0 for i in items if i.finished_s is not None)
        for flow, items in {**seen.counted, "invoice": invoices}.items()
        if items
    }


def _unfinished(seen: View, invoices: Sequence[Item]) -> dict[str, int]:
    counts = {
        flow: sum(item.finished_s is None for item in items)
        for flow, items in {**seen.counted, "invoice": invoices}.items()
    }
    return {flow: count for flow, count in counts.items() if count}


def _exceptions(observed: Observed) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in observed.books.problems:
        counts[row.cause] = counts.get(row.cause, 0) + 1
    return dict(sorted(counts.items()))


def _line(use: LimitUse) -> LimitLine:
    return LimitLine(*use)
