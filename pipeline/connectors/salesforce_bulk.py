"""Bulk 2.0 results as rows: CSV pages, followed by the vendor's locator."""

from __future__ import annotations

import csv
import io

from pipeline.failures import UnreachableError
from wire.call import Reply


def csv_rows(reply: Reply) -> list[dict[str, str]]:
    """The rows of one page of results. Raises UnreachableError where the file was cut off."""
    names, *lines = [line for line in csv.reader(io.StringIO(reply.body.decode())) if line] or [[]]
    told = int(reply.headers.get("sforce-numberofrecords", len(lines)))
    if len(lines) != told or any(len(line) != len(names) for line in lines):
        raise UnreachableError("unknown", f"{len(lines)} of {told} rows of a bulk result came whole")
    return [dict(zip(names, line, strict=True)) for line in lines]


def locator(reply: Reply) -> str:
    """Where the next page begins; empty at the end."""
    text = reply.headers.get("sforce-locator", "")
    return "" if text == "null" else text
