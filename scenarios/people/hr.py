"""HR: hires, leavers, transfers and rate changes, entered ahead of, on, or after the day they take effect."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from scenarios.acts import WorkerChange, Workload
from scenarios.people.asking import ask
from scenarios.script import Script, Scripted


def hr(workload: Workload) -> Iterator[Scripted]:
    """One script per change."""
    for number, change in enumerate(workload.changes):
        name = f"hr {change.worker} {change.kind} {number}"
        yield Scripted("HR partner", name, change.at_s, partial(entering, change))


def entering(change: WorkerChange) -> Script:
    """One change in the HCM's words."""
    yield from ask("hcm", f"worker.{change.kind}", change.by, _words(change))


def _words(change: WorkerChange) -> dict[str, Any]:
    words: dict[str, Any] = {"worker": change.worker, "effective": change.effective}
    if change.kind == "hire" and change.worker_record is not None:
        words = {**change.worker_record._asdict(), **words}
        del words["since"]
    elif change.kind == "transfer":
        words["fields"] = dict(change.fields)
    elif change.kind == "rate":
        words["cost_rate_minor"] = change.cost_rate_minor
    return words
