"""The HTTP edge of one system: a thin ASGI application around its endpoints.

    /desk/...    -> desk       what its users do
    /control/... -> control    faults, limits, journal
    /docs, /openapi.json       the FastAPI page that lists every route
    everything else -> api     what integrations call

A reply of status 0 (connection lost) or -1 (no answer ever) has no HTTP form: the edge then closes the
connection, at once or when the client leaves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, NamedTuple, Protocol

from wire.call import Call, Endpoint, Reply

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

OPENING = {"/docs", "/openapi.json", "/docs/oauth2-redirect"}


class Doors(Protocol):
    """Where calls go."""

    def door(self, path: str) -> Endpoint:
        """Which endpoint a path belongs to."""
        ...


class Endpoints(NamedTuple):
    """The three doors of a system."""

    api: Endpoint
    desk: Endpoint
    control: Endpoint

    def door(self, path: str) -> Endpoint:
        """Which of the three a path belongs to."""
        if path.startswith("/desk/"):
            return self.desk
        return self.control if path.startswith("/control/") else self.api


_CUT_OFF = {"type": "http.response.start", "status": 502, "headers": [(b"content-length", b"1")]}
"""Promises a byte that never comes: ASGI has no other word for breaking the connection."""


def edge(doors: Doors, pages: Application, date: Callable[[], str] | None = None) -> Application:
    """The ASGI application; `pages` answers the documentation's own paths and the lifespan messages.

    `date` is what the `date` header says: a client learns the play's time from it.
    """

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPENING:
            await pages(scope, receive, send)
            return
        call = await _call(scope, receive)
        reply = await doors.door(scope["path"]).serve(call)
        if reply.status > 0:
            await _answer(reply, send, date)
        elif reply.status < 0:
            await _until_the_client_leaves(receive)
        else:
            await send(_CUT_OFF)

    return application


async def _call(scope: Scope, receive: Receive) -> Call:
    query = scope["query_string"].decode()
    path = scope.get("raw_path", scope["path"].encode()).decode().split("?")[0]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Call(scope["method"], f"{path}?{query}" if query else path, headers, await _body(receive))


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(reply: Reply, send: Send, date: Callable[[], str] | None) -> None:
    headers = _with_length(reply)
    if date is not None:
        headers.append((b"date", date().encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def _with_length(reply: Reply) -> list[tuple[bytes, bytes]]:
    headers: Mapping[str, str] = reply.headers
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if reply.body and "content-type" not in headers:
        encoded.append((b"content-type", b"application/json"))
    if reply.status != 204:
        encoded.append((b"content-length", str(len(reply.body)).encode()))
    return encoded


async def _until_the_client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
