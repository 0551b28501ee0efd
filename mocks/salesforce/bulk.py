"""Bulk API 2.0: query jobs, and ingest jobs of CSV, each worked off after a while and read back in CSV pages.

POST jobs/query {operation, query} -> job; GET .../results?locator=&maxRecords= -> CSV, Sforce-Locator
`null` at the end
POST jobs/ingest {object, operation, externalIdFieldName} -> PUT .../batches -> PATCH UploadComplete ->
results
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from mocks.salesforce.columns import API
from mocks.salesforce.errors import RefusedError, not_found
from mocks.salesforce.records import Caller, Records
from mocks.salesforce.soql import Soql
from mocks.tasks import Tasks
from wire.call import Call, Reply, json_reply

_CSV = {"content-type": "text/csv"}
_OPERATIONS = frozenset({"insert", "update", "upsert"})


@dataclass(slots=True)
class Job:
    """One job; `rows` are a query's result, or what an ingest job was given."""

    id: str
    kind: str
    asked: Mapping[str, Any]
    caller: Caller
    state: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    done: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    error: str = ""


class Bulk:
    """All jobs. `seconds` says how long a job of so many rows takes."""

    def __init__(
        self, records: Records, soql: Soql, tasks: Tasks, seconds: Callable[[str, int], float], page: int
    ) -> None:
        self._records = records
        self._soql = soql
        self._tasks = tasks
        self._seconds = seconds
        self._page = page
        self._jobs: dict[str, Job] = {}

    def handle(self, call: Call, tail: str, query: str, caller: Caller) -> Reply:
        """Answer a call below jobs/. Raises RefusedError."""
        kind, _, rest = tail.partition("/")
        if kind not in {"query", "ingest"}:
            raise not_found()
        if not rest:
            return self._post(kind, call.json() or {}, caller)
        name, _, what = rest.partition("/")
        job = self._jobs.get(name)
        if job is None or job.kind != kind:
            raise not_found()
        if what:
            return self._part(job, what.lower(), call, query)
        if call.method == "PATCH":
            self._advance(job, str((call.json() or {}).get("state")))
        elif call.method == "DELETE":
            del self._jobs[name]
            return Reply(204)
        return json_reply(200, _told(job))

    def _post(self, kind: str, asked: Mapping[str, Any], caller: Caller) -> Reply:
        operation = asked.get("operation")
        if kind == "query" and not (operation in {"query", "queryAll"} and asked.get("query")):
            raise RefusedError("INVALIDJOB", "operation and query are needed")
        if kind == "ingest" and not (operation in _OPERATIONS and asked.get("object")):
            raise RefusedError("INVALIDJOB", f"operation must be one of {', '.join(sorted(_OPERATIONS))}")
        name = f"750000{len(self._jobs) + 1:09d}AAA"
        job = self._jobs[name] = Job(
            name, kind, asked, caller, "UploadComplete" if kind == "query" else "Open"
        )
        if kind == "query":
            self._run_query(job)
        return json_reply(200, _told(job))

    def _run_query(self, job: Job) -> None:
        """The result is that of the job's end, but its size decides how long it takes."""
        text, version = str(job.asked["query"]), job.caller.version
        _, records = self._soql.found(text, job.caller.now_s, version)
        seconds = self._seconds(job.id, len(records))

        def finish() -> None:
            plan, found = self._soql.found(text, job.caller.now_s + seconds, version)
            job.rows = [_flat(plan.render(record)) for record in found]
            job.state = "JobComplete"

        job.state = "InProgress"
        self._tasks.later(seconds, finish)

    def _advance(self, job: Job, state: str) -> None:
        if state == "Aborted":
            job.state = state
        elif state == "UploadComplete" and job.kind == "ingest" and job.state == "Open":
            job.state = "InProgress"
            seconds = self._seconds(job.id, len(job.rows))
            self._tasks.later(seconds, lambda: self._ingest(job, seconds))
        else:
            raise RefusedError("INVALIDJOBSTATE", f"the job cannot become {state}")

    def _ingest(self, job: Job, seconds: float) -> None:
        if job.state != "InProgress":
            return
        asked = job.asked
        caller = job.caller._replace(now_s=job.caller.now_s + seconds)
        work = self._records.begin(caller)
        for row in job.rows:
            mark = len(work.changes)
            try:
                record_id, created = self._write(work, caller, asked, dict(row))
                job.done.append({"sf__Id": record_id, "sf__Created": str(created).lower(), **row})
            except RefusedError as error:
                work.rollback(mark)
                told = f"{error.code}:{error.message}:{','.join(error.fields)}--"
                job.failed.append({"sf__Id": "", "sf__Error": told, **row})
        work.commit()
        job.state = "JobComplete"

    def _write(
        self, work: Any, caller: Caller, asked: Mapping[str, Any], row: dict[str, Any]
    ) -> tuple[str, bool]:
        values = {name: _typed(value) for name, value in row.items() if value != ""}
        if asked["operation"] == "insert":
            return self._records.create(work, caller, asked["object"], values)["Id"], True
        if asked["operation"] == "update":
            record_id = str(values.pop("Id", ""))
            return self._records.update(work, caller, asked["object"], record_id, values)["Id"], False
        name = str(asked.get("externalIdFieldName") or "")
        key = str(values.pop(name, "") or "")
        record, created = self._records.upsert(work, caller, asked["object"], name, key, values)
        return record["Id"], created

    def _part(self, job: Job, what: str, call: Call, query: str) -> Reply:
        if call.method == "PUT" and what == "batches" and job.state == "Open":
            job.rows = list(csv.DictReader(io.StringIO(call.body.decode())))
            return Reply(201)
        if what == "results" and job.state == "JobComplete":
            return self._results(job, query)
        if what == "successfulresults":
            return Reply(200, _CSV, _csv(job.done))
        if what == "failedresults":
            return Reply(200, _CSV, _csv(job.failed))
        if what == "unprocessedrecords":
            return Reply(200, _CSV, _csv([] if job.state == "JobComplete" else job.rows))
        raise not_found()

    def _results(self, job: Job, query: str) -> Reply:
        given = parse_qs(query)
        start = int(given.get("locator", ["0"])[0])
        size = min(self._page, int(given.get("maxRecords", [self._page])[0]))
        rows = job.rows[start : start + size]
        more = start + size < len(job.rows)
        headers = {
            **_CSV,
            "sforce-numberofrecords": str(len(rows)),
            "sforce-locator": str(start + size) if more else "null",
        }
        return Reply(200, headers, _csv(rows))


def _told(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "operation": job.asked["operation"],
        "object": job.asked.get("object", ""),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": job.caller.version,
        "contentUrl": f"{API[1:]}/jobs/ingest/{job.id}/batches",
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
        "numberRecordsProcessed": len(job.rows) if job.state == "JobComplete" else 0,
        "numberRecordsFailed": len(job.failed),
        "errorMessage": job.error,
    }


def _flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Parents' fields under dotted names, as the vendor's CSV has them."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if name == "attributes":
            continue
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{name}."))
        else:
            flat[prefix + name] = value
    return flat


def _csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_text(row.get(name)) for name in names] for row in rows)
    return out.getvalue().encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(text: str) -> Any:
    if text == "#N/A":
        return None
    return {"true": True, "false": False}.get(text, text)
