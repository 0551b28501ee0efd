"""The rule of an objective: which word an interval gets against a threshold and a margin, and why."""

from __future__ import annotations

import pytest

from kernel.luck import luck
from measurements.kpi_table import Margin
from reports.slo.figure import Sample
from reports.slo.objective import Bound, Direction
from reports.slo.rule import Ruling, rule

AROUND_20 = (19.0, 20.0, 21.0, 20.0)
"""Mean 20, and a 95 % interval of 18.7 to 21.3."""


def ruling(
    threshold: float, margin: float = 0.0, values: tuple[float, ...] = AROUND_20, side: Direction = "at_most"
) -> Ruling:
    return rule(Bound(side, threshold, Margin(margin)), Sample(values, 100, "items"))


@pytest.mark.parametrize(
    ("threshold", "margin", "word", "place"),
    [
        (21.5, 0, "PASS", "kept"),
        (18.5, 0, "FAIL", "broken"),
        (20.5, 0, "INCONCLUSIVE", "at the threshold"),
        (19.0, 1, "INCONCLUSIVE", "at both"),
        (19.0, 3, "INCONCLUSIVE", "at the threshold"),
        (18.0, 2, "INCONCLUSIVE", "at the margin"),
        (18.0, 4, "INCONCLUSIVE", "within the margin"),
        (17.0, 1, "FAIL", "broken"),
    ],
)
def test_an_interval_gets_the_word_of_where_it_lies(
    threshold: float, margin: float, word: str, place: str
) -> None:
    found = ruling(threshold, margin)
    assert (found.word, found.place) == (word, place)
    mirrored = ruling(100 - threshold, margin, tuple(100 - value for value in AROUND_20), "at_least")
    assert (mirrored.word, mirrored.place) == (word, place)


def test_without_an_interval_the_figure_itself_decides() -> None:
    assert [ruling(24, 1, (value,)).word for value in (24.0, 24.5, 25.5)] == ["PASS", "INCONCLUSIVE", "FAIL"]
    assert ruling(24, 1, (24.0, 24.0, 24.0)) == ruling(24, 1, (24.0,))


def test_a_lower_bound_can_break_a_ceiling_and_keep_a_floor_and_nothing_else() -> None:
    def of(side: Direction, threshold: float) -> str:
        return rule(Bound(side, threshold), Sample(AROUND_20, 100, "items", bounded=True)).word

    assert (of("at_most", 25), of("at_most", 15)) == ("INCONCLUSIVE", "FAIL")
    assert (of("at_least", 15), of("at_least", 25)) == ("PASS", "INCONCLUSIVE")


def test_of_an_audit_the_worst_replication_counts() -> None:
    found = rule(Bound("at_most", 0), Sample((0.0, 0.0, 1.0), 300, "items", worst=True))
    assert (found.word, found.value, found.low) == ("FAIL", 1.0, None)


def test_a_long_tail_widens_the_interval() -> None:
    even, skewed = (19.0, 20.0, 20.0, 20.0, 21.0), (19.6, 19.6, 19.6, 19.6, 21.6)
    straight, bent = ruling(99, 0, even), ruling(99, 0, skewed)
    assert straight.high is not None
    assert bent.high is not None
    assert bent.high - bent.value > straight.high - straight.value


def test_at_the_threshold_itself_a_wrong_word_is_rare() -> None:
    """Each at most once in forty times or so; the wider of two intervals makes it rarer."""
    words = [
        ruling(0.5, 0, tuple(luck(7, "slo", f"{trial}|{place}") for place in range(10))).word
        for trial in range(2_000)
    ]
    for word in ("PASS", "FAIL"):
        assert 0.005 < words.count(word) / len(words) < 0.032
