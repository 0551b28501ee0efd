"""Files of objectives: a mistake is one line with place and remedy; what is shipped is sourced."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from report_data import MODELS

from kernel.errors import InputError
from measurements.kpi_table import Margin
from reports.slo import file
from reports.slo.objective import Bound, KpiMeasure, Objective

HEAD = 'title = "Mine"\n[objectives.one]\n'
REFUSED = {
    "an unknown field": (
        HEAD + 'kip = "drain_h"\nat_most = 1\n',
        "objectives.one.kip: unknown field; remove it",
    ),
    "no title": ('[objectives.one]\nkpi = "drain_h"\nat_most = 1\n', "title: Field required; add it"),
    "no objective": ('title = "Mine"\n[objectives]\n', "objectives: "),
    "a name of signs": ('title = "t"\n[objectives."<b>"]\nkpi = "drain_h"\nat_most = 1\n', "objectives.<b>"),
    "nothing measured": (
        HEAD + "at_most = 1\n",
        "objectives.one: none of kpi, finding, errors, verb, act_errors; give one",
    ),
    "two measures": (
        HEAD + 'kpi = "drain_h"\nfinding = "lost"\nat_most = 1\n',
        "objectives.one: both kpi and finding; give one thing to measure",
    ),
    "an unknown KPI": (
        HEAD + 'kpi = "time_p95"\nat_most = 1\n',
        "objectives.one.kpi: unknown KPI 'time_p95'; use",
    ),
    "an unknown finding": (
        HEAD + 'finding = "late"\nat_most = 0\n',
        "unknown finding 'late'; use one of unauthorised, duplicated, lost",
    ),
    "an unknown class of errors": (
        HEAD + 'errors = "4xx"\nat_most = 1\n',
        "errors: unknown class of errors '4xx'; use one of refused, timeout, server_error, other, any",
    ),
    "an unknown system": (
        HEAD + 'errors = "any"\nsystem = "sap"\nat_most = 1\n',
        "system: unknown system 'sap'",
    ),
    "an unknown verb": (
        HEAD + 'verb = "approve"\npersona = "approver"\nat_most = 1\n',
        "verb: unknown verb 'approve'; use one of the",
    ),
    "an act of nobody": (
        HEAD + 'verb = "approvals.decide"\nat_most = 1\n',
        "persona: missing; say whose act it is, such as approver",
    ),
    "an unknown time": (
        HEAD + 'verb = "approvals.decide"\npersona = "approver"\ntime = "wait"\nat_most = 1\n',
        "time: unknown time 'wait'; use one of response, service",
    ),
    "a percentile that nobody tells": (
        HEAD + 'verb = "approvals.decide"\npersona = "approver"\npercentile = 90\nat_most = 1\n',
        "percentile: 90 is not told; use one of 50, 95, 99, 99.9",
    ),
    "a field of another measure": (
        HEAD + 'kpi = "drain_h"\nsystem = "netsuite"\nat_most = 1\n',
        "objectives.one.system: it means nothing for kpi; remove it",
    ),
    "a KPI of another workflow": (
        HEAD + 'kpi = "days_to_invoice_p95"\nworkflow = "time_and_expense"\nat_most = 1\n',
        "workflow: days_to_invoice_p95 is of billing_and_revenue; remove it",
    ),
    "a workflow of the whole": (
        HEAD + 'kpi = "api_calls"\nworkflow = "time_and_expense"\nat_most = 1\n',
        "workflow: api_calls is of the whole integration",
    ),
    "no threshold": (
        HEAD + 'kpi = "drain_h"\n',
        "objectives.one: neither at_most nor at_least; give one of them",
    ),
    "two thresholds": (HEAD + 'kpi = "drain_h"\nat_most = 1\nat_least = 0.5\n', "both at_most and at_least"),
    "a threshold in words": (HEAD + 'kpi = "drain_h"\nat_most = "1"\n', "at_most: no number; write a number"),
    "a threshold below nothing": (HEAD + 'kpi = "drain_h"\nat_most = -1\n', "at_most: "),
    "a threshold beyond all": (HEAD + 'kpi = "drain_h"\nat_most = inf\n', "at_most: "),
    "more than all": (
        HEAD + 'kpi = "invoice_accuracy_pct"\nat_least = 101\n',
        "101 of a share in %; give 0 to 100",
    ),
    "a floor that is always kept": (HEAD + 'kpi = "drain_h"\nat_least = 0\n', "at_least: 0 is always kept"),
    "a ceiling that is always kept": (
        HEAD + 'errors = "any"\nat_most = 100\n',
        "at_most: 100 is always kept",
    ),
    "a margin below nothing": (
        HEAD + 'kpi = "drain_h"\nat_most = 1\nmargin = { absolute = -1 }\n',
        "objectives.one.margin.absolute: ",
    ),
    "a margin that is no table": (HEAD + 'kpi = "drain_h"\nat_most = 1\nmargin = 1\n', "margin: no table"),
    "no items": (HEAD + 'kpi = "drain_h"\nat_most = 1\nitems = 0\n', "items: "),
    "items of an audit": (
        HEAD + 'finding = "lost"\nat_most = 0\nitems = 5\n',
        "items: it means nothing for finding",
    ),
    "no replications": (
        'title = "t"\nreplications = 0\n[objectives.a]\nkpi = "drain_h"\nat_most = 1\n',
        "replica",
    ),
    "a source of signs": (
        HEAD + 'kpi = "drain_h"\nat_most = 1\nsource = "\\u0001"\n',
        "objectives.one.source: ",
    ),
    "no TOML": ("title = ", "not TOML"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_file_is_refused_in_one_line_for(name: str, tmp_path: Path) -> None:
    text, says = REFUSED[name]
    path = tmp_path / "slo.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        file.load(str(path))
    told = str(caught.value)
    assert told.startswith(str(path))
    assert says in told
    assert "\n" not in told


def test_neither_a_name_nor_a_file_is_refused() -> None:
    with pytest.raises(
        InputError, match="--slo strict: unknown; use one of month-end, month-end-live, or the path"
    ):
        file.load("strict")
    with pytest.raises(InputError, match="cannot be read"):
        file.load("missing.toml")


@pytest.mark.parametrize(
    ("models", "objective", "says"),
    [
        (MODELS, '"fax"', "objectives.one.models: no model fax takes part; use one of batch, api, event"),
        ({"manual": MODELS["manual"]}, "[]", "only baselines take part; name the baselines"),
    ],
)
def test_objectives_of_models_that_do_not_take_part_are_refused(
    models: dict[str, dict[str, str]], objective: str, says: str
) -> None:
    slo = file.slo_of(
        tomllib.loads(f'{HEAD}kpi = "drain_h"\nat_most = 1\nmodels = {objective}\n'), "slo.toml"
    )
    with pytest.raises(InputError, match=f"slo.toml: .*{says}"):
        file.check_models(slo, models, "slo.toml")


def test_a_file_reads_as_it_is_written() -> None:
    text = (
        'models = "event"\n'
        + HEAD
        + 'kpi = "drain_h"\nat_most = 10\nmargin = { absolute = 1, relative = 0.2 }\n'
    )
    found = file.slo_of(tomllib.loads(text), "slo.toml")
    bound = Bound("at_most", 10.0, Margin(1.0, 0.2))
    assert found.objectives == [Objective("one", KpiMeasure("drain_h"), bound, "assumption", ("event",), 1)]
    assert bound.tolerance == 2.0


def test_a_delay_by_faults_is_asked_of_a_workflow_by_its_name() -> None:
    text = HEAD + 'kpi = "fault_delay_item_h"\nworkflow = "time_and_expense"\nat_most = 10\n'
    found = file.slo_of(tomllib.loads(text), "slo.toml").objectives[0]
    assert found.measure == KpiMeasure("time_and_expense_fault_delay_item_h")


@pytest.mark.parametrize("name", file.names())
def test_every_shipped_threshold_says_its_source(name: str) -> None:
    given = file.load(name)
    assert all(len(table["source"]) > 15 for table in given.table["objectives"].values())
    file.check_models(file.slo_of(given.table, name), MODELS, name)
