"""Judges results by objectives: a verdict each, with its reason, and one in sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.baselines import Table, stands_aside
from reports.slo.figure import all_of, entry_of, sample_of
from reports.slo.objective import Objective, Slo
from reports.slo.result import Result
from reports.slo.rule import Ruling, Word, rule
from reports.slo.words import doubtful, ruled, too_few, why

_WORST: Sequence[Word] = ("FAIL", "INCONCLUSIVE", "PASS")
EXIT: Mapping[Word, int] = {"PASS": 0, "FAIL": 1, "INCONCLUSIVE": 3}
"""Verdict to exit code; 2 is bad input."""
_INTERRUPTED = "the comparison was interrupted, so that runs may be missing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One objective of one model. `why` is the last clause of the reason; `value` is None where there was
    nothing to judge, `low` and `high` without an interval.
    """

    objective: Objective
    model: str
    word: Word
    reason: str
    why: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    replications: int = 0
    items: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts under the title of their file, objectives in its order, each by model."""

    title: str
    name: str
    sha256: str
    verdicts: Sequence[Verdict]

    @property
    def word(self) -> Word:
        """The verdict in sum: the worst of all."""
        return worst(verdict.word for verdict in self.verdicts)

    @property
    def by_model(self) -> dict[str, Word]:
        """The models that were judged, in the order in which they stand, each with its worst verdict."""
        models = dict.fromkeys(verdict.model for verdict in self.verdicts)
        return {model: worst(v.word for v in self.verdicts if v.model == model) for model in models}

    def count(self, word: Word) -> int:
        """How many verdicts have this word."""
        return sum(verdict.word == word for verdict in self.verdicts)


def worst(words: Iterable[Word]) -> Word:
    """FAIL before INCONCLUSIVE before PASS; of nothing at all, nothing is known."""
    return min(words, key=_WORST.index, default="INCONCLUSIVE")


def judge(slo: Slo, results: Mapping[str, Result], tables: Mapping[str, Table]) -> list[Verdict]:
    """The verdict of every objective on each model that it is asked of."""
    return [
        _verdict(objective, model, results.get(model), slo.replications_least)
        for objective in slo.objectives
        for model in _asked(objective, tables)
    ]


def _asked(objective: Objective, tables: Mapping[str, Table]) -> Iterator[str]:
    """The models that an objective names, in the result's order; else those that could be an answer."""
    for model, table in tables.items():
        if model in objective.models or not (objective.models or stands_aside(table)):
            yield model
    yield from (model for model in objective.models if model not in tables)


def _verdict(objective: Objective, model: str, result: Result | None, least: int) -> Verdict:
    if result is None or not result.runs:
        return _unjudged(objective, model, f"no run of {model} was completed")
    count = len(result.runs)
    if doubt := doubtful(result):
        return _unjudged(objective, model, doubt)
    seen = sample_of(objective.measure, result)
    if _at_the_end(objective):
        seen = seen._replace(worst=True)
    unable = seen.absent or too_few(objective, seen, count, least)
    if not seen.values:
        return _unjudged(objective, model, unable)
    ruling = rule(objective.bound, seen)
    short, whole = why(objective, ruling, seen), ruled(objective, ruling, seen)
    if unable:
        ruling, short, whole = _open(ruling), unable, f"{whole}; but {unable}"
    elif result.interrupted and ruling.word == "PASS":
        ruling, short, whole = _open(ruling), _INTERRUPTED, f"{whole}; but {_INTERRUPTED}"
    return Verdict(
        objective,
        model,
        ruling.word,
        whole,
        short,
        ruling.value,
        ruling.low,
        ruling.high,
        len(seen.values),
        seen.items,
    )


def _at_the_end(objective: Objective) -> bool:
    """Whether nothing beyond the threshold is asked for: no mean of figures lies there unless all do."""
    bound = objective.bound
    end = 0.0 if bound.direction == "at_most" else all_of(objective.measure)
    return bound.threshold == end and not bound.tolerance


def _unjudged(objective: Objective, model: str, reason: str) -> Verdict:
    return Verdict(objective, model, "INCONCLUSIVE", reason, reason)


def _open(ruling: Ruling) -> Ruling:
    return ruling._replace(word="INCONCLUSIVE")


def label(objective: Objective) -> str:
    """What an objective measures, in words."""
    return entry_of(objective.measure).label
