"""scenarios/README.md names every field of the files that people write, as the code has them."""

from __future__ import annotations

import re
from dataclasses import fields
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from kernel.errors import InputError
from mocks import faults, releases
from mocks.assemble import ALL
from mocks.correlation import convention
from pipeline.models import model
from reports.slo import file as slo_file
from scenarios import correlation_file, firm_file, firm_tables, scenario_file
from scenarios.firm import Firm
from scenarios.history import column_map

README = (Path(scenario_file.__file__).parent / "README.md").read_text(encoding="utf-8")
TABLES: dict[str, type[BaseModel]] = {
    "## Scenario": scenario_file._File,
    "`[decisions]`": scenario_file._Margin,
    "`[live]`": scenario_file._Live,
    "`[schedules.": scenario_file._Schedule,
    "`[systems.": scenario_file._System,
    "`[[faults]]`": scenario_file._Fault,
    "`[[releases]]`": scenario_file._Release,
    "`[activities]`:": scenario_file._Activities,
    "## Firm": firm_file._model(),
    "`[costs]`:": firm_tables.Costs,
    "`[margins]`:": firm_tables.Margin,
    "`[integration]`:": firm_tables.Integration,
    "`[[entities]]`": firm_file._Entity,
    "## Model": model._File,
    "## Service levels": slo_file._File,
    "`[objectives.": slo_file._Objective,
    "`margin`": slo_file._Margin,
    "## Correlation": correlation_file._File,
    "`[[netsuite.timeBill]]`": correlation_file._Place,
    "## Column map": column_map.ColumnMap,
}


def rows(marker: str, table: int = 0) -> dict[str, list[str]]:
    """First cell to the others, of a table after the line that begins with `marker`."""
    lines = README[README.index(f"\n{marker}") :].splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith("|---")]
    body = takewhile(lambda line: line.startswith("|"), lines[starts[table] + 1 :])
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body]
    return {first.strip("`"): rest for first, *rest in cells}


@pytest.mark.parametrize("marker", list(TABLES))
def test_every_field_stands_under(marker: str) -> None:
    kind, told = TABLES[marker], rows(marker)
    assert list(told) == list(kind.model_fields)
    if marker not in {"## Firm", "`[[entities]]`"}:
        needed = {name for name, field in kind.model_fields.items() if field.is_required()}
        assert {name for name, cells in told.items() if cells[-1] == "needed"} >= needed


def test_every_parameter_of_the_firm_has_its_unit_and_default() -> None:
    told = rows("## Firm")
    for found in fields(Firm):
        unit, default, _ = told[found.name]
        assert unit == found.metadata["unit"]
        if found.name != "entities" and found.name not in firm_tables.TABLES:
            given = found.default if isinstance(found.default, tuple) else (found.default,)
            assert default == ", ".join(str(value) for value in given)


def test_every_parameter_of_the_firm_may_be_at_its_bounds_and_not_beyond() -> None:
    numbers = {
        name: re.fullmatch(r"(above )?(\S+) to (\S+)", told[-1]) for name, told in rows("## Firm").items()
    }
    for found in fields(Firm):
        bounds = numbers[found.name]
        if isinstance(found.default, int | float):
            assert bounds is not None
            low, high = float(bounds[2]), int(bounds[3].replace(",", ""))
            accepted(found.name, high)
            for beyond in (high + 1, low if bounds[1] else low - 0.25):
                refused(found.name, beyond)


def accepted(name: str, value: float) -> None:
    firm_file._model().model_validate({name: value})


def refused(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"{name}: "):
        firm_file.firm_of(Firm(), {name: value}, "firm.toml")


@pytest.mark.parametrize(
    ("marker", "known"), [("`[[faults]]`", faults.PARAMETERS), ("`[[releases]]`", releases.PARAMETERS)]
)
def test_every_kind_names_its_parameters_and_which_are_needed(marker: str, known: Any) -> None:
    told = rows(marker, 1)
    assert list(told) == list(known)
    for kind, parameters in known.items():
        named = re.findall(r"`(\w+)`( \*)?", told[kind][0])
        assert named == [(found.name, " *" if found.required else "") for found in parameters]


def test_every_object_that_carries_keys_names_them() -> None:
    names = {
        f"{system}.{name}": ", ".join(dict.fromkeys(group for one in places for group in one.groups))
        for system in ALL
        for name, places in convention(system).items()
    }
    told = {name: cells[0] for name, cells in rows("`[[netsuite.timeBill]]`", 1).items()}
    assert {name: set(listed.split(", ")) for name, listed in told.items()} == {
        name: set(listed.split(", ")) for name, listed in names.items()
    }
