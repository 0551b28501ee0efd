"""Releases on the page: what, when and why, who answered, what waited under each model and until when."""

from __future__ import annotations

from dataclasses import replace

from report_data import experiment

from reports.findings import find
from reports.inputs import Experiment, ReleaseLine
from reports.releases import release_rows

RENAME = ReleaseLine(
    name="rename of PO number",
    system="netsuite",
    cause="tenant change",
    kind="rename_field",
    start_h=214.0,
    answered_h=286.0,
    by="an operator",
    workflows=("quote_to_project", "billing_and_revenue"),
    waited=4,
    still=0,
    until_h=290.5,
)


def with_releases(**by_model: ReleaseLine) -> Experiment:
    """Two replications, the first day a Friday; models that are not named were not struck."""
    whole = experiment(2)
    calm = RENAME._replace(waited=0, workflows=(), until_h=None)
    runs = [replace(run, releases=(by_model.get(run.model, calm),)) for run in whole.runs]
    return replace(whole, runs=runs, first_day="2026-06-16")


def test_a_release_says_when_why_and_who_answered_it() -> None:
    (row,) = release_rows(find(with_releases()))
    assert row.label == "rename of PO number (NetSuite)"
    assert row.note == "24 Jun 22:00, tenant change; answered by an operator after 3.0 days"


def test_each_model_tells_what_waited_whom_it_struck_and_until_when() -> None:
    (row,) = release_rows(find(with_releases(batch=RENAME)))
    struck, calm = row.cells[0], row.cells[1]
    assert (struck.text, struck.tone) == ("4.0", "")
    assert struck.small == "quote to project and billing and revenue; until 28 Jun 02:30 at the latest"
    assert (calm.text, calm.tone) == ("0", "quiet")


def test_what_waits_to_the_end_is_marked_as_bad_and_nobody_is_named_where_nobody_answered() -> None:
    open_ = RENAME._replace(answered_h=None, by="", still=3)
    (row,) = release_rows(find(with_releases(batch=open_)))
    assert row.cells[0].small.endswith("3.0 to the end")
    assert row.cells[0].tone == "bad"


def test_without_releases_there_is_no_row() -> None:
    assert release_rows(find(experiment(2))) == []
