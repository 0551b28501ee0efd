"""Billing and revenue: controls, invoices and their status, and the revenue runs; one stream each."""

from __future__ import annotations

from pipeline.services import Services
from pipeline.workflows.controls import SOURCES, Controls
from pipeline.workflows.invoice_status import InvoiceStatus
from pipeline.workflows.invoices import Invoices
from pipeline.workflows.revenue_run import Revenue
from pipeline.workflows.stream import Stream


def streams(services: Services) -> tuple[Stream, ...]:
    """In the order in which a batch run takes them: what is billed by stands before what bills."""
    controls = [Controls(services, source) for source in SOURCES]
    return (*controls, Invoices(services), InvoiceStatus(services), Revenue(services))
