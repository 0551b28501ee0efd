"""What `rehearse fuzz` prints at its end: kinds of failures, expected leftovers, and the coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from measurements.facts import WORKFLOWS
from scenarios.known import FAULTS, RELEASES
from sim.fuzz.coverage import Coverage
from sim.fuzz.shrink import Way, way
from sim.fuzz.trial import Outcome
from sim.fuzz.world import CANDIDATES

_HEADS = ("quote", "workers", "time, exp.", "billing", "reporting")


class Tally:
    """The outcomes so far."""

    def __init__(self) -> None:
        self.worlds = 0
        self.calls = 0
        self.expected = 0
        self.took_s = 0.0
        self.failed: list[Outcome] = []
        self.ways: Counter[Way] = Counter()
        self.reasons: Counter[str] = Counter()
        self.coverage = Coverage()

    def add(self, outcome: Outcome) -> None:
        """One more."""
        self.worlds += 1
        self.calls += outcome.calls
        self.coverage.add(outcome.cells)
        if outcome.violations:
            self.failed.append(outcome)
            self.ways.update(list(dict.fromkeys(map(way, outcome.violations))))
        elif outcome.excused:
            self.expected += 1
            because = [reason for reason in outcome.reasons if any(map(reason.explains, outcome.excused))]
            self.reasons.update(list(dict.fromkeys(reason.kind for reason in because)))

    def news(self, outcome: Outcome) -> Iterator[Text]:
        """What is worth a line as it happens."""
        for one in outcome.violations[:3]:
            yield Text(f"seed {outcome.drawn.seed}: {one.kind}: {one.where}: {one.detail}"[:400])


def print_tally(console: Console, tally: Tally) -> None:
    """All of it."""
    print_coverage(console, tally.coverage)
    console.print()
    clean = tally.worlds - len(tally.failed) - tally.expected
    minutes = max(tally.took_s, 1e-9) / 60.0
    console.print(
        f"{tally.worlds:,} worlds in {tally.took_s:,.0f} s ({tally.worlds / minutes:.1f} a minute,"
        f" {tally.calls:,} calls): {clean:,} clean, {tally.expected:,} as expected,"
        f" {len(tally.failed):,} with violations."
    )
    for reason, count in tally.reasons.most_common():
        console.print(f"  expected in {count}: {reason}", markup=False)
    for (kind, where), count in tally.ways.most_common():
        console.print(f"  violation in {count}: {kind}: {where}", markup=False)


def print_coverage(console: Console, coverage: Coverage) -> None:
    """Kinds by workflow; a letter for each pattern that moved the workflow while the kind was on."""
    letters = dict(zip(CANDIDATES, "baeAE", strict=True))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("on while it ran")
    for head in _HEADS:
        table.add_column(head)
    for kind in (*FAULTS, *RELEASES):
        table.add_row(kind.replace("_", " "), *(_cell(coverage, kind, flow, letters) for flow in WORKFLOWS))
    console.print(table)
    told = ", ".join(f"{letter} {pattern}" for pattern, letter in letters.items())
    missing = len(coverage.missing())
    whole = len((*FAULTS, *RELEASES)) * len(WORKFLOWS) * len(CANDIDATES)
    console.print(
        f"Worlds in which the pattern moved the workflow meanwhile ({told}); ! some write of it was refused"
        " then, by whatever."
        f" {whole - missing} of {whole} combinations were met."
    )


def _cell(coverage: Coverage, kind: str, workflow: str, letters: dict[str, str]) -> Text:
    parts = []
    for pattern, letter in letters.items():
        worlds = coverage.worlds(kind, workflow, pattern)
        mark = "!" if coverage.struck(kind, workflow, pattern) else ""
        parts.append(f"{letter}{min(worlds, 99)}{mark}" if worlds else "·")
    return Text(" ".join(parts))
