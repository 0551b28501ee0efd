"""Owners of records settle what the exception desk cannot settle itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from scenarios.people.asking import Part, ask, told
from scenarios.people.corrections import correct
from scenarios.people.papers import Papers
from scenarios.people.sellers import complete
from scenarios.script import Persona, Script


def owner_acts(problem: Mapping[str, Any], papers: Papers) -> tuple[Persona, Callable[[], Script]] | None:
    """Who owns this exception's record, and their script; None where it belongs to nobody who can act."""
    flow, key = str(problem["flow"]), str(problem["key"])
    if flow == "project" and key.removeprefix("P-") in papers.deals:
        return "account executive", partial(completing, problem, key.removeprefix("P-"), papers)
    kind, record, approver = _record(key, papers)
    if kind:
        return "approver", partial(correcting, problem, (kind, record, approver), papers)
    return None


def completing(problem: Mapping[str, Any], opportunity: str, papers: Papers) -> Script:
    """The seller completes a win, unless that has happened meanwhile."""
    deal = papers.deals[opportunity]
    if (yield from _still_open(problem, deal.owner)):
        yield from complete(deal, deal.owner)


def correcting(problem: Mapping[str, Any], record: tuple[str, str, str], papers: Papers) -> Script:
    """The approver sends it back and it comes corrected, unless that has happened meanwhile."""
    kind, key, approver = record
    if (yield from _still_open(problem, approver)):
        yield from correct(papers, kind, key, approver)


def _still_open(problem: Mapping[str, Any], user: str) -> Part[bool]:
    answer = told((yield from ask("psa", "exceptions.open", user, {})))
    return any(other["exception"] == problem["exception"] for other in answer.get("exceptions") or ())


def _record(key: str, papers: Papers) -> tuple[str, str, str]:
    """Kind, key and approver of the record behind an exception; empty where none is known."""
    if key in papers.cards:
        return "timecard", key, papers.cards[key].approver
    if key in papers.reports:
        return "expense", key, papers.reports[key].approver
    control = key.rpartition(":")[2]
    if control in papers.milestones:
        return "milestone", control, papers.milestones[control].approver
    if control in papers.change_orders:
        return "change_order", control, papers.change_orders[control].approver
    if control in papers.purchase_requests:
        return "purchase_request", control, papers.purchase_requests[control].approver
    return "", "", ""
