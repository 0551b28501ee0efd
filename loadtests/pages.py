"""The documentation of a system over HTTP: a FastAPI application that lists every route and answers none.

The edge (loadtests/edge.py) answers all calls from the system's own endpoints; only /docs and /openapi.json
come here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from mocks.control import Control
from mocks.desk import Desk
from mocks.system import Route, System

_PARAMETER = re.compile(r"{(\w+)}")


def pages(system: System, version: str = "1") -> FastAPI:
    """The page of one system: what integrations call, what its people do, and the control plane."""
    application = FastAPI(title=f"Rehearsal: {system.name}", version=version)
    for tag, route in _routes(system):
        application.add_api_route(
            route.path,
            _elsewhere,
            methods=[route.method],
            summary=route.summary,
            tags=[tag],
            name=f"{route.method} {route.path}",
            openapi_extra={"parameters": _parameters(route.path)},
        )
    return application


def _routes(system: System) -> Iterator[tuple[str, Route]]:
    for route in system.routes:
        yield "api", route
    if isinstance(system.desk, Desk):
        for verb in system.desk.verbs:
            yield "desk", Route("POST", f"/desk/{verb}", "What people of this system do; header x-user")
    if isinstance(system.control, Control):
        for method, path in system.control.acts:
            yield "control", Route(method, path, "The control plane of the mock")


def _parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(path)
    ]


async def _elsewhere() -> None:
    """Never called: the edge stands in front."""
