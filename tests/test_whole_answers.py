"""Whole answers: whatever sizes a system works with, the pipeline reads and writes all, or says it cannot."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pipeline_world import CALM, only, play

from mocks.landscape import SystemSettings
from pipeline.connectors.paging import Most, Page, rows
from pipeline.connectors.salesforce_bulk import csv_rows
from pipeline.failures import UnreachableError
from pipeline.services import Services
from sim.loop import run
from wire.call import Reply

KEY = "pse__ERP_Worker_Correlation_Id__c"
Ask = Callable[[Services], Coroutine[Any, Any, Any]]


def sized(system: str, **policy: int) -> Mapping[str, SystemSettings]:
    calm = CALM[system]
    return {**CALM, system: replace(calm, policy={**calm.policy, **policy})}


def asked(ask: Ask, systems: Mapping[str, SystemSettings] = CALM) -> Any:
    """What a connector answers between systems of these sizes."""
    answers: list[Any] = []

    async def script(firm: Any) -> None:
        answers.append(await ask(firm.pipeline.services))

    play(only("quote_to_project", "manual"), script, 3600.0, systems=systems)
    return answers[0]


def bill(number: int) -> dict[str, Any]:
    return {
        "externalId": f"b{number}",
        "custbody_source_key": "T-W00001-P00001-2026-04-13",
        "custbody_source_part": f"1:{number}",
        "custbody_source_version": "1",
        "employee": {"externalId": "W00001" if number != 3 else "nobody"},
        "customer": {"externalId": "P00001"},
        "hours": "8.00",
        "tranDate": "2026-04-13",
    }


async def contacts(services: Services) -> list[Any]:
    soql = f"SELECT {KEY} FROM Contact ORDER BY {KEY}"
    return await services.salesforce.queries([soql, soql])


async def periods(services: Services) -> list[Any]:
    return await services.netsuite.suiteql("SELECT id FROM accountingperiod ORDER BY id")


async def workers(services: Services) -> list[Any]:
    everyone = [row async for page in services.workday.everyone() for row in page]
    named = await services.workday.named(["W00001", "W00002"])
    return [row["Worker_ID"] for row in [*everyone, *named]]


@pytest.mark.parametrize("size", [1, 2, 7])
@pytest.mark.parametrize(
    ("ask", "system", "policy"),
    [
        (contacts, "salesforce", "page_size"),
        (contacts, "salesforce", "composite_subrequests"),
        (periods, "netsuite", "page_size"),
        (workers, "workday", "page_default"),
    ],
)
def test_the_same_rows_come_in_pages_of_any_size(ask: Ask, system: str, policy: str, size: int) -> None:
    whole = asked(ask)

    assert len(whole) > 1
    assert asked(ask, sized(system, **{policy: size})) == whole


@pytest.mark.parametrize("size", [1, 2, 100])
def test_every_row_of_a_batch_has_its_result_however_few_the_account_takes_at_once(size: int) -> None:
    async def post(services: Services) -> list[bool]:
        return [row.ok for row in await services.netsuite.batch("timeBill", [bill(n) for n in range(6)])]

    good = asked(post, sized("netsuite", batch_records=size))

    assert good == [True, True, True, False, True, True]


@pytest.mark.parametrize("size", [1, 3, 200])
def test_every_row_of_a_collection_has_its_result_however_few_the_org_takes_at_once(size: int) -> None:
    async def write(services: Services) -> list[bool]:
        rows = [{KEY: f"W0000{n}", "LastName": "x" if n != 2 else None} for n in range(1, 6)]
        results = await services.salesforce.upsert_many("Contact", KEY, rows)
        return [row.ok for row in results]

    assert asked(write, sized("salesforce", collection_rows=size)) == [True, False, True, True, True]


def test_fewer_rows_than_the_system_told_of_are_no_answer() -> None:
    async def fetch(path: str) -> Page:
        return Page([{"id": "1"}], "", 2)

    async def main() -> None:
        with pytest.raises(UnreachableError, match="1 of 2 rows came"):
            await rows(fetch, "/query")

    run(main(), horizon_s=1.0)


def test_a_bulk_result_that_was_cut_off_is_no_answer() -> None:
    with pytest.raises(UnreachableError, match="1 of 2 rows"):
        csv_rows(Reply(200, {"sforce-numberofrecords": "2"}, b"Id,Name\n1,Ada\n"))
    with pytest.raises(UnreachableError):
        csv_rows(Reply(200, {}, b"Id,Name\n1,Ada\n2\n"))


def test_a_size_is_halved_by_refusals_and_never_below_the_least() -> None:
    most = Most(25, least=2)

    assert most.shrink(25)
    assert most.size == 12
    assert most.shrink(3)
    assert most.size == 2
    assert not most.shrink(2)
