"""Bulk 2.0 results as rows: CSV pages, followed by the vendor's locator."""

from __future__ import annotations

import csv
import io

from wire.call import Reply


def csv_rows(reply: Reply) -> list[dict[str, str]]:
    """The rows of one page of results."""
    lines = csv.reader(io.StringIO(reply.body.decode()))
    names = next(lines, [])
    return [dict(zip(names, line, strict=True)) for line in lines if line]


def locator(reply: Reply) -> str:
    """Where the next page begins; empty at the end."""
    text = reply.headers.get("sforce-locator", "")
    return "" if text == "null" else text
