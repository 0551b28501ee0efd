"""The exception desk: in shifts, people take open exceptions one by one, the largest amount first.

    cause                              what settles it
    missing_attribute                  the owner completes the record
    policy                             the approver rejects, the employee corrects
    missing_reference                  the desk adds it in the ERP, then replays
    validation                         replay; when it comes back, the owner corrects the record
    closed_period, auth, timeout, schema, unknown     replay
    integration (hook given up)        replay, then the desk closes the record that the org wrote itself

An exception that an integration opened is closed by it when the item goes through, never by the desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from scenarios.acts import Shift, Workload
from scenarios.people.asking import Part, ask, operate, told
from scenarios.people.company import Company
from scenarios.people.owners import owner_acts
from scenarios.people.papers import Papers
from scenarios.script import Begin, Script, Scripted, Spent, Until

IDLE_S = 1800.0
"""How often an idle person looks at the list (assumption)."""

Taken = dict[str, tuple[int, float]]
"""Exception to how often it was taken, and from when on it may be taken again."""

_NAMED = (
    re.compile(r"Invalid (?P<kind>[^.]+?) reference key (?P<key>[^\s]+?)\.(\s|$)"),
    re.compile(r"reference (?P<kind>[\w ]+):(?P<key>\S+)"),
)


def exception_desk(workload: Workload, company: Company, papers: Papers) -> Iterator[Scripted]:
    """One script that opens the desk and starts a script per shift."""
    shifts = sorted(workload.shifts, key=lambda shift: (shift.from_s, shift.person))
    if shifts:
        yield Scripted(
            "exception desk", "exception desk", shifts[0].from_s, partial(opening, shifts, company, papers)
        )


def opening(shifts: list[Shift], company: Company, papers: Papers) -> Script:
    """Starts every shift; what one person takes the others leave."""
    taken: Taken = {}
    for shift in shifts:
        script = partial(working, shift, taken, company, papers)
        yield Begin(
            Scripted("exception desk", f"desk {shift.person} {shift.from_s:.0f}", shift.from_s, script)
        )


def working(shift: Shift, taken: Taken, company: Company, papers: Papers) -> Script:
    """One person's shift."""
    now_s: float = yield Until(shift.from_s)
    while now_s < shift.until_s:
        listed = told((yield from ask("psa", "exceptions.open", shift.person, {})))
        problem = _first(listed, taken, now_s, company.firm.exception_looks)
        if problem is None:
            now_s = yield Until(now_s + IDLE_S)
            continue
        looks = taken.get(problem["exception"], (0, 0.0))[0] + 1
        taken[problem["exception"]] = (looks, now_s + company.exception_again_s)
        minutes = company.exception_min
        yield Until(now_s + minutes * 60.0)
        note = {"exception": problem["exception"], "minutes": minutes, "note": problem["cause"]}
        yield from ask("psa", "exceptions.touch", shift.person, note)
        yield Spent("desk", "exception", minutes, str(problem["flow"] or ""), str(problem["key"]))
        yield from _settle(problem, looks, shift.person, company, papers)
        now_s = yield Until(0.0)


def _first(
    answer: Mapping[str, Any], taken: Taken, now_s: float, looks_most: float
) -> Mapping[str, Any] | None:
    """The largest exception that nobody has in hand."""
    for problem in answer.get("exceptions") or ():
        looks, again_s = taken.get(problem["exception"], (0, 0.0))
        if looks < looks_most and now_s >= again_s:
            found: Mapping[str, Any] = problem
            return found
    return None


def _settle(
    problem: Mapping[str, Any], looks: int, person: str, company: Company, papers: Papers
) -> Part[None]:
    cause = problem["cause"]
    to_owner = cause in {"missing_attribute", "policy"} or (cause == "validation" and looks > 1)
    if to_owner:
        owner = owner_acts(problem, papers)
        if owner is not None:
            now_s: float = yield Until(0.0)
            at_s = company.owner_s(now_s, f"{problem['flow']}|{problem['key']}|{problem['version']}")
            persona, act = owner
            yield Begin(Scripted(persona, f"owner {problem['exception']}", at_s, act))
            return
    if cause == "missing_reference":
        yield from ask("erp", "reference.add", person, _reference(problem))
    reply = yield from operate("replay", person, {"flow": problem["flow"], "key": problem["key"]})
    if cause == "integration" and reply.ok:
        closing = {"exception": problem["exception"], "note": "replayed"}
        yield from ask("psa", "exceptions.close", person, closing)


def _reference(problem: Mapping[str, Any]) -> dict[str, str]:
    """What reference data the vendor's text says is missing; the item's own where it does not say."""
    for pattern in _NAMED:
        found = pattern.search(str(problem.get("detail") or ""))
        if found is not None:
            return {"kind": found["kind"], "key": found["key"]}
    return {"kind": str(problem["flow"]), "key": str(problem["key"])}
