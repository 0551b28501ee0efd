"""Source records of the PSA: a header with its lines in one call, or many headers page by page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from math import inf
from typing import Any, NamedTuple

from pipeline.connectors.salesforce import Salesforce, soql_text
from pipeline.translation.time import parent

Record = dict[str, Any]
_CHUNK = 200
LINES = "lines"


class Shape(NamedTuple):
    """An object with its key and fields, and the child object whose lookup is `relation`.

    `compared` are the fields that a sweep asks for: those that tell whether the target differs, or all of
    them, where a sweep of few records may as well find out which the vendor renamed.
    """

    object: str
    key: str
    fields: str
    compared: str
    child: str
    child_fields: str
    relation: str


class SourceRecords:
    """Reads one shape; a header carries its children under `lines`."""

    def __init__(self, salesforce: Salesforce, shape: Shape) -> None:
        self._salesforce = salesforce
        self._shape = shape
        self._headers = f"SELECT {shape.fields} FROM {shape.object} WHERE"
        self._lines = f"SELECT {shape.child_fields} FROM {shape.child} WHERE {shape.relation}.{shape.key}"

    async def one(self, key: str, deadline_s: float = inf) -> Record | None:
        """A header and its lines by one composite call; None where there is no such header."""
        wanted = f"= {soql_text(key)}"
        header, lines = f"{self._headers} {self._shape.key} {wanted}", f"{self._lines} {wanted}"
        headers, found = await self._salesforce.queries([header, lines], deadline_s)
        return {**headers[0], LINES: found} if headers else None

    async def where(self, condition: str) -> AsyncGenerator[list[Record], None]:
        """Pages of headers that fit, each with its lines (fetched for 200 headers a query)."""
        async with aclosing(self._salesforce.pages(f"{self._headers} {condition}")) as pages:
            async for page in pages:
                for start in range(0, len(page), _CHUNK):
                    await self._attach(page[start : start + _CHUNK])
                yield page

    def compared(self, condition: str) -> AsyncGenerator[list[Record], None]:
        """Pages of headers that fit, with no more than a sweep compares, and without lines."""
        shape = self._shape
        return self._salesforce.pages(f"SELECT {shape.compared} FROM {shape.object} WHERE {condition}")

    async def _attach(self, headers: list[Record]) -> None:
        shape = self._shape
        by_key: Mapping[str, Record] = {header[shape.key]: header for header in headers}
        for header in headers:
            header[LINES] = []
        keys = ", ".join(soql_text(key) for key in by_key)
        async with aclosing(self._salesforce.pages(f"{self._lines} IN ({keys})")) as pages:
            async for page in pages:
                for line in page:
                    by_key[parent(line, shape.relation, shape.key)][LINES].append(line)
