"""What virtual time has not: sockets, threads, signals, subprocesses. Touching one ends the run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class NotSimulated(BaseException):
    """Something was called that virtual time has not. Not an Exception, so that no retry swallows it."""


def absent(name: str) -> Any:
    """A method that reports itself to the loop as fatal and raises NotSimulated."""

    def method(self: WithoutTheWorld, *_args: object, **_options: object) -> None:
        error = NotSimulated(f"{name}: virtual time has no sockets, threads, signals or subprocesses")
        self.fail(error)
        raise error

    method.__name__ = name
    return method


class WithoutTheWorld(asyncio.AbstractEventLoop):
    """The part of an event loop that would reach outside the process, closed."""

    fail: Callable[[BaseException], None]

    run_in_executor = absent("run_in_executor")
    set_default_executor = absent("set_default_executor")
    call_soon_threadsafe = absent("call_soon_threadsafe")
    getaddrinfo = absent("getaddrinfo")
    getnameinfo = absent("getnameinfo")
    create_connection = absent("create_connection")
    create_server = absent("create_server")
    create_unix_connection = absent("create_unix_connection")
    create_unix_server = absent("create_unix_server")
    create_datagram_endpoint = absent("create_datagram_endpoint")
    connect_accepted_socket = absent("connect_accepted_socket")
    start_tls = absent("start_tls")
    sendfile = absent("sendfile")
    connect_read_pipe = absent("connect_read_pipe")
    connect_write_pipe = absent("connect_write_pipe")
    subprocess_shell = absent("subprocess_shell")
    subprocess_exec = absent("subprocess_exec")
    add_reader = absent("add_reader")
    remove_reader = absent("remove_reader")
    add_writer = absent("add_writer")
    remove_writer = absent("remove_writer")
    sock_recv = absent("sock_recv")
    sock_recv_into = absent("sock_recv_into")
    sock_recvfrom = absent("sock_recvfrom")
    sock_recvfrom_into = absent("sock_recvfrom_into")
    sock_sendall = absent("sock_sendall")
    sock_sendto = absent("sock_sendto")
    sock_connect = absent("sock_connect")
    sock_accept = absent("sock_accept")
    sock_sendfile = absent("sock_sendfile")
    add_signal_handler = absent("add_signal_handler")
    remove_signal_handler = absent("remove_signal_handler")
    set_task_factory = absent("set_task_factory")
    set_exception_handler = absent("set_exception_handler")
