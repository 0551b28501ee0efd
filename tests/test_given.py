"""The command that repeats a result: typed as it was on the page, free of folders in the summary."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from report_data import experiment
from small_world import HOURLY

import reports
from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from rehearsal.compare import compare, plan_of
from rehearsal.given import Request, command_of, files_of, without_folders
from reports import experiment_file

ASKED = Request("month-end", "", None, None, 10, 1, 0, None, None)


def test_the_command_keeps_each_path_as_it_was_given() -> None:
    asked = ASKED._replace(firm=Path("x y/f.toml"), workload=Path("logs/l.xes.gz"), models="batch,my/m.toml")
    words = shlex.split(command_of(asked))
    assert {"x y/f.toml", "logs/l.xes.gz", "batch,my/m.toml"} <= set(words)
    assert shlex.split(command_of(without_folders(asked)))[3:9] == [
        "--models",
        "batch,m.toml",
        "--firm",
        "f.toml",
        "--workload",
        "l.xes.gz",
    ]


def test_a_most_beside_a_fixed_number_is_refused_and_alone_it_is_repeated() -> None:
    with pytest.raises(InputError, match="--most: 40 means nothing beside the fixed number"):
        plan_of(ASKED._replace(most=40))
    auto = ASKED._replace(replications=None, most=40, models="batch")
    assert plan_of(auto).looks[-1] == 40
    assert "--replications auto --most 40" in command_of(auto)


def test_a_log_with_a_column_map_is_two_files_whichever_was_named(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("Id\n")
    (tmp_path / "log.toml").write_text('case = "Id"\n')
    (tmp_path / "map.toml").write_text('file = "log.csv"\n')
    named = {
        given: [file.name for file in files_of(ASKED._replace(workload=tmp_path / given))]
        for given in ("log.csv", "log.toml", "map.toml")
    }
    assert named == {
        "log.csv": ["log.csv", "log.toml"],
        "log.toml": ["log.toml", "log.csv"],
        "map.toml": ["map.toml", "log.csv"],
    }


@pytest.mark.slow
def test_the_same_files_in_other_folders_give_the_same_summary_and_the_page_repeats_each(
    tmp_path: Path,
) -> None:
    (tmp_path / "hourly.toml").write_text(HOURLY)
    table = "".join(f'{workflow} = "manual"\n' for workflow in WORKFLOWS)
    summaries = []
    for name in ("x", "y"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "f.toml").write_text("consultants = 8\n")
        (folder / "m.toml").write_text(f'name = "ours"\n[workflows]\n{table}')
        models, out = f"batch,{folder / 'm.toml'}", folder / "out"
        compare(Request(str(tmp_path / "hourly.toml"), models, folder / "f.toml", None, 1, 1, 1, None, out))
        summaries.append((out / "summary.json").read_bytes())
        assert f"--firm {folder / 'f.toml'}" in (out / "report.html").read_text()
    assert summaries[0] == summaries[1]
    assert str(tmp_path).encode() not in summaries[0]
    held: dict[str, Any] = json.loads(summaries[0])["provenance"]
    digest = sha256(b"consultants = 8\n").hexdigest()
    assert {"given": "--firm", "name": "f.toml", "sha256": digest} in held["files"]


def test_a_combined_report_lists_every_command_once(tmp_path: Path) -> None:
    whole = experiment(1)
    for name in ("batch", "api", "event"):
        part = {
            "models": {name: whole.models[name]},
            "runs": [run for run in whole.runs if run.model == name],
            "typed": [f"rehearse compare month-end --models {name}"],
        }
        experiment_file.write(replace(whole, **part), tmp_path / name)
    joined = reports.load([tmp_path / name for name in ("batch", "api", "event", "api")])
    reports.write(joined, tmp_path / "all")
    for page in ("report.html", "report.md"):
        text = (tmp_path / "all" / page).read_text()
        for name in ("batch", "api", "event"):
            assert text.count(f"rehearse compare month-end --models {name}") == 1
