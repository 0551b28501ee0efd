"""Workday: Get_Workers by id, by delta windows or in full, page by page, with WS-Security."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from math import inf
from typing import Any
from xml.sax.saxutils import escape

from kernel.time import BusinessTime
from pipeline.client import Client
from pipeline.connectors import paging
from pipeline.connectors import workday_soap as soap
from pipeline.connectors.names import Names
from pipeline.connectors.paging import Page
from pipeline.failures import RefusedError
from pipeline.sessions import Credentials
from wire.call import Reply

_PATH = "/ccx/service/rehearsal/Human_Resources/v45.2"
_XML = {"content-type": "text/xml;charset=UTF-8"}
_KEYS = 100
"""Ids of one request; how many workers a page of the answer holds is the tenant's own figure."""
Window = tuple[float, float] | None


def read(reply: Reply) -> str:
    """Workday answers every fault with 500: only the text tells them apart."""
    if reply.status < 400:
        return ""
    body = reply.body
    if b"authenticationError" in body:
        return "auth"
    if b"Too many requests" in body:
        return "throttled"
    if b"validationError" in body or b"not supported" in body or b"Invalid request" in body:
        return ""
    return "down"


class Workday:
    """The HCM. Workers are dictionaries by element name (Worker_ID, Cost_Rate, ...), with `log`."""

    def __init__(self, client: Client, time: BusinessTime, credentials: Credentials, names: Names) -> None:
        self._client = client
        self._time = time
        self._credentials = credentials
        self.names = names

    def changes(
        self, updated: Window, effective: Window, deadline_s: float = inf
    ) -> AsyncGenerator[list[dict[str, Any]], None]:
        """Pages of workers with changes within the windows (both given: within both). Raises RefusedError."""
        windows = "".join(
            f"<bsvc:{name}_From>{self._time.stamp(window[0])}</bsvc:{name}_From>"
            f"<bsvc:{name}_Through>{self._time.stamp(window[1])}</bsvc:{name}_Through>"
            for name, window in (("Updated", updated), ("Effective", effective))
            if window is not None
        )
        return self._pages(soap.windows(windows), "", deadline_s)

    def everyone(
        self, on: str = "", entered: str = "", deadline_s: float = inf
    ) -> AsyncGenerator[list[dict[str, Any]], None]:
        """Pages of all workers, as of a day (`on`) and of a moment of entry. Raises RefusedError."""
        return self._pages("", soap.as_of(on, entered), deadline_s)

    async def named(
        self, keys: Sequence[str], on: str = "", entered: str = "", deadline_s: float = inf
    ) -> list[dict[str, Any]]:
        """Workers by id, 100 a call, as of a day and of a moment of entry. Raises RefusedError."""
        found: list[dict[str, Any]] = []
        for start in range(0, len(keys), _KEYS):
            wanted = soap.reference(*(escape(key) for key in keys[start : start + _KEYS]))
            async with aclosing(self._pages(wanted, soap.as_of(on, entered), deadline_s)) as pages:
                async for workers in pages:
                    found.extend(workers)
        return found

    async def worker(self, key: str, deadline_s: float = inf) -> dict[str, Any] | None:
        """One worker by id, or None. Raises RefusedError and UnreachableError."""
        try:
            workers = await self.named([key], deadline_s=deadline_s)
        except RefusedError as refused:
            if "not a valid ID value" in refused.detail:
                return None
            raise
        return workers[0] if workers else None

    def _pages(
        self, criteria: str, moments: str, deadline_s: float
    ) -> AsyncGenerator[list[dict[str, Any]], None]:
        return paging.pages(lambda number: self._page(criteria, moments, number, deadline_s), "1")

    async def _page(self, criteria: str, moments: str, number: str, deadline_s: float) -> Page:
        secret = self._credentials.secret("workday")
        envelope = soap.request(escape(secret), criteria, moments, number)
        reply = await self._client.send("POST", _PATH, envelope, _XML, deadline_s)
        if reply.status >= 400:
            detail = soap.fault(reply.body)
            if "version" in detail:
                raise RefusedError("schema", f"workday: {detail}", system="workday")
            raise RefusedError("validation", detail, system="workday")
        workers, last, total = soap.workers(reply.body)
        following = str(int(number) + 1) if int(number) < last else ""
        return Page([self.names.into("Worker", worker) for worker in workers], following, total)
