"""The workflows by name; each module offers `streams(services)` and is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from pipeline.services import Services
from pipeline.workflows.stream import Stream

MODULES: Mapping[str, str] = {
    name: f"pipeline.workflows.{name}"
    for name in (
        "quote_to_project",
        "worker_alignment",
        "time_and_expense",
        "billing_and_revenue",
        "portfolio_reporting",
    )
}


def streams(workflow: str, services: Services) -> tuple[Stream, ...]:
    """The workflow's streams, in the order in which a run takes them."""
    found: tuple[Stream, ...] = import_module(MODULES[workflow]).streams(services)
    return found
