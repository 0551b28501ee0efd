"""Errors on saved records: what an integration told the owner there, and for how long it stood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from measurements.facts import RecordError
from mocks.salesforce.org import Org, Saved
from mocks.salesforce.publisher import FLOWS, flow_of

_FIELD = "Integration_Error__c"


class _Span(NamedTuple):
    """One text on one record."""

    flow: str
    key: str
    version: int
    text: str
    at_s: float


class RecordErrors:
    """Hears of every save of the objects on which an integration writes errors."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._open: dict[str, _Span] = {}
        self._closed: list[tuple[_Span, float]] = []
        for object_ in FLOWS:
            org.keepers[object_].append(self._keep)

    def _keep(self, saved: Saved) -> None:
        """A new text, or none, ends the one before."""
        if _FIELD not in saved.changes:
            return
        held = self._open.pop(saved.id, None)
        if held is not None:
            self._closed.append((held, saved.at_s))
        text = saved.record.get(_FIELD)
        if text:
            flow, key = flow_of(self._org, saved.object, saved.record, saved.key)
            version = 0 if flow == "project" else int(saved.record.get("Version__c") or 0)
            self._open[saved.id] = _Span(flow, key, version, str(text), saved.at_s)

    def books(self, until_s: float) -> Iterator[RecordError]:
        """Every error that was shown by then."""
        for span, closed_s in self._closed:
            if span.at_s <= until_s:
                yield RecordError(*span, closed_s if closed_s <= until_s else None)
        for span in self._open.values():
            if span.at_s <= until_s:
                yield RecordError(*span, None)
