"""What clerks key into NetSuite where nothing integrates: business words into this vendor's fields.

They find records by name, give no external ids, and what they mistyped arrives mistyped. Where a period is
closed they take the first open one and note the original, as they were taught.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kernel.money import major
from kernel.time import period_of
from mocks.desk import Verb
from mocks.netsuite.errors import RefusedError, invalid_reference
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.objects import TYPES
from mocks.netsuite.postings import Postings
from mocks.netsuite.translation import customer_body, job_body, period_fields, worker_body
from mocks.store import Record

Given = Mapping[str, Any]
Post = Callable[[Given, str, float], Record]


class ClerksDesk:
    """The clerks' verbs of roles.ERP: the same rules as for a machine, one row at a time."""

    def __init__(self, ledger: Ledger, postings: Postings) -> None:
        self._ledger = ledger
        self._postings = postings

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "customer.enter": lambda given, user, now_s: self._entered(
                self._named("customer", given["customer"], customer_body(given), user, now_s)
            ),
            "job.enter": lambda given, user, now_s: self._entered(
                self._named("job", given["project"], job_body(given), user, now_s)
            ),
            "worker.enter": lambda given, user, now_s: self._entered(self._worker(given, user, now_s)),
            "time.upload": lambda given, user, now_s: self._each(given["rows"], self._time, user, now_s),
            "expense.upload": lambda given, user, now_s: self._each(
                given["reports"], self._expense, user, now_s
            ),
            "control.enter": lambda given, user, now_s: self._entered(self._control(given, user, now_s)),
            "invoice.enter": lambda given, user, now_s: self._entered(self._invoice(given, user, now_s)),
            "journal.enter": lambda given, user, now_s: self._entered(self._journal(given, user, now_s)),
        }

    def _entered(self, record: Record) -> dict[str, Any]:
        return {"id": record["id"]}

    def _each(self, rows: list[Given], post: Post, user: str, now_s: float) -> dict[str, Any]:
        """Row by row: one refused row does not stop the others."""
        posted, refused = [], []
        for place, row in enumerate(rows):
            try:
                posted.append(post(row, user, now_s)["id"])
            except RefusedError as error:
                key = row.get("timecard") or row.get("report") or ""
                refused.append({"row": place, "key": key, "code": error.code, "error": error.detail})
        return {"posted": len(posted), "ids": posted, "refused": refused}

    def _named(self, kind: str, name: str, body: dict[str, Any], user: str, now_s: float) -> Record:
        """Create, or change what already stands under the name."""
        standing = self._ledger.tables[kind].find("entityId", name)
        if standing is not None:
            return self._postings.update(standing, body, now_s, user)
        return self._postings.create(kind, body, now_s, user)

    def _worker(self, given: Given, user: str, now_s: float) -> Record:
        kind = "vendor" if given.get("kind") == "contractor" else "employee"
        return self._named(kind, given["worker"], worker_body(given), user, now_s)

    def _time(self, row: Given, user: str, now_s: float) -> Record:
        body = {
            **self._transaction(row, "timecard", row["date"], "time"),
            "custbody_source_part": row.get("part", ""),
            "employee": {"refName": row["worker"]},
            "customer": {"refName": row["project"]},
            "hours": major(int(row["hours_centi"])),
            "rate": major(int(row.get("rate_minor") or 0)),
        }
        return self._postings.create("timebill", body, now_s, user)

    def _expense(self, row: Given, user: str, now_s: float) -> Record:
        lines = row.get("lines") or [{"amount_minor": row["amount_minor"], "date": row["date"], "type": ""}]
        items = [
            {
                "category": line.get("type", ""),
                "amount": major(int(line["amount_minor"])),
                "expenseDate": line["date"],
            }
            for line in lines
        ]
        kind = "vendorbill" if row.get("kind") == "contractor" else "expensereport"
        body = {
            **self._transaction(row, "report", row["date"], "time"),
            "entity": {"refName": row["worker"]},
            "job": {"refName": row["project"]},
            "currency": row["currency"],
            "expense": {"items": items},
        }
        return self._postings.create(kind, body, now_s, user)

    def _control(self, given: Given, user: str, now_s: float) -> Record:
        table = self._ledger.tables["customrecord_billing_control"]
        key = f"{given['project']}:{given['control']}"
        body = {
            "custbody_source_key": key,
            "custbody_source_version": str(given.get("version", 1)),
            "custrecord_job": {"refName": given["project"]},
            "custrecord_control": given["control"],
            "custrecord_kind": given.get("kind", ""),
            "custrecord_amount": major(int(given.get("amount_minor") or 0)),
            "custrecord_currency": given.get("currency") or "",
            "custrecord_status": given.get("status", ""),
        }
        if given.get("date"):
            body["custrecord_date"] = given["date"]
        standing = table.find("custbody_source_key", key)
        if standing is not None:
            return self._postings.update(standing, body, now_s, user)
        return self._postings.create(table.name, body, now_s, user)

    def _invoice(self, given: Given, user: str, now_s: float) -> Record:
        items = [
            {
                "kind": item.get("kind", ""),
                "sourceKey": item.get("source_key", ""),
                "sourcePart": item.get("source_part") or "",
                "sourceVersion": item.get("source_version"),
                "quantity": item.get("quantity"),
                "rate": None if item.get("rate_minor") is None else major(int(item["rate_minor"])),
                "amount": major(int(item["amount_minor"])),
            }
            for item in given["items"]
        ]
        body = {
            **self._transaction(given, "event", given["date"], "ar_gl"),
            "entity": {"refName": given["customer"]},
            "job": {"refName": given["project"]},
            "currency": given["currency"],
            "billTo": given.get("bill_to") or "",
            "taxNumber": given.get("tax_number") or "",
            "poNumber": given.get("po_number") or "",
            "item": {"items": items},
        }
        return self._postings.create("invoice", body, now_s, user)

    def _journal(self, given: Given, user: str, now_s: float) -> Record:
        key = f"{given['project']}:{given['period']}:{given['run']}"
        body = {
            **self._transaction({**given, "journal": key}, "journal", given["date"], "ar_gl"),
            "job": {"refName": given["project"]},
            "period": given["period"],
            "run": str(given["run"]),
            "currency": given["currency"],
            "custbody_revenue_amount": major(int(given["amount_minor"])),
        }
        return self._postings.create("journalentry", body, now_s, user)

    def _transaction(self, row: Given, key: str, day: str, ledger: str) -> dict[str, Any]:
        """Source key, version, both dates; the period as given, or the first open one with the move noted."""
        job = self._ledger.tables["job"].find("entityId", row["project"])
        if job is None:
            raise invalid_reference("job", row["project"], "customer" if key == "timecard" else "job")
        wanted = row.get("period") if ledger == "time" else None
        fields = period_fields(self._ledger, job["subsidiary"], ledger, wanted or period_of(day))
        return {
            "custbody_source_key": row[key],
            "custbody_source_version": str(row.get("version", 1)),
            "tranDate": day,
            "subsidiary": job["subsidiary"],
            "memo": f"{TYPES['timebill'].name if key == 'timecard' else key} {row[key]}",
            **fields,
        }
