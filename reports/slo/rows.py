"""The verdicts as cells for the page, and as lines for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.cells import Cell, Row
from reports.numbers import NOTHING, listing
from reports.slo.judge import Judgement, Verdict, label
from reports.slo.rule import Word
from reports.slo.words import figure, wanted

WIDTH = 100
_TONES: Mapping[Word, str] = {"PASS": "lead", "FAIL": "bad", "INCONCLUSIVE": "open"}
_STYLES: Mapping[Word, str] = {"PASS": "green", "FAIL": "bold red", "INCONCLUSIVE": "yellow"}


def headline(judgement: Judgement) -> str:
    """The verdict in sum, and which models have which."""
    each = judgement.by_model
    if len(each) == 1:
        return f"{judgement.word}: {judgement.title}, {next(iter(each))}."
    words: dict[Word, list[str]] = {}
    for model, word in each.items():
        words.setdefault(word, []).append(model)
    told = "; ".join(f"{listing(models)} {word}" for word, models in words.items())
    return f"{judgement.word}: {judgement.title}. {told}."


def rows(judgement: Judgement) -> list[Row]:
    """One row an objective, one cell a model; what was not asked of a model is quiet."""
    objectives = {verdict.objective.name: verdict.objective for verdict in judgement.verdicts}
    held = {(verdict.objective.name, verdict.model): verdict for verdict in judgement.verdicts}
    return [
        Row(
            label(one),
            f"{name}: {wanted(one)}",
            tuple(_cell(held.get((name, model))) for model in judgement.by_model),
        )
        for name, one in objectives.items()
    ]


def _cell(verdict: Verdict | None) -> Cell:
    if verdict is None:
        return Cell(NOTHING, "not asked of it", "quiet")
    parts = (_told(verdict), "" if verdict.word == "PASS" else verdict.why)
    return Cell(verdict.word, "; ".join(part for part in parts if part), _TONES[verdict.word])


def _told(verdict: Verdict) -> str:
    if verdict.value is None:
        return ""
    return figure(verdict.objective, verdict.value, verdict.low, verdict.high)


def reasons(judgement: Judgement) -> list[str]:
    """Every verdict's reason; what is not a PASS first."""
    ordered = sorted(
        judgement.verdicts, key=lambda verdict: ("FAIL", "INCONCLUSIVE", "PASS").index(verdict.word)
    )
    return [f"{one.word} {one.objective.name}, {one.model}: {one.reason}." for one in ordered]


def sources(judgement: Judgement) -> list[str]:
    """Whose thresholds they are."""
    objectives = {verdict.objective.name: verdict.objective for verdict in judgement.verdicts}
    return [f"{name}, {wanted(one)}: {one.source}" for name, one in objectives.items()]


def show(judgement: Judgement, console: Console) -> None:
    """Print the verdicts within 100 columns: a line each, and why of each that is no PASS."""
    console.print()
    console.print(Text(headline(judgement), style=_STYLES[judgement.word]), width=WIDTH)
    grid = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for title in ("objective", "model", "verdict", "figure", "wanted"):
        grid.add_column(title, overflow="fold", no_wrap=title == "verdict")
    before = None
    for verdict in judgement.verdicts:
        first = verdict.objective is not before
        before = verdict.objective
        grid.add_row(
            Text(before.name if first else ""),
            Text(verdict.model),
            Text(verdict.word, style=_STYLES[verdict.word]),
            Text(_told(verdict) or NOTHING),
            Text(wanted(before) if first else ""),
        )
    console.print(grid, width=WIDTH)
    for line in _why(judgement):
        console.print(Text(line), width=WIDTH)


def _why(judgement: Judgement) -> Iterator[str]:
    """Why each verdict is no PASS, once for all models of which the same is true."""
    models: dict[tuple[str, str], list[str]] = {}
    for verdict in judgement.verdicts:
        if verdict.word != "PASS":
            models.setdefault((verdict.objective.name, verdict.why), []).append(verdict.model)
    for (name, why), held in models.items():
        line = f"{name}, {listing(held)}: {why}."
        yield textwrap.fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
