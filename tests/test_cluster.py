"""`--cluster`: the same bytes from a Dask scheduler's workers, and one clear line where it cannot be used."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import cluster_work
import pytest
from small_world import HOURLY

from kernel.errors import InputError
from rehearsal.cli import main
from rehearsal.compare import compare
from rehearsal.given import Request
from run.code import code
from sim.connection import connected

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.live


def _ignored(*_: object) -> None:
    """Nobody is told."""


@contextmanager
def _started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A part of Dask as a person starts it, ended as a person ends it."""
    search = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
    quiet = subprocess.DEVNULL
    environment = {**os.environ, "PYTHONPATH": search}
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=quiet, stderr=quiet) as part:
        try:
            yield part
        finally:
            part.terminate()
            try:
                part.wait(20)
            except subprocess.TimeoutExpired:
                part.kill()


@contextmanager
def _scheduler(folder: Path) -> Iterator[str]:
    at = folder / "scheduler.json"
    with _started("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(at)):
        assert _await(at.exists)
        yield json.loads(at.read_text())["address"]


def _workers(address: str) -> tuple[str, ...]:
    return ("worker", address, "--nworkers", "2", "--nthreads", "1", "--host", "127.0.0.1")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler without workers."""
    with _scheduler(tmp_path_factory.mktemp("bare")) as address:
        yield address


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler with two workers, all on loopback."""
    folder = tmp_path_factory.mktemp("cluster")
    with _scheduler(folder) as address, _started(*_workers(address), "--local-directory", str(folder)):
        yield address


def _files(folder: Path) -> dict[str, bytes]:
    paths = [*folder.glob("runs/*"), folder / "summary.json"]
    return {path.name: path.read_bytes() for path in paths}


@pytest.mark.large
def test_a_cluster_writes_the_same_run_files_and_summary_as_this_machine(
    cluster: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("reports.folder.draw", lambda *_: {})  # pictures take longer than the runs
    (tmp_path / "hourly.toml").write_text(HOURLY, encoding="utf-8")
    asked = Request(str(tmp_path / "hourly.toml"), "batch,api", None, 6, 2, 1, 1, None, tmp_path / "here")
    compare(asked)
    compare(asked._replace(jobs=0, cluster=cluster, out=tmp_path / "there"))
    here, there = _files(tmp_path / "here"), _files(tmp_path / "there")
    assert len(here) >= 5
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


def test_every_run_has_a_process_of_its_own_and_its_result_its_index(cluster: str) -> None:
    with connected(cluster, code(), _ignored) as pool:
        gathered = pool.run_all(range(5), cluster_work.process, _ignored)
    rows = [row for row in gathered.results if row is not None]
    assert [job for job, _ in rows] == list(range(5))
    assert len({process for _, process in rows}) == 5


def test_a_run_that_lost_its_process_is_performed_once_more(cluster: str, tmp_path: Path) -> None:
    marker = tmp_path / "first"
    with connected(cluster, code(), _ignored) as pool:
        gathered = pool.run_all([str(marker)], cluster_work.dying_once, _ignored)
    assert gathered.lost is None
    assert gathered.results[0] not in {None, 0, int(marker.read_text())}


def test_a_run_whose_worker_is_lost_is_performed_elsewhere_and_the_old_process_ends(
    cluster: str, tmp_path: Path
) -> None:
    marker = tmp_path / "first"
    with connected(cluster, code(), _ignored) as pool:
        gathered = pool.run_all([str(marker)], cluster_work.taking_its_worker_once, _ignored)
    assert gathered.lost is None
    assert gathered.results[0] not in {None, 0, int(marker.read_text())}
    assert _is_gone(int(marker.read_text()))


def test_a_run_that_loses_its_process_twice_is_told_and_the_others_are_kept(cluster: str) -> None:
    with connected(cluster, code(), _ignored) as pool:
        gathered = pool.run_all([7], cluster_work.always_dying, _ignored)
    assert gathered.interrupted
    assert str(gathered.lost).startswith("run 7: lost for good, its process on tcp://127.0.0.1:")
    assert "ended with signal 9; look at the worker's log" in str(gathered.lost)


def test_an_error_of_the_work_itself_is_raised_as_it_is_here(cluster: str) -> None:
    with connected(cluster, code(), _ignored) as pool, pytest.raises(ValueError, match="not 3"):
        pool.run_all([3], cluster_work.refusing, _ignored)


def test_an_interrupt_keeps_what_is_complete_and_leaves_no_run_on_a_worker(
    cluster: str, tmp_path: Path
) -> None:
    def told(_index: int, _result: str) -> None:
        _await(marker.exists)
        raise KeyboardInterrupt

    marker = tmp_path / "second"
    with connected(cluster, code(), _ignored) as pool:
        gathered = pool.run_all(["", str(marker)], cluster_work.lasting, told)
    assert (list(gathered.results), gathered.interrupted) == (["", None], True)
    assert _is_gone(int(marker.read_text()))


def _is_gone(process: int) -> bool:
    return _await(lambda: not Path(f"/proc/{process}").exists())


def _await(true: Callable[[], bool], tenths: int = 300) -> bool:
    for _ in range(tenths):
        if true():
            return True
        asyncio.run(asyncio.sleep(0.1))
    return False


def test_a_worker_with_other_code_is_refused_before_anything_is_sent(cluster: str) -> None:
    here = {**code(), "Faker": "1.0"}
    with pytest.raises(InputError) as refused, connected(cluster, here, _ignored):
        pass
    assert "would give other bytes: Faker is " in str(refused.value)
    assert "there and 1.0 here; install the same there" in str(refused.value)


def test_a_worker_that_joins_later_with_other_code_performs_nothing(cluster: str) -> None:
    with connected(cluster, code(), _ignored) as pool:
        pool._expected = {**code(), "Faker": "1.0"}
        gathered = pool.run_all([1], cluster_work.process, _ignored)
    assert list(gathered.results) == [None]
    assert "a worker joined whose Faker is " in str(gathered.lost)


def test_a_scheduler_without_workers_is_told_and_waited_for_no_longer_than_said(bare: str) -> None:
    lines: list[str] = []
    late = pytest.raises(InputError, match=r"no worker came in 0.5 s; start some")
    with late, connected(bare, code(), lines.append, workers_s=0.5):
        pass
    assert lines == [
        f"No worker at {bare} yet, waiting 0.5 s; "
        f"start some, each with this code installed: dask worker {bare}"
    ]


@pytest.mark.parametrize("lost", ["scheduler", "workers"])
def test_a_cluster_that_is_lost_on_the_way_leaves_what_is_complete(lost: str, tmp_path: Path) -> None:
    scheduler, workers = ExitStack(), ExitStack()

    def told(_index: int, _result: str) -> None:
        (scheduler if lost == "scheduler" else workers).close()

    with scheduler, workers:
        address = scheduler.enter_context(_scheduler(tmp_path))
        workers.enter_context(_started(*_workers(address), "--local-directory", str(tmp_path)))
        with connected(address, code(), _ignored):
            pass  # workers may need long to start, and are then missed for less
        with connected(address, code(), _ignored, workers_s=5.0) as pool:
            gathered = pool.run_all(["", str(tmp_path / "x")], cluster_work.lasting, told)
    assert (list(gathered.results), gathered.interrupted) == (["", None], True)
    says = "the scheduler is gone" if lost == "scheduler" else "no worker is left"
    assert f"--cluster {address}: {says}; start" in str(gathered.lost)


def _refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setattr("sys.argv", ["rehearse", "compare", "month-end", "--consultants", "6", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    assert told.err.count("\n") == 1
    return told.err


def test_a_scheduler_that_does_not_answer_is_one_line_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sim.connection.REACH_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        said = _refused(capsys, monkeypatch, "--cluster", address, "--out", str(tmp_path / "out"))
    assert said.startswith(f"rehearse: --cluster {address}: no Dask scheduler answers there; start one:")
    assert "missing port number" in _refused(capsys, monkeypatch, "--cluster", "here")
    assert list(tmp_path.iterdir()) == []


def test_jobs_mean_nothing_beside_a_cluster(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = _refused(capsys, monkeypatch, "--cluster", "127.0.0.1:8786", "--jobs", "2")
    assert said.startswith("rehearse: --jobs 2: means nothing beside --cluster")


def test_without_the_extra_a_cluster_is_refused_with_the_remedy(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = _refused(capsys, monkeypatch, "--cluster", "127.0.0.1:8786")
    assert said.startswith("rehearse: --cluster: needs dask.distributed, which is not installed; install it")
    assert '".[cluster]"' in said


def test_a_comparison_without_a_cluster_imports_nothing_of_dask(
    fresh_process: Callable[[str, int], str],
) -> None:
    program = "import rehearsal.compare, sys; print({'dask', 'distributed', 'tornado'} & set(sys.modules))"
    assert fresh_process(program, 0) == "set()\n"
