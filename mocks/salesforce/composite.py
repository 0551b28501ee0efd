"""composite (25 subrequests, references, all or none) and sObject collections (200 rows, each on its own
or together).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from mocks.salesforce.errors import RefusedError
from mocks.salesforce.org import Transaction
from mocks.salesforce.records import Caller, Records

_REFERENCE = re.compile(r"@\{(\w+)\.([\w.\[\]]+)\}")

Sub = Callable[[Transaction, Caller, str, str, Any], tuple[int, Any]]
"""(transaction, caller, method, url, body) to (status, body); raises RefusedError."""


class Most(NamedTuple):
    """What one request may hold."""

    subrequests: int
    rows: int


def composite(records: Records, caller: Caller, body: Any, most: int, run: Sub) -> dict[str, Any]:
    """The composite resource. Raises RefusedError where the request itself is wrong."""
    subs = body.get("compositeRequest") if isinstance(body, dict) else None
    if not isinstance(subs, list) or not subs:
        raise RefusedError("JSON_PARSER_ERROR", "compositeRequest must be a list of subrequests")
    if len(subs) > most:
        raise RefusedError("LIMIT_EXCEEDED", f"The limit of subrequests in a composite is {most}")
    together = bool(body.get("allOrNone"))
    work = records.begin(caller)
    told: dict[str, Any] = {}
    answers: list[dict[str, Any]] = []
    failed = False
    for sub in subs:
        mark = len(work.changes)
        try:
            if failed and together:
                raise _halted()
            url, given = sub["url"], sub.get("body")
            if "@{" in url:
                url = _filled(url, told)
            if given is not None:
                given = _filled(given, told)
            status, answer = run(work, caller, sub.get("method", "GET"), url, given)
            told[sub["referenceId"]] = answer
        except RefusedError as error:
            work.rollback(mark)
            failed = True
            status, answer = error.status, error.body()
        except (KeyError, TypeError):
            raise RefusedError("JSON_PARSER_ERROR", "subrequests need method, url and referenceId") from None
        answers.append(_answer(sub, status, answer))
    if failed and together:
        work.rollback()
        answers = [_undone(answer) for answer in answers]
    work.commit()
    return {"compositeResponse": answers}


def _answer(sub: dict[str, Any], status: int, body: Any) -> dict[str, Any]:
    return {"body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": sub.get("referenceId")}


def _halted() -> RefusedError:
    message = "The transaction was rolled back since another operation in the same transaction failed."
    return RefusedError("PROCESSING_HALTED", message)


def _undone(answer: dict[str, Any]) -> dict[str, Any]:
    if answer["httpStatusCode"] >= 300:
        return answer
    return {**answer, "httpStatusCode": 400, "body": _halted().body()}


def _filled(value: Any, told: dict[str, Any]) -> Any:
    """References to earlier answers, replaced. Raises RefusedError."""
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: _lookup(told, match), value) if "@{" in value else value
    if isinstance(value, dict):
        return {name: _filled(inner, told) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, told) for inner in value]
    return value


def _lookup(told: dict[str, Any], match: re.Match[str]) -> str:
    value: Any = told.get(match.group(1))
    for step in re.findall(r"\w+", match.group(2)):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        raise RefusedError("PROCESSING_HALTED", f"Invalid reference specified: {match.group()}")
    return str(value)


def collection(
    records: Records, caller: Caller, method: str, rest: list[str], body: Any, most: int
) -> list[dict[str, Any]]:
    """POST creates, PATCH updates, PATCH .../{object}/{field} upserts; one row of answer per record, in
    order.
    """
    rows = body.get("records") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RefusedError("JSON_PARSER_ERROR", "records must be a list of records")
    if len(rows) > most:
        raise RefusedError(
            "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {most} records"
        )
    work = records.begin(caller)
    answers = [_row(records, work, caller, method, rest, row) for row in rows]
    if body.get("allOrNone") and not all(answer["success"] for answer in answers):
        work.rollback()
        error = RefusedError(
            "ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back: not all records were valid"
        )
        answers = [error.row() if answer["success"] else answer for answer in answers]
    work.commit()
    return answers


def _row(
    records: Records, work: Transaction, caller: Caller, method: str, rest: list[str], row: dict[str, Any]
) -> dict[str, Any]:
    mark = len(work.changes)
    try:
        if rest:
            values = {name: value for name, value in row.items() if name != rest[1]}
            key = row.get(rest[1])
            if key in {None, ""}:
                raise RefusedError("MISSING_ARGUMENT", f"{rest[1]} not specified", (rest[1],))
            record, created = records.upsert(work, caller, rest[0], rest[1], str(key), values)
            return {"id": record["Id"], "success": True, "errors": [], "created": created}
        name = (row.get("attributes") or {}).get("type", "")
        if method == "POST":
            record = records.create(work, caller, name, row)
        else:
            values = {field: value for field, value in row.items() if field.lower() != "id"}
            record = records.update(work, caller, name, str(row.get("id") or row.get("Id")), values)
        return {"id": record["Id"], "success": True, "errors": []}
    except RefusedError as error:
        work.rollback(mark)
        return error.row()
