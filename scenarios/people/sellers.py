"""Sellers: they create, update and decide opportunities, and complete a win whose refusal they see at once.

win ──60 s──> error on the record? ── yes ──> the owner puts it right after `repair_min`
                                    └─ no ──> nobody knows until the exception desk sends it on (desk.py)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scenarios.acts import Deal, Workload
from scenarios.people.asking import Part, ask, told
from scenarios.people.company import Company
from scenarios.script import Script, Scripted, Until


def sellers(workload: Workload, company: Company) -> Iterator[Scripted]:
    """One script per opportunity."""
    for deal in workload.deals:
        yield Scripted(
            "account executive",
            f"seller {deal.opportunity}",
            deal.created_at_s,
            partial(selling, deal, company),
        )


def selling(deal: Deal, company: Company) -> Script:
    """An opportunity from creation to decision."""
    if deal.customer_record is not None:
        yield from ask("crm", "customer.create", deal.owner, deal.customer_record._asdict())
    given = {**deal.given, "opportunity": deal.opportunity, "customer": deal.customer, "owner": deal.owner}
    yield from ask("crm", "opportunity.create", deal.owner, given)
    for touch in deal.touches:
        yield Until(touch.at_s)
        update = {"opportunity": deal.opportunity, "fields": dict(touch.fields)}
        yield from ask("crm", "opportunity.update", deal.owner, update)
    if deal.decided_at_s is not None:
        yield Until(deal.decided_at_s)
        yield from _decide(deal, company.firm.seen_s)


def complete(deal: Deal, user: str) -> Part[None]:
    """Saves the win again with the attributes that were missing."""
    fields = {name: deal.complete[name] for name in deal.missing}
    yield from ask("crm", "opportunity.complete", user, {"opportunity": deal.opportunity, "fields": fields})


def _decide(deal: Deal, look_s: float) -> Part[None]:
    """Wins or loses it; who wins looks at the record for a while (semantics §3)."""
    body = {"opportunity": deal.opportunity}
    reply = yield from ask("crm", "opportunity.win" if deal.won else "opportunity.lose", deal.owner, body)
    if not (deal.won and deal.missing and reply.ok):
        return
    now_s: float = yield Until(0.0)
    seen_s: float = yield Until(now_s + look_s)
    record = told((yield from ask("crm", "opportunity.read", deal.owner, body)))
    if record.get("integration_error"):
        yield Until(seen_s + deal.repair_min * 60.0)
        yield from complete(deal, deal.owner)
