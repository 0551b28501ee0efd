"""The warehouse assembled."""

from __future__ import annotations

from pathlib import Path

from measurements.facts import Books
from mocks.correlation import Correlation
from mocks.parts import make_parts
from mocks.system import Route, Setting, System
from mocks.warehouse.api import FACTS, QUERY, ApiKey, InvalidFactError, dialect, handler
from mocks.warehouse.books import effects, report_instants, sightings
from mocks.warehouse.desk import WarehouseDesk
from mocks.warehouse.opening import load
from mocks.warehouse.report import snapshots
from mocks.warehouse.shelf import Shelf
from wire.call import Reply, json_reply

ROUTES = (
    Route("POST", FACTS, "Upsert facts by source and key; the higher version wins"),
    Route("POST", QUERY, "The newest versions of facts, or their counts"),
)

ACCESS = (
    "header authorization: Bearer {secret}",
    f"facts: POST {FACTS} {{facts: [{{source, key, version, kind, committed_at, values}}]}}",
)


def build(setting: Setting) -> System:
    """A warehouse that shows the opening's facts."""
    parts = make_parts(setting, str(Path(__file__).parent))
    shelf, to_usd = Shelf(), {rate.currency: rate.to_usd for rate in setting.opening.rates}
    load(shelf, setting.opening)
    desk = WarehouseDesk(shelf, setting.time, to_usd, parts.journal)
    policy, correlation = parts.figures.policy, Correlation(setting.name, setting.settings.correlation)

    def books(until_s: float) -> Books:
        instants = policy.get("snapshot_instants_s") or tuple(
            report_instants(setting.time, setting.hq_zone, str(policy["snapshot_clock"]), until_s)
        )
        return Books(
            effects=tuple(effects(shelf, correlation, until_s)),
            traffic=parts.traffic(),
            limits=parts.limit_use(until_s),
            sightings=tuple(sightings(shelf, correlation, until_s)),
            snapshots=tuple(snapshots(shelf.log, [at for at in instants if at <= until_s], to_usd)),
        )

    doors = (
        parts.api(
            dialect(),
            handler(shelf, setting.time, parts.journal),
            ApiKey(parts.tokens, parts.faults),
        ),
        parts.desk(desk.verbs(), _refusal),
        parts.control(books),
    )
    return System(
        *(setting.name, ("warehouse",), doors, books, parts.journal, parts.tasks),
        routes=ROUTES,
        access=parts.access(ACCESS),
        recount=parts.recount,
    )


def _refusal(error: Exception) -> Reply | None:
    return json_reply(400, {"error": str(error)}) if isinstance(error, InvalidFactError) else None
