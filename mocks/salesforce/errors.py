"""Salesforce's refusals: a JSON array of {message, errorCode, fields}; rows of a collection say
statusCode.
"""

from __future__ import annotations

from typing import Any

from mocks.fields import Violation
from wire.call import Reply, json_reply

_STATUS = {
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "METHOD_NOT_ALLOWED": 405,
    "INSUFFICIENT_ACCESS": 403,
    "INVALID_SESSION_ID": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "SERVER_UNAVAILABLE": 503,
    "UNSUPPORTED_API_VERSION": 410,
}


class RefusedError(Exception):
    """What Salesforce answers instead of doing it. `fields` names the fields it is about."""

    def __init__(self, code: str, message: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = fields

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return _STATUS.get(self.code, 400)

    def reply(self) -> Reply:
        """As the body of a plain call."""
        return json_reply(self.status, self.body())

    def body(self) -> list[dict[str, Any]]:
        """As the JSON of a plain call or a composite's part."""
        entry: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields:
            entry["fields"] = list(self.fields)
        return [entry]

    def row(self) -> dict[str, Any]:
        """As one row of a collection."""
        error = {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}
        return {"success": False, "errors": [error]}


def not_found() -> RefusedError:
    """No such record, field, type or address."""
    return RefusedError("NOT_FOUND", "The requested resource does not exist")


def no_field(field: str, entity: str) -> RefusedError:
    """A field that this type does not have, for this client."""
    return RefusedError("INVALID_FIELD", f"No such column '{field}' on sobject of type {entity}", (field,))


def duplicate(field: str, holder: str) -> RefusedError:
    """A unique value that stands elsewhere."""
    return RefusedError(
        "DUPLICATE_VALUE", f"duplicate value found: {field} duplicates value on record with id: {holder}"
    )


def locked(holder: str) -> RefusedError:
    """Somebody else holds the parent's lock."""
    return RefusedError(
        "UNABLE_TO_LOCK_ROW", f"unable to obtain exclusive access to this record or 1 records: {holder}"
    )


def rule(message: str, field: str = "") -> RefusedError:
    """A validation rule of the org."""
    return RefusedError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, (field,) if field else ())


def of_violations(found: list[Violation], entity: str) -> RefusedError:
    """The first thing wrong; missing required fields are told together."""
    required = [violation.field for violation in found if violation.kind == "required"]
    if len(required) == len(found):
        message = f"Required fields are missing: [{', '.join(required)}]"
        return RefusedError("REQUIRED_FIELD_MISSING", message, tuple(required))
    first = next(violation for violation in found if violation.kind != "required")
    name, value = first.field, first.value
    if first.kind == "unknown":
        return no_field(name, entity)
    if first.kind == "length":
        return RefusedError("STRING_TOO_LONG", f"{name}: data value too large: {str(value)[:40]}", (name,))
    if first.kind == "picklist":
        message = f"{name}: bad value for restricted picklist field: {value}"
        return RefusedError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (name,))
    if first.kind == "read_only":
        message = f"Unable to create/update fields: {name}. Please check the security settings of this field."
        return RefusedError("INVALID_FIELD_FOR_INSERT_UPDATE", message, (name,))
    return RefusedError("JSON_PARSER_ERROR", f"Cannot deserialize value of {name}: {value!r}", (name,))
