"""Corrections: what people do about a record that the integration refused, once they know of it.

timecard, expense                       the approver rejects, the employee puts it right and submits again;
                                        of a report billed meanwhile the papers are handed in
milestone, change_order, purchase_request   saved once more by its approver
"""

from __future__ import annotations

from scenarios.people.asking import Part, ask, operate
from scenarios.people.delivery import approval, order_words, request_words
from scenarios.people.papers import Papers
from scenarios.people.timekeepers import submit as submit_card
from scenarios.people.travellers import submit as submit_report


def correct(papers: Papers, kind: str, key: str, approver: str) -> Part[bool]:
    """Puts one record right; False where nobody here knows how."""
    if kind == "timecard" and key in papers.cards:
        yield from _card(papers, key, approver)
    elif kind == "expense" and key in papers.reports:
        yield from _report(papers, key, approver)
    elif kind == "milestone" and key in papers.milestones:
        yield from ask("psa", "milestone.approve", approver, approval(papers.milestones[key]))
    elif kind == "change_order" and key in papers.change_orders:
        yield from ask("psa", "change_order.approve", approver, order_words(papers.change_orders[key]))
    elif kind == "purchase_request" and key in papers.purchase_requests:
        words = request_words(papers.purchase_requests[key])
        yield from ask("psa", "purchase_request.approve", approver, words)
    else:
        return False
    return True


def _card(papers: Papers, key: str, approver: str) -> Part[None]:
    card = papers.cards[key]
    yield from _reject(approver, key)
    yield from ask("psa", "timecard.recall", card.worker, {"timecard": key})
    yield from submit_card(card, card.hours_centi)


def _report(papers: Papers, key: str, approver: str) -> Part[None]:
    report = papers.reports[key]
    yield from _reject(approver, key)
    yield from ask("psa", "expense.recall", report.worker, {"report": key})
    lines = report.repaired or report.lines
    if not (yield from submit_report(report, lines)):
        papers_late = [
            {"line": n.line, "receipt": n.receipt, "justification": n.justification} for n in lines
        ]
        yield from ask("psa", "expense.complete", report.worker, {"report": key, "lines": papers_late})
        yield from operate("replay", approver, {"flow": "expense", "key": key})


def _reject(approver: str, key: str) -> Part[None]:
    """The approver sends it back; where the system no longer lets them, the employee recalls it."""
    reason = "refused by the integration"
    decision = {
        "approver": approver,
        "timecards": [],
        "expenses": [],
        "rejected": [{"key": key, "reason": reason}],
    }
    yield from ask("psa", "approvals.decide", approver, decision)
