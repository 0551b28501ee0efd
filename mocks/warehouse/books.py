"""The warehouse's books: what it shows since when, and what its report said when it was judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kernel.time import BusinessTime, period_of
from measurements.facts import Effect, Sighting
from mocks.correlation import Correlation, version
from mocks.warehouse.shelf import Fact, Shelf

_FACT = "fact"


def effects(shelf: Shelf, correlation: Correlation, until_s: float) -> Iterator[Effect]:
    """One row per fact that the run brought, in its newest version (the opening's are due nowhere)."""
    newest: dict[tuple[str, str], Fact] = {}
    for fact in shelf.log:
        if 0.0 <= fact.visible_s <= until_s:
            newest[fact.source, fact.key] = fact
    for fact in newest.values():
        yield _effect(fact, *_named(correlation, fact.key, fact.version))


def sightings(shelf: Shelf, correlation: Correlation, until_s: float) -> Iterator[Sighting]:
    """When each version of each fact that the run brought became visible."""
    for source, key, number, committed_s, visible_s in shelf.sightings():
        if 0.0 <= visible_s <= until_s:
            yield Sighting(source, *_named(correlation, key, number), committed_s, visible_s)


def _named(correlation: Correlation, key: str, number: int) -> tuple[str, int]:
    """Key and version of the source, wherever the fact tells them."""
    told = {"key": key, "version": number}
    return correlation.reader(_FACT, "key")(told), version(correlation.reader(_FACT, "version")(told))


def report_instants(time: BusinessTime, zone: str, clock: str, until_s: float) -> Iterator[float]:
    """That clock time of every weekday from the start on."""
    day = time.local_date(0.0, zone)
    while (at_s := time.at(day, clock, zone)) <= until_s:
        if at_s >= 0.0 and day.weekday() < 5:
            yield at_s
        day += timedelta(days=1)


def _effect(fact: Fact, key: str, number: int) -> Effect:
    values = fact.values
    day = str(values.get("date") or values.get("week_start") or "")
    return Effect(
        flow="reporting",
        key=key,
        part="",
        version=number,
        system="warehouse",
        record=f"{fact.source}/{fact.key}",
        at_s=fact.visible_s,
        state="posted",
        reverses="",
        project=str(values.get("project") or ""),
        worker=str(values.get("worker") or ""),
        entity=str(values.get("entity") or ""),
        transaction_date=day,
        period=str(values.get("period") or (period_of(day) if day else "")),
        moved=False,
        period_open=True,
        hours_centi=0,
        amount_minor=0,
        currency="",
        terms={"kind": fact.kind, "source": fact.source},
    )
