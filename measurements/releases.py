"""Releases: whom each struck, and how many items waited for it until when, by the records that people have.

An item waited for a release where people were told so while it was in force, in words that name what it
changed: by an exception record of a cause that such a release makes, of the item or of the whole stream that
could not be read, or by an error on the saved record. Those words are the rule's message or the field; a
limit or a version is named by nobody, so there the system and what kind of refusal it was. What names neither
is blamed on no release.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from measurements.facts import FLOWS, WORKFLOWS, Problem, RecordError
from measurements.items import Item
from measurements.observed import Released
from measurements.run import ReleaseLine
from measurements.view import View

CAUSES: Mapping[str, tuple[str, ...]] = {
    "rename_field": ("schema",),
    "remove_field": ("schema",),
    "retire_version": ("schema",),
    "require_field": ("missing_attribute", "validation"),
    "validation_rule": ("validation",),
    "limit_cut": ("timeout",),
}
"""Kind of a release to the causes under which an integration refuses for it."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "retire_version": ("version",),
    "limit_cut": ("throttled", "spent", "slot"),
}
"""Kind of a release that no refusal names to words of which one stands there, beside the system's name."""

_SHOWN = "shown on the record"
_CURABLE = ("validation_rule", "require_field")
"""Kinds whose refusals are told on the saved record, since its owner might cure them."""


def lines(seen: View) -> list[ReleaseLine]:
    """One line a release, in the scenario's order."""
    return [_line(release, seen) for release in seen.observed.releases]


def _line(release: Released, seen: View) -> ReleaseLine:
    books = seen.observed.books
    shown = [_as_problem(row) for row in books.record_errors if release.kind in _CURABLE]
    problems = [row for row in (*books.problems, *shown) if _blames(row, release)]
    waited = list(dict.fromkeys(_waited(problems, seen.items)))
    stood = [item.finished_s for item in waited if item.finished_s is not None]
    flows = dict.fromkeys((*(row.flow for row in problems), *(item.flow for item in waited)))
    struck = {FLOWS[flow] for flow in flows if flow in FLOWS}
    return ReleaseLine(
        name=release.name,
        system=release.system,
        cause=release.cause,
        kind=release.kind,
        start_h=release.start_s / 3600.0,
        answered_h=None if release.answered_s is None else release.answered_s / 3600.0,
        by=release.by,
        workflows=[workflow for workflow in WORKFLOWS if workflow in struck],
        waited=len(waited),
        still=len(waited) - len(stood),
        until_h=max(stood) / 3600.0 if stood else None,
    )


def _as_problem(row: RecordError) -> Problem:
    return Problem(*row[:3], _SHOWN, row.detail, "owner", row.shown_at_s, row.cleared_at_s, 0, 0.0)


def _blames(row: Problem, release: Released) -> bool:
    in_force = release.start_s <= row.opened_at_s <= (release.answered_s or math.inf)
    caused = row.cause in (*CAUSES.get(release.kind, ()), _SHOWN)
    return in_force and caused and _names(row.detail.lower(), release)


def _names(detail: str, release: Released) -> bool:
    if release.told:
        return all(text.lower()[:200] in detail for text in release.told)
    return release.system in detail and any(word in detail for word in _WORDS.get(release.kind, ()))


def _waited(problems: Sequence[Problem], items: Mapping[str, Sequence[Item]]) -> Iterator[Item]:
    """Items that stood no earlier than their record was opened."""
    for row in problems:
        for item in items.get(row.flow, ()):
            if (item.finished_s is None or item.finished_s > row.opened_at_s) and _speaks_for(row, item):
                yield item


def _speaks_for(row: Problem, item: Item) -> bool:
    """By key and version (0: the item could not be read), or as one that came while the stream was out."""
    if not row.keys:
        return item.key == row.key and row.version in {0, item.version}
    shaped = any(fnmatchcase(item.key, shape) for shape in row.keys.split(","))
    return shaped and row.since_s <= item.starts_s < (row.closed_at_s or math.inf)
