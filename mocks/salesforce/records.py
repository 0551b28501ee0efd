"""sObject writes and reads of machines: names of their version, references by id or by external id, locks,
upsert.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from mocks.salesforce.columns import Render, renderer
from mocks.salesforce.errors import RefusedError, not_found
from mocks.salesforce.history import PARENTS
from mocks.salesforce.locks import Locks
from mocks.salesforce.org import OWN_ORIGIN, Org, Transaction
from mocks.salesforce.schema import View, numeric
from mocks.store import Record
from mocks.tokens import INTEGRATION

_MOST_RENDERS = 256


class Caller(NamedTuple):
    """Who calls, in which API version, when the call arrived and when it commits."""

    user: str
    version: float
    arrived_s: float
    now_s: float


class Records:
    """The operations on single records; every one runs in the transaction that it is given."""

    def __init__(self, org: Org, locks: Locks) -> None:
        self._org = org
        self._locks = locks
        self._renders: dict[tuple[str, float, int, tuple[str, ...]], Render] = {}
        self._numeric = {name: frozenset(numeric(kind)) for name, kind in org.schema.types.items()}

    def begin(self, caller: Caller) -> Transaction:
        """A transaction of this caller."""
        origin = OWN_ORIGIN if caller.user == INTEGRATION else ""
        return self._org.begin(caller.user, caller.now_s, origin)

    def create(self, work: Transaction, caller: Caller, name: str, body: Any) -> Record:
        """A new record. Raises RefusedError."""
        view = self._org.schema.view(self._org.schema.named(name), caller.version)
        values = self._clean(view, body, caller)
        self._locks.take(view.kind.name, values, None, caller)
        return work.insert(view.kind.name, values)

    def update(self, work: Transaction, caller: Caller, name: str, record_id: str, body: Any) -> Record:
        """Change by id. Raises RefusedError."""
        view = self._org.schema.view(self._org.schema.named(name), caller.version)
        record = self._standing(view, record_id)
        return self._write(work, caller, view, record, self._clean(view, body, caller))

    def upsert(
        self, work: Transaction, caller: Caller, name: str, field: str, key: str, body: Any
    ) -> tuple[Record, bool]:
        """By external id; whether it was created. Raises RefusedError."""
        view = self._org.schema.view(self._org.schema.named(name), caller.version)
        known = view.fields.get(field)
        if known is None or not (known.external or known.name == "Id"):
            raise not_found()
        values = self._clean(view, body, caller)
        if known.name == "Id":
            return self._write(work, caller, view, self._standing(view, key), values), False
        record = self._org.tables[view.kind.name].find(known.name, key)
        if record is not None:
            values.pop(known.name, None)
            return self._write(work, caller, view, record, values), False
        self._locks.take(view.kind.name, values, None, caller)
        return work.insert(view.kind.name, {**values, known.name: key}), True

    def delete(self, work: Transaction, caller: Caller, name: str, record_id: str) -> None:
        """Take it out. Raises RefusedError."""
        view = self._org.schema.view(self._org.schema.named(name), caller.version)
        work.delete(view.kind.name, self._standing(view, record_id))

    def read(self, caller: Caller, name: str, identity: tuple[str, str], fields: list[str]) -> dict[str, Any]:
        """One record, by ("Id", id) or by (external field, value). Raises RefusedError."""
        view = self._org.schema.view(self._org.schema.named(name), caller.version)
        field, key = identity
        if field == "Id":
            record: Record | None = self._standing(view, key)
        else:
            known = view.fields.get(field)
            if known is None or not known.external:
                raise not_found()
            record = self._org.tables[view.kind.name].find(known.name, key)
        if record is None:
            raise not_found()
        return self._render(view, tuple(fields), caller.version)(record)

    def _render(self, view: View, fields: tuple[str, ...], version: float) -> Render:
        """What builds a row of these fields, or of all; compiled once for each list, until a release."""
        name = (view.kind.name, version, self._org.schema.generation, fields)
        render = self._renders.get(name)
        if render is None:
            if len(self._renders) >= _MOST_RENDERS:
                self._renders.clear()
            render = renderer(self._org, view, fields or view.fields, version)
            self._renders[name] = render
        return render

    def _write(
        self, work: Transaction, caller: Caller, view: View, record: Record, values: dict[str, Any]
    ) -> Record:
        self._locks.take(view.kind.name, values, record, caller)
        return work.update(view.kind.name, record, values)

    def _standing(self, view: View, record_id: str) -> Record:
        record = self._org.tables[view.kind.name].get(record_id)
        if record is None:
            raise not_found()
        return record

    def _clean(self, view: View, body: Any, caller: Caller) -> dict[str, Any]:
        """Stored names and types; references resolved. Raises RefusedError."""
        if view.kind.name in PARENTS:
            message = f"entity type cannot be inserted or updated: {view.kind.label}"
            raise RefusedError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)
        if not isinstance(body, dict):
            raise RefusedError("JSON_PARSER_ERROR", "The HTTP entity body is required and must be an object")
        given = {name: value for name, value in body.items() if name != "attributes"}
        for name in [name for name, value in given.items() if type(value) in {dict, list}]:
            given.update(self._by_external_id(view, name, given.pop(name), caller))
        values = dict(view.inward(given))
        numbers, fields = self._numeric[view.kind.name], view.kind.fields
        for name, value in values.items():
            if name in numbers and type(value) is str:
                values[name] = _number(name, value)
            elif value and (field := fields.get(name)) is not None and field.reference:
                self._refer(name, field.reference, value)
        return values

    def _refer(self, name: str, object_: str, value: Any) -> None:
        if object_ in self._org.tables and value not in self._org.tables[object_].records:
            message = f"{name}: invalid cross reference id: {value}"
            raise RefusedError("INVALID_CROSS_REFERENCE_KEY", message, (name,))

    def _by_external_id(self, view: View, relation: str, value: Any, caller: Caller) -> dict[str, str]:
        """`{"pse__Project__r": {"Project_Key__c": "P00001"}}` to the lookup's id."""
        lookups = [field for field in view.fields.values() if field.relation and field.relation == relation]
        if not lookups or not isinstance(value, dict):
            raise RefusedError("JSON_PARSER_ERROR", f"Cannot deserialize value of {relation}", (relation,))
        parent = self._org.schema.view(lookups[0].reference, caller.version)
        (name, key), *_ = [pair for pair in value.items() if pair[0] != "attributes"] or [("", "")]
        known = parent.fields.get(name)
        record = (
            self._org.tables[parent.kind.name].find(known.name, key)
            if known is not None and known.external
            else None
        )
        if record is None:
            message = (
                f"Foreign key external ID: {key} not found for field {name} in entity {parent.kind.name}"
            )
            raise RefusedError("INVALID_FIELD", message)
        return {lookups[0].name: record["Id"]}


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        message = f"Cannot deserialize instance of double from VALUE_STRING value {text}"
        raise RefusedError("JSON_PARSER_ERROR", message, (name,)) from None
