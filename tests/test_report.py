"""The report as its readers meet it: the page, the summary, the terminal, and the files it is built from."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from report_data import MODELS, experiment
from rich.console import Console

import reports
from kernel.errors import InputError
from reports import experiment_file
from reports.answer_rows import answer_rows
from reports.benefits import benefits
from reports.cells import Cell
from reports.differences import differences
from reports.estimates import estimate, estimates
from reports.findings import find
from reports.inputs import Balance, CostRange, Experiment, Figure, LimitLine, Margin, Run, Strip
from reports.limits import binds_at, limit_rows, opening
from reports.mixed import mixed_sentence
from reports.numbers import interval, measured
from reports.operations import recovery_rows
from reports.story import headline, status
from reports.summary import summary
from reports.terminal import answer_line, show
from sim.intervals import changes_at

VERDICTS = re.compile(r"\b(worse|better than|inconclusive|leads|are level|decided at)\b")


@pytest.fixture(scope="module")
def ten() -> Experiment:
    return experiment(10)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    reports.write(experiment(5), out)
    return out


@pytest.fixture(scope="module")
def page(written: Path) -> str:
    return (written / "report.html").read_text()


class _Text(HTMLParser):
    """The words of a page, without its styles and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"style", "svg"}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"} and not self._hidden]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "svg"}

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.words.append(data.strip())


def _read(page: str) -> _Text:
    text = _Text()
    text.feed(page)
    return text


def test_the_page_says_the_answer_before_anything_else(page: str) -> None:
    words = _read(page).words
    assert words.index(
        "API-led and event-driven are within the margin of each other so far in quote to project, worker "
        "alignment, time and expense and billing and revenue; API-led, event-driven and batch with "
        "event-driven are within the margin of each other so far in portfolio reporting. The hybrid table's "
        "choice is within the margin in 4 of 5 workflows, and is behind in worker alignment."
    ) < words.index("KPIs per model")


def test_below_ten_replications_the_page_is_indicative_without_verdicts_or_strip(page: str) -> None:
    text = " ".join(_read(page).words).replace(experiment(5).question, "")
    assert "Indicative: 5 replications." in text
    assert not VERDICTS.search(text)
    assert "left out below ten replications" in text
    assert 'id="strip-' not in page


def test_from_ten_replications_on_the_page_judges(ten: Experiment, tmp_path: Path) -> None:
    reports.write(ten, tmp_path)
    page = (tmp_path / "report.html").read_text()
    text = " ".join(_read(page).words)
    assert "API-led and event-driven are level in quote to project, worker alignment" in text
    assert "worse" in text
    assert 'id="strip-' in page


def test_the_page_stands_alone(page: str, written: Path) -> None:
    assert "<script" not in page
    assert all(link.startswith("#") for link in _read(page).links)
    assert str(written) not in page


def test_the_page_has_every_section_and_each_link_leads_to_one(page: str) -> None:
    anchors = set(re.findall(r'<h2 id="([^"]+)"', page))
    linked = {link[1:] for link in _read(page).links} - {"answer"}
    assert linked == anchors
    assert len(anchors) == 17


def test_inputs_and_emergent_figures_are_marked(page: str) -> None:
    text = " ".join(_read(page).words)
    for words in (
        "All figures of this table are emergent",
        "cost; input",
        "benefit; emergent × input",
        "emergent, outside the net",
    ):
        assert words in text


def test_the_same_experiment_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    reports.write(experiment(5), tmp_path)
    first = {path.relative_to(written): path.read_bytes() for path in written.rglob("*") if path.is_file()}
    second = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert first == second
    assert len(first) > 35


def test_a_report_is_rebuilt_from_its_files_to_the_same_bytes(written: Path, tmp_path: Path) -> None:
    reports.write(reports.load([written]), tmp_path)
    for name in ("summary.json", "report.html", "kpis.csv", "report.md", "experiment.json"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()


def test_reports_of_the_same_people_are_combined(tmp_path: Path) -> None:
    whole = experiment(3)
    for name, chosen in (("a", {"batch", "api"}), ("b", {"api", "event"})):
        models = {model: table for model, table in whole.models.items() if model in chosen}
        runs = [run for run in whole.runs if run.model in chosen]
        experiment_file.write(replace(whole, models=models, runs=runs), tmp_path / name)
    joined = reports.load([tmp_path / "a", tmp_path / "b"])
    assert list(joined.models) == ["batch", "api", "event"]
    assert [(run.model, run.replication) for run in joined.runs] == [
        (model, number) for model in joined.models for number in range(3)
    ]


def test_reports_of_other_luck_are_not_combined(tmp_path: Path) -> None:
    experiment_file.write(experiment(1), tmp_path / "a")
    experiment_file.write(replace(experiment(1), seed=2), tmp_path / "b")
    with pytest.raises(InputError, match="seed is 2, but 1"):
        reports.load([tmp_path / "a", tmp_path / "b"])
    with pytest.raises(InputError, match=r"holds no experiment\.json"):
        reports.load([tmp_path])


def test_the_summary_has_the_promised_shape(written: Path) -> None:
    held: dict[str, Any] = json.loads((written / "summary.json").read_text())
    kpi = held["models"]["hybrid"]["kpis"]["time_posted_h_p95"]
    assert set(kpi) == {"mean", "ci_low", "ci_high", "n", "replications", "censored_pct", "at_least", "by"}
    assert set(held["models"]["hybrid"]["audit"]) == {
        "lost",
        "duplicated",
        "unauthorised",
        "wrong_amount",
        "wrong_period",
        "wrong_write_back",
        "pending",
        "open_exceptions",
    }
    assert held["models"]["point-to-point"]["audit"]["lost"] == {"sum": 15, "max": 3}
    difference = held["differences"]["time_posted_h_p95"]["batch"]
    assert {"mean", "ci_low", "ci_high", "p_holm", "verdict"} <= set(difference)
    assert {"same_run_share", "same_run_share_schedule", "provenance"} <= set(held)
    assert {"version", "commit", "seed", "scenario", "firm", "assumptions"} <= set(held["provenance"])
    assert held["models"]["manual"]["kpis"]["manual_hours"]["by"]["hold"]["mean"] == 4.5


def test_every_figure_of_the_summary_has_at_most_nine_digits(written: Path) -> None:
    for number in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", (written / "summary.json").read_text()):
        assert float(f"{float(number):.9g}") == float(number)


def test_zero_variance_prints_the_value_and_in_how_many() -> None:
    found = estimate({place: Figure(3.0, 10) for place in range(10)})
    assert (found.ci_low, interval("project_setup_h_p95", found)) == (None, "in all 10")
    assert (found.n, found.replications) == (100, 10)


def test_a_lower_bound_prints_so_and_never_leads() -> None:
    found = estimate({0: Figure(2.0, 5, 20.0, True), 1: Figure(2.5, 5)})
    assert (found.at_least, found.censored_pct) == (True, 10.0)
    assert measured("time_posted_h_p95", found) == "≥ 2.2 h"
    whole = experiment(10)
    bounded = [
        replace(run, kpis={**run.kpis, "time_posted_h_p95": Figure(0.1, 10, 5.0, True)})
        if run.model == "batch"
        else run
        for run in whole.runs
    ]
    rows = differences(replace(whole, runs=bounded), estimates(replace(whole, runs=bounded)))[
        "time_posted_h_p95"
    ]
    assert rows["batch"].best != "batch"
    assert rows["batch"].verdict == "not comparable (at least)"


@pytest.mark.parametrize(
    ("bounded", "replications", "at_least"),
    [(1, 1, True), (1, 3, True), (1, 5, False), (2, 5, True), (2, 10, False), (9, 40, False), (10, 40, True)],
)
def test_a_mean_is_a_lower_bound_where_a_quarter_of_its_replications_are(
    bounded: int, replications: int, at_least: bool
) -> None:
    found = estimate({place: Figure(2.0, 5, 20.0, place < bounded) for place in range(replications)})
    assert (found.at_least, found.bounded, found.mean) == (at_least, bounded, 2.0)


def test_one_unfinished_item_in_ten_replications_changes_no_answer() -> None:
    whole = experiment(10)

    def run(one: Run) -> Run:
        figure = one.kpis["time_posted_h_p95"]
        late = one.model == "event" and one.replication == 3
        return replace(one, kpis={**one.kpis, "time_posted_h_p95": replace(figure, at_least=late)})

    struck = find(replace(whole, runs=[run(one) for one in whole.runs]))
    assert struck.estimates["event"]["time_posted_h_p95"].bounded == 1
    assert answer_rows(struck) == answer_rows(find(whole))


def test_a_lower_bound_that_is_behind_by_itself_is_worse() -> None:
    rows = find(_changed(experiment(10), {"batch": {"time_posted_h_p95": Figure(40.0, 10, 5.0, True)}}))
    assert rows.differences["time_posted_h_p95"]["batch"].verdict == "worse (at least)"


def test_a_lower_bound_that_shows_nothing_leaves_the_answer_inconclusive() -> None:
    only = {"batch": {"project_setup_h_p95": Figure(0.1, 10, 5.0, True)}}
    row = answer_rows(find(_changed(experiment(10), only)))[0]
    assert row.sure.startswith("open between ")


_TRADE = {
    "batch": {"days_to_invoice_p95": 9.0, "unbilled_at_close_usd": 4e5, "invoice_accuracy_pct": 98.0},
    "api": {"days_to_invoice_p95": 5.0, "unbilled_at_close_usd": 9e5, "invoice_accuracy_pct": 98.0},
    "event": {"days_to_invoice_p95": 5.0, "unbilled_at_close_usd": 4e5, "invoice_accuracy_pct": 90.0},
}


def _traded(replications: int = 10) -> Experiment:
    given = {m: {name: Figure(value, 10) for name, value in held.items()} for m, held in _TRADE.items()}
    return _changed(experiment(replications), given)


def _changed(whole: Experiment, given: dict[str, dict[str, Figure]]) -> Experiment:
    runs = [replace(run, kpis={**run.kpis, **given.get(run.model, {})}) for run in whole.runs]
    return replace(whole, runs=runs)


def test_a_trade_is_told_and_nothing_is_chosen_by_counting_outcomes() -> None:
    found = find(_traded())
    answer = next(one for one in found.answers if one.workflow == "billing_and_revenue")
    assert (answer.leader, answer.level, answer.trade) == (None, (), True)
    assert headline(found).endswith(
        "No single pattern leads billing and revenue: batch is behind on period end to invoice, 95th "
        "percentile; API-led on approved value unbilled at close; event-driven on invoices right the "
        "first time."
    )
    assert mixed_sentence(found).endswith(
        "No single pattern leads billing and revenue, so no choice is right there."
    )
    row = next(row for row in answer_rows(found) if row.workflow == "Billing and revenue")
    assert (row.pattern, row.equals, row.sure) == (
        "no single pattern",
        "",
        "a trade, decided at 10 replications",
    )
    assert row.reason.startswith("A trade, which the margins do not settle: API-led is best on ")
    assert "no single pattern: A trade" in " ".join(answer_line(row).split())


def test_a_pattern_with_findings_does_not_set_the_best_that_others_are_held_to() -> None:
    fast = {"batch": {"time_posted_h_p95": Figure(0.1, 10)}, "api": {"time_posted_h_p95": Figure(9.0, 10)}}
    fast["event"] = {"time_posted_h_p95": Figure(9.5, 10)}
    found = find(_changed(experiment(10, dirty="batch"), fast))
    answer = next(one for one in found.answers if one.workflow == "time_and_expense")
    assert [(one.pattern, one.behind) for one in answer.level] == [("api", ()), ("event", ())]


def test_costs_decide_between_level_patterns_only_where_their_ranges_do_not_overlap(ten: Experiment) -> None:
    tied = answer_rows(find(ten))[0]
    assert (tied.pattern, tied.equals) == ("level", "API-led and event-driven")
    assert tied.cost == "API-led $22k a year ($14k … $33k); event-driven $24k a year ($15k … $36k)"
    assert "Assumed costs overlap and decide nothing" in tied.reason
    assert "What would decide: a margin below 9.8 min on project setup" in tied.reason
    costs = {w: {**held, "event": CostRange(34e3, 50e3, 60e3)} for w, held in ten.pattern_costs.items()}
    found = find(replace(ten, pattern_costs=costs))
    row = answer_rows(found)[0]
    assert (row.pattern, row.equals) == ("API-led", "event-driven")
    assert "costs less whatever the estimates" in row.reason
    assert headline(found).startswith(
        "API-led is level with the best and costs less whatever the estimates in "
    )


def test_a_kpi_of_which_nothing_was_due_has_no_panel_in_the_strip(tmp_path: Path) -> None:
    whole = experiment(10)
    empty = Strip("worker_alignment_h_p95", [], "none of the tried intervals")
    reports.write(replace(whole, strips=[*whole.strips, empty]), tmp_path / "a")
    reports.write(whole, tmp_path / "b")
    drawn = [(tmp_path / name / "figures" / "strip.svg").read_bytes() for name in ("a", "b")]
    assert drawn[0] == drawn[1]
    reports.write(replace(whole, strips=[empty]), tmp_path / "a")
    assert not (tmp_path / "a" / "figures" / "strip.svg").exists()


def test_a_strip_holds_batch_to_the_compared_runs_and_never_to_a_lower_bound() -> None:
    margin = Margin(1.0)
    assert changes_at(margin, [(24.0, 9.0), (1.0, 3.0), (0.25, None)], [2.5]).endswith("margin at 1 h")
    assert changes_at(margin, [(24.0, None)], [2.5]).startswith("none of the tried intervals: batch stays")
    assert changes_at(margin, [(24.0, 3.0)], []) == "nothing to compare with"


def test_replications_in_which_one_model_had_nothing_are_left_out_of_its_pairs() -> None:
    whole = experiment(10)
    holed = [
        replace(run, kpis={**run.kpis, "time_posted_h_p95": Figure(None)})
        if (run.model, run.replication) == ("batch", 4)
        else run
        for run in whole.runs
    ]
    changed = replace(whole, runs=holed)
    row = differences(changed, estimates(changed))["time_posted_h_p95"]["batch"]
    assert row.mean == pytest.approx(20.9, abs=1.0)


def test_baselines_and_the_record_are_never_the_answer(ten: Experiment) -> None:
    table = dict.fromkeys(MODELS["batch"], "as recorded")
    recorded = [replace(run, model="as recorded") for run in ten.of("event")]
    found = find(replace(ten, models={**ten.models, "as recorded": table}, runs=[*ten.runs, *recorded]))
    named = {one.model for answer in found.answers for one in answer.level}
    assert named.isdisjoint({"manual", "point-to-point", "as recorded"})
    assert "as recorded" in found.estimates


def test_a_pattern_with_findings_is_not_chosen_however_cheap(ten: Experiment) -> None:
    dirty = experiment(10, dirty="api")
    for answer in find(dirty).answers:
        if answer.workflow == "time_and_expense":
            assert answer.leader is not None
            assert answer.leader.pattern == "event"


def test_level_patterns_are_called_level_and_none_of_them_leads(ten: Experiment) -> None:
    answer = find(ten).answers[0]
    assert (answer.leader, answer.tied) == (None, True)
    assert [one.pattern for one in answer.level] == ["api", "event"]


def test_hybrid_may_lose_and_the_page_says_so(ten: Experiment) -> None:
    assert mixed_sentence(find(ten)).endswith("in 4 of 5 workflows, and is behind in worker alignment.")


def test_a_limit_that_does_not_bind_is_said_first() -> None:
    quiet = experiment(2)
    line = LimitLine("netsuite", "slots", 5, False, 0.6, 0.3, 0.0, 0, ())
    calm = replace(quiet, runs=[replace(run, limits=[line]) for run in quiet.runs])
    text = opening(limit_rows(calm, ["batch"]))
    assert text.startswith(
        "No limit binds for this firm. The tightest is NetSuite slots under batch, at 60 %"
    )


@pytest.mark.parametrize(
    ("peak", "own", "heads"), [(0.5, 0.25, 750), (0.9, 0.9, 280), (0.4, 0.0, None), (1.2, 0.1, 0)]
)
def test_the_head_count_at_which_a_limit_binds(peak: float, own: float, heads: int | None) -> None:
    assert binds_at(250, peak, own) == heads


def test_benefits_are_against_manual_and_leakage_stands_apart(ten: Experiment) -> None:
    found = estimates(ten)
    lines = benefits(found, "manual")["batch"]
    hours = (found["manual"]["manual_hours"].mean or 0) - (found["batch"]["manual_hours"].mean or 0)
    assert lines["Labour"].default == pytest.approx(12 * hours * 52.5)
    assert set(lines) == {"Labour", "Working capital", "Leakage"}
    assert "manual" not in benefits(found, "manual")


def test_a_broken_identity_in_one_replication_is_not_hidden_by_the_sums(ten: Experiment) -> None:
    runs = list(ten.runs)
    runs[0] = replace(runs[0], identity={"time_and_expense": Balance(10, 9, 0, 0, 0)})
    runs[1] = replace(runs[1], identity={"time_and_expense": Balance(10, 11, 0, 0, 0)})
    assert not find(replace(ten, runs=runs)).identities["batch"]["time_and_expense"].holds


def test_an_interrupted_comparison_says_so(ten: Experiment) -> None:
    told = status(replace(ten, interrupted=True))
    assert "interrupted: each pair of models is compared over the replications that both completed" in told


def test_nothing_due_is_no_answer() -> None:
    empty = experiment(1)
    blank = replace(empty, runs=[replace(run, kpis={}) for run in empty.runs])
    assert headline(find(blank)).startswith("No pattern can be named")


@pytest.mark.parametrize("replications", [1, 10])
def test_the_terminal_table_keeps_within_100_columns(replications: int) -> None:
    buffer = io.StringIO()
    show(find(experiment(replications)), Console(file=buffer, width=180))
    lines = buffer.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 100
    assert any("Time posted p95" in line and "≥" in line for line in lines)


def test_the_summary_needs_no_clock_path_or_host(ten: Experiment) -> None:
    assert summary(find(ten)) == summary(find(experiment(10)))


def test_the_recovery_table_tells_when_nothing_was_late_and_what_a_fault_delayed() -> None:
    outage = recovery_rows(find(experiment(2)))[0]
    told = dict(zip(find(experiment(2)).estimates, outage.cells, strict=True))
    assert told["batch"] == Cell("4.0 h", "0 item-h; +$90k-days")
    assert (told["manual"].text, told["manual"].tone) == ("not within the run", "bad")
