"""How often a sequential comparison agrees with the truth of a larger bank of runs, by resampling.

    python -m reports.agreement out/month-end

The bank is a report folder of many replications (40, say) of every candidate. Its means are taken for the
truth. A path draws replications from it, whole and with replacement, and is decided as a comparison would be.
It agrees where no pattern that it decided to be level, or out, is the other in the bank; what it leaves open
decides nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from kernel.luck import luck
from reports import experiment_file
from reports.claims import claims_of
from reports.estimates import estimates
from reports.inputs import Experiment
from reports.kpis import WORKFLOWS
from reports.sequential import Claim, Evidence, decide
from reports.spending import LOOKS

PATHS = 500


class Agreement(NamedTuple):
    """Of so many paths, those that agree; the share of patterns decided; mean replications until all were."""

    paths: int
    agreeing: int
    decided: float
    replications: float

    @property
    def share(self) -> float:
        """The share of paths in which no pattern was decided otherwise than in the bank."""
        return self.agreeing / self.paths


def agreement(
    bank: Mapping[Claim, Evidence], looks: Sequence[int] = LOOKS, paths: int = PATHS, seed: int = 1
) -> Agreement:
    """Resample one workflow's claims. Raises ValueError where the bank holds fewer runs than a path."""
    bank = {claim: evidence for claim, evidence in bank.items() if any(_known(evidence.excess))}
    often = min((len(evidence.excess) for evidence in bank.values()), default=0)
    if often < looks[-1]:
        raise ValueError(f"a bank of {often} replications is smaller than a path of {looks[-1]}")
    truth = level({claim: _mean(evidence.excess) > 0 for claim, evidence in bank.items()})
    agreeing = decided = replications = 0
    for path in range(paths):
        places = [int(luck(seed, "bank", f"{path}|{step}") * often) for step in range(looks[-1])]
        drawn = {claim: _drawn(evidence, places) for claim, evidence in bank.items()}
        found = decide(drawn, looks)
        told = {claim: one.status == "behind" for claim, one in found.items() if one.status != "open"}
        known = {model: one for model, one in level(told, bank).items() if one is not None}
        agreeing += all(one == truth[model] for model, one in known.items())
        decided += len(known)
        whole = len(known) == len(truth)
        replications += max(found[claim].at for claim in told) if whole else looks[-1]
    return Agreement(paths, agreeing, decided / (paths * len(truth)), replications / paths)


def level(told: Mapping[Claim, bool], claims: Iterable[Claim] = ()) -> dict[str, bool | None]:
    """Model to whether it is level: not once it is behind anybody, None while a claim on it is not told."""
    asked = list(claims) or list(told)
    found: dict[str, bool | None] = {}
    for model in dict.fromkeys(claim.behind for claim in asked):
        answers = [told.get(claim) for claim in asked if claim.behind == model]
        found[model] = False if any(answers) else (None if None in answers else True)
    return found


def _drawn(evidence: Evidence, places: Sequence[int]) -> Evidence:
    return Evidence(
        [evidence.excess[place] for place in places],
        frozenset(step for step, place in enumerate(places) if place in evidence.loose_behind),
        frozenset(step for step, place in enumerate(places) if place in evidence.loose_within),
    )


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def _known(values: Sequence[float | None]) -> list[bool]:
    """Where something was due."""
    return [value is not None for value in values]


def of_experiment(bank: Experiment, paths: int = PATHS) -> dict[str, Agreement]:
    """Workflow to the agreement of its claims, where there are any; which KPIs decide is told as a comparison
    tells it, from the first look.
    """
    bank = replace(bank, looks=LOOKS)
    found = estimates(bank)
    each = {workflow: claims_of(bank, found, workflow) for workflow in WORKFLOWS}
    return {workflow: agreement(claims, paths=paths) for workflow, claims in each.items() if claims}


def main(folders: Sequence[str]) -> None:
    """Print the agreement of a report folder's runs, workflow by workflow."""
    for workflow, found in of_experiment(experiment_file.load([Path(folder) for folder in folders])).items():
        print(
            f"{workflow:<20} {100 * found.share:6.2f} % of {found.paths} paths agree; "
            f"{100 * found.decided:5.1f} % of patterns decided, {found.replications:.1f} replications"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
