"""The desks over HTTP, for people under gevent: the pool of FastHttpUser, without what Locust adds to a call.

A lost connection and an answer that does not come are replies, as scripts expect: LOST and NEVER. Nothing is
sent twice: the pool repeats idempotent methods by itself, so only POST goes through `ask`.
"""

from __future__ import annotations

from collections.abc import Mapping

from geventhttpclient import URL
from geventhttpclient.client import HTTPClient, HTTPClientPool
from geventhttpclient.response import HTTPParseError

from wire.call import Call, Reply
from wire.inprocess import LOST, NEVER

CONCURRENCY = 10_000
"""Calls at once to one address: everybody may wait at the same desk."""


def pool_of(timeout_wall_s: float) -> HTTPClientPool:
    """Connections that give up after so many real seconds without a sign from the other side."""
    return HTTPClientPool(
        network_timeout=timeout_wall_s, connection_timeout=timeout_wall_s, concurrency=CONCURRENCY
    )


class Desks:
    """Who answers at which desk. `addresses`: desk to base URL."""

    def __init__(self, pool: HTTPClientPool, addresses: Mapping[str, str]) -> None:
        self._clients = {desk: client_of(pool, address) for desk, address in addresses.items()}

    def ask(self, desk: str, call: Call) -> Reply:
        """The answer; status LOST where the connection broke, NEVER where none came in time."""
        if call.method != "POST":
            raise ValueError(f"people act by POST: {call.method} {call.path} might be sent twice")
        try:
            return sent(self._clients[desk], call)
        except TimeoutError:
            return Reply(NEVER)
        except ConnectionError:
            return Reply(LOST)


def client_of(pool: HTTPClientPool, address: str) -> HTTPClient:
    """The connections to one base URL."""
    return pool.get_client(URL(address))


def sent(client: HTTPClient, call: Call) -> Reply:
    """Deliver and await the reply. Raises TimeoutError, ConnectionError."""
    try:
        response = client.request(call.method, call.path, call.body, dict(call.headers))
        body = bytes(response.read())
    except TimeoutError:
        raise
    except (OSError, HTTPParseError) as error:
        raise ConnectionError(f"the connection was lost: {call.method} {call.path}") from error
    return Reply(response.status_code, {name.lower(): value for name, value in response.items()}, body)
