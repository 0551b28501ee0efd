"""Finance: sittings at 11:00 and 16:00 in which waiting invoices are reviewed; and the locks of the periods.

first review finds something missing -> held until the next sitting -> still missing -> 30 min of rework
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from zlib import crc32

from scenarios.acts import FinanceSitting, Lock, Workload
from scenarios.people.asking import Part, ask, told
from scenarios.people.company import Company
from scenarios.script import Script, Scripted, Spent, Until

REVIEW_S = 30.0
"""Seconds a person needs to look at one invoice (assumption)."""

HEADS_PER_PERSON = 250
"""Consultants per person of the finance team; a sitting's work is shared by all (assumption)."""

REWORK_MIN = 30.0
"""Minutes until finance has keyed in what an invoice lacks (semantics §5)."""

SITTING_S = 4.5 * 3600.0
"""No rework begins later than this after a sitting's start; the rest waits for the next one (assumption)."""


def finance(workload: Workload, company: Company) -> Iterator[Scripted]:
    """One script per sitting (who sit at the same time share the invoices) and per lock."""
    team = max(1, round(company.consultants / HEADS_PER_PERSON))
    together: dict[float, list[FinanceSitting]] = {}
    for sitting in workload.finance_sittings:
        together.setdefault(sitting.at_s, []).append(sitting)
    for at_s, sittings in together.items():
        for place, sitting in enumerate(sittings):
            script = partial(reviewing, sitting, (place, len(sittings)), team)
            yield Scripted("finance controller", f"finance {sitting.approver} {at_s:.0f}", at_s, script)
    for lock in workload.locks:
        name = f"lock {lock.entity} {lock.period} {lock.ledger}"
        yield Scripted("finance controller", name, lock.at_s, partial(locking, lock))


def reviewing(sitting: FinanceSitting, share: tuple[int, int] = (0, 1), team: int = 1) -> Script:
    """Reviews every waiting invoice of this person's share, then reworks what is held for the second time."""
    waiting = told((yield from ask("erp", "invoices.waiting", sitting.approver, {})))
    terms: dict[str, Mapping[str, Any]] = {}
    rework = []
    now_s = sitting.at_s
    for invoice in waiting.get("invoices") or ():
        if crc32(invoice["event"].encode()) % share[1] != share[0]:
            continue
        now_s = yield Until(now_s + REVIEW_S / team)
        found = yield from _review(invoice, sitting.approver, terms)
        if found and invoice.get("held"):
            rework.append((invoice, found))
    for invoice, found in rework:
        if now_s > sitting.at_s + SITTING_S:
            break
        now_s = yield Until(now_s + REWORK_MIN * 60.0 / team)
        yield from _rework(invoice, found, sitting.approver, terms)


def locking(lock: Lock) -> Script:
    """Locks one ledger of one period of one entity."""
    words = {"entity": lock.entity, "period": lock.period, "ledger": lock.ledger}
    yield from ask("erp", "period.lock", lock.by, words)


def _review(
    invoice: Mapping[str, Any], approver: str, terms: dict[str, Mapping[str, Any]]
) -> Part[list[str]]:
    """Reviews against the source's terms as they are now; the reasons of a hold."""
    project = invoice["project"]
    if project not in terms:
        terms[project] = told((yield from ask("psa", "project.terms", approver, {"project": project})))
    words = {"invoice": invoice["invoice"], "terms": terms[project], "approver": approver}
    answer = told((yield from ask("erp", "invoice.review", approver, words)))
    return list(answer.get("reasons") or ())


def _rework(
    invoice: Mapping[str, Any], found: list[str], approver: str, terms: dict[str, Mapping[str, Any]]
) -> Part[None]:
    words = {"invoice": invoice["invoice"], "reasons": found}
    yield from ask("erp", "invoice.rework", approver, words)
    if not all(reason.startswith("inherent:") for reason in found):
        yield Spent("finance", "hold", REWORK_MIN, "invoice", invoice["event"])
    yield from _review(invoice, approver, terms)
