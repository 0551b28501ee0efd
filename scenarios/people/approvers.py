"""Approvers: in sittings, they clear all that waits in one bulk action, look once more, and send back errors.

    waiting ──> decide (one bulk save) ──60 s──> errors on the records? ──> corrected after the fix time

Nobody approves their own time or expenses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from scenarios.acts import Sitting, Workload
from scenarios.people import timekeepers, travellers
from scenarios.people.asking import Part, ask, told
from scenarios.people.company import Company
from scenarios.people.corrections import correct
from scenarios.people.papers import Papers
from scenarios.script import Begin, Script, Scripted, Until

CORRECTIONS = 2
"""How often an approver sends the same record back before leaving it to the exception desk (assumption)."""


def approvers(workload: Workload, company: Company, papers: Papers) -> Iterator[Scripted]:
    """One script per approver, over all of their sittings."""
    sittings: dict[str, list[Sitting]] = {}
    for sitting in sorted(workload.sittings, key=lambda sitting: sitting.at_s):
        sittings.setdefault(sitting.approver, []).append(sitting)
    for approver, own in sittings.items():
        script = partial(approving, approver, own, company, papers)
        yield Scripted("approver", f"approver {approver}", own[0].at_s, script)


def approving(approver: str, sittings: list[Sitting], company: Company, papers: Papers) -> Script:
    """All sittings of one approver; what was sent back once is not sent back again."""
    sent_back: dict[str, int] = {}
    corrected: dict[tuple[str, str], int] = {}
    for sitting in sittings:
        yield Until(sitting.at_s)
        waiting = yield from _waiting(approver)
        errors = waiting.get("errors") or []
        if (yield from _decide(approver, waiting, papers, sent_back)):
            now_s: float = yield Until(0.0)
            yield Until(now_s + company.firm.seen_s)
            errors = (yield from _waiting(approver)).get("errors") or []
        for error in errors:
            known = corrected.get((error["kind"], error["key"]), 0)
            if known < CORRECTIONS:
                corrected[error["kind"], error["key"]] = known + 1
                yield from _send_back(approver, error, company, papers)


def _waiting(approver: str) -> Part[dict[str, Any]]:
    return told((yield from ask("psa", "approvals.waiting", approver, {"approver": approver})))


def _decide(
    approver: str, waiting: Mapping[str, Any], papers: Papers, sent_back: dict[str, int]
) -> Part[bool]:
    """Approves all but the approver's own and what is to be sent back; whether anything was approved."""
    cards = [item["timecard"] for item in waiting.get("timecards") or () if item["worker"] != approver]
    reports = [
        item["report"]
        for item in waiting.get("expenses") or ()
        if item["worker"] != approver and not _recorded(papers, item["report"])
    ]
    rejected = _rejected(cards, reports, papers, sent_back)
    if not cards and not reports:
        return False
    decision = {
        "approver": approver,
        "timecards": [key for key in cards if key not in rejected],
        "expenses": [key for key in reports if key not in rejected],
        "rejected": [{"key": key, "reason": reason} for key, reason in rejected.items()],
    }
    reply = yield from ask("psa", "approvals.decide", approver, decision)
    if not reply.ok:
        return False
    now_s: float = yield Until(0.0)
    for key in rejected:
        sent_back[key] = 1
        yield Begin(_resubmission(papers, key, now_s))
    return len(rejected) < len(cards) + len(reports)


def _recorded(papers: Papers, key: str) -> bool:
    """Whether an imported history says when this report is decided."""
    report = papers.reports.get(key)
    return report is not None and report.approve_at_s is not None


def _rejected(
    cards: list[str], reports: list[str], papers: Papers, sent_back: Mapping[str, int]
) -> dict[str, str]:
    """Key to reason of what the approver sends back now."""
    rejected = {}
    for key in (*cards, *reports):
        paper = papers.cards.get(key) or papers.reports.get(key)
        if paper is not None and paper.rejected and key not in sent_back:
            rejected[key] = paper.rejected
    return rejected


def _resubmission(papers: Papers, key: str, now_s: float) -> Scripted:
    card = papers.cards.get(key)
    if card is not None:
        at_s = now_s + card.resubmit_h * 3600.0
        return Scripted("consultant", f"resubmit {key}", at_s, partial(timekeepers.again, card))
    report = papers.reports[key]
    at_s = now_s + report.resubmit_h * 3600.0
    return Scripted("consultant", f"resubmit {key}", at_s, partial(travellers.again, report))


def _send_back(approver: str, error: Mapping[str, Any], company: Company, papers: Papers) -> Part[None]:
    kind, key = error["kind"], error["key"]
    now_s: float = yield Until(0.0)
    script = partial(_correcting, papers, kind, key, approver)
    yield Begin(Scripted("approver", f"correct {key}", now_s + company.fix_s(key), script))


def _correcting(papers: Papers, kind: str, key: str, approver: str) -> Script:
    yield from correct(papers, kind, key, approver)
