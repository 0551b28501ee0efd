"""The `manual` baseline: clerks who key into one system what stands in another, and a report by hand.

Their number follows from the work: minutes per record (domain §5) over the run, at 85 % mean load.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import partial

from scenarios.acts import Workload
from scenarios.people import entries
from scenarios.people.company import Company
from scenarios.people.entries import Bench, nothing_keyed
from scenarios.people.journals import MIN_JOURNAL, journals
from scenarios.people.keying import Typist
from scenarios.people.office import Pile, head_count, staff
from scenarios.people.papers import Papers
from scenarios.people.reconcilers import reconciliation
from scenarios.people.report_makers import report_makers
from scenarios.people.worklists import worklists
from scenarios.script import Script, Scripted

WATCHERS_PER_1000 = 2.0
"""People who key what a reconciliation found where nothing monitors: as many as an exception desk has."""

INVOICES_PER_MONTH, INVOICE_MIN = 0.55, 20.0
"""Invoices a consultant and month (domain §2), and their mean minutes, for staffing only."""


def clerks(
    workload: Workload, company: Company, papers: Papers, workflows: Collection[str]
) -> tuple[Scripted, ...]:
    """One script that opens the office; empty where nothing is done by hand."""
    if not workflows:
        return ()
    count = head_count(minutes_of_keying(workload, company, workflows), company)
    script = partial(opening_office, company, papers, workflows, count)
    return (Scripted("clerk", "clerks' office", 0.0, script),)


def watchers(company: Company, papers: Papers, workflows: Collection[str]) -> tuple[Scripted, ...]:
    """One script that reconciles what nobody monitors; empty where there is nothing of the kind."""
    if not workflows:
        return ()
    return (Scripted("reconciler", "watchers", 0.0, partial(opening_watch, company, papers, workflows)),)


def opening_office(company: Company, papers: Papers, workflows: Collection[str], count: int) -> Script:
    """Lists, clerks, month-end journals, reconciliation and report of one run."""
    bench = _bench(company, papers)
    yield from worklists(bench, workflows)
    yield from staff(count, bench.pile, company)
    if "billing_and_revenue" in workflows:
        yield from journals(bench)
    if "portfolio_reporting" in workflows:
        yield from report_makers(company)
    yield from reconciliation(bench, workflows, monitored=True)


def opening_watch(company: Company, papers: Papers, workflows: Collection[str]) -> Script:
    """The reconciliation and those who key what it finds."""
    bench = _bench(company, papers)
    yield from staff(math.ceil(WATCHERS_PER_1000 * company.consultants / 1000.0), bench.pile, company)
    yield from reconciliation(bench, workflows, monitored=False)


def minutes_of_keying(workload: Workload, company: Company, workflows: Collection[str]) -> float:
    """The work of the whole run, from the acts."""
    wins = sum(1 for deal in workload.deals if deal.won)
    days = sum(1 for week in workload.weeks for card in week.cards for hours in card.hours_centi if hours)
    lines = sum(len(report.lines) for report in workload.reports)
    controls = len(workload.milestones) + len(workload.change_orders) + len(workload.schedule_changes)
    controls += len(workload.purchase_requests)
    runs = len(company.calendar.revenue_runs) * len(company.opening.projects)
    invoices = INVOICES_PER_MONTH * company.consultants if workload.billing_runs else 0.0
    minutes: Mapping[str, float] = {
        "quote_to_project": wins * entries.MIN_PROJECT,
        "worker_alignment": len(workload.changes) * entries.MIN_WORKER,
        "time_and_expense": days * entries.MIN_TIME_ROW + lines * entries.MIN_EXPENSE_LINE,
        "billing_and_revenue": controls * entries.MIN_CONTROL + invoices * INVOICE_MIN + runs * MIN_JOURNAL,
    }
    return math.fsum(minutes.get(workflow, 0.0) for workflow in workflows)


def _bench(company: Company, papers: Papers) -> Bench:
    """Fresh for each run."""
    projects = [project.project for project in company.opening.projects]
    return Bench(company, papers, Typist(company.seed, projects), Pile(), nothing_keyed())
