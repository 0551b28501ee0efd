"""Workday assembled. Its web service versions respect pinning: a release spares clients of older versions."""

from __future__ import annotations

from pathlib import Path

from measurements.facts import Books
from mocks.parts import make_parts
from mocks.system import Route, Setting, System
from mocks.tokens import INTEGRATION
from mocks.workday.api import SERVICE, WsSecurity, dialect, handler
from mocks.workday.books import commitments
from mocks.workday.desk import PeopleDesk, RefusedError
from mocks.workday.get_workers import GetWorkers, Pages
from mocks.workday.history import History
from mocks.workday.opening import load
from wire.call import Reply, json_reply

ROUTES = (Route("POST", SERVICE + "{version}", "Get_Workers: by id, by delta windows, or all, page by page"),)

ACCESS = (
    f"WS-Security UsernameToken in each request: {INTEGRATION}@rehearsal, password {{secret}}",
    f"news: POST {SERVICE}v45.2, Get_Workers with Transaction_Date_Range_Data",
)


def build(setting: Setting) -> System:
    """A tenant that holds the opening's workers; `calls_24h` is an allowance, off unless its size is set."""
    parts = make_parts(setting, str(Path(__file__).parent))
    allowance = parts.limits["calls_24h"]
    allowance.on = allowance.on and "calls_24h" in setting.settings.limits
    history = History()
    load(history, setting.opening)
    zones = {entity.entity: entity.zone for entity in setting.opening.entities}
    policy = parts.figures.policy
    pages = Pages(int(policy["page_default"]), int(policy["page_most"]))
    get_workers = GetWorkers(history, setting.time, setting.hq_zone, pages, parts.releases)
    desk = PeopleDesk(history, parts.journal, setting.time, zones, setting.hq_zone)

    def books(until_s: float) -> Books:
        return Books(
            commitments=tuple(commitments(history, until_s)),
            traffic=parts.traffic(),
            limits=parts.limit_use(until_s),
        )

    doors = (
        parts.api(dialect(), handler(get_workers), WsSecurity(parts.tokens, parts.faults)),
        parts.desk(desk.verbs(), _refusal),
        parts.control(books),
    )
    return System(
        setting.name,
        ("hcm",),
        doors,
        books,
        parts.journal,
        parts.tasks,
        routes=ROUTES,
        access=parts.access(ACCESS),
        recount=parts.recount,
    )


def _refusal(error: Exception) -> Reply | None:
    return json_reply(400, {"error": str(error)}) if isinstance(error, RefusedError) else None
