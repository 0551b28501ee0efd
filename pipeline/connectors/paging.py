"""Paging: an answer comes in pages of the system's own size, and is never taken for whole before it is.

    path ──> Page(rows, following, total) ──> following ... "" ──> as many rows as the system told of?

A connector reads rows through here only, so what a system cut off cannot pass for all there is.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, NamedTuple

from pipeline.failures import UnreachableError

Row = dict[str, Any]


class Page(NamedTuple):
    """`rows` of one reply, where the `following` page is ("" = this is the last), how many rows in all."""

    rows: list[Row]
    following: str
    total: int


Fetch = Callable[[str], Awaitable[Page]]


async def pages(fetch: Fetch, path: str, first: Page | None = None) -> AsyncGenerator[list[Row], None]:
    """Every page with rows, from `path` on, or after one that is there already.

    Raises UnreachableError where the last page leaves fewer rows than the system told of.
    """
    count = 0
    page = first or await fetch(path)
    while True:
        count += len(page.rows)
        if page.rows:
            yield page.rows
        if not page.following:
            break
        page = await fetch(page.following)
    _check_whole(count, page, path)


async def rows(fetch: Fetch, path: str, first: Page | None = None) -> list[Row]:
    """All rows. Raises as `pages`. Most answers are one page, which needs no generator."""
    page = first or await fetch(path)
    one = only(page, path)
    return [row async for more in pages(fetch, path, page) for row in more] if one is None else one


def only(page: Page, path: str) -> list[Row] | None:
    """The rows of an answer that is one page, as most are; None where others follow. Raises as `pages`."""
    if page.following:
        return None
    _check_whole(len(page.rows), page, path)
    return page.rows


def _check_whole(count: int, last: Page, path: str) -> None:
    if count < last.total:
        raise UnreachableError("unknown", f"{count} of {last.total} rows came: {path}")


class Most:
    """The most records that a system takes in one request: as documented, until it refuses so many.

    No reply tells the figure, so it is halved by refusals for size, never below `least`.
    """

    def __init__(self, documented: int, least: int = 1) -> None:
        self.size = documented
        self._least = least

    def shrink(self, count: int) -> bool:
        """A request of so many was too large; whether a smaller one is left to try."""
        if count <= self._least:
            return False
        self.size = max(self._least, min(self.size, count // 2))
        return True
