"""What clerks export from the screens: approved, released or won since an instant, in the words in which
they key it in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

from mocks.salesforce.expenses import REPORT, Expenses
from mocks.salesforce.ground import Given, Ground, Verb, minor_of
from mocks.salesforce.owed import Entry, Owed
from mocks.salesforce.projects import terms
from mocks.salesforce.psa import HOURS
from mocks.salesforce.timecards import HEADER, parts

_HOLDING = "HOLD-"


class Exports:
    """The export and report verbs of roles.PSA."""

    def __init__(self, ground: Ground, expenses: Expenses, owed: Owed) -> None:
        self._ground = ground
        self._expenses = expenses
        self._owed = owed

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "export.wins": lambda given, user, now_s: self._rows("project", given, self._win),
            "export.time": lambda given, user, now_s: self._rows("time", given, _time),
            "export.expenses": lambda given, user, now_s: self._rows("expense", given, self._expense),
            "export.controls": lambda given, user, now_s: self._rows("control", given, _control),
            "export.events": self._events,
            "report.holding": self._held,
        }

    def _rows(self, flow: str, given: Given, rows: Any) -> dict[str, Any]:
        return {"rows": [row for entry in self._since(flow, given["since_s"]) for row in rows(entry)]}

    def _since(self, flow: str, since_s: float) -> Iterator[Entry]:
        """What was committed since and still stands."""
        entries = self._owed.entries
        for place in range(bisect_left(entries, since_s, key=lambda entry: entry.at_s), len(entries)):
            entry = entries[place]
            if entry.flow == flow and entry.withdrawn_s is None:
                yield entry

    def _win(self, entry: Entry) -> Iterator[dict[str, Any]]:
        facts = entry.facts
        deal = self._ground.need("Opportunity", entry.key)
        account = self._ground.tables["Account"].get(deal.get("AccountId") or "") or {}
        yield {
            "opportunity": entry.key,
            "version": entry.version,
            "customer_name": account.get("Name") or "",
            "country": account.get("BillingCountry") or "",
            "name": deal["Name"],
            "region": deal.get("Region__c") or "",
            **{name: value for name, value in facts.items() if name not in {"start", "end"}},
            "contract_version": 1,
        }

    def _expense(self, entry: Entry) -> Iterator[dict[str, Any]]:
        report = self._ground.need(REPORT, entry.key)
        facts = entry.facts
        resource = self._ground.find("Contact", facts["worker"]) or {}
        lines = [
            {
                "type": line.get("pse__Type__c") or "",
                "date": line["pse__Expense_Date__c"],
                "amount_minor": minor_of(line["pse__Amount__c"]),
                "receipt": line["Receipt__c"],
                "justification": line.get("Justification__c") or "",
                "billable": line["pse__Billable__c"],
            }
            for line in self._expenses.lines(report)
        ]
        yield {
            "report": entry.key,
            "version": entry.version,
            "worker": facts["worker"],
            "kind": "contractor" if resource.get("pse__External_Resource__c") else "employee",
            "project": facts["project"],
            "currency": facts["currency"],
            "date": facts["date"],
            "amount_minor": facts["amount_minor"],
            "lines": lines,
        }

    def _events(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        rows = []
        for entry in self._since("invoice", given["since_s"]):
            facts = entry.facts
            said = terms(self._ground, self._ground.need("pse__Proj__c", facts["project"]))
            rows.append(
                {
                    "event": entry.key,
                    "version": entry.version,
                    "project": facts["project"],
                    "date": facts["date"],
                    "currency": facts["currency"],
                    **{name: said[name] for name in ("customer", "bill_to", "tax_number", "po_number")},
                    "items": [_line(line) for line in facts["lines"]],
                }
            )
        return {"rows": rows}

    def _held(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        rows = []
        for header in self._ground.tables[HEADER].modified_since(given["since_s"]):
            if str(header.get("Project_Key__c") or "").startswith(_HOLDING) and header["pse__Total_Hours__c"]:
                rows.append(
                    {
                        "timecard": header["Timecard_Key__c"],
                        "worker": header["Worker_Key__c"],
                        "project": header["Project_Key__c"],
                        "week_start": header["pse__Start_Date__c"],
                        "status": header["pse__Status__c"],
                        "hours_centi": [minor_of(header.get(name)) for name in HOURS],
                    }
                )
        return {"rows": rows}


def _time(entry: Entry) -> Iterator[dict[str, Any]]:
    facts = entry.facts
    for split, _, day, hours in parts(facts["monday"], facts["hours"]):
        yield {
            "timecard": entry.key,
            "part": f"{split}:{day}",
            "version": entry.version,
            "worker": facts["worker"],
            "project": facts["project"],
            "date": day,
            "hours_centi": hours,
            "rate_minor": facts["rate_minor"],
        }


def _control(entry: Entry) -> Iterator[dict[str, Any]]:
    names = ("project", "control", "kind", "status", "date", "amount_minor", "currency", "hours")
    yield {"version": entry.version, **{name: entry.facts[name] for name in names}}


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": line["kind"],
        "source_key": line["key"],
        "source_part": line["part"],
        "source_version": line["version"],
        "quantity": line["quantity_centi"] / 100,
        "rate_minor": line["rate_minor"],
        "amount_minor": line["amount_minor"],
    }
