"""Rows: how any record of the ledger becomes an effect, with the names of what it refers to."""

from __future__ import annotations

from collections.abc import Mapping

from measurements.facts import NOTHING, Effect
from mocks.correlation import version
from mocks.netsuite.ledger import Ledger
from mocks.store import Record

Terms = Mapping[str, str | int | float | bool]


_NAMED = {"job": "project", "customer": "customer", "employee": "worker", "vendor": "worker"}
"""Masters by type, and how the correlation calls the key by which they go."""


class Rows:
    """Reads one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.names = {kind: _names(ledger, kind, group) for kind, group in _NAMED.items()}
        self.people = {**self.names["vendor"], **self.names["employee"]}
        """Number of an employee or vendor record to the worker's key."""

    def effect(
        self,
        record: Record,
        flow: str,
        key: str,
        *,
        at_s: float,
        state: str,
        part: str = "",
        version: int = 1,
        project: str = "",
        worker: str = "",
        hours: int = 0,
        amount: int = 0,
        currency: str = "",
        date: str = "",
        terms: Terms = NOTHING,
    ) -> Effect:
        """An effect of the record; what the record itself says is read from it. Time is hours, not money.

        `currency` is for records that have no such field of their own.
        """
        entity = str(record.get("subsidiary") or "")
        return Effect(
            flow=flow,
            key=key,
            part=part,
            version=version,
            system="netsuite",
            record=str(record["id"]),
            at_s=at_s,
            state=state,
            reverses=str(record.get("custbody_reverses") or ""),
            project=project,
            worker=worker,
            entity=entity,
            transaction_date=date,
            period=str(record.get("postingPeriod") or ""),
            moved=bool(record.get("custbody_moved_from")),
            period_open=bool(record["_period_open"]),
            hours_centi=hours,
            amount_minor=amount,
            currency=""
            if flow == "time"
            else currency or str(record.get("currency") or self.ledger.currency_of.get(entity, "")),
            terms=terms,
        )


def _names(ledger: Ledger, kind: str, group: str) -> dict[str, str]:
    """Number to key."""
    name = ledger.reader(kind, group)
    return {number: name(record) for number, record in ledger.tables[kind].records.items()}


def version_of(ledger: Ledger, kind: str, record: Mapping[str, object]) -> int:
    """The source's version, 1 where none was given."""
    return version(ledger.reader(kind, "version")(record))
