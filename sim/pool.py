"""Where runs are performed: many independent jobs in, their results under their index out.

Pool ── sim/processes.py   processes of this machine, forked
     └─ sim/cluster.py     processes beside the workers of a Dask scheduler

Where a run was performed reaches no result: `summary.json` and the run files are the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from kernel.errors import InputError

J = TypeVar("J")
R = TypeVar("R")


class Gathered(NamedTuple, Generic[R]):
    """Results by index (None where a run did not complete) and whether the work was cut short.

    `lost` says why where it was not the user who did that.
    """

    results: Sequence[R | None]
    interrupted: bool
    lost: InputError | None = None


class Pool(Protocol):
    """Performs jobs in whatever order; only `told` sees that order."""

    def run_all(
        self, jobs: Sequence[J], work: Callable[[J], R], told: Callable[[int, R], None]
    ) -> Gathered[R]:
        """Run every job, each in a process of its own; `told(index, result)` is called as each completes.

        `work` is a function of a module. An interrupt stops the rest and keeps what is complete.
        """
