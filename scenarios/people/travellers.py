"""Travellers: expense reports, submitted once their project takes expenses; some come back once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from scenarios.acts import Line, Report, Workload
from scenarios.people.asking import Part, ask
from scenarios.people.company import Company
from scenarios.script import Begin, Script, Scripted, Until

MORNINGS = 15
"""How many working mornings a person tries a project that takes no expenses yet (assumption)."""


def travellers(workload: Workload, company: Company) -> Iterator[Scripted]:
    """One script per report, and one per recorded approval of an imported history."""
    for report in workload.reports:
        yield Scripted(
            "consultant", f"expense {report.report}", report.submit_at_s, partial(claiming, report, company)
        )
        if report.approve_at_s is not None:
            name = f"approve {report.report}"
            yield Scripted("approver", name, report.approve_at_s, partial(deciding_as_recorded, report))


def claiming(report: Report, company: Company) -> Script:
    """Save and submit; where the project is not open, every working morning again."""
    for _ in range(MORNINGS):
        taken = yield from submit(report, report.lines)
        now_s: float = yield Until(0.0)
        if taken:
            break
        morning_s = company.next_morning(now_s, report.entity, report.worker)
        if morning_s > company.calendar.end_s:
            return
        yield Until(morning_s)
    if taken and report.recall_h is not None:
        at_s = now_s + report.recall_h * 3600.0
        yield Begin(Scripted("consultant", f"recall {report.report}", at_s, partial(recalling, report)))


def deciding_as_recorded(report: Report) -> Script:
    """The approval at the instant that the log has; where it knows no approver, the submitter's own."""
    approver = report.worker if report.submitter_approves else report.approver
    decision = {"approver": approver, "timecards": [], "expenses": [report.report], "rejected": []}
    yield from ask("psa", "approvals.decide", approver, decision)


def submit(report: Report, lines: Sequence[Line]) -> Part[bool]:
    """Saves and submits; whether the system took it."""
    words = {
        "report": report.report,
        "worker": report.worker,
        "project": report.project,
        "currency": report.currency,
        "lines": [_words(line) for line in lines],
        "approver": report.approver,
    }
    reply = yield from ask("psa", "expense.save", report.worker, words)
    if reply.ok:
        reply = yield from ask("psa", "expense.submit", report.worker, {"report": report.report})
    return reply.ok


def again(report: Report) -> Script:
    """A rejected report comes back as it was."""
    yield from submit(report, report.lines)


def recalling(report: Report) -> Script:
    """A submitted report is recalled and comes back as it was; one that was billed stays."""
    reply = yield from ask("psa", "expense.recall", report.worker, {"report": report.report})
    if reply.ok:
        yield from submit(report, report.lines)


def _words(line: Line) -> dict[str, Any]:
    words = line._asdict()
    del words["defect"]
    return words
