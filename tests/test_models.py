"""Models: the shipped tables, one's own files, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from pipeline import costs
from pipeline.catalogue import legs
from pipeline.connectors.names import Names
from pipeline.entities import ENTITIES, FieldDefinition
from pipeline.governance import allowed, breaks
from pipeline.models import load, names
from pipeline.translation.control import Control
from pipeline.translation.deal import Deal
from pipeline.translation.invoice import Event, Line
from pipeline.translation.project import Standing
from pipeline.translation.revenue import Journal
from pipeline.translation.worker import Worker
from reports.advice import ADVISED


def test_every_shipped_model_names_a_pattern_for_each_workflow() -> None:
    for name in names():
        assert tuple(load(name).workflows) == WORKFLOWS


def test_the_hybrid_is_the_table_of_the_semantics() -> None:
    assert list(load("hybrid").workflows.values()) == ["api", "batch+api", "event", "api", "batch+event"]
    assert list(load("inverse-hybrid").workflows.values()) == ["batch", "event", "api", "batch", "api"]


def test_advice_is_met_by_the_hybrid_that_is_shipped() -> None:
    assert dict(ADVISED) == dict(load("hybrid").workflows)


def _file(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


def test_a_model_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    lines = "\n".join(f'{workflow} = "event"' for workflow in WORKFLOWS)
    model = load(_file(tmp_path, f'name = "mine"\n[workflows]\n{lines}\n'))

    assert (model.name, model.title, set(model.workflows.values())) == ("mine", "mine", {"event"})


@pytest.mark.parametrize("name", ["", " ", "a,b", "../up", "as recorded", "as-recorded"])
def test_a_name_that_no_file_or_list_can_carry_is_refused(tmp_path: Path, name: str) -> None:
    lines = "\n".join(f'{workflow} = "event"' for workflow in WORKFLOWS)
    with pytest.raises(InputError) as wrong:
        load(_file(tmp_path, f'name = "{name}"\n[workflows]\n{lines}\n'))

    assert f"mine.toml: name: {name!r} cannot name a model; use letters" in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\n[workflows]\nquote_to_project = "batch"\n', "worker_alignment is missing"),
        ('name = "x"\ncolour = "red"\n[workflows]\n', "colour"),
        ("name = ", "cannot be read as TOML"),
        (
            'name = "x"\n[workflows]\n' + "\n".join(f'{workflow} = "magic"' for workflow in WORKFLOWS),
            "there is no pattern 'magic'",
        ),
    ],
)
def test_a_wrong_model_file_is_one_line_with_its_remedy(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as wrong:
        load(_file(tmp_path, text))

    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="hybrid"):
        load("microservices")


def test_the_catalogue_has_a_leg_for_each_style_of_each_workflow() -> None:
    found = [(leg.workflow, leg.pattern) for leg in legs(load("hybrid"))]

    assert found == [
        ("quote_to_project", "api"),
        ("worker_alignment", "batch"),
        ("worker_alignment", "api"),
        ("time_and_expense", "event"),
        ("billing_and_revenue", "api"),
        ("portfolio_reporting", "batch"),
        ("portfolio_reporting", "event"),
    ]
    assert all(all(leg) for name in names() for leg in legs(load(name)))


def test_costs_are_ranges_in_order_and_hands_cost_no_platform() -> None:
    for name in names():
        for given in costs.lines(load(name)).values():
            assert given.low <= given.default <= given.high
    assert costs.platform_usd(load("manual")) == (0.0, 0.0, 0.0)


def test_two_styles_cost_the_dearer_platform_and_half_of_the_other() -> None:
    both = costs.platform_usd(load("hybrid")).default

    assert both == 40_000.0 + 0.5 * 40_000.0 + 0.5 * 20_000.0


def test_a_definition_may_gain_an_optional_field_but_lose_or_change_none() -> None:
    old = ENTITIES["TimeEntry"]
    more = old._replace(version="1.1", fields={**old.fields, "note": FieldDefinition("text", "psa", False)})
    less = old._replace(
        version="1.1", fields={name: told for name, told in old.fields.items() if name != "day"}
    )
    other = old._replace(
        version="1.1", fields={**old.fields, "hours_centi": FieldDefinition("number", "psa")}
    )

    assert allowed(old, more)
    assert breaks(old, less) == ["day: gone"]
    assert breaks(old, other) == ["hours_centi: hours_centi became number"]
    assert not allowed(old, less)
    assert allowed(old, less._replace(version="2.0"))


def test_after_a_mapping_a_renamed_field_goes_out_and_comes_in_under_its_new_name() -> None:
    mapped = Names()
    mapped.apply("timeBill", "custcol_old", "custcol_new")

    assert mapped.out("timeBill", {"custcol_old": 1, "hours": 2}) == {"custcol_new": 1, "hours": 2}
    assert mapped.into("timebill", {"custcol_new": 1}) == {"custcol_old": 1}
    asked = "SELECT custcol_old, custcol_older FROM timebill"
    assert mapped.query(asked) == "SELECT custcol_new, custcol_older FROM timebill"
    assert mapped.out("job", {"custcol_old": 1}) == {"custcol_old": 1}


@pytest.mark.parametrize(
    ("entity", "values", "other_names"),
    [
        ("Customer", (Deal,), {"name": "customer_name", "erp_id": "erp_customer"}),
        ("Engagement", (Deal,), {"contract_minor": "amount_minor"}),
        ("Project", (Standing, Deal), {"open_for_time": "opened", "contract_minor": "amount_minor"}),
        ("Resource", (Worker,), {}),
        ("Milestone", (Control,), {"milestone": "control", "target": "date"}),
        ("PurchaseOrder", (Control,), {"request": "control"}),
        ("Invoice", (Event, Line), {"status": "released"}),
        ("RevenueEvent", (Journal,), {"journal": "key"}),
    ],
)
def test_what_translation_makes_carries_the_fields_of_its_canonical_definition(
    entity: str, values: tuple[type, ...], other_names: dict[str, str]
) -> None:
    wanted = [other_names.get(name, name) for name in ENTITIES[entity].fields]
    assert [name for name in wanted if not any(hasattr(value, name) for value in values)] == []
