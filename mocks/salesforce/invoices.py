"""Released billing events: what a release commits to in the ERP, with its lines; what leaving it
withdraws.
"""

from __future__ import annotations

from typing import Any

from mocks.salesforce.ground import Ground, minor_of
from mocks.salesforce.org import Org, Saved
from mocks.salesforce.owed import Entry, Owed
from mocks.salesforce.projects import terms
from mocks.store import Record

EVENT = "pse__Billing_Event__c"
ITEM = "pse__Billing_Event_Item__c"


class Invoices:
    """Hears of billing events."""

    def __init__(self, org: Org, owed: Owed) -> None:
        self._ground = Ground(org)
        self._owed = owed
        org.keepers[EVENT].append(self._keep)

    def _keep(self, saved: Saved) -> None:
        if "pse__Is_Released__c" not in saved.changes:
            return
        record = saved.record
        if not record["pse__Is_Released__c"]:
            self._owed.withdraw("invoice", saved.key, saved.at_s)
            return
        by = str(record.get("Released_By__c") or saved.user)
        facts, version = self._facts(record), int(record.get("Version__c") or 1)
        authorised = saved.origin == ""
        self._owed.commit(Entry("invoice", saved.key, version, saved.at_s, facts, "", by, authorised))

    def _facts(self, record: Record) -> dict[str, Any]:
        tables = self._ground.tables
        project = tables["pse__Proj__c"].records[record["pse__Project__c"]]
        said = terms(self._ground, project)
        lines = [line_of(item) for item in tables[ITEM].where("pse__Billing_Event__c", record["Id"])]
        return {
            "project": project["Project_Key__c"],
            "customer": said["customer"],
            "bill_to": said["bill_to"],
            "tax_number": said["tax_number"],
            "po_number": said["po_number"],
            "entity": project.get("Entity__c") or "",
            "currency": record.get("CurrencyIsoCode") or "",
            "date": record["pse__Date__c"],
            "period": record["Period__c"],
            "amount_minor": minor_of(record["pse__Summary_Amount__c"]),
            "lines": lines,
        }


def line_of(item: Record) -> dict[str, Any]:
    """What an item bills."""
    return {
        "kind": item["Kind__c"],
        "key": item["Source_Key__c"],
        "part": item.get("Source_Part__c") or "",
        "version": int(item["Source_Version__c"]),
        "quantity_centi": round((item["pse__Quantity__c"] or 0) * 100),
        "rate_minor": minor_of(item["pse__Unit_Price__c"]),
        "amount_minor": minor_of(item["pse__Amount__c"]),
    }
