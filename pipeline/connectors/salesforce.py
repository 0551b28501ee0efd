"""Salesforce, CRM and PSA in one org: queries, upserts, collections, composite, Bulk 2.0, events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from math import inf
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from kernel.time import BusinessTime
from pipeline.client import Client
from pipeline.connectors import paging, quoting
from pipeline.connectors import salesforce_errors as errors
from pipeline.connectors.names import Names
from pipeline.connectors.paging import Most, Page
from pipeline.connectors.salesforce_bulk import csv_rows, locator
from pipeline.failures import RefusedError, SchemaError, TooManyError, UnreachableError
from pipeline.item import Result
from wire.call import Reply

DATA = "/services/data/v67.0/"
EVENTS = "/events/v67.0/"
_JSON = {"content-type": "application/json"}


def read(reply: Reply) -> str:
    """Salesforce's way to say that it did not take the call."""
    status = reply.status
    if status < 400:
        return ""
    if status == 401:
        return "auth"
    if status == 429 or (status in {403, 503} and errors.holds_code(reply, "REQUEST_LIMIT_EXCEEDED")):
        return "throttled"
    if status >= 500:
        return "down"
    return "locked" if errors.holds_code(reply, "UNABLE_TO_LOCK_ROW") else ""


class Told(NamedTuple):
    """What a long poll says of one channel: {replayId, payload} rows, its latest id, or its error."""

    channel: str
    events: Sequence[Mapping[str, Any]]
    latest: int
    error: str


class Salesforce:
    """The org. Keys are values of external id fields; rows are the vendor's dictionaries."""

    def __init__(
        self, client: Client, time: BusinessTime, job_poll_s: float, names: Names, plain: bool = False
    ) -> None:
        self._client = client
        self._time = time
        self._job_poll_s = job_poll_s
        self._plain = plain
        self._collection_rows = Most(200)
        self.subrequests = Most(25, least=2)
        self.names = names

    async def pages(
        self, soql: str, deadline_s: float = inf, bulk_above: float = inf
    ) -> AsyncGenerator[list[dict[str, Any]], None]:
        """Pages of rows; more than `bulk_above` come by a bulk job. Raises RefusedError, UnreachableError."""
        wanted = self.names.query(soql)
        path = f"{DATA}query?q={quoting.query(wanted)}"
        first = await self._page(path, deadline_s)
        if first.total > bulk_above:
            yield self.names.rows(soql, await self.bulk_rows(wanted))
            return
        one = paging.only(first, path)
        if one is not None:  # all but the largest answers: they need no generator
            if one:
                yield self.names.rows(soql, one)
            return
        async with aclosing(self._following(path, first, deadline_s)) as pages:
            async for page in pages:
                yield self.names.rows(soql, page)

    def _following(self, path: str, first: Page, deadline_s: float) -> AsyncGenerator[list[Any], None]:
        """A query's first page and all that follow it."""
        return paging.pages(lambda following: self._page(following, deadline_s), path, first)

    async def _page(self, path: str, deadline_s: float) -> Page:
        reply = await self._client.send("GET", path, deadline_s=deadline_s)
        _raise(reply)
        return _page(reply.json())

    async def rows(self, soql: str, deadline_s: float = inf) -> list[dict[str, Any]]:
        """All rows of a query. Raises as `pages`."""
        found: list[dict[str, Any]] = []
        async for page in self.pages(soql, deadline_s):
            found.extend(page)
        return found

    async def bulk_rows(self, soql: str) -> list[dict[str, Any]]:
        """All rows by a Bulk 2.0 query job: text values, dotted names for parents. Raises as `pages`."""
        body = orjson.dumps({"operation": "query", "query": soql})
        reply = await self._client.send("POST", f"{DATA}jobs/query", body, _JSON)
        _raise(reply)
        job = f"{DATA}jobs/query/{reply.json()['id']}"
        while True:
            await asyncio.sleep(self._job_poll_s)
            state = await self._client.send("GET", job)
            _raise(state)
            if state.json()["state"] == "JobComplete":
                break
            if state.json()["state"] in {"Failed", "Aborted"}:
                failed = str(state.json().get("errorMessage") or "bulk job failed")
                raise RefusedError("validation", failed, system="salesforce")
        return await self._bulk_results(job, int(state.json()["numberRecordsProcessed"]))

    async def _bulk_results(self, job: str, total: int) -> list[dict[str, Any]]:
        async def fetch(path: str) -> Page:
            reply = await self._client.send("GET", path)
            _raise(reply)
            following = locator(reply)
            return Page(csv_rows(reply), f"{job}/results?locator={following}" if following else "", total)

        return await paging.rows(fetch, f"{job}/results")

    async def upsert(
        self, object_: str, field: str, key: str, values: Mapping[str, Any], deadline_s: float = inf
    ) -> None:
        """Upsert one record by external id. Raises as `pages`; where there is no such field, SchemaError."""
        body = orjson.dumps(self.names.out(object_, values))
        path = f"{DATA}sobjects/{object_}/{self.names.field(object_, field)}/{_quoted(key)}"
        reply = await self._client.send("PATCH", path, body, _JSON, deadline_s)
        if reply.status == 404:
            raise SchemaError("salesforce", object_, field)
        _raise(reply)

    async def update(
        self, object_: str, record: str, values: Mapping[str, Any], deadline_s: float = inf
    ) -> None:
        """Update one record by its id. Raises as `pages`."""
        body = orjson.dumps(self.names.out(object_, values))
        _raise(
            await self._client.send("PATCH", f"{DATA}sobjects/{object_}/{record}", body, _JSON, deadline_s)
        )

    async def create(self, object_: str, values: Mapping[str, Any], deadline_s: float = inf) -> str:
        """Create one record; its id. Raises as `pages`."""
        body = orjson.dumps(self.names.out(object_, values))
        reply = await self._client.send("POST", f"{DATA}sobjects/{object_}", body, _JSON, deadline_s)
        _raise(reply)
        return str(reply.json()["id"])

    async def upsert_many(
        self, object_: str, field: str, rows: Sequence[Mapping[str, Any]], deadline_s: float = inf
    ) -> list[Result]:
        """Upsert by collections; one result per row, in order; a lost collection is transient.

        A row with a value whose field is gone is refused before it is sent, and keeps no other back.
        """
        lost = [self.names.lost(object_, row) for row in rows]
        sent = [row for row, refused in zip(rows, lost, strict=True) if refused is None]
        results = iter(await self._collections(object_, field, sent, deadline_s))
        return [
            next(results) if refused is None else _failed(str(row[field]), refused)
            for row, refused in zip(rows, lost, strict=True)
        ]

    async def _collections(
        self, object_: str, field: str, rows: Sequence[Mapping[str, Any]], deadline_s: float
    ) -> list[Result]:
        results: list[Result] = []
        while len(results) < len(rows):
            part = rows[len(results) : len(results) + self._collection_rows.size]
            try:
                results.extend(await self._collection(object_, field, part, deadline_s))
            except (UnreachableError, RefusedError) as failed:
                if isinstance(failed, TooManyError) and self._collection_rows.shrink(len(part)):
                    continue
                results.extend(_failed(str(row[field]), failed) for row in part)
        return results

    async def _collection(
        self, object_: str, field: str, rows: Sequence[Mapping[str, Any]], deadline_s: float
    ) -> list[Result]:
        names = self.names
        records = [{"attributes": {"type": object_}, **names.out(object_, row)} for row in rows]
        body = orjson.dumps({"allOrNone": False, "records": records})
        path = f"{DATA}composite/sobjects/{object_}/{names.field(object_, field)}"
        reply = await self._client.send("PATCH", path, body, _JSON, deadline_s)
        _raise(reply)
        return [_result(str(row[field]), told) for row, told in zip(rows, reply.json(), strict=True)]

    async def together(self, subrequests: Sequence[Mapping[str, Any]], deadline_s: float = inf) -> None:
        """Writes, all or none. Raises RefusedError; TooManyError where fewer `subrequests` may pass."""
        try:
            await self._composite([self._sub(sub) for sub in subrequests], deadline_s)
        except TooManyError as refused:
            if self.subrequests.shrink(len(subrequests)):
                raise
            raise RefusedError(refused.cause, refused.detail, system=refused.system) from None

    async def _composite(
        self, subrequests: Sequence[Mapping[str, Any]], deadline_s: float
    ) -> list[Mapping[str, Any]]:
        """The body of each answer. Raises RefusedError where one failed."""
        body = orjson.dumps({"allOrNone": True, "compositeRequest": subrequests})
        reply = await self._client.send("POST", f"{DATA}composite", body, _JSON, deadline_s)
        _raise(reply)
        answers = reply.json()["compositeResponse"]
        _raise_first(answers)
        return [answer["body"] for answer in answers]

    def _sub(self, subrequest: Mapping[str, Any]) -> Mapping[str, Any]:
        if "body" not in subrequest or "/sobjects/" not in subrequest["url"]:
            return subrequest
        root, _, way = subrequest["url"].partition("/sobjects/")
        object_, field, *rest = way.split("/")
        url = "/".join((f"{root}/sobjects", object_, self.names.field(object_, field), *rest))
        return {**subrequest, "url": url, "body": self.names.out(object_, subrequest["body"])}

    async def queries(self, soqls: Sequence[str], deadline_s: float = inf) -> list[list[dict[str, Any]]]:
        """All rows of a few small queries, their first pages in one composite. Raises as `pages`."""
        paths = [f"{DATA}query?q={quoting.query(self.names.query(soql))}" for soql in soqls]
        subrequests = [
            {"method": "GET", "url": path, "referenceId": f"q{place}"} for place, path in enumerate(paths)
        ]
        try:
            bodies = await self._composite(subrequests, deadline_s)
        except TooManyError:
            return [await self.rows(soql, deadline_s) for soql in soqls]
        found: list[list[dict[str, Any]]] = []
        for soql, path, body in zip(soqls, paths, bodies, strict=True):
            first = _page(body)
            one = paging.only(first, path)
            if one is not None:
                found.append(self.names.rows(soql, one))
                continue
            async with aclosing(self._following(path, first, deadline_s)) as pages:
                found.append([row async for page in pages for row in self.names.rows(soql, page)])
        return found

    async def events(self, poll: str, wait_s: float) -> list[Told]:
        """One long poll for all its channels (as `poll` writes it); those with news. Raises as `pages`."""
        reply = await self._client.send("GET", poll, timeout_s=wait_s + 20.0)
        _raise(reply)
        return [
            Told(said["channel"], self._known(said), said.get("latest", 0), said.get("error", ""))
            for said in reply.json()["channels"]
        ]

    def _known(self, said: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Events under the names that the pipeline knows, in payloads and in their headers' lists."""
        events: Sequence[dict[str, Any]] = said.get("events", ())
        if self.names.applied:
            for event in events:
                header = event["payload"]["ChangeEventHeader"]
                object_ = header["entityName"]
                header["changedFields"] = self.names.known(object_, header["changedFields"])
                event["payload"] = self.names.into(object_, event["payload"])
        return events

    def call_out(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a hook sent, its record and fields under the names that the pipeline knows."""
        if not self.names.applied:
            return body
        object_, parts = str(body.get("object")), [part for part in ("record", "fields") if body.get(part)]
        return {**body, **{part: self.names.into(object_, body[part]) for part in parts}}

    def stamp(self, at_s: float) -> str:
        """An instant as a SOQL literal."""
        return self._time.stamp(at_s)


def _page(body: Mapping[str, Any]) -> Page:
    """A page of a query; `done` false without a way on leaves fewer rows than `totalSize`, and is refused."""
    return Page(body["records"], body.get("nextRecordsUrl") or "", body["totalSize"])


def poll(positions: Mapping[str, int], most: int, wait_s: float) -> str:
    """What a long poll asks for: channel to replay id, the most events of each, and how long to wait."""
    replays = ",".join(map(str, positions.values()))
    return f"{EVENTS}?channels={','.join(positions)}&replay={replays}&max={most}&wait_s={wait_s:g}"


def text(value: object) -> str:
    """A SOQL text literal."""
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


soql_text = text


def _quoted(key: str) -> str:
    return key if key.replace("-", "").isalnum() else quote(key, safe="")


def _raise(reply: Reply) -> None:
    if reply.status >= 400:
        raise errors.refusal(reply)


def _raise_first(answers: Sequence[Mapping[str, Any]]) -> None:
    """Raise for the subrequest that failed, not for those that were halted with it."""
    failed = [errors.first(answer["body"]) for answer in answers if answer["httpStatusCode"] >= 400]
    if not failed:
        return
    code, message = next((pair for pair in failed if pair[0] != "PROCESSING_HALTED"), failed[0])
    if code in errors.TRANSIENT:
        raise UnreachableError("timeout", f"salesforce: {code} {message}")
    raise RefusedError(errors.cause(code), message, system="salesforce")


def _failed(key: str, failed: UnreachableError | RefusedError) -> Result:
    transient = isinstance(failed, UnreachableError)
    return Result(key, False, "", failed.cause, failed.detail, transient, "salesforce")


def _result(key: str, told: Mapping[str, Any]) -> Result:
    if told.get("success"):
        return Result(key, True, str(told.get("id") or ""))
    code, message = errors.first(told.get("errors"))
    return Result(key, False, "", errors.cause(code), message, code in errors.TRANSIENT, "salesforce")
