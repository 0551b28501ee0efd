"""Stub desks over real HTTP, for people under gevent; nothing of the process is patched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gevent
from gevent.pywsgi import WSGIServer
from gevent.server import StreamServer

from wire.call import Call, Reply


@contextmanager
def answering(answer: Callable[[Call], Reply]) -> Iterator[str]:
    """While inside, a server answers by that function; gives its address."""

    def application(environ, start_response):  # type: ignore[no-untyped-def]
        headers = {
            name[5:].lower().replace("_", "-"): text for name, text in environ.items() if "HTTP_" in name
        }
        call = Call(environ["REQUEST_METHOD"], environ["PATH_INFO"], headers, environ["wsgi.input"].read())
        reply = answer(call)
        start_response(
            f"{reply.status} so", [*reply.headers.items(), ("content-length", str(len(reply.body)))]
        )
        return [reply.body]

    server = WSGIServer(("127.0.0.1", 0), application, log=None)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stop(timeout=0.1)


@contextmanager
def breaking(sent: bytes | None) -> Iterator[str]:
    """While inside, a server reads a call, sends these bytes and closes; None: it never answers."""

    def handle(socket, _address):  # type: ignore[no-untyped-def]
        socket.recv(65536)
        if sent is None:
            gevent.sleep(60.0)
        else:
            socket.sendall(sent)

    server = StreamServer(("127.0.0.1", 0), handle)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stop(timeout=0.1)
