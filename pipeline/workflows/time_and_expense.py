"""Time and expense: approved timecards and expense reports become postings in the ERP."""

from __future__ import annotations

from pipeline.services import Services
from pipeline.workflows.expense_reports import ExpenseReports
from pipeline.workflows.stream import Stream
from pipeline.workflows.timecards import Timecards


def streams(services: Services) -> tuple[Stream, ...]:
    """Timecards, then expense reports."""
    return (Timecards(services), ExpenseReports(services))
