"""Books leave a process as JSON and come back as they were."""

from __future__ import annotations

import math

import orjson
from facts_data import commitment

from measurements.books_json import plain, read
from measurements.facts import Books, LimitUse, Receipt
from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.world import perform


def there_and_back(books: Books) -> Books:
    return read(orjson.loads(orjson.dumps(plain(books))))


def test_what_is_never_due_stays_so_and_a_word_stays_a_word() -> None:
    never = commitment("time", "TC-1", 3.0)._replace(due_from_s=math.inf, submitter="never")
    books = Books(commitments=(never,), receipts=(Receipt("time", "never", 1, "psa", "never", "", True),))
    assert there_and_back(books) == books


def test_a_limits_use_by_the_hour_stays_what_it_was() -> None:
    use = LimitUse("netsuite", "account_concurrency", 5.0, False, 1.0, 0.4, 2.5, 3, ((1, 0.25), (2, 1.0)))
    assert there_and_back(Books(limits=(use,))).limits == (use,)


def test_the_books_of_every_system_after_a_month_come_back_as_they_were() -> None:
    play = stage(catalogue.load("bad-day"), firm_file.load(None, 6), 1)
    world = perform(play, models.load("event"), 1)
    for name, system in world.systems.items():
        held = system.books(world.end_s)
        assert there_and_back(held) == held, name
