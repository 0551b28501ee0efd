"""What every desk stands on: the org, finding records by business key, and one act as one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mocks.salesforce.errors import RefusedError
from mocks.salesforce.org import Org, Transaction
from mocks.store import Record

Given = Mapping[str, Any]
Verb = Callable[[Given, str, float], Any]
"""(parameters, user, now in seconds) to the answer; raises RefusedError."""


class Ground:
    """One org, seen by its people."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.tables = org.tables

    def act(self, user: str, now_s: float) -> Transaction:
        """One commit, or nothing."""
        return self.org.begin(user, now_s)

    def find(self, object_: str, key: str) -> Record | None:
        """The record under a business key."""
        return self.tables[object_].find(self.org.key_fields[object_], key)

    def need(self, object_: str, key: str) -> Record:
        """The same, or a refusal: no such record on the screen."""
        record = self.tables[object_].find(self.org.key_fields[object_], key)
        if record is None:
            raise RefusedError("NOT_FOUND", f"{object_} {key} does not exist.")
        return record


def minor_of(value: float | None) -> int:
    """A money field as minor units."""
    return round((value or 0.0) * 100)


def major_of(value: int | None) -> float | None:
    """Minor units as a money field holds them."""
    return None if value is None else value / 100
