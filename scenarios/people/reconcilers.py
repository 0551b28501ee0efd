"""Reconciliation at BD+2 by people who compare two systems on paper and put right what they find.

manual baseline: what was keyed against the source's rows                      -> reversed and keyed anew
nothing monitored (point-to-point): the source's exports against the ledger    -> missing ones keyed by hand
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from measurements.facts import FLOWS
from scenarios.people.asking import Part, ask, told
from scenarios.people.entries import Bench, Row, differing
from scenarios.people.uploads import reverse
from scenarios.people.worklists import put_control, put_event, put_expense, put_time, put_win
from scenarios.script import Begin, Script, Scripted, Spent, Until

FOUND = 0.6
"""Share of the differences that a reconciliation on paper finds (assumption)."""

HOURS_PER_1000 = 60.0
"""Hours a month per 1,000 consultants for all sub-ledgers (domain §5)."""

CONTROLLER = "controller"
FIXING_S = 6 * 3600.0
"""How long after its start the reconciliation has a list of what to fix (assumption)."""

_MASTERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "project": (("erp", "customer.enter"), ("erp", "job.enter")),
    "worker": (("psa", "resource.enter"), ("erp", "worker.enter")),
    "control": (("erp", "control.enter"),),
}


def reconciliation(bench: Bench, workflows: Collection[str], monitored: bool) -> Iterator[Begin]:
    """Starts it where the period has an end; `monitored` = done by those who keyed it themselves."""
    if bench.company.calendar.numbered:
        at_s = bench.company.calendar.bd_at(2, "10:00")
        script = partial(comparing if monitored else watching, bench, sorted(workflows))
        yield Begin(Scripted("reconciler", "reconciliation", at_s, script))


def comparing(bench: Bench, workflows: Sequence[str]) -> Script:
    """The clerks' own reconciliation: masters keyed again, documents reversed and posted anew."""
    yield from _work(bench, workflows)
    for flow, verbs in _MASTERS.items():
        for key, row in list(differing(bench.keyed, flow)):
            if _found(bench, flow, key):
                for role, verb in verbs:
                    yield from ask(role, verb, CONTROLLER, row)
                bench.keyed.typed[flow, key] = row
    yield from _documents(bench)


def watching(bench: Bench, workflows: Sequence[str]) -> Script:
    """Where nothing monitors: what the ledger lacks is keyed by hand, what it has twice is reversed."""
    yield from _work(bench, workflows)
    for search in _SEARCHES:
        if FLOWS[search.flow] in workflows:
            yield from _search(bench, search)


def _work(bench: Bench, workflows: Sequence[str]) -> Part[None]:
    """The hours that it takes, by workflow, and the wait until the list of differences is there."""
    hours = HOURS_PER_1000 * bench.company.consultants / 1000.0 / len(set(FLOWS.values()))
    for workflow in workflows:
        flow = next(flow for flow, owner in FLOWS.items() if owner == workflow)
        yield Spent(CONTROLLER, "reconciliation", hours * 60.0, flow, "")
    now_s: float = yield Until(0.0)
    yield Until(now_s + FIXING_S)


def _documents(bench: Bench) -> Part[None]:
    """Time and expenses that stand otherwise than once and as approved."""
    for (flow, key), row in list(bench.keyed.right.items()):
        if flow not in {"time", "expense"} or not _found(bench, flow, key):
            continue
        standing = _standing(bench, flow, key)
        version = int(row.get("version", 1))
        mine = [entry for entry in standing if entry[0] == version]
        if len(mine) == len(standing) == 1 and mine[0][2] == row:
            continue
        if not (yield from reverse([record for _, record, _ in standing], CONTROLLER)):
            continue
        words = {"rows": [row]} if flow == "time" else {"reports": [row]}
        answer = told((yield from ask("erp", f"{flow}.upload", CONTROLLER, words)))
        standing[:] = [(version, str(record), row) for record in answer.get("ids") or ()]


def _standing(bench: Bench, flow: str, key: str) -> list[tuple[int, str, Row]]:
    if flow == "expense":
        return bench.keyed.expenses.setdefault(key, [])
    timecard, _, part = key.partition("|")
    return bench.keyed.time.setdefault((timecard, part), [])


def _found(bench: Bench, flow: str, key: str) -> bool:
    return bench.company.draw(f"reconciliation.{flow}", key) < FOUND


class _Search(NamedTuple):
    """How one flow is looked for: the source's export, the key in the ledger, and the pile it goes on."""

    flow: str
    verb: str
    key: Callable[[Row], str]
    put: Callable[[Bench, Row], None]


def _put_row(bench: Bench, row: Row) -> None:
    bare = {name: value for name, value in row.items() if name[0] != "_"}
    put_time(bench, [bare], float(row["_at_s"]))


_SEARCHES = (
    _Search(
        "project", "export.wins", lambda row: str(row.get("project") or f"P-{row['opportunity']}"), put_win
    ),
    _Search("time", "export.time", lambda row: f"{row['timecard']}|{row['part']}", _put_row),
    _Search("expense", "export.expenses", lambda row: str(row["report"]), put_expense),
    _Search("control", "export.controls", lambda row: f"{row['project']}:{row['control']}", put_control),
    _Search("invoice", "export.events", lambda row: str(row["event"]), put_event),
)


def _search(bench: Bench, search: _Search) -> Part[None]:
    answer = told((yield from ask("psa", search.verb, CONTROLLER, {"since_s": 0.0})))
    rows: dict[str, dict[str, Any]] = {search.key(row): row for row in answer.get("rows") or ()}
    words = {"flow": search.flow, "keys": list(rows)}
    ledger = told((yield from ask("erp", "ledger.lookup", CONTROLLER, words)))
    if "standing" not in ledger:
        return
    now_s: float = yield Until(0.0)
    for key, row in rows.items():
        records = ledger["standing"].get(key) or []
        if len(records) != 1 and _found(bench, search.flow, key):
            if records:
                yield from reverse([str(record) for record in records[1:]], CONTROLLER)
            else:
                search.put(bench, {**row, "_at_s": now_s})
