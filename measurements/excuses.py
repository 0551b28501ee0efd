"""What open exception records speak for: an item by key and version, or the keys that a whole stream has.

A stream that is refused as a whole cannot name its items one by one, since nobody can read them. Its record
names them by rule: keys of this shape, of this source, handed over since the last complete comparison. That
excuses what is absent while the record is open, be it the effect or, where the stream reads the target, the
note of it in the source; and nothing else. Since when is the pipeline's own word, so the record reaches back
no further than a day's run and sweep before it was opened: what was absent longer, and told to nobody, was
lost.

What the source opened itself, since its call-out got no answer, says nothing of the effect: the work may have
been done, or have gone another way since. It may stand beside its effect until the next daily sweep.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from measurements.facts import Commitment, Effect, Problem

NOTE = "write_back"
"""The cause of a record about a note in the source: its effect may well stand."""
UNANSWERED = "integration"
"""The cause of a record that the source opened itself."""


class Excuses:
    """The open records of one flow at one instant; `in` asks for an item (key, version) said not to stand."""

    def __init__(self, problems: Iterable[Problem], end_s: float, grace_s: float) -> None:
        """`grace_s`: how long before the end, or before a record, the last sweep may have been."""
        items: set[tuple[str, int]] = set()
        notes: set[tuple[str, int]] = set()
        self._streams: list[Problem] = []
        self._grace_s = grace_s
        for problem in problems:
            if not _is_open(problem, end_s):
                continue
            if problem.keys:
                self._streams.append(problem)
            else:
                fresh = problem.opened_at_s > end_s - grace_s
                note = problem.cause == NOTE or (problem.cause == UNANSWERED and fresh)
                (notes if note else items).add((problem.key, problem.version))
        self._items = frozenset(items)
        self._absent = frozenset(items | notes)

    def __contains__(self, item: tuple[str, int]) -> bool:
        return item in self._items or (item[0], 0) in self._items

    def speak_for(self, row: Commitment) -> bool:
        """Whether people know that what is due here is absent. Version 0: the item could not even be read."""
        named = (row.key, row.version) in self._absent or (row.key, 0) in self._absent
        return named or self._of_a_stream(row.system, row.key, max(row.committed_at_s, row.due_from_s))

    def speak_for_note(self, effect: Effect) -> bool:
        """Whether people know that nobody can read in the target that this stands there now."""
        return self._of_a_stream(effect.system, effect.key, effect.at_s)

    def _of_a_stream(self, system: str, key: str, at_s: float) -> bool:
        return any(
            system == stream.source
            and at_s >= max(stream.since_s, stream.opened_at_s - self._grace_s)
            and of_shape(stream, key)
            for stream in self._streams
        )


def _is_open(problem: Problem, end_s: float) -> bool:
    return problem.opened_at_s <= end_s and (problem.closed_at_s is None or problem.closed_at_s > end_s)


def of_shape(stream: Problem, key: str) -> bool:
    """Whether a record about a whole stream names the key."""
    return any(fnmatchcase(key, shape) for shape in stream.keys.split(","))
