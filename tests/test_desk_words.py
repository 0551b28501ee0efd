"""What people and administrators send is checked before any act meets it: words, never a traceback."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from vendor_world import Client, simulated, systems

from mocks.assemble import ALL
from mocks.body import DAYS, UnsoundError, body, number

BAD_DAYS = ("2027-02-29", "2027-13-01", "20270228", "2027-W01-1", "0001-01-01", "tomorrow", 20270228, True)


@pytest.mark.parametrize(("name", "value"), list(product(sorted(DAYS), BAD_DAYS)))
def test_a_day_that_does_not_exist_is_refused_at_every_depth(name: str, value: object) -> None:
    for given, place in (({name: value}, name), ({"rows": [{}, {name: value}]}, f"rows.1.{name}")):
        with pytest.raises(UnsoundError, match=f"^{place}: .* is no day; write one that exists"):
            body(given)


@pytest.mark.parametrize("value", ["5100", True, "", None, [1, "2"], 51.5, 5100])
def test_a_figure_is_a_number_or_left_out(value: Any) -> None:
    if value in ("5100", [1, "2"]) or value is True:
        with pytest.raises(UnsoundError, match=r"^cost_rate_minor"):
            body({"cost_rate_minor": value})
    else:
        assert body({"cost_rate_minor": value})["cost_rate_minor"] == value


@pytest.mark.parametrize("value", ["nan", "inf", "x", -1, [], True])
def test_an_administrators_number_is_finite_and_large_enough(value: object) -> None:
    with pytest.raises(UnsoundError, match=r"^at_s: .* is no number from 0 on"):
        number({"at_s": value}, "at_s", 0.0)


def test_every_desk_verb_answers_an_impossible_day_with_words() -> None:
    made = systems(ALL)

    async def contract(clients: Mapping[str, Client]) -> None:
        for name, client in clients.items():
            for verb in made[name].desk.verbs:
                reply = await client.post(f"/desk/{verb}", {"rows": [{"date": "2027-02-30"}]})
                assert reply.status == 400, (name, verb)
                assert "rows.0.date: '2027-02-30' is no day" in reply.json()["error"]

    simulated(contract, made)


def test_an_impossible_day_of_a_rate_change_is_refused_and_a_real_one_is_not() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        change = {"worker": "W00001", "cost_rate_minor": 5100}
        answers = [
            (await clients["workday"].post("/desk/worker.rate", {**change, "effective": day})).status
            for day in ("2027-02-29", "2028-02-29")
        ]
        assert answers == [400, 200]

    simulated(contract, systems(("workday",)))


@pytest.mark.parametrize("given", [[1], "x", 3, {"fields": None}, {}])
def test_a_body_that_is_no_object_or_lacks_a_table_is_answered(given: object) -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        assert (await clients["workday"].post("/desk/worker.transfer", given)).status == 400

    simulated(contract, systems(("workday",)))


@pytest.mark.parametrize(
    ("path", "given", "words"),
    [
        ("faults", {"kind": "outage", "at_s": "noon"}, "at_s"),
        ("faults", {"kind": "outage", "for_s": -5}, "for_s: -5 is no number from 0 on"),
        ("faults", {"kind": "outage", "parameters": "hang"}, "parameters: 'hang' is no JSON object"),
        ("releases", {"kind": "limit_cut", "parameters": []}, "parameters: [] is no JSON object"),
        ("limits", {"limit": "account_concurrency", "on": "maybe"}, "on: 'maybe' is neither true nor false"),
        ("limits", {"limit": "account_concurrency", "size": "many"}, "size: 'many' is no number"),
        ("limits", [], "the body is no JSON object"),
        ("secret", {}, "missing or unknown: secret"),
    ],
)
def test_the_control_plane_answers_what_it_cannot_do_with_words(path: str, given: object, words: str) -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        reply = await clients["netsuite"].post(f"/control/{path}", given)
        assert reply.status == 400
        assert words in reply.json()["error"]

    simulated(contract, systems(("netsuite",)))
