"""Names are applied per object of each path of a query; what is asked for by value is nobody's name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.connectors.names import Names
from pipeline.connectors.netsuite import SUITEQL, literal
from pipeline.connectors.query import Dialect, join, read, split
from pipeline.connectors.salesforce import soql_text
from pipeline.connectors.salesforce_relations import SOQL
from pipeline.failures import SchemaError

SPLITS = (
    "SELECT Name, pse__Timecard_Header__r.Name, pse__Timecard_Header__r.pse__Project__r.Name"
    " FROM pse__Timecard__c WHERE pse__Timecard_Header__r.Name IN ('Name', 'b') AND Name = 'Name'"
)


def soql(*renames: tuple[str, str, str]) -> Names:
    names = Names(SOQL)
    for rename in renames:
        names.apply(*rename)
    return names


def test_a_field_is_renamed_where_its_own_object_is_asked_and_nowhere_else() -> None:
    names = soql(("pse__Timecard_Header__c", "Name", "Title"))
    assert names.query(SPLITS) == (
        "SELECT Name, pse__Timecard_Header__r.Title, pse__Timecard_Header__r.pse__Project__r.Name"
        " FROM pse__Timecard__c WHERE pse__Timecard_Header__r.Title IN ('Name', 'b') AND Name = 'Name'"
    )


def test_a_field_two_relations_away_is_renamed_by_the_object_that_holds_it() -> None:
    names = soql(("pse__Proj__c", "Name", "Title"))
    assert "pse__Timecard_Header__r.pse__Project__r.Title FROM" in names.query(SPLITS)
    assert names.query(SPLITS).count("Title") == 1


def test_rows_come_back_under_the_old_names_nested_or_dotted() -> None:
    names = soql(("pse__Timecard__c", "Name", "Title"), ("pse__Proj__c", "Name", "Label"))
    header: dict[str, Any] = {"Name": "h", "pse__Project__r": {"Label": "p"}}
    rows: list[dict[str, Any]] = [
        {"Title": "s", "pse__Timecard_Header__r": header},
        {"Title": "s", "pse__Timecard_Header__r": None},
        {"Title": "s", "pse__Timecard_Header__r.pse__Project__r.Label": "p"},
    ]
    assert names.rows(SPLITS, rows) == [
        {"Name": "s", "pse__Timecard_Header__r": {"Name": "h", "pse__Project__r": {"Name": "p"}}},
        {"Name": "s", "pse__Timecard_Header__r": None},
        {"Name": "s", "pse__Timecard_Header__r.pse__Project__r.Name": "p"},
    ]


def test_two_fields_may_swap_their_names() -> None:
    names = soql(("Contact", "A", "B"), ("Contact", "B", "A"))
    text = "SELECT A, B FROM Contact WHERE A = 'A'"
    assert names.query(text) == "SELECT B, A FROM Contact WHERE B = 'A'"
    assert names.rows(text, [{"B": 1, "A": 2}]) == [{"A": 1, "B": 2}]


def test_a_second_rename_replaces_the_first() -> None:
    names = soql(("Contact", "A", "B"), ("Contact", "A", "C"))
    assert names.query("SELECT A FROM Contact") == "SELECT C FROM Contact"
    assert names.into("Contact", {"C": 1, "B": 2}) == {"A": 1, "B": 2}


def test_columns_of_the_erp_have_no_case_and_an_alias_is_no_column() -> None:
    names = Names(SUITEQL)
    names.apply("timeBill", "hours", "Quantity")
    names.apply("timeBill", "tranDate", "day")
    text = "SELECT trandate, SUM(hours) AS hours FROM timebill WHERE hours > 0 GROUP BY trandate"
    assert names.query(text) == (
        "SELECT day, SUM(quantity) AS hours FROM timebill WHERE quantity > 0 GROUP BY day"
    )
    assert names.rows(text, [{"day": "2026-04-01", "hours": 8}]) == [{"trandate": "2026-04-01", "hours": 8}]


def test_a_table_of_several_types_keeps_a_name_while_one_type_has_it() -> None:
    names, text = Names(SUITEQL), "SELECT id FROM transaction WHERE custbody_source_key = 'a'"
    names.apply("expenseReport", "custbody_source_key", "custbody_key")
    assert names.query(text) == text
    names.apply("vendorBill", "custbody_source_key", "custbody_key")
    assert names.query(text) == text.replace("source_key", "key")


def test_a_built_in_function_is_no_column() -> None:
    names = Names(SUITEQL)
    names.apply("invoice", "job", "project")
    text = "SELECT BUILTIN.DF(job) AS job, subsidiary FROM invoice WHERE job = '1'"
    assert (
        names.query(text) == "SELECT BUILTIN.DF(project) AS job, subsidiary FROM invoice WHERE project = '1'"
    )


@pytest.mark.parametrize("dialect", [SOQL, SUITEQL])
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_query_comes_back_as_it_was_whatever_its_literals(dialect: Dialect, values: list[str]) -> None:
    """What a mapping of another object makes of a query is what none makes of it."""
    quoted = [soql_text(value) if dialect is SOQL else literal(value) for value in values]
    condition = f"a IN ({', '.join(quoted)}) AND b = {quoted[0]} AND c >= 2026-04-16T04:00:00.000Z"
    text = f"SELECT a, b FROM t WHERE {condition}"
    shape, literals = split(text, dialect)
    assert (join(shape, literals), len(literals)) == (text, 3)
    assert read(shape).paths == ("a", "b", "a", "b", "c")
    names = Names(dialect)
    names.apply("other", "a", "z")
    assert names.query(text) == text
    names.apply("t", "c", "z")
    assert names.query(text) == text.replace(" AND c >= ", " AND z >= ")


def test_nothing_applied_returns_what_was_given() -> None:
    names, row = Names(SOQL), {"Name": 1}
    assert names.query(SPLITS) is SPLITS
    assert names.rows(SPLITS, rows := [row]) is rows
    assert names.out("Contact", row) is row
    assert names.into("Contact", row) is row
    assert names.field("Contact", "Name") == "Name"


def test_a_value_whose_field_went_is_refused_and_only_an_empty_one_or_a_label_left_out() -> None:
    names = Names(SOQL, "salesforce", {"contact": frozenset({"Nickname__c"})})
    for field in ("Fax", "Nickname__c"):
        names.apply("Contact", field, "")
    for empty in (None, ""):
        assert names.out("contact", {"Fax": empty, "Nickname__c": "x", "Name": 2}) == {"Name": 2}
    for value in (0, False, "x"):
        with pytest.raises(SchemaError, match="salesforce: Contact has no Fax"):
            names.out("Contact", {"Name": 2, "Fax": value})
    assert names.out("Account", {"Fax": 1}) == {"Fax": 1}
    assert names.field("Contact", "Fax") == "Fax"
