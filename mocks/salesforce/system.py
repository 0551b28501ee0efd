"""The org assembled: CRM and PSA, one quota, one token, one event bus."""

from __future__ import annotations

from pathlib import Path

from measurements.facts import Books
from mocks.correlation import Correlation
from mocks.feeds import Feeds
from mocks.gates import Handler
from mocks.hooks import Hooks, Timing
from mocks.parts import Parts, make_parts
from mocks.releases import Release
from mocks.salesforce.api import TOKEN, dialect, handler
from mocks.salesforce.books import Told, books
from mocks.salesforce.bulk import Bulk
from mocks.salesforce.composite import Most
from mocks.salesforce.controls import Controls
from mocks.salesforce.desk import Desks
from mocks.salesforce.errors import RefusedError
from mocks.salesforce.events import Door, Events
from mocks.salesforce.executions import Executions
from mocks.salesforce.expenses import Expenses
from mocks.salesforce.history import track
from mocks.salesforce.invoices import Invoices
from mocks.salesforce.locks import Locks
from mocks.salesforce.masters import Masters
from mocks.salesforce.opening import load
from mocks.salesforce.org import Org, Zones
from mocks.salesforce.owed import Owed
from mocks.salesforce.polls import PREFIX
from mocks.salesforce.publisher import Publisher
from mocks.salesforce.record_errors import RecordErrors
from mocks.salesforce.records import Records
from mocks.salesforce.rest import Rest
from mocks.salesforce.soql import Soql
from mocks.salesforce.timecards import Timecards
from mocks.salesforce.work import Work
from mocks.system import Route, Setting, System
from mocks.tokens import INTEGRATION
from wire.call import Reply

_DATA = "/services/data/v67.0"
ROUTES = (
    Route("POST", TOKEN, "A bearer token (client_credentials)"),
    Route("GET", f"{_DATA}/query", "SOQL; pages of 2,000 by nextRecordsUrl"),
    Route("POST", f"{_DATA}/sobjects/{{object}}", "Create"),
    Route("GET", f"{_DATA}/sobjects/{{object}}/{{id}}", "Read"),
    Route("PATCH", f"{_DATA}/sobjects/{{object}}/{{id}}", "Update"),
    Route("DELETE", f"{_DATA}/sobjects/{{object}}/{{id}}", "Delete"),
    Route("PATCH", f"{_DATA}/sobjects/{{object}}/{{field}}/{{value}}", "Upsert by external id"),
    Route("GET", f"{_DATA}/sobjects/{{object}}/describe", "Fields of an object"),
    Route("POST", f"{_DATA}/composite", "Up to 25 subrequests, with references, all or none"),
    Route("PATCH", f"{_DATA}/composite/sobjects/{{object}}/{{field}}", "Upsert up to 200 records"),
    Route("POST", f"{_DATA}/composite/sobjects", "Create up to 200 records"),
    Route("GET", f"{_DATA}/limits", "Limits: most and remaining"),
    Route("POST", f"{_DATA}/jobs/query", "A Bulk 2.0 query job"),
    Route("POST", f"{_DATA}/jobs/ingest", "A Bulk 2.0 ingest job"),
    Route("GET", f"{PREFIX}{{channel}}", "Change events: a long poll by replay id"),
    Route("GET", PREFIX, "Change events of many channels over one connection"),
)

ACCESS = (
    f"token: POST {TOKEN}, form grant_type=client_credentials&client_id={INTEGRATION}"
    "&client_secret={secret}; then header authorization: Bearer <access_token>",
    f"news: GET {_DATA}/query?q=SELECT ... WHERE LastModifiedDate >= 2026-04-30T18:00:00.000Z",
    f"events: GET {PREFIX}<channel>?replay=<id>, a long poll; POST /control/channels makes a channel",
    "call-outs: POST /control/hooks {hook, object, when?, on?, mode?, path?} tells of saved records",
)


def build(setting: Setting) -> System:
    """An org that holds the opening."""
    parts = make_parts(setting, str(Path(__file__).parent), sliding_tokens=True)
    entities = {entity.entity: entity.zone for entity in setting.opening.entities}
    correlation = Correlation(setting.name, setting.settings.correlation)
    org = Org(setting.time, parts.journal, Zones(entities, setting.hq_zone), correlation)
    owed = Owed()
    Masters(org, owed)
    Controls(org, owed)
    Timecards(org, owed)
    Invoices(org, owed)
    expenses, work = Expenses(org, owed), Work(org)
    load(org, setting.opening)
    track(org)
    publisher, feeds = _publisher(parts, org)
    desks = Desks(org, owed, work, expenses, publisher, setting.opening)
    events = _events(parts, feeds)
    door = Door(parts.api(dialect(), _handler(parts, org)), events)
    told = Told(org, owed)
    shown = RecordErrors(org)

    def everything(until_s: float) -> Books:
        traffic = (*parts.traffic(), *events.traffic(setting.name))
        return books(told, until_s)._replace(
            traffic=traffic, limits=parts.limit_use(until_s), record_errors=tuple(shown.books(until_s))
        )

    def recount(now_s: float) -> None:
        parts.recount(now_s)
        events.restart()

    doors = (
        door,
        parts.desk(desks.verbs(), _refusal),
        parts.control(
            everything,
            {
                ("POST", "/control/channels"): publisher.add_channel,
                ("POST", "/control/hooks"): publisher.add_hook,
            },
        ),
    )
    return System(
        *(setting.name, ("crm", "psa"), doors, everything, parts.journal, parts.tasks, (), ROUTES, org.store),
        parts.access(ACCESS),
        recount,
    )


def _handler(parts: Parts, org: Org) -> Handler:
    """The data API over the org; releases change its schema too."""
    policy = parts.figures.policy
    cut, restored = parts.releases.applied, parts.releases.withdrawn

    def applied(release: Release) -> None:
        cut(release)
        org.schema.apply(release)

    def withdrawn(release: Release) -> None:
        restored(release)
        org.schema.withdraw(release)

    parts.releases.applied, parts.releases.withdrawn = applied, withdrawn
    soql = Soql(org, int(policy["page_size"]))
    records = Records(org, Locks(org, parts.faults))
    start_s, rows_per_s = float(policy["bulk_start_s"]), float(policy["bulk_rows_per_s"])

    def seconds(job: str, rows: int) -> float:
        return start_s + rows / rows_per_s

    bulk = Bulk(records, soql, parts.tasks, seconds, int(policy["bulk_page"]))
    most = Most(int(policy["composite_subrequests"]), int(policy["collection_rows"]))
    return handler(Rest(org, records, soql, bulk, parts.limits, parts.releases, most), parts.tokens)


def _publisher(parts: Parts, org: Org) -> tuple[Publisher, Feeds]:
    policy = parts.figures.policy
    timing = Timing(*(policy[f"hook_{name}"] for name in Timing._fields))
    feeds = Feeds(
        parts.faults, parts.tasks, float(policy["event_retention_s"]), float(policy["late_event_s"])
    )
    executions = Executions(
        parts.limits["async_executions_24h"], parts.limits["async_starts_a_transaction"], parts.tasks
    )
    hooks = Hooks(parts.setting.callouts, executions, parts.faults, timing)
    return Publisher(org, feeds, hooks), feeds


def _events(parts: Parts, feeds: Feeds) -> Events:
    allocation = parts.limits["event_deliveries_24h"]
    return Events(feeds, allocation, parts.tokens, parts.faults, parts.latencies, parts.journal, dialect())


def _refusal(error: Exception) -> Reply | None:
    return error.reply() if isinstance(error, RefusedError) else None
