"""What was found as sentences and rows of cells, for the page and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.cells import Cell, Group, Row
from reports.kpis import WORKFLOWS
from reports.numbers import NOTHING, number
from reports.slo.rule import Word
from validation.calibration import PAIRS_LEAST
from validation.campaign import Validation
from validation.comparison import ALL, Errors, compared
from validation.gates import Gate, Judged
from validation.power import Power
from validation.regimes import QUIET, REGIMES

WIDTH = 100
STYLES = {"PASS": "green", "FAIL": "bold red", "INCONCLUSIVE": "yellow"}
TONES = {"PASS": "lead", "FAIL": "bad", "INCONCLUSIVE": "open"}
ERRORS = ("items", "throughput", "mean", "p50", "p95", "KS", "Wasserstein", "backlog", "peak")
"""Heads of the table of errors."""

_WORDS: dict[Word, str] = {
    "PASS": "The simulation keeps every gate that could be judged",
    "FAIL": "The simulation fails",
    "INCONCLUSIVE": "Too little was played to judge the simulation",
}


def headline(found: Validation) -> str:
    """The verdict in a sentence."""
    failed = [gate for gate in found.gates if gate.word == "FAIL"]
    open_ = sum(gate.word == "INCONCLUSIVE" for gate in found.gates)
    tail = f" {len(failed)} of {len(found.gates)} gates" if failed else ""
    rest = f"; {open_} of {len(found.gates)} had too few items or runs" if open_ else ""
    return f"{found.word}: {_WORDS[found.word]}{tail}{rest}."


def calibration_sentence(found: Validation) -> str:
    """What a call costs, and from what that is known."""
    fitted = found.calibration
    if fitted.pairs < PAIRS_LEAST:
        return f"Nothing to calibrate by: {fitted.pairs} pairs of writes in the quiet run. Twins are bare."
    return (
        f"Calibrated on a quiet live run ({fitted.pairs} pairs of writes): besides its service time a call"
        f" costs {fitted.call_s:.2f} s of the play in the median, {fitted.call_p90_s:.2f} s at the 90th"
        f" percentile, and from one run to the next {exp(fitted.run_spread):.2f} times as much or as little;"
        f" a message costs {fitted.message_s:.2f} s more ({fitted.messages} messages)."
    )


def power_sentences(found: Validation) -> Iterator[str]:
    """What becomes of the right simulation and of wrong ones, by live runs and by virtual ones."""
    for one in found.powers:
        yield f"{_subject(one)}: {_by_live(found, one)}{_share(one)}{_gates_of(one)}."


def _subject(one: Power) -> str:
    return "The simulation as it is" if one.simulation == "right" else f"Wrong: {one.title}"


def _by_live(found: Validation, one: Power) -> str:
    if one.simulation not in found.rejected:
        return ""
    gates = found.rejected[one.simulation]
    return "rejected by the live runs; " if gates else "not rejected by the live runs; "


def _share(one: Power) -> str:
    return (
        f"rejected in {one.rejected} of {one.trials} virtual validations"
        f" (95 % interval {100 * one.low:.0f} to {100 * one.high:.0f} %)"
    )


def _gates_of(one: Power) -> str:
    often = sorted(one.by.items(), key=lambda row: -row[1])[:3]
    return f", most by {', '.join(f'{name} ({count})' for name, count in often)}" if often else ""


def gate_groups(found: Validation) -> list[Group]:
    """A group a regime, a row a gate."""
    titles = {regime.name: regime.title for regime in (QUIET, *REGIMES)}
    return [
        Group(titles[name], tuple(_gate_row(gate) for gate in found.gates if gate.regime == name))
        for name in dict.fromkeys(gate.regime for gate in found.gates)
    ]


def _gate_row(gate: Gate) -> Row:
    label = f"{gate.name}, {gate.model}"
    reason = Cell(gate.reason, tone="text")
    return Row(label, title_of(gate.population), (Cell(gate.word, tone=TONES[gate.word]), reason))


def title_of(population: str) -> str:
    """A workflow as people call it."""
    return WORKFLOWS.get(population, population)


def error_groups(found: Validation) -> list[Group]:
    """A group a regime and model, a row a workflow: the first live run against the first twin."""
    return [
        Group(
            f"{one.regime.title}, {one.model}",
            tuple(
                Row(title_of(name), "", error_cells(errors))
                for name, errors in compared(one.live[0], one.twins[0]).workflows.items()
            ),
        )
        for one in found.judged
    ]


def error_cells(errors: Errors) -> tuple[Cell, ...]:
    """As `ERRORS` heads them."""
    live, twin = errors.live, errors.twin
    return (
        Cell(f"{live.n:,}", f"{live.unfinished} and {twin.unfinished} unfinished"),
        Cell(signed(errors.throughput), f"{number(live.per_hour)} an hour"),
        Cell(signed(errors.mean), f"{number(live.mean_s)} s"),
        Cell(signed(errors.p50), f"{number(live.p50_s)} s"),
        Cell(signed(errors.p95), f"{number(live.p95_s)} s"),
        Cell(plain(errors.ks)),
        Cell(plain(errors.wasserstein)),
        Cell(plain(errors.backlog)),
        Cell(f"{errors.peak_min:+.0f} min"),
    )


def signed(error: float | None) -> str:
    """A relative error, above 0 where the simulation tells more."""
    return NOTHING if error is None else f"{100 * error:+.1f} %"


def plain(distance: float | None) -> str:
    """A distance."""
    return NOTHING if distance is None else f"{distance:.3f}"


def count_groups(found: Validation) -> list[Group]:
    """Live and simulated counts that differ, a group a regime and model."""
    return [Group(f"{one.regime.title}, {one.model}", tuple(_count_rows(one))) for one in found.judged]


def _count_rows(one: Judged) -> Iterator[Row]:
    counts = compared(one.live[0], one.twins[0]).counts
    for table, rows in counts.items():
        live, twin = (sum(row[side] for row in rows.values()) for side in (0, 1))
        differing = [f"{name} {a:,} and {b:,}" for name, (a, b) in rows.items() if a != b]
        yield Row(
            table,
            "",
            (Cell(f"{live:,}"), Cell(f"{twin:,}"), Cell("; ".join(differing) or "equal", tone="text")),
        )


def show(found: Validation, console: Console) -> None:
    """Print the verdict, what failed, the errors and the wrong simulations, within 100 columns."""
    console.print(Text(headline(found), style=STYLES[found.word]), width=WIDTH)
    console.print(Text(calibration_sentence(found)), width=WIDTH)
    console.print(_error_table(found), width=WIDTH)
    console.print(Text("Errors of the first live run against its first twin, above 0: simulated is more."))
    console.print(_gate_table(found.gates), width=WIDTH)
    for gate in found.gates:
        if gate.word == "FAIL":
            told = (
                f"FAIL {gate.regime}, {gate.model}, {gate.name}, {title_of(gate.population)}: {gate.reason}."
            )
            console.print(Text(told), width=WIDTH)
    for sentence in power_sentences(found):
        console.print(Text(sentence), width=WIDTH)


def _error_table(found: Validation) -> Table:
    table = _table("regime", "model", "items", "per hour", "mean", "p95", "KS", "backlog", "audit")
    for one in found.judged:
        comparison = compared(one.live[0], one.twins[0])
        errors = comparison.workflows.get(ALL)
        if errors is not None:
            figures = (f"{errors.live.n:,}", *map(signed, (errors.throughput, errors.mean, errors.p95)))
            distances = (plain(errors.ks), plain(errors.backlog))
            audit = "equal" if comparison.same_audit else "differs"
            table.add_row(one.regime.name, one.model, *figures, *distances, audit)
    return table


def _gate_table(gates: Sequence[Gate]) -> Table:
    """Counts of verdicts by regime, model and kind of gate."""
    table = _table("regime", "model", "gate", "PASS", "FAIL", "too few")
    for regime, model, name in dict.fromkeys((gate.regime, gate.model, gate.name) for gate in gates):
        words = [gate.word for gate in gates if (gate.regime, gate.model, gate.name) == (regime, model, name)]
        counts = [words.count(word) for word in ("PASS", "FAIL", "INCONCLUSIVE")]
        style = STYLES["FAIL"] if counts[1] else ""
        table.add_row(regime, model, name, *(str(count or "") for count in counts), style=style)
    return table


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place > 1 and head not in {"gate", "audit"} else "left")
    return table
