"""NetSuite: upserts by external id, async batches with status polls, SuiteQL page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import orjson

from pipeline.client import Client
from pipeline.connectors import paging, quoting
from pipeline.connectors.names import Names
from pipeline.connectors.netsuite_errors import refusal
from pipeline.connectors.paging import Most, Page
from pipeline.connectors.query import dialect
from pipeline.failures import RefusedError, TooManyError, UnreachableError
from pipeline.item import Result
from wire.call import Reply

_RECORDS = "/services/rest/record/v1/"
_QUERY = "/services/rest/query/v1/suiteql"
_STRICT = {"x-netsuite-propertynamevalidation": "error"}
"""Fields that the account does not know are refused: else a renamed one would be dropped in silence."""
_PLAIN = {"content-type": "application/json"}
_JSON = {**_PLAIN, **_STRICT}
_TRANSIENT = {"content-type": "application/json", "prefer": "transient"}
_COLLECTION = "application/vnd.oracle.resource+json; type=collection"
_MOST_ROWS = 100_000
"""Where a query's rows end, whatever fits (section_156414087576)."""
_POLL_MOST_S = 60.0
_UNIONS = {"transaction": ("expenseReport", "vendorBill")}
"""Of all transactions those that are asked for there: a field goes by its old name while one type has it."""
SUITEQL = dialect(r"'(?:[^']|'')*'", unions=_UNIONS, folds=True)
_Job = str | UnreachableError | RefusedError
"""The address of a job, or why there is none."""


def read(reply: Reply) -> str:
    """NetSuite's way to say that it did not take the call."""
    if reply.status < 400:
        return ""
    if reply.status == 401:
        return "auth"
    if reply.status == 429:
        return "throttled"
    return "down" if reply.status >= 500 else ""


class NetSuite:
    """The ERP. `plain` creates with POST and without external ids, as point-to-point scripts do."""

    def __init__(self, client: Client, job_poll_s: float, names: Names, plain: bool = False) -> None:
        self._client = client
        self._job_poll_s = job_poll_s
        self._plain = plain
        self._jobs = 0
        self._batch = Most(100)
        self.names = names

    async def put(self, kind: str, external_id: str, body: Mapping[str, Any], deadline_s: float = inf) -> str:
        """Upsert by external id; the internal id. Raises RefusedError and UnreachableError."""
        body = self.names.out(kind, body)
        if self._plain:
            named = orjson.dumps(by_name(body))
            reply = await self._client.send("POST", _RECORDS + kind, named, _PLAIN, deadline_s)
        else:
            path = f"{_RECORDS}{kind}/eid:{quoting.external_id(external_id)}"
            reply = await self._client.send("PUT", path, orjson.dumps(body), _JSON, deadline_s)
        return _written(reply)

    async def patch(self, kind: str, identity: str, body: Mapping[str, Any], deadline_s: float = inf) -> str:
        """Merge into the record named by internal id or `eid:<external id>`. Raises as `put`."""
        if self._plain and identity.startswith("eid:"):
            identity = await self.find(kind, identity[4:], deadline_s) or identity
        path = f"{_RECORDS}{kind}/{_identity(identity)}"
        body = self.names.out(kind, body)
        return _written(await self._client.send("PATCH", path, orjson.dumps(body), _JSON, deadline_s))

    async def find(self, kind: str, name: str, deadline_s: float = inf) -> str:
        """The internal id of a customer, job, employee or vendor by its name; "" where none has it."""
        query = f"SELECT id FROM {kind} WHERE entityid = {literal(name)}"
        rows = await self.suiteql(query, deadline_s)
        return str(rows[0]["id"]) if rows else ""

    async def get(self, kind: str, identity: str, deadline_s: float = inf) -> dict[str, Any] | None:
        """The record, or None. Raises as `put`."""
        reply = await self._client.send(
            "GET", f"{_RECORDS}{kind}/{_identity(identity)}", deadline_s=deadline_s
        )
        if reply.status == 404:
            return None
        _raise(reply)
        return self.names.into(kind, reply.json())

    async def suiteql(self, query: str, deadline_s: float = inf) -> list[dict[str, Any]]:
        """All rows of a query, page by page; every value is text, absent where null. Raises as `put`."""
        body = orjson.dumps({"q": self.names.query(query)})

        async def fetch(path: str) -> Page:
            page = _page(await self._client.send("POST", path, body, _TRANSIENT, deadline_s))
            if page.total >= _MOST_ROWS:
                detail = f"NetSuite answers no more than {_MOST_ROWS} rows: {query}"
                raise RefusedError("unknown", detail, system="netsuite")
            return page

        return self.names.rows(query, await paging.rows(fetch, _QUERY))

    async def batch(
        self, kind: str, rows: Sequence[Mapping[str, Any]], deadline_s: float = inf
    ) -> list[Result]:
        """Upsert many (rows hold externalId) by async jobs; one result per row, in order.

        Rows of a job that could not be submitted or followed come back as transient failures; a row with a
        value whose field is gone is refused before it is sent, and keeps no other back.
        """
        lost = [self.names.lost(kind, row) for row in rows]
        sent = [row for row, refused in zip(rows, lost, strict=True) if refused is None]
        results = iter(await self._by_jobs(kind, sent, deadline_s))
        return [
            next(results) if refused is None else _failed(row, refused)
            for row, refused in zip(rows, lost, strict=True)
        ]

    async def _by_jobs(self, kind: str, rows: Sequence[Mapping[str, Any]], deadline_s: float) -> list[Result]:
        jobs: list[tuple[Sequence[Mapping[str, Any]], _Job]] = []
        left = rows
        while left:
            part = left[: self._batch.size]
            job = await self._submit(kind, part, deadline_s)
            if isinstance(job, TooManyError) and self._batch.shrink(len(part)):
                continue
            jobs.append((part, job))
            left = left[len(part) :]
        results: list[Result] = []
        for part, job in jobs:
            results.extend(await self._results(part, job, deadline_s))
        return results

    async def _submit(self, kind: str, rows: Sequence[Mapping[str, Any]], deadline_s: float) -> _Job:
        """The job's address; a lost reply is answered by the idempotency key with the first job's."""
        self._jobs += 1
        headers = {
            "prefer": "respond-async",
            "content-type": _COLLECTION,
            **({} if self._plain else _STRICT),
            "x-netsuite-idempotency-key": f"{kind}:{rows[0].get('externalId', '')}:{self._jobs}",
        }
        items = [self.names.out(kind, row) for row in rows]
        body = orjson.dumps({"items": [by_name(item) for item in items] if self._plain else items})
        try:
            method = "POST" if self._plain else "PUT"
            reply = await self._client.send(method, _RECORDS + kind, body, headers, deadline_s)
            if "location" not in reply.headers:
                _raise(reply)
            return _path(reply.headers["location"])
        except (UnreachableError, RefusedError) as failed:
            return failed

    async def _results(
        self,
        rows: Sequence[Mapping[str, Any]],
        job: _Job,
        deadline_s: float,
    ) -> list[Result]:
        if not isinstance(job, str):
            return [_failed(row, job) for row in rows]
        try:
            await self._finished(job, deadline_s)
            tasks = await self._tasks(job, deadline_s)
            if len(tasks) != len(rows):
                raise UnreachableError("unknown", f"NetSuite: {len(tasks)} of {len(rows)} tasks of {job}")
            return [
                await self._task(row, task, job, deadline_s) for row, task in zip(rows, tasks, strict=True)
            ]
        except (UnreachableError, RefusedError) as failed:
            return [_failed(row, failed) for row in rows]

    async def _finished(self, job: str, deadline_s: float) -> None:
        wait_s = self._job_poll_s
        while True:
            await asyncio.sleep(wait_s)
            reply = await self._client.send("GET", job, deadline_s=deadline_s)
            _raise(reply)
            if reply.json()["completed"]:
                return
            wait_s = min(wait_s * 2.0, _POLL_MOST_S)

    async def _tasks(self, job: str, deadline_s: float) -> list[dict[str, Any]]:
        async def fetch(path: str) -> Page:
            return _page(await self._client.send("GET", path, deadline_s=deadline_s))

        return await paging.rows(fetch, f"{job}/task")

    async def _task(
        self, row: Mapping[str, Any], task: Mapping[str, Any], job: str, deadline_s: float
    ) -> Result:
        """A task that failed tells why only in its own result."""
        if task["progress"] == "succeeded":
            return Result(_key(row), True)
        try:
            _raise(await self._client.send("GET", f"{job}/task/{task['id']}/result", deadline_s=deadline_s))
        except (RefusedError, UnreachableError) as failed:
            return _failed(row, failed)
        return Result(_key(row), True)


def _page(reply: Reply) -> Page:
    """A page of the vendor's envelope; the next one is where its link says, in the size that it chose."""
    _raise(reply)
    told = reply.json()
    following = [link["href"] for link in told["links"] if link["rel"] == "next"]
    return Page(told["items"], _path(following[0]) if following else "", told["totalResults"])


def _path(address: str) -> str:
    """An address below the account's host."""
    return address[address.index("/services/") :]


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("externalId") or row.get("custbody_source_key") or "")


def _failed(row: Mapping[str, Any], failed: UnreachableError | RefusedError) -> Result:
    transient = isinstance(failed, UnreachableError)
    return Result(_key(row), False, "", failed.cause, failed.detail, transient, "netsuite")


def _written(reply: Reply) -> str:
    if reply.status >= 400:
        raise refusal(reply)
    return reply.headers.get("location", "").rpartition("/")[2]


def _raise(reply: Reply) -> None:
    if reply.status >= 400:
        raise refusal(reply)


def by_name(value: Any) -> Any:
    """A body without external ids: records are created without one, and referred to by their names."""
    if isinstance(value, list):
        return [by_name(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"externalId"}:
        return {"refName": value["externalId"]}
    return {name: by_name(one) for name, one in value.items() if name != "externalId"}


def _identity(identity: str) -> str:
    return f"eid:{quoting.external_id(identity[4:])}" if identity.startswith("eid:") else identity


def literal(value: object) -> str:
    """A SuiteQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"
