"""What is assumed of people who key by hand, as it is really used, for the report's list of assumptions."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.people import entries, keying


def clerks() -> Iterator[tuple[str, str, str]]:
    """Name, value with its unit, and what the value is made of."""
    shares = f"{keying.TRAINED:.0%} trained, {keying.BUSY:.0%} busy".replace("%", " %")
    caught = f"{keying.CAUGHT:.0%}".replace("%", " %")
    yield "clerks.field_errors", shares, f"domain §5; {caught} of it caught at once"
    yield (
        "clerks.project_min",
        f"{entries.MIN_PROJECT:g} min",
        "domain §5: project with tasks and rates 30, customer and job in the ERP 12 more",
    )
    yield "clerks.worker_min", f"{entries.MIN_WORKER:g} min", "domain §5: 8 in each of two systems"
    yield "clerks.control_min", f"{entries.MIN_CONTROL:g} min", "domain §5: 5 to 10 a record"
    yield "clerks.time_line_min", f"{entries.MIN_TIME_ROW:g} min", "domain §5"
    yield "clerks.expense_line_min", f"{entries.MIN_EXPENSE_LINE:g} min", "domain §5"
    yield (
        "clerks.invoice_min",
        f"{entries.MIN_INVOICE:g} min up to {entries.LONG_LINES} lines, {entries.MIN_INVOICE_LONG:g} above",
        "domain §5: a simple invoice 8, one of time and materials 20 to 30",
    )
