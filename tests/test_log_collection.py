"""Invented logs in the shapes of the other logs of the public collection: a map alone makes them readable."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from kernel.errors import InputError
from scenarios import catalogue, firm_file
from scenarios.history import cases
from scenarios.history.load import load
from scenarios.play import stage


def event(name: str, moment: str, *more: str) -> str:
    return (
        f'<event><string key="id" value="st"/><string key="concept:name" value="{name}"/>'
        f'<string key="org:role" value="SUPERVISOR"/><date key="time:timestamp" value="{moment}"/>'
        f"{''.join(more)}</event>"
    )


def attribute(kind: str, key: str, value: str) -> str:
    return f'<{kind} key="{key}" value="{value}"/>'


def trace(key: str, *parts: str) -> str:
    return f'<trace><string key="concept:name" value="{key}"/>{"".join(parts)}</trace>'


def log(*traces: str) -> str:
    head = '<global scope="event"><string key="concept:name" value="__INVALID__"/></global>'
    return f'<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">{head}{"".join(traces)}</log>'


PERMIT = (
    event("Permit SUBMITTED by EMPLOYEE", "2018-01-02T10:00:00+01:00"),
    event("Permit FINAL_APPROVED by SUPERVISOR", "2018-01-03T10:00:00+01:00"),
    event("Start trip", "2018-02-01T00:00:00+01:00"),
)
DECLARED = event("Declaration SUBMITTED by EMPLOYEE", "2018-02-10T10:00:00+01:00")
BY_DIRECTOR = event("Declaration FINAL_APPROVED by DIRECTOR", "2018-02-12T10:00:00+01:00")
REQUEST = event("Request Payment", "2018-02-13T10:00:00+01:00")
HANDLED = event("Payment Handled", "2018-02-15T17:31:00+01:00")
FINAL = '["Declaration FINAL_APPROVED by SUPERVISOR", "Declaration FINAL_APPROVED by DIRECTOR"]'


def test_international_declarations_may_be_approved_by_either_of_two(tmp_path: Path) -> None:
    """Several amounts stand on the trace, and a director's final approval is one."""
    amounts = (
        attribute("float", "RequestedAmount", "39.66"),
        attribute("float", "Amount", "39.61"),
        attribute("boolean", "Overspent", "false"),
    )
    (tmp_path / "i.xes").write_text(log(trace("d 1", *amounts, *PERMIT, DECLARED, BY_DIRECTOR, REQUEST)))
    assert load(tmp_path / "i.xes").cases[0].approved_at is None
    (tmp_path / "i.toml").write_text(f'amount = "RequestedAmount"\n[activities]\napproved = {FINAL}\n')
    (found,) = load(tmp_path / "i.xes").cases
    assert found.approved_at is not None
    assert found.amount == Decimal("39.66")


def test_a_scenario_may_name_several_activities_too(tmp_path: Path) -> None:
    head = 'title = "Ours"\nquestion = "?"\nfrom_log = true\nworkflows = ["time_and_expense"]\n'
    (tmp_path / "ours.toml").write_text(f"{head}[activities]\napproved = {FINAL}\n")
    scenario = catalogue.load(str(tmp_path / "ours.toml"))
    amount = attribute("float", "Amount", "39.61")
    (tmp_path / "i.xes").write_text(log(trace("d 1", amount, DECLARED, BY_DIRECTOR, REQUEST)))
    play = stage(scenario, firm_file.load(None, 20), 1, load(tmp_path / "i.xes", scenario.activities))
    assert not play.workload.reports[0].submitter_approves


def test_prepaid_travel_cost_has_an_amount_of_another_name_in_a_packed_log(tmp_path: Path) -> None:
    asked = (
        event("Request For Payment SUBMITTED by EMPLOYEE", "2018-01-04T10:00:00+01:00"),
        event("Request For Payment FINAL_APPROVED by SUPERVISOR", "2018-01-05T10:00:00+01:00"),
    )
    amount = attribute("float", "RequestedAmount", "1.2E3")
    text = log(trace("request for payment 1", amount, *PERMIT, *asked, REQUEST, HANDLED))
    (tmp_path / "p.xes.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(InputError, match=r"1 no amount\); name where it stands: amount = "):
        load(tmp_path / "p.xes.gz")
    (tmp_path / "p.toml").write_text(
        'amount = ["Amount", "RequestedAmount"]\n[activities]\n'
        'submitted = "Request For Payment SUBMITTED by EMPLOYEE"\n'
        'approved = "Request For Payment FINAL_APPROVED by SUPERVISOR"\n'
    )
    (found,) = load(tmp_path / "p.xes.gz").cases
    assert (found.amount, found.paid_at is not None, found.approved_at is not None) == (1200, True, True)
    assert load(tmp_path / "p.toml").cases == (found,)


def test_a_permit_with_several_payments_plays_the_first_and_says_so(tmp_path: Path) -> None:
    """Amounts are numbered, of which some are missing; a case may stand in two traces."""
    later = (
        event("Request Payment", "2018-03-13T10:00:00+01:00"),
        event("Payment Handled", "2018-03-15T17:31:00+01:00"),
    )
    amounts = (
        attribute("string", "RequestedAmount_0", "UNKNOWN"),
        attribute("int", "RequestedAmount_1", "40"),
    )
    text = log(trace("permit 1", *amounts, *PERMIT, REQUEST, HANDLED), trace("permit 1", *amounts, *later))
    (tmp_path / "permits.xes").write_text(text)
    (tmp_path / "permits.toml").write_text('amount = ["RequestedAmount_0", "RequestedAmount_1"]\n')
    found = load(tmp_path / "permits.xes")
    assert (found.read, found.cases[0].amount) == (1, 40)
    assert found.remarks == {cases.HANDED_OVER_AGAIN: 1, cases.PAID_AGAIN: 1}


def test_an_attribute_may_stand_on_the_event_or_deep_in_a_list(tmp_path: Path) -> None:
    deep = f'<list key="costs"><values>{attribute("float", "Sum", "7.5")}</values></list>'
    own = event("Request Payment", "2018-02-13T10:00:00", attribute("float", "Sum", "8.5"))
    (tmp_path / "deep.xes").write_text(log(trace("a", deep, REQUEST), trace("b", deep, own)))
    (tmp_path / "deep.toml").write_text('amount = "Sum"\nzone = "Europe/Amsterdam"\n')
    first, second = load(tmp_path / "deep.xes").cases
    assert (first.amount, second.amount) == (Decimal("7.5"), Decimal("8.5"))
    assert first.handed_over_at == second.handed_over_at


def test_requests_for_payment_as_a_csv_export(tmp_path: Path) -> None:
    """Quoted cells, columns of XES names, a row number of its own, an amount missing in some rows."""
    rows = (
        '"",id,"org:role","concept:name","time:timestamp","case:RequestedAmount","case:concept:name"',
        '1,st,EMPLOYEE,"Request For Payment SUBMITTED by EMPLOYEE",2018-01-04 10:00:00+00:00,,"rfp 1"',
        '2,st,EMPLOYEE,"Request For Payment FINAL_APPROVED by SUPERVISOR",2018-01-05 10:00:00Z,,"rfp 1"',
        '3,st 3,UNDEFINED,"Request Payment",2018-01-06 10:00:00+00:00,"1,000.50","rfp 1"',
        '4,st 4,UNDEFINED,"Payment Handled",2018-01-08 16:31:00+00:00,"1,000.50","rfp 1"',
    )
    (tmp_path / "r.csv").write_text("\r\n".join(rows), newline="")
    (tmp_path / "r.toml").write_text(
        'case = "case:concept:name"\nactivity = "Concept:Name"\ntime = "time:timestamp"\n'
        'amount = "case:RequestedAmount"\nthousands = ","\n[activities]\n'
        'approved = "Request For Payment FINAL_APPROVED by SUPERVISOR"\n'
    )
    (found,) = load(tmp_path / "r.csv").cases
    assert (found.amount, found.approved_at is not None) == (Decimal("1000.50"), True)
