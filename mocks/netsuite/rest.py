"""SuiteTalk REST: the record service, SuiteQL, async jobs and governance, as bytes in and bytes out.

PUT /record/v1/{type}/eid:{key}     upsert    -> 204 + Location
POST /record/v1/{type}              create    -> 204 + Location
PATCH /record/v1/{type}/{id|eid:}   merge     -> 204 + Location
GET /record/v1/{type}[/{id|eid:}]   read; without an id: links only, by limit and offset
any of the writes with Prefer: respond-async -> 202 + Location of a job (mocks/netsuite/batches.py)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson

from kernel.time import BusinessTime
from mocks.netsuite.batches import Batches
from mocks.netsuite.checks import CheckBook
from mocks.netsuite.errors import RefusedError, nonexistent
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.objects import TYPES
from mocks.netsuite.postings import Postings
from mocks.netsuite.rendering import HOST, location, rendered
from mocks.netsuite.suiteql import SuiteQL
from mocks.netsuite.suiteql_text import QueryError
from mocks.store import Record
from wire.call import Call, Reply, json_reply

_RECORDS = "/services/rest/record/v1/"
_QUERY = "/services/rest/query/v1/suiteql"
_JOBS = "/services/rest/async/v1/job/"
_GOVERNANCE = "/services/rest/system/v1/governanceLimits"
_STRICT = "x-netsuite-propertynamevalidation"
_MOST_ROWS = 100_000


class Rest:
    """The vendor's handler: synchronous, commits at the instant it is called."""

    def __init__(
        self,
        ledger: Ledger,
        checks: CheckBook,
        postings: Postings,
        batches: Batches,
        time: BusinessTime,
        page_size: int,
        slots: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._ledger = ledger
        self._postings = postings
        self._batches = batches
        self._suiteql = SuiteQL(ledger, time, checks)
        self._checks = checks
        self._time = time
        self._page_size = page_size
        self._slots = slots

    def handle(self, call: Call, who: str, now_s: float) -> Reply:
        """The answer to an authenticated call by `who`."""
        path, _, query = call.path.partition("?")
        try:
            if path.startswith(_RECORDS):
                return self._record(call, path[len(_RECORDS) :], query, who, now_s)
            if path == _QUERY:
                return self._query(call, query, now_s)
            if path.startswith(_JOBS):
                return self._batches.answer(call.method, path[len(_JOBS) :])
            if path == _GOVERNANCE:
                return json_reply(200, self._slots())
        except RefusedError as refused:
            return refused.reply()
        except orjson.JSONDecodeError:
            return RefusedError(400, "INVALID_CONTENT", "Invalid content in the request body.").reply()
        return RefusedError(404, "NOT_FOUND", "The requested resource does not exist.").reply()

    def _record(self, call: Call, rest: str, query: str, who: str, now_s: float) -> Reply:
        name, _, identity = rest.partition("/")
        kind = name.lower()
        if kind not in TYPES:
            detail = f"Record type '{name}' does not exist."
            raise RefusedError(404, "NOT_FOUND", detail)
        if "%" in identity:
            identity = unquote(identity)
        if call.method == "GET":
            return self._get(kind, identity, query)
        if call.method not in {"PUT", "POST", "PATCH"}:
            raise RefusedError(403, "INSUFFICIENT_PERMISSION", f"You may not {call.method} this record type.")
        if "respond-async" in call.headers.get("prefer", ""):
            return self._batches.submit(call, kind, identity, who)
        return self.write(call.method, kind, identity, call.json(), call.headers, who, now_s)

    def write(
        self,
        method: str,
        kind: str,
        identity: str,
        body: Any,
        headers: Mapping[str, str],
        who: str,
        now_s: float,
    ) -> Reply:
        """Write one record now. Raises RefusedError."""
        if not isinstance(body, dict):
            raise RefusedError(400, "INVALID_CONTENT", "Invalid content in the request body.")
        strict = headers.get(_STRICT) == "error"
        if method == "PUT":
            if not identity.startswith("eid:"):
                detail = "PUT needs the external ID of the record (eid:...)."
                raise RefusedError(405, "METHOD_NOT_ALLOWED", detail)
            record, _ = self._postings.upsert(kind, identity[4:], body, now_s, who, strict)
        elif method == "POST":
            record = self._postings.create(kind, body, now_s, who, strict)
        else:
            record = self._postings.update(self._standing(kind, identity), body, now_s, who, strict)
        return Reply(204, {"location": location(record)})

    def _standing(self, kind: str, identity: str) -> Record:
        table = self._ledger.tables[kind]
        record = (
            table.find("externalId", identity[4:]) if identity.startswith("eid:") else table.get(identity)
        )
        if record is None:
            raise nonexistent()
        return record

    def _get(self, kind: str, identity: str, query: str) -> Reply:
        if identity:
            doors = self._checks[kind].doors
            return json_reply(200, rendered(self._standing(kind, identity), doors, self._ledger, self._time))
        limit, offset = self._window(query)
        ids = list(self._ledger.tables[kind].records)
        url = f"{HOST}{_RECORDS}{TYPES[kind].name}"
        items = [
            {"links": [{"rel": "self", "href": f"{url}/{number}"}], "id": number}
            for number in ids[offset : offset + limit]
        ]
        return json_reply(200, _paged(items, len(ids), limit, offset, url))

    def _query(self, call: Call, query: str, now_s: float) -> Reply:
        if call.method != "POST" or "transient" not in call.headers.get("prefer", ""):
            detail = "The required request header 'Prefer' is missing in the request or has an invalid value."
            raise RefusedError(400, "INVALID_HEADER", detail)
        body = call.json() or {}
        limit, offset = self._window(query)
        try:
            page = self._suiteql.run(body.get("q", ""), body.get("params", ()), limit, offset, now_s)
        except QueryError as error:
            detail = f"Invalid search query. Detailed unprocessed description follows. {error}"
            raise RefusedError(400, "INVALID_PARAMETER", detail, "q") from None
        return json_reply(200, _paged(page.rows, min(page.total, _MOST_ROWS), limit, offset, HOST + _QUERY))

    def _window(self, query: str) -> tuple[int, int]:
        if not query:
            return self._page_size, 0
        given = parse_qs(query)
        try:
            limit = int(given.get("limit", [self._page_size])[0])
            offset = int(given.get("offset", [0])[0])
        except ValueError:
            raise RefusedError(400, "INVALID_PARAMETER", "limit and offset must be numbers.") from None
        if not 0 < limit <= self._page_size or offset < 0 or offset % limit:
            detail = f"limit must be 1 to {self._page_size}, and offset divisible by limit."
            raise RefusedError(400, "INVALID_PARAMETER", detail)
        return limit, offset


def _paged(items: list[dict[str, Any]], total: int, limit: int, offset: int, url: str) -> dict[str, Any]:
    """The vendor's envelope of a page."""
    more = offset + limit < total
    links = [{"rel": "self", "href": f"{url}?limit={limit}&offset={offset}"}]
    if more:
        links.append({"rel": "next", "href": f"{url}?limit={limit}&offset={offset + limit}"})
    return {
        "links": links,
        "count": len(items),
        "hasMore": more,
        "items": items,
        "offset": offset,
        "totalResults": total,
    }
