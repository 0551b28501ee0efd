"""The HCM: effective dating, delta windows, pages, the rate of calls, and what its books say is due where."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from test_conformance import _WORKERS, _envelope
from vendor_opening import OPENING, TIME
from vendor_world import QUIET, Client, simulated, systems

from measurements.audit import audit
from measurements.facts import Books, Effect
from mocks.assemble import assemble
from mocks.landscape import Landscape, SystemSettings

_DAY = 86400.0


def _workday(contract: Any, settings: SystemSettings = QUIET["workday"]) -> Books:
    made = systems(("workday",), {"workday": settings})
    simulated(lambda clients: contract(clients["workday"]), made)
    return made["workday"].books(1e9)


async def _ask(workday: Client, criteria: str = "") -> str:
    reply = await workday.send("POST", _WORKERS, _envelope(criteria), content_type="text/xml")
    assert reply.status == 200, reply.body
    return reply.body.decode()


def _window(name: str, from_s: float, through_s: float) -> str:
    return (
        "<bsvc:Transaction_Log_Criteria_Data><bsvc:Transaction_Date_Range_Data>"
        f"<bsvc:{name}_From>{TIME.stamp(from_s)}</bsvc:{name}_From>"
        f"<bsvc:{name}_Through>{TIME.stamp(through_s)}</bsvc:{name}_Through>"
        "</bsvc:Transaction_Date_Range_Data></bsvc:Transaction_Log_Criteria_Data>"
    )


def _rates(text: str) -> list[str]:
    return re.findall(r"<wd:Cost_Rate>([^<]*)<", text)


async def _future_rate(workday: Client) -> None:
    """Entered on 16 April, effective on 1 May (HQ and entity zone: New York)."""
    answer = await workday.act(
        "worker.rate", "hr", worker="W00001", effective="2026-05-01", cost_rate_minor=9_900
    )
    assert answer.json() == {"change": "W00001-C2"}


def test_a_future_dated_change_is_in_the_entry_window_but_not_in_the_data() -> None:
    async def contract(workday: Client) -> None:
        await _future_rate(workday)
        told = await _ask(workday, _window("Updated", 0.0, _DAY))
        assert _rates(told) == ["85.00"]
        with_log = "<bsvc:Include_Transaction_Log_Data>true</bsvc:Include_Transaction_Log_Data>"
        told = await _ask(workday, _window("Updated", 0.0, _DAY) + with_log)
        assert "<wd:Transaction_Effective_Moment>2026-05-01<" in told

    _workday(contract)


def test_polling_by_entry_alone_misses_on_the_day_what_the_effective_window_finds() -> None:
    async def contract(workday: Client) -> None:
        await _future_rate(workday)
        await asyncio.sleep(15 * _DAY + 3600.0)
        since_s = asyncio.get_running_loop().time() - 2 * 3600.0
        assert _rates(await _ask(workday, _window("Updated", since_s, since_s + _DAY))) == []
        assert _rates(await _ask(workday, _window("Effective", since_s, since_s + 2 * 3600.0))) == ["99.00"]

    _workday(contract)


def test_books_make_a_change_due_when_it_takes_effect_and_only_where_it_is_kept() -> None:
    async def contract(workday: Client) -> None:
        await _future_rate(workday)
        await workday.act(
            "worker.transfer", "hr", worker="W00002", effective="2026-04-10", fields={"manager": "W9"}
        )
        await asyncio.sleep(20 * _DAY)

    rows = [row for row in _workday(contract).commitments if row.committed_at_s >= 0]
    due = [
        (row.flow, row.key, row.part, row.due_from_s)
        for row in rows
        if row.flow == "worker" and row.due_from_s < math.inf
    ]
    midnight_s = TIME.at(
        TIME.moment(15 * _DAY + 3600.0, "America/New_York").date(), "00:00", "America/New_York"
    )
    key = "W00001@2026-05-01#W00001-C2"
    assert due == [("worker", key, "psa", midnight_s), ("worker", key, "erp", midnight_s)]
    assert {row.key for row in rows if row.flow == "reporting"} == {"W00001", "W00002"}


def test_a_change_that_no_target_keeps_is_never_due_yet_no_stray_where_it_is_told() -> None:
    async def contract(workday: Client) -> None:
        await workday.act(
            "worker.transfer", "hr", worker="W00002", effective="2026-04-10", fields={"manager": "W9"}
        )

    books = _workday(contract)
    told = _written("W00002@2026-04-10#W00002-C2", "erp")
    rows = [row for row in books.commitments if row.flow == "worker" and row.committed_at_s >= 0]
    judged = audit(rows, rows, [told], [], 30 * _DAY, ())
    assert (judged.clean, judged.identity["worker"].due) == (True, 0)
    made_up = audit(rows, rows, [told._replace(key="W00002@2026-04-10#W00002-C9")], [], 30 * _DAY, ())
    assert made_up.totals["unauthorised"] == 1


def _written(key: str, part: str) -> Effect:
    return Effect(
        "worker", key, part, 1, "netsuite", "1", 60.0, "posted", "", "", key[:6], "DE01", "", "", False, True,
        0, 0, "",
    )  # fmt: skip


def test_books_own_up_to_the_opening_so_that_it_may_be_written_again() -> None:
    rows = _workday(_nothing).commitments
    since = {one.worker: f"{one.worker}@{one.since}#{one.worker}-C1" for one in OPENING.workers}
    assert all(row.committed_at_s < 0 for row in rows)
    assert {row.key for row in rows if row.flow == "worker"} == set(since.values())
    assert {(row.key, row.version) for row in rows if row.flow == "reporting"} == {(key, 1) for key in since}


async def _nothing(workday: Client) -> None:
    pass


def test_a_full_extract_comes_in_pages_of_a_hundred() -> None:
    worker = OPENING.workers[0]
    many = tuple(worker._replace(worker=f"W{number:05}") for number in range(250))
    made = assemble(Landscape(QUIET), OPENING._replace(workers=many), TIME, 1, None, ("workday",))

    async def contract(clients: Mapping[str, Client]) -> None:
        sizes = []
        for page in (1, 2, 3):
            told = await _ask(
                clients["workday"],
                f"<bsvc:Response_Filter><bsvc:Page>{page}</bsvc:Page></bsvc:Response_Filter>",
            )
            assert "<wd:Total_Pages>3</wd:Total_Pages>" in told
            sizes.append(len(_rates(told)))
        assert sizes == [100, 100, 50]

    simulated(contract, made)


def test_the_eleventh_call_of_a_second_gets_a_soap_fault_that_names_no_wait() -> None:
    async def contract(workday: Client) -> None:
        body = _envelope(_window("Updated", 0.0, 1.0))
        await asyncio.sleep(10.0)
        replies = await asyncio.gather(*(workday.send("POST", _WORKERS, body) for _ in range(11)))
        refused = [reply for reply in replies if not reply.ok]
        assert [(reply.status, b"Too many requests" in reply.body) for reply in refused] == [(500, True)]
        assert refused[0].headers["x-rehearsal-limit"] == "calls_per_s"
        assert "retry-after" not in refused[0].headers

    _workday(contract)


def test_the_daily_allowance_is_off_until_a_scenario_sets_it() -> None:
    answers = {}
    for size in (None, 3.0):
        limits = {} if size is None else {"calls_24h": size}

        async def contract(workday: Client) -> None:
            replies = [await workday.send("POST", _WORKERS, _envelope()) for _ in range(5)]
            answers[size] = sum(reply.ok for reply in replies)  # noqa: B023 (run at once)

        _workday(contract, replace(QUIET["workday"], limits=limits))
    assert answers == {None: 5, 3.0: 3}


def test_a_hire_without_a_mandatory_word_is_refused_on_the_screen() -> None:
    async def contract(workday: Client) -> None:
        reply = await workday.act("worker.hire", "hr", worker="W3", effective="2026-05-01")
        assert reply.status == 400
        assert reply.json()["error"].startswith("Required: ")
        unknown = await workday.act(
            "worker.rate", "hr", worker="W9", effective="2026-05-01", cost_rate_minor=1
        )
        assert "Invalid ID value" in unknown.json()["error"]

    _workday(contract)


def test_an_unknown_worker_is_a_validation_fault() -> None:
    async def contract(workday: Client) -> None:
        criteria = (
            '<bsvc:Request_References><bsvc:ID bsvc:type="Employee_ID">W9</bsvc:ID></bsvc:Request_References>'
        )
        reply = await workday.send("POST", _WORKERS, _envelope(criteria))
        assert reply.status == 500
        assert b"<wd:Validation_Fault" in reply.body

    _workday(contract)


def test_an_as_of_read_knows_the_day_of_effect_and_the_moment_of_entry() -> None:
    asked = (
        '<bsvc:Request_References><bsvc:ID bsvc:type="Employee_ID">W00001</bsvc:ID></bsvc:Request_References>'
        "<bsvc:As_Of_Effective_Date>2026-05-31</bsvc:As_Of_Effective_Date>"
    )

    async def contract(workday: Client) -> None:
        await asyncio.sleep(3600.0)
        await _future_rate(workday)
        assert _rates(await _ask(workday, asked)) == ["99.00"]
        before = f"<bsvc:As_Of_Entry_DateTime>{TIME.stamp(1800.0)}</bsvc:As_Of_Entry_DateTime>"
        assert _rates(await _ask(workday, asked + before)) == ["85.00"]

    _workday(contract)


async def _raise(workday: Client, effective: str, rate_minor: int) -> None:
    words = {"worker": "W00001", "effective": effective, "cost_rate_minor": rate_minor}
    assert (await workday.act("worker.rate", "hr", **words)).ok


def _due_rates(contract: Any) -> list[tuple[str, float | None]]:
    """Day of effect, and when it was superseded, of each change that the ERP must ever hold."""
    rows = [row for row in _workday(contract).commitments if row.part == "erp" and row.committed_at_s >= 0]
    return [(row.transaction_date, row.withdrawn_at_s) for row in rows if row.due_from_s < math.inf]


def test_a_raise_to_the_same_rate_is_not_due_and_supersedes_nothing() -> None:
    async def contract(workday: Client) -> None:
        await _raise(workday, "2026-04-10", 8500)
        await _raise(workday, "2026-04-11", 9900)
        await _raise(workday, "2026-04-12", 9900)

    assert _due_rates(contract) == [("2026-04-11", None)]


def test_a_change_back_is_due_and_one_that_comes_late_below_another_is_not() -> None:
    async def contract(workday: Client) -> None:
        await _raise(workday, "2026-04-10", 8500)
        await asyncio.sleep(60.0)
        await _raise(workday, "2026-04-08", 9900)
        await _raise(workday, "2026-04-11", 9900)
        await _raise(workday, "2026-04-12", 8500)

    late, up, back = _due_rates(contract)
    assert (late[0], late[1]) == ("2026-04-08", 60.0)
    assert [up[0], *back] == ["2026-04-11", "2026-04-12", None]
