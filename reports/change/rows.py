"""The changes as rows of the page and lines of the terminal."""

from __future__ import annotations

import textwrap

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.cells import Cell, Group, Row
from reports.change import live
from reports.change.changes import CONTEXT, Change, Changed, ModelChange
from reports.change.words import audit_sentence, beyond, compared, differing, headline, left_out, tally
from reports.deciding import deciding
from reports.differences import INDICATIVE
from reports.estimates import estimates
from reports.kpis import WORKFLOWS, kpi
from reports.live import words
from reports.numbers import NOTHING, change, interval, measured, sized, span

WIDTH = 100
_MOST_VERBS = 8
COLUMNS = ("Before", "After", "Difference", "Verdict")
_TONES = {"better": "lead", "worse": "bad", "inconclusive": "open"}
_STYLES = {"better": "green", "worse": "bold red", "inconclusive": "yellow"}
_WORDS = {"~": "no difference", INDICATIVE: "", CONTEXT: "not judged", "": "nothing to compare"}


def groups(model: ModelChange) -> list[Group]:
    """A model's KPIs by workflow: before, after, difference with its interval, and what it comes to."""
    titles = {**WORKFLOWS, "": "The whole integration"}
    shown = [one for one in model.changes if one.before.mean is not None or one.after.mean is not None]
    found = [
        Group(title, tuple(_row(one) for one in shown if kpi(one.kpi).workflow == workflow))
        for workflow, title in titles.items()
    ]
    return [group for group in found if group.rows]


def _row(one: Change) -> Row:
    entry = kpi(one.kpi)
    word = Cell(_word(one), "", _TONES.get(one.word.split(" ")[0], "quiet"))
    return Row(
        entry.label,
        f"margin {sized(one.margin, entry)}" if one.word not in {"", CONTEXT} else "",
        (
            Cell(measured(one.kpi, one.before), interval(one.kpi, one.before)),
            Cell(measured(one.kpi, one.after), interval(one.kpi, one.after)),
            Cell(_size(one), _span(one)),
            word,
        ),
    )


def _word(one: Change) -> str:
    if one.word == INDICATIVE and beyond(one):
        return "beyond the margin"
    return _WORDS.get(one.word, one.word)


def _size(one: Change) -> str:
    return NOTHING if one.found is None else change(one.found.mean, kpi(one.kpi))


def _span(one: Change) -> str:
    if one.found is None:
        return ""
    if one.found.low is None or one.found.high is None:
        return "" if one.count < 2 else f"in all {one.count}"
    return span(one.found.low, one.found.high, kpi(one.kpi), sign=True)


def show(found: Changed, console: Console) -> None:
    """Print how two results were compared, and by model what decides and what moved, within 100 columns."""
    console.print(Text(headline(found), style="bold"), width=WIDTH)
    for text in (compared(found), left_out(found)):
        if text:
            console.print(Text(text), width=WIDTH)
    for line in differing(found):
        text = textwrap.shorten(f"  {line}", WIDTH - 2, placeholder=" …")
        console.print(Text(f"  {text}"), width=WIDTH)
    decide = deciding(found.after, estimates(found.after))
    for model in found.models:
        console.print()
        console.print(Text(f"{model.name}: {tally(model)}", style="bold"), width=WIDTH)
        told = [one for one in model.changes if one.found and (one.kpi in decide or _moved(one))]
        if told:
            console.print(_table(told), width=WIDTH)
        console.print(Text(audit_sentence(model)), width=WIDTH)
        _show_live(found, model, console)


def _show_live(found: Changed, model: ModelChange, console: Console) -> None:
    """People's acts before and after, the verbs that changed most first."""
    both = live.both(found, model)
    if both is None:
        return
    for text in live.sentences(*both):
        console.print(Text(text), width=WIDTH)
    changes = sorted(live.act_changes(*both), key=lambda one: -abs(one.slower_s))[:_MOST_VERBS]
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    grid.add_column("response time, p95", overflow="fold")
    for title in ("acts", "before", "after"):
        grid.add_column(title, justify="right")
    for one in changes:
        sides = [
            words.seconds(line.at("response", 95.0)) if line else NOTHING for line in (one.before, one.after)
        ]
        acts = " → ".join(str(line.acts) if line else NOTHING for line in (one.before, one.after))
        grid.add_row(f"{one.persona}: {one.verb}", acts, *sides)
    if changes:
        console.print(grid, width=WIDTH)


def _moved(one: Change) -> bool:
    return beyond(one) if one.word == INDICATIVE else one.word not in {"~", CONTEXT}


def _table(told: list[Change]) -> Table:
    grid = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    grid.add_column("KPI", overflow="fold")
    for title in ("before", "after", "difference"):
        grid.add_column(title, justify="right", overflow="fold")
    grid.add_column("verdict", no_wrap=True)
    for one in told:
        inside = f" ({_span(one)})" if _span(one) else ""
        grid.add_row(
            Text(kpi(one.kpi).label),
            Text(measured(one.kpi, one.before)),
            Text(measured(one.kpi, one.after)),
            Text(f"{_size(one)}{inside}"),
            Text(_word(one), style=_STYLES.get(one.word, "")),
        )
    return grid
