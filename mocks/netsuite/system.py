"""NetSuite assembled: one account with its slots, its one async processor and the opening's ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from measurements.facts import Books
from mocks.correlation import Correlation
from mocks.netsuite.api import TOKEN, dialect, handler
from mocks.netsuite.batches import Batches
from mocks.netsuite.books import commitments, effects
from mocks.netsuite.callouts import Callouts
from mocks.netsuite.checks import CheckBook
from mocks.netsuite.clerks import ClerksDesk
from mocks.netsuite.corrections import Corrections
from mocks.netsuite.desk import FinanceDesk
from mocks.netsuite.errors import RefusedError
from mocks.netsuite.invoices import holds, lines
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.opening import load
from mocks.netsuite.postings import Postings
from mocks.netsuite.rest import Rest
from mocks.parts import Parts, make_parts
from mocks.system import Route, Setting, System
from wire.call import Reply

_RECORD = "/services/rest/record/v1/{type}"
_JOB = "/services/rest/async/v1/job/{job}"
ROUTES = (
    Route("POST", TOKEN, "Access token of the machine-to-machine flow"),
    Route("GET", _RECORD, "Links of a type's records, by limit and offset"),
    Route("POST", _RECORD, "Create; Prefer: respond-async for a batch of up to 100"),
    Route("GET", _RECORD + "/{id}", "Read by internal id, or by eid:{external id}"),
    Route("PUT", _RECORD + "/{id}", "Upsert by eid:{external id}"),
    Route("PATCH", _RECORD + "/{id}", "Change what is named"),
    Route("GET", _JOB, "How far an async job is"),
    Route("GET", _JOB + "/task", "Its records"),
    Route("GET", _JOB + "/task/{task}", "One of them"),
    Route("GET", _JOB + "/task/{task}/result", "The answer to one of them"),
    Route("POST", "/services/rest/query/v1/suiteql", "SuiteQL, 1,000 rows a page"),
    Route("GET", "/services/rest/system/v1/governanceLimits", "The account's slots"),
)

ACCESS = (
    f"token: POST {TOKEN}, form grant_type=client_credentials&client_assertion=head.payload."
    "{secret}; then header authorization: Bearer <access_token>",
    "news: POST /services/rest/query/v1/suiteql, header prefer: transient,"
    ' {"q": "SELECT ... WHERE lastmodifieddate >= ..."}',
    "call-outs: POST /control/hooks {hook, object, on?, when?, path?} deploys a user event script",
)


def build(setting: Setting) -> System:
    """An account with the opening's masters, controls and posted time."""
    parts = make_parts(setting, str(Path(__file__).parent))
    policy = parts.figures.policy
    ledger = Ledger(Correlation(setting.name, setting.settings.correlation))
    checks = CheckBook(parts.releases)
    load(ledger, setting.opening)
    callouts = Callouts(setting.callouts, parts.tasks, parts.faults)
    missing = parts.figures.ambient.get("missing_reference", 0.0)
    postings = Postings(ledger, checks, parts.journal, callouts.saved, setting.seed, missing)
    batches = Batches(setting.time, _record_s(parts), int(policy["batch_records"]))
    rest = Rest(ledger, checks, postings, batches, setting.time, int(policy["page_size"]), _governance(parts))
    finance = FinanceDesk(ledger, parts.journal, callouts.saved)
    clerks, corrections = ClerksDesk(ledger, postings), Corrections(ledger, postings)
    verbs = {**finance.verbs(), **clerks.verbs(), **corrections.verbs()}

    def books(until_s: float) -> Books:
        standing = tuple(effects(ledger, until_s))
        return Books(
            commitments=tuple(commitments(standing)),
            effects=standing,
            traffic=parts.traffic(),
            limits=parts.limit_use(until_s),
            lines=tuple(lines(ledger, until_s)),
            holds=tuple(holds(ledger, until_s)),
            locks=tuple(ledger.periods.locks(until_s)),
        )

    doors = (
        parts.api(dialect(), handler(rest, parts.tokens, float(policy["token_life_s"]))),
        parts.desk(verbs, _refusal),
        parts.control(books, {("POST", "/control/hooks"): callouts.register}),
    )
    work = (lambda: batches.run(rest.write),)
    return System(
        *(setting.name, ("erp",), doors, books, parts.journal, parts.tasks, work, ROUTES, ledger.store),
        parts.access(ACCESS),
        parts.recount,
    )


def _record_s(parts: Parts) -> Callable[[float], float]:
    """Seconds until the one async processor is through with a record: it stands still during an outage."""
    record_s = float(parts.figures.policy["async_record_s"])
    slowness = parts.background.slowness(parts.figures.slowness)

    def until_done(now_s: float) -> float:
        outage = parts.faults.outage(now_s, "job")
        stands_s = outage.at_s + outage.for_s - now_s if outage else 0.0
        return stands_s + record_s * slowness(now_s) * parts.faults.latency_factor(now_s, "job")

    return until_done


def _governance(parts: Parts) -> Callable[[], dict[str, object]]:
    """What governanceLimits says of the slots; the integration has no share of its own."""
    limit = parts.limits["account_concurrency"]
    return lambda: {
        "accountConcurrencyLimit": int(limit.size),
        "accountUnallocatedConcurrencyLimit": int(limit.size),
        "integrationConcurrencyLimit": None,
        "integrationLimitType": "accountLimit",
    }


def _refusal(error: Exception) -> Reply | None:
    return error.reply() if isinstance(error, RefusedError) else None
