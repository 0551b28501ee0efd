"""Load shapes: which part of the call sheet's window is played, and who of the firm comes when.

The workload is the calendar's own: acts are due when the firm's people do them. A shape may end the window
earlier and may hold people back; it never invents an act, since each one has its business key.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kernel.luck import luck
from loadtests.past import Past
from scenarios.instants import seconds_of


@dataclass(frozen=True, slots=True)
class Shape:
    """`until`: an instant such as `BD+1 13:00` ("" leaves the window as it is). With `steps` above 1 the
    window has as many parts of equal length: 1/steps of the people come in the first, all in the last.
    """

    until: str = ""
    steps: int = 1

    def until_s(self, past: Past) -> float:
        """Where the window ends at the latest."""
        return seconds_of(self.until, past.play.calendar) if self.until else math.inf

    def share(self, progress: float) -> float:
        """Which share of the people comes, by the share of the window that has passed."""
        return min(1.0, (math.floor(progress * self.steps) + 1) / self.steps)

    def comes(self, seed: int, root: int, progress: float) -> bool:
        """Whether somebody who is next due then is played: scripts of one root come together, by luck."""
        return luck(seed, "who comes to the load test", str(root)) < self.share(progress)
