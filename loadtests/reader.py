"""Reads the books of a running system without holding it up: a forked copy of the process does the work.

GET /live/books?at_s=…      what /control/books answers, computed in a child that ends with it
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from urllib.parse import parse_qs

from measurements.books_json import plain
from measurements.facts import Books
from wire.call import Reply, json_bytes, json_reply

_BLOCK = 1 << 16


class Reader:
    """Forks a reader a question; the fork itself is all that the running process pays."""

    def __init__(self, books: Callable[[float], Books]) -> None:
        self._books = books

    async def answer(self, query: str) -> Reply:
        """The books at `at_s`, or now. Raises ValueError for no number."""
        loop = asyncio.get_running_loop()
        asked = parse_qs(query).get("at_s")
        at_s = float(asked[-1]) if asked else loop.time()
        readable, writable = os.pipe()
        child = os.fork()
        if child == 0:
            _tell(writable, self._books, at_s)
        os.close(writable)
        told = await _all_of(loop, readable)
        _, status = os.waitpid(child, 0)  # noqa: ASYNC222 (it has closed its pipe, so it is ending)
        if status:
            return json_reply(500, {"error": "the reader of the books failed; see the log"})
        return Reply(200, {}, told)


def _tell(writable: int, books: Callable[[float], Books], at_s: float) -> None:
    """In the child: write, and end without touching anything that is shared with the parent."""
    status = 1
    try:
        with os.fdopen(writable, "wb") as pipe:
            pipe.write(json_bytes({"at_s": at_s, "books": plain(books(at_s))}))
        status = 0
    finally:
        os._exit(status)


async def _all_of(loop: asyncio.AbstractEventLoop, readable: int) -> bytes:
    """What comes through the pipe, to its end."""
    parts: list[bytes] = []
    ended = loop.create_future()

    def read() -> None:
        part = os.read(readable, _BLOCK)
        if part:
            parts.append(part)
        elif not ended.done():
            ended.set_result(None)

    loop.add_reader(readable, read)
    try:
        await ended
    finally:
        loop.remove_reader(readable)
        os.close(readable)
    return b"".join(parts)
