"""Objectives at the command line: read before anything runs, and the exit code that their verdict is."""

from __future__ import annotations

from collections.abc import Mapping

from reports.findings import Findings
from reports.inputs import GivenSlo
from reports.slo import file
from reports.slo.judge import EXIT
from reports.slo.rule import Word


def given_slo(name_or_path: str | None, models: Mapping[str, Mapping[str, str]]) -> GivenSlo | None:
    """The file that was given, checked against the models that take part. Raises InputError."""
    if name_or_path is None:
        return None
    given = file.load(name_or_path)
    file.check_models(file.slo_of(given.table, name_or_path), models, name_or_path)
    return given


def end_by(findings: Findings) -> None:
    """End the command by the verdict: 1 for FAIL, 3 for INCONCLUSIVE; go on without one, or with PASS.

    A live run that must not be believed is INCONCLUSIVE with objectives or without.
    """
    judgement = findings.judgement
    word: Word = "PASS" if judgement is None else judgement.word
    if any(live.doubt for live in findings.experiment.live.values()):
        word = "INCONCLUSIVE"
    if EXIT[word]:
        raise SystemExit(EXIT[word])
