"""The HTTP transport: the same contract as in process, over aiohttp.

`timeout_s` is in the loop's own seconds. On a paced loop these pass `speed` times as fast as on the wall, so
what the library times for itself (idle connections) is multiplied by the speed to keep its real length.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

import aiohttp
from yarl import URL

from wire.call import Call, Reply

KEEP_ALIVE_S = 15.0
"""Real seconds for which an idle connection is kept (the library's default)."""


class Http:
    """A Transport to a server; an async context manager that owns its connections."""

    def __init__(self, base_url: str, speed: float = 1.0) -> None:
        self._base = base_url.rstrip("/")
        self._speed = speed
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Http:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def send(self, call: Call, timeout_s: float) -> Reply:
        """Deliver and await the reply. Raises TimeoutError, ConnectionError."""
        session = self._session or self._open()
        url = URL(self._base + call.path, encoded=True)
        try:
            async with (
                asyncio.timeout(timeout_s),
                session.request(
                    call.method, url, headers=call.headers, data=call.body or None, allow_redirects=False
                ) as answer,
            ):
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(answer.status, headers, await answer.read())
        except aiohttp.ClientError as error:
            raise ConnectionError(f"the connection was lost: {call.method} {call.path}") from error

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        self._session = session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S * self._speed),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("content-type", "user-agent"),
        )
        # The library repeats GET, PUT and DELETE by itself where a kept connection breaks: that would hide a
        # lost reply and send a call that nobody counted. Its own test client switches it off in this way.
        session._retry_connection = False
        return session
