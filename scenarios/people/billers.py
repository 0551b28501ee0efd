"""Billing managers: they run billing, release what waits, and put right what the release button refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from scenarios.acts import BillingRun, Workload
from scenarios.people.asking import Part, ask, told
from scenarios.people.company import Company
from scenarios.script import Begin, Script, Scripted, Until

RELEASE_S = 20.0
"""Seconds a person needs to look at one billing event and release it (assumption)."""

TRIES = 3
"""How often a person presses release again before leaving the event for the next run (assumption)."""


def billers(workload: Workload, company: Company) -> Iterator[Scripted]:
    """One script per billing run."""
    for number, run in enumerate(workload.billing_runs):
        name = f"billing {run.manager} {run.cut_off} {number}"
        yield Scripted("billing manager", name, run.at_s, partial(billing, run, company))


def billing(run: BillingRun, company: Company) -> Script:
    """Makes the billing events up to the cut-off, releases one by one all that waits, and looks once more."""
    words = {"cut_off": run.cut_off, "partial": run.partial}
    yield from ask("psa", "billing.run", run.manager, words)
    now_s: float = yield Until(run.release_at_s)
    released: dict[str, None] = {}
    for event in (yield from _waiting(run.manager)):
        now_s = yield Until(now_s + RELEASE_S)
        key = event["event"]
        if (yield from _release(key, run.manager)):
            released[key] = None
        else:
            yield from _again(key, run.manager, company, 1, now_s)
    if released:
        now_s = yield Until(now_s + company.firm.seen_s)
        for event in (yield from _waiting(run.manager)):
            if event["event"] in released and event.get("problem"):
                yield from _again(event["event"], run.manager, company, 1, now_s)


def _waiting(manager: str) -> Part[list[Mapping[str, Any]]]:
    answer = told((yield from ask("psa", "billing.waiting", manager, {"manager": manager})))
    return list(answer.get("events") or ())


def _releasing(event: str, manager: str, company: Company, attempt: int) -> Script:
    now_s: float = yield Until(0.0)
    if not (yield from _release(event, manager)):
        yield from _again(event, manager, company, attempt + 1, now_s)


def _again(event: str, manager: str, company: Company, attempt: int, now_s: float) -> Part[None]:
    """Puts right what the screen says and releases again, after the time that takes."""
    if attempt <= TRIES:
        at_s = now_s + company.fix_s(f"{event}|{attempt}")
        script = partial(_releasing, event, manager, company, attempt)
        yield Begin(Scripted("billing manager", f"release {event} again {attempt}", at_s, script))


def _release(event: str, manager: str) -> Part[bool]:
    """Presses release; False where the answer on the screen is a refusal."""
    reply = yield from ask("psa", "billing.release", manager, {"event": event, "manager": manager})
    return reply.ok and not told(reply).get("refusal")
