"""Resource managers: assignments, after which a synchronous hook may read the worker through from HR."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any

from mocks.salesforce.errors import RefusedError
from mocks.salesforce.ground import Given, Ground, Verb, major_of
from mocks.salesforce.org import Saved
from mocks.salesforce.publisher import Publisher

OBJECT = "pse__Assignment__c"


class Staffing:
    """assignment.save."""

    def __init__(self, ground: Ground, publisher: Publisher) -> None:
        self._ground = ground
        self._publisher = publisher

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {"assignment.save": self._save}

    def _save(
        self, given: Given, user: str, now_s: float
    ) -> dict[str, Any] | Coroutine[Any, Any, dict[str, Any]]:
        ground, key = self._ground, given["assignment"]
        project = ground.need("pse__Proj__c", given["project"])
        resource = ground.find("Contact", given["worker"])
        if resource is None:
            raise RefusedError(
                "INVALID_CROSS_REFERENCE_KEY", f"{given['worker']} is not a resource of the PSA."
            )
        values = {
            "Name": key,
            "pse__Project__c": project["Id"],
            "pse__Resource__c": resource["Id"],
            "pse__Role__c": given.get("role") or "",
            "pse__Bill_Rate__c": major_of(given["bill_rate_minor"]),
            "CurrencyIsoCode": given["currency"],
            "Hours_Per_Week__c": given.get("hours_per_week"),
            "Start_Date__c": given["start"],
            "End_Date__c": given["end"],
            "Worker_Key__c": given["worker"],
            "Project_Key__c": given["project"],
        }
        with ground.act(user, now_s) as work:
            record = work.upsert(OBJECT, key, values)[0]
            changes = {**values, "Assignment_Key__c": key}
            saved = Saved(OBJECT, record["Id"], key, "update", record, changes, {}, user, "", now_s, 0)
        hooks = self._publisher.sync_hooks(saved)
        return self._advised(saved) if hooks else {"advice": None}

    async def _advised(self, saved: Saved) -> dict[str, Any]:
        """The save stands whatever the integration says; the person reads its advice."""
        advice = None
        for hook in self._publisher.sync_hooks(saved):
            reply = await self._publisher.ask(hook, saved)
            body = (reply.json() or {}) if reply.ok else {}
            advice = body.get("advice") or self._publisher.answer_text(reply) or advice
        return {"advice": advice}
