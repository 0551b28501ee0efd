"""The witness spares looks at unfinished items, and never changes when a run ends or what it shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from measurements.items import Item
from mocks.journal import Entry, Journal
from mocks.system import System
from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.witness import Witness
from sim.world import observe, perform


def item(flow: str, key: str) -> Item:
    return Item(flow, key, 1, "US", 0.0, None)


def entry(key: str) -> Entry:
    return Entry(0.0, "timeBill", "1", key, "insert", "integration", {})


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def witness(journal: Journal) -> Witness:
    return Witness({"netsuite": cast(System, SimpleNamespace(journal=journal))})


def test_a_document_under_whose_key_nobody_writes_stays_unfinished(
    witness: Witness, journal: Journal
) -> None:
    journal.write(entry("T-1"))
    witness.choose([item("invoice", "B-1"), item("time", "T-1")])
    journal.write(entry("T-2"))
    assert witness.stands()


def test_a_write_under_its_key_asks_for_a_look(witness: Witness, journal: Journal) -> None:
    witness.choose([item("time", "T-1")])
    journal.write(entry("T-1"))
    assert not witness.stands()


@pytest.mark.parametrize("unfinished", [[], [item("invoice", "B-1")]])
def test_what_no_journal_tells_of_is_always_looked_at(witness: Witness, unfinished: list[Item]) -> None:
    witness.choose(unfinished)
    assert not witness.stands()


def test_a_run_without_a_witness_ends_at_the_same_instant_with_the_same_books(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play = stage(catalogue.load("month-end"), firm_file.load(None, 14), 4)
    spared = perform(play, models.load("manual"), 4)
    looks: list[Any] = []
    monkeypatch.setattr(Witness, "stands", lambda _: bool(looks.append(1)))
    looked = perform(play, models.load("manual"), 4)
    assert len(looks) > 1
    assert looked.end_s == spared.end_s
    assert observe(looked, 0) == observe(spared, 0)
