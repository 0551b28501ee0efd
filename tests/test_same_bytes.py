"""Same seed, same bytes: hash seeds, processes and a model's name change nothing, luck is one for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from small_world import HOURLY, HOURLY_MIN, judged, ran, staged

from measurements.run_file import Header, encoded
from pipeline import models
from pipeline.models import Model
from rehearsal.compare import compare
from rehearsal.given import Request
from scenarios import catalogue
from scenarios.play import Play
from sim.world import observe

DAYS = 16.0


@cache
def acted() -> Play:
    """A month-end, polled hourly."""
    return staged(replace(catalogue.load("month-end"), polls_min=HOURLY_MIN), 1, days=DAYS)


PROGRAM = """
import sys
sys.path.insert(0, "tests")
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from measurements.run_file import Header, write
from pipeline import models
from scenarios import catalogue
from small_world import HOURLY, HOURLY_MIN, judged, ran, staged
with TemporaryDirectory() as folder:
    scenario = replace(catalogue.load({scenario!r}), polls_min=HOURLY_MIN)
    for name in ("hybrid", "point-to-point"):
        play = staged(scenario, 3, days=16.0)
        run = judged(ran(play, models.load(name), 3, plain_poll_s=3600.0))
        path = Path(folder) / "run.json"
        write(path, Header({scenario!r}, 3, "1", "none", name, 0), run)
        print(path.read_text())
"""


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["month-end", pytest.param("bad-day", marks=pytest.mark.large)])
def test_the_same_seed_gives_the_same_run_files_in_processes_with_other_hash_seeds(
    scenario: str, fresh_process: Callable[[str, int], str]
) -> None:
    program = PROGRAM.format(scenario=scenario)
    first, second = fresh_process(program, 1), fresh_process(program, 2)
    assert len(first) > 10_000
    assert first == second


@cache
def told(name: str, table: str) -> bytes:
    """The run file of a model of this name with that table, but for the name."""
    carried = replace(models.load(table), name=name)
    run = judged(ran(acted(), carried, 1))
    assert run.model == name
    return encoded(Header("month-end", 1, "1", "none", "", 0), replace(run, model=""))


@pytest.mark.slow
def test_the_hybrid_table_under_another_name_gives_the_same_bytes_but_for_that_name() -> None:
    assert told("somebody-elses", "hybrid") == told("hybrid", "hybrid")


@pytest.mark.slow
def test_the_name_hybrid_over_another_table_gives_that_tables_results() -> None:
    assert told("hybrid", "inverse-hybrid") == told("inverse-hybrid", "inverse-hybrid")
    assert told("hybrid", "inverse-hybrid") != told("hybrid", "hybrid")


def _first_submissions(carried: Model) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """What people first committed, by flow, key and part, whatever came of it: who, for whom, how much."""
    found: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for row in observe(ran(acted(), carried, 1), 0).books.commitments:
        if row.flow in {"time", "expense"} and row.version == 1:
            about = (row.submitter, row.project, row.worker, row.transaction_date, row.hours_centi)
            found[row.flow, row.key, row.part] = (*about, row.amount_minor, row.currency)
    return found


@pytest.mark.slow
def test_people_act_alike_and_first_submit_alike_whatever_carries_their_work() -> None:
    """Only on projects of the opening: one from a win opens when its integration is ready."""
    acts = staged(catalogue.load("month-end"), 1).workload
    assert acts == acted().workload
    tables = [_first_submissions(models.load(name)) for name in ("batch", "api", "event", "hybrid")]
    for found in tables:
        for unit in [unit for unit, row in found.items() if str(row[1]).startswith(("P-O", "HOLD"))]:
            del found[unit]
    assert len(tables[0]) > 100
    assert tables[1:] == tables[:-1]


@pytest.mark.slow
def test_one_process_or_two_write_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "hourly.toml").write_text(HOURLY, encoding="utf-8")
    for processes in (1, 2):
        out = tmp_path / str(processes)
        compare(Request(str(tmp_path / "hourly.toml"), "batch,api", None, 10, 2, 1, processes, None, out))
    one, two = (_files(tmp_path / processes) for processes in "12")
    assert any(name.startswith("runs/") for name in one)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
