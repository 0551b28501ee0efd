"""The REST data API, v67.0: routes a call to query, sobjects, composite, collections, limits, describe and
bulk jobs.

"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson

from mocks.gates import Context
from mocks.limits import Limits
from mocks.releases import Releases
from mocks.salesforce.bulk import Bulk
from mocks.salesforce.composite import Most, collection, composite
from mocks.salesforce.describe import described, described_all, limits
from mocks.salesforce.errors import RefusedError, not_found
from mocks.salesforce.org import Org, Transaction
from mocks.salesforce.records import Caller, Records
from mocks.salesforce.schema import VERSION
from mocks.salesforce.soql import Soql
from mocks.salesforce.soql_url import asked
from wire.call import Call, Reply, json_reply

DATA = "/services/data/v"
_QUOTA = "daily_api_requests"


class Rest:
    """The vendor's handler: synchronous, commits at the instant it is called."""

    def __init__(
        self,
        org: Org,
        records: Records,
        soql: Soql,
        bulk: Bulk,
        known: Limits,
        releases: Releases,
        most: Most,
    ) -> None:
        self._org = org
        self._records = records
        self._soql = soql
        self._bulk = bulk
        self._limits = known
        self._quota = known.by_name[_QUOTA]
        self._releases = releases
        self._most = most

    def handle(self, call: Call, context: Context) -> Reply:
        """The answer to an authenticated call."""
        now_s = context.now_s
        self._releases.at(now_s)
        caller = Caller(context.user, context.operation.version or VERSION, now_s - context.service_s, now_s)
        try:
            reply = self._route(call, caller)
        except RefusedError as refused:
            reply = refused.reply()
        except orjson.JSONDecodeError:
            reply = RefusedError("JSON_PARSER_ERROR", "Unexpected character in the request body").reply()
        usage = f"api-usage={int(self._quota.used(now_s))}/{int(self._quota.size)}"
        return Reply(reply.status, {**reply.headers, "sforce-limit-info": usage}, reply.body)

    def _route(self, call: Call, caller: Caller) -> Reply:
        path, _, query = call.path.partition("?")
        head, tail = _resource(path)
        if head in {"query", "queryAll"}:
            return self._query(tail, query, call, caller)
        if head == "composite":
            return self._composite(call, tail, query, caller)
        if head == "sobjects":
            return self._sobjects(call, tail, query, caller)
        if head == "jobs":
            return self._bulk.handle(call, tail, query, caller)
        if head == "limits":
            return json_reply(200, limits(self._limits.by_name.values(), caller.now_s))
        raise not_found()

    def _query(self, tail: str, query: str, call: Call, caller: Caller) -> Reply:
        if tail:
            return json_reply(200, self._soql.more(tail, caller.now_s))
        if not query.startswith("q="):
            raise RefusedError("MALFORMED_QUERY", "the parameter q is missing")
        query = query[2:].partition("&")[0]
        return json_reply(
            200, self._soql.query(*asked(query), caller.now_s, caller.version, _batch_size(call))
        )

    def _composite(self, call: Call, tail: str, query: str, caller: Caller) -> Reply:
        if not tail:
            answer = composite(self._records, caller, call.json(), self._most.subrequests, self._sub)
            return json_reply(200, answer)
        kind, *rest = tail.split("/")
        if kind != "sobjects" or call.method not in {"POST", "PATCH"} or len(rest) not in {0, 2}:
            raise not_found()
        rows = collection(self._records, caller, call.method, rest, call.json(), self._most.rows)
        return json_reply(200, rows)

    def _sobjects(self, call: Call, tail: str, query: str, caller: Caller) -> Reply:
        work = self._records.begin(caller)
        try:
            status, body = self._sobject(work, caller, call.method, tail, query, call.json())
        except RefusedError:
            work.rollback()
            raise
        work.commit()
        return Reply(204) if body is None else json_reply(status, body)

    def _sub(self, work: Transaction, caller: Caller, method: str, url: str, body: Any) -> tuple[int, Any]:
        """One subrequest of a composite."""
        path, _, query = url.partition("?")
        head, tail = _resource(path)
        if head == "query" and query.startswith("q="):
            query = query[2:].partition("&")[0]
            return 200, self._soql.query(*asked(query), caller.now_s, caller.version)
        if not path.startswith(DATA) or head != "sobjects":
            raise not_found()
        return self._sobject(work, caller, method, tail, query, body)

    def _sobject(
        self, work: Transaction, caller: Caller, method: str, tail: str, query: str, body: Any
    ) -> tuple[int, Any]:
        parts = (
            [unquote(part) if "%" in part else part for part in tail.strip("/").split("/")] if tail else []
        )
        records = self._records
        if method == "GET":
            return 200, self._read(caller, parts, query)
        if method == "POST" and len(parts) == 1:
            record = records.create(work, caller, parts[0], body)
            return 201, {"id": record["Id"], "success": True, "errors": []}
        if method == "PATCH" and len(parts) == 2:
            records.update(work, caller, parts[0], parts[1], body)
            return 204, None
        if method == "PATCH" and len(parts) == 3:
            record, created = records.upsert(work, caller, *parts, body)  # type: ignore[call-arg]  # three parts
            answer = {"id": record["Id"], "success": True, "errors": [], "created": created}
            return 201 if created else 200, answer
        if method == "DELETE" and len(parts) == 2:
            records.delete(work, caller, parts[0], parts[1])
            return 204, None
        raise RefusedError("METHOD_NOT_ALLOWED", f"HTTP Method '{method}' not allowed.")

    def _read(self, caller: Caller, parts: list[str], query: str) -> Any:
        schema = self._org.schema
        if not parts:
            return described_all(schema, caller.version)
        if len(parts) == 2 and parts[1] == "describe":
            return described(schema.view(schema.named(parts[0]), caller.version))
        fields = parse_qs(query).get("fields", [""])[0] if query else ""
        wanted = [name.strip() for name in fields.split(",")] if fields else []
        if len(parts) == 2:
            return self._records.read(caller, parts[0], ("Id", parts[1]), wanted)
        if len(parts) == 3:
            return self._records.read(caller, parts[0], (parts[1], parts[2]), wanted)
        raise not_found()


@lru_cache(512)
def _resource(path: str) -> tuple[str, str]:
    """The resource that a path below the version names, and what follows it."""
    head, _, tail = path[len(DATA) :].partition("/")[2].strip("/").partition("/")
    return head, tail


def _batch_size(call: Call) -> int:
    option = call.headers.get("sforce-query-options", "")
    size = option.partition("batchSize=")[2]
    return min(2000, max(200, int(size))) if size.isdigit() else 0
