"""Sessions: one per system; a token is fetched when needed, renewed before its end and once after a 401."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from math import inf
from typing import Protocol

from pipeline.failures import UnreachableError
from wire.call import NO_HEADERS, Call, Reply, Transport

_FORM = {"content-type": "application/x-www-form-urlencoded"}
_EARLY_S = 60.0


class Credentials:
    """The secrets an operator gave, by system."""

    def __init__(self, secret: str = "secret") -> None:
        self._first = secret
        self._secrets: dict[str, str] = {}

    def secret(self, system: str) -> str:
        """The current secret."""
        return self._secrets.get(system, self._first)

    def change(self, system: str, secret: str) -> None:
        """An operator renewed it."""
        self._secrets[system] = secret


class Session(Protocol):
    """What adds the caller's identity to a call."""

    def current(self, now_s: float) -> Mapping[str, str] | None:
        """Headers of an authenticated call where that costs nothing."""
        ...

    async def headers(self, deadline_s: float = inf) -> Mapping[str, str]:
        """Headers of an authenticated call; may cost a token call. Raises UnreachableError, TimeoutError."""
        ...

    def refused(self) -> None:
        """The system did not take the identity: fetch a new one next time."""
        ...


class KeySession:
    """For systems without tokens: the secret itself goes along, or (`header` false) stands in the body."""

    def __init__(self, system: str, credentials: Credentials, header: bool) -> None:
        self._system = system
        self._credentials = credentials
        self._header = header

    def current(self, now_s: float) -> Mapping[str, str] | None:
        """The current key."""
        if not self._header:
            return NO_HEADERS
        return {"authorization": f"Bearer {self._credentials.secret(self._system)}"}

    async def headers(self, deadline_s: float = inf) -> Mapping[str, str]:
        """The current key."""
        return self.current(0.0) or NO_HEADERS

    def refused(self) -> None:
        """Nothing to renew: an operator changes the key."""


class TokenSession:
    """A bearer token of the client-credentials flow; several callers share one fetch."""

    def __init__(
        self,
        system: str,
        transport: Transport,
        credentials: Credentials,
        path: str,
        body: str,
        timeout_s: float,
    ) -> None:
        self._system = system
        self._transport = transport
        self._credentials = credentials
        self._path = path
        self._body = body
        self._timeout_s = timeout_s
        self._headers: Mapping[str, str] | None = None
        self._until_s = -inf
        self._fetching = asyncio.Lock()
        self.fetched = 0

    def current(self, now_s: float) -> Mapping[str, str] | None:
        """The token's header while it lives."""
        return self._headers if now_s < self._until_s else None

    async def headers(self, deadline_s: float = inf) -> Mapping[str, str]:
        """The token's header; fetched where there is none that lives, for no longer than the caller waits."""
        now_s = asyncio.get_running_loop().time()
        if self._headers is not None and now_s < self._until_s:
            return self._headers
        async with asyncio.timeout_at(None if deadline_s == inf else deadline_s), self._fetching:
            if self._headers is None or asyncio.get_running_loop().time() >= self._until_s:
                await self._fetch()
        if self._headers is None:
            raise UnreachableError("auth", f"{self._system} gave no token")
        return self._headers

    def refused(self) -> None:
        """Forget the token."""
        self._headers = None

    async def _fetch(self) -> None:
        body = self._body.format(secret=self._credentials.secret(self._system)).encode()
        try:
            reply = await self._transport.send(Call("POST", self._path, _FORM, body), self._timeout_s)
        except (TimeoutError, ConnectionError) as lost:
            raise UnreachableError("timeout", f"{self._system} token: {lost or 'no answer'}") from None
        self.fetched += 1
        if not reply.ok:
            cause = "auth" if reply.status in {400, 401, 403} else "timeout"
            raise UnreachableError(cause, f"{self._system} refused a token: HTTP {reply.status}")
        self._keep(reply)

    def _keep(self, reply: Reply) -> None:
        told = reply.json()
        life_s = float(told.get("expires_in") or inf)
        self._headers = {"authorization": f"Bearer {told['access_token']}"}
        self._until_s = asyncio.get_running_loop().time() + life_s - min(_EARLY_S, life_s / 10)
