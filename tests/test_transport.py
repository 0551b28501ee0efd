"""What the in-process transport promises, in virtual time and on asyncio, and its twin over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextvars import ContextVar, copy_context
from typing import Any, cast

import pytest
import uvicorn

from loadtests.edge import Endpoints, edge
from sim.loop import SimulationLoop, run
from sim.tasks import INCARNATION, Incarnation
from wire.call import NO_HEADERS, Call, Later, Prompt, Reply
from wire.http import Http
from wire.inprocess import InProcess

PING = Call("GET", "/ping")
Runner = Callable[[Coroutine[Any, Any, Any]], Any]


def now() -> float:
    return asyncio.get_running_loop().time()


class Desk:
    """Answers as a function of the call says; `finished` are the instants at which it came to its end."""

    def __init__(self, answer: Callable[[Call], Awaitable[Reply]]) -> None:
        self.answer = answer
        self.finished: list[float] = []

    async def serve(self, call: Call) -> Reply:
        reply = await self.answer(call)
        self.finished.append(now())
        return reply


class Prompter(Prompt):
    """Says at once how long it takes; `finished` as the desk's."""

    def __init__(self, delay_s: float, reply: Reply) -> None:
        self.delay_s = delay_s
        self.reply = reply
        self.finished: list[float] = []

    def begin(self, call: Call) -> Reply | Later:
        return Later(self.delay_s, self._finish) if self.delay_s else self._finish()

    def _finish(self) -> Reply:
        self.finished.append(now())
        return self.reply


def waiting(delay_s: float, reply: Reply) -> Desk:
    async def answer(_: Call) -> Reply:
        if delay_s:
            await asyncio.sleep(delay_s)
        return reply

    return Desk(answer)


Server = Callable[[float, Reply], Desk | Prompter]


@pytest.fixture(params=[waiting, Prompter], ids=["awaited", "prompt"])
def after(request: pytest.FixtureRequest) -> Server:
    """Makes a server that takes so long and replies so: by waiting itself, or by telling its wait."""
    return cast(Server, request.param)


def virtual(main: Coroutine[Any, Any, Any]) -> Any:
    return run(main).value


@pytest.fixture(params=[virtual, asyncio.run], ids=["virtual", "asyncio"])
def runner(request: pytest.FixtureRequest) -> Runner:
    return cast(Runner, request.param)


# --- the same in both worlds ---


@pytest.mark.parametrize("delay_s", [0.0, 0.001])
def test_a_reply_comes_back_as_the_server_gave_it(runner: Runner, delay_s: float, after: Server) -> None:
    reply = Reply(201, {"x-kind": "made"}, b'{"id":1}')
    assert runner(InProcess(after(delay_s, reply)).send(PING, 5)) == reply


@pytest.mark.parametrize("delay_s", [0.0, 0.001])
def test_a_lost_connection_is_a_connection_error(runner: Runner, delay_s: float, after: Server) -> None:
    with pytest.raises(ConnectionError, match="/ping"):
        runner(InProcess(after(delay_s, Reply(0))).send(PING, 5))


@pytest.mark.parametrize("delay_s", [0.0, 0.001])
def test_a_reply_that_never_arrives_is_a_timeout(runner: Runner, delay_s: float, after: Server) -> None:
    with pytest.raises(TimeoutError):
        runner(InProcess(after(delay_s, Reply(-1))).send(PING, 0.01))


def test_the_server_finishes_after_the_client_left(runner: Runner, after: Server) -> None:
    desk = after(0.02, Reply(200))

    async def main() -> int:
        with pytest.raises(TimeoutError):
            await InProcess(desk).send(PING, 0.001)
        gc.collect()
        left_with = len(desk.finished)
        await asyncio.sleep(0.05)
        return left_with

    assert (runner(main()), len(desk.finished)) == (0, 1)


def test_the_server_has_its_own_task_and_may_use_timeouts(runner: Runner) -> None:
    tasks: list[asyncio.Task[Any] | None] = []

    async def answer(_: Call) -> Reply:
        tasks.append(asyncio.current_task())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.sleep(1)
        tasks.append(asyncio.current_task())
        return Reply(200)

    async def main() -> Reply:
        tasks.append(asyncio.current_task())
        reply = await InProcess(Desk(answer)).send(PING, 5)
        tasks.append(asyncio.current_task())
        return reply

    assert runner(main()).status == 200
    client, server, still_server, still_client = tasks
    assert client is still_client
    assert server is still_server
    assert client is not server


def test_the_server_has_its_own_context(runner: Runner) -> None:
    caller: ContextVar[str] = ContextVar("caller", default="nobody")

    async def answer(_: Call) -> Reply:
        seen = caller.get()
        caller.set("the server")
        return Reply(200, NO_HEADERS, seen.encode())

    async def main() -> tuple[bytes, str]:
        transport = InProcess(Desk(answer))
        caller.set("the client")
        return (await transport.send(PING, 5)).body, caller.get()

    assert runner(main()) == (b"nobody", "the client")


def test_servers_may_call_each_other_in_a_circle(runner: Runner) -> None:
    circle = InProcess()

    async def answer(call: Call) -> Reply:
        depth = int(call.body)
        return (
            await circle.send(Call("POST", "/", NO_HEADERS, b"%d" % (depth - 1)), 5) if depth else Reply(204)
        )

    circle.endpoint = Desk(answer)
    assert runner(circle.send(Call("POST", "/", NO_HEADERS, b"5"), 5)).status == 204


def test_where_nobody_listens_the_connection_fails(runner: Runner) -> None:
    with pytest.raises(ConnectionError, match="nobody listens"):
        runner(InProcess().send(PING, 5))


# --- exact, in virtual time ---


def test_the_client_leaves_at_its_timeout_and_the_server_ends_at_its_own_instant(after: Server) -> None:
    desk = after(30.0, Reply(200))

    async def main() -> float:
        with pytest.raises(TimeoutError):
            await InProcess(desk).send(PING, 10.0)
        left_s = now()
        await asyncio.sleep(60)
        return left_s

    assert virtual(main()) == 10.0
    assert desk.finished == [30.0]


def test_a_reply_in_time_stops_the_timeout_and_takes_the_servers_time(after: Server) -> None:
    async def main() -> float:
        await InProcess(after(2.0, Reply(200))).send(PING, 10.0)
        return now()

    outcome = run(main())
    assert (outcome.value, outcome.at_s) == (2.0, 2.0)


def test_a_client_that_is_cancelled_does_not_stop_the_server(after: Server) -> None:
    desk = after(5.0, Reply(200))

    async def main() -> None:
        client = asyncio.create_task(InProcess(desk).send(PING, 60.0))
        await asyncio.sleep(1)
        client.cancel()
        await asyncio.sleep(10)

    run(main())
    assert desk.finished == [5.0]


def test_a_prompt_server_whose_serving_is_cancelled_finishes_all_the_same() -> None:
    server = Prompter(5.0, Reply(200))

    async def main() -> None:
        serving = asyncio.create_task(server.serve(PING))
        await asyncio.sleep(1)
        serving.cancel()
        await asyncio.sleep(10)

    run(main())
    assert server.finished == [5.0]


def test_an_exception_out_of_serve_ends_the_run_whatever_its_caller_swallows() -> None:
    async def answer(_: Call) -> Reply:
        await asyncio.sleep(1)
        raise KeyError("a bug")

    async def main() -> None:
        with contextlib.suppress(Exception):
            await InProcess(Desk(answer)).send(PING, 5)
        await asyncio.sleep(1)
        pytest.fail("it went on")

    with pytest.raises(KeyError, match="a bug"):
        run(main())


def test_an_exception_out_of_serve_after_the_client_left_ends_the_run_too() -> None:
    async def answer(_: Call) -> Reply:
        await asyncio.sleep(10)
        raise KeyError("a late bug")

    async def main() -> None:
        with contextlib.suppress(TimeoutError):
            await InProcess(Desk(answer)).send(PING, 1)
        await asyncio.sleep(100)

    with pytest.raises(KeyError, match="a late bug"):
        run(main())


@pytest.mark.parametrize(
    ("call", "reply"),
    [
        (PING, Reply(200, NO_HEADERS, cast(bytes, {"an": "object"}))),
        (Call("POST", "/ping", NO_HEADERS, cast(bytes, "text")), Reply(200)),
    ],
)
def test_objects_do_not_pass(call: Call, reply: Reply, after: Server) -> None:
    with pytest.raises(TypeError, match="must be bytes"):
        run(InProcess(after(0, reply)).send(call, 5))


def test_a_crash_of_the_caller_leaves_the_server_at_work(after: Server) -> None:
    desk = after(5.0, Reply(200))
    heard: list[int] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        transport, life, context = InProcess(desk), Incarnation("pipeline"), copy_context()
        context.run(INCARNATION.set, life)

        async def client() -> None:
            heard.append((await transport.send(PING, 60.0)).status)

        kept = loop.create_task(client(), context=context)
        await asyncio.sleep(1)
        loop.crash(life)
        await asyncio.sleep(100)
        assert not kept.done()

    run(main())
    assert (desk.finished, heard) == ([5.0], [])


def test_a_call_to_the_dead_ends_in_a_timeout(after: Server) -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        life, context = Incarnation("pipeline"), copy_context()
        context.run(INCARNATION.set, life)
        loop.crash(life)
        with pytest.raises(TimeoutError):
            await InProcess(after(0, Reply(200)), context).send(PING, 7.0)
        return now()

    assert virtual(main()) == 7.0


def test_a_server_that_dies_at_work_ends_in_a_timeout(after: Server) -> None:
    server = after(5.0, Reply(200))

    async def main() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        life, context = Incarnation("system"), copy_context()
        context.run(INCARNATION.set, life)
        client = asyncio.create_task(InProcess(server, context).send(PING, 7.0))
        await asyncio.sleep(1)
        loop.crash(life)
        with pytest.raises(TimeoutError):
            await client
        return now()

    assert virtual(main()) == 7.0
    assert server.finished == []


def test_a_bug_of_a_prompt_server_ends_the_run_whatever_its_caller_swallows() -> None:
    class Broken(Prompt):
        def begin(self, call: Call) -> Later:
            return Later(1.0, self._finish)

        def _finish(self) -> Reply:
            raise KeyError("a bug")

    async def main() -> None:
        with contextlib.suppress(Exception):
            await InProcess(Broken()).send(PING, 5)
        await asyncio.sleep(1)
        pytest.fail("it went on")

    with pytest.raises(KeyError, match="a bug"):
        run(main())


# --- over HTTP ---


@contextlib.asynccontextmanager
async def served(desk: Desk) -> AsyncIterator[str]:
    async def no_pages(*_: object) -> None:
        raise AssertionError("no page was asked for")

    application = edge(Endpoints(desk, desk, desk), no_pages)
    config = uvicorn.Config(application, port=0, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event to wait for
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


async def echo(call: Call) -> Reply:
    return Reply(201, {"x-path": call.path, "x-user": call.headers.get("x-user", "")}, call.body)


async def over_http(desk: Desk, call: Call, timeout_s: float = 5.0) -> Reply:
    async with served(desk) as url, Http(url) as transport:
        return await transport.send(call, timeout_s)


@pytest.mark.live
def test_over_http_path_headers_and_body_arrive_as_they_were_sent() -> None:
    call = Call("POST", "/query?q=SELECT+Id%2CName&x=%2F", {"x-user": "W00001"}, b'{"a":1}')
    reply = asyncio.run(over_http(Desk(echo), call))
    assert (reply.status, reply.body) == (201, b'{"a":1}')
    assert (reply.headers["x-path"], reply.headers["x-user"]) == (call.path, "W00001")


@pytest.mark.live
def test_over_http_a_reply_that_never_arrives_is_a_timeout(after: Server) -> None:
    with pytest.raises(TimeoutError):
        asyncio.run(over_http(after(0, Reply(-1)), PING, 0.1))


@pytest.mark.live
def test_over_http_the_server_finishes_after_the_client_left(after: Server) -> None:
    desk = after(0.1, Reply(200))

    async def main() -> None:
        async with served(desk) as url, Http(url) as transport:
            with pytest.raises(TimeoutError):
                await transport.send(PING, 0.02)
            await asyncio.sleep(0.2)

    asyncio.run(main())
    assert len(desk.finished) == 1


@pytest.mark.live
def test_over_http_a_broken_connection_is_an_error_and_not_a_hidden_second_call() -> None:
    calls: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(await reader.readuntil(b"\r\n\r\n"))
        if len(calls) == 1:
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            await writer.drain()
            calls.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server, Http(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as transport:
            assert (await transport.send(PING, 5)).status == 204
            with pytest.raises(ConnectionError):
                await transport.send(PING, 5)

    asyncio.run(main())
    assert len(calls) == 2
