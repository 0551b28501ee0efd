"""Papers: what the acts say of each key, so that a person who is asked about one knows it. Never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scenarios.acts import Card, ChangeOrder, Deal, MilestoneDone, PurchaseRequest, Report, Workload


class Papers(NamedTuple):
    """Acts by business key."""

    deals: Mapping[str, Deal]
    cards: Mapping[str, Card]
    reports: Mapping[str, Report]
    milestones: Mapping[str, MilestoneDone]
    change_orders: Mapping[str, ChangeOrder]
    purchase_requests: Mapping[str, PurchaseRequest]


def papers(workload: Workload) -> Papers:
    """Everything of a workload, by key."""
    return Papers(
        {deal.opportunity: deal for deal in workload.deals},
        {card.timecard: card for week in workload.weeks for card in week.cards},
        {report.report: report for report in workload.reports},
        {done.milestone: done for done in workload.milestones},
        {order.change_order: order for order in workload.change_orders},
        {request.request: request for request in workload.purchase_requests},
    )
