"""`rehearse knee`: how many people a model carries before a service level breaks, and what breaks first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kernel.errors import InputError
from pipeline import models as model_files
from rehearsal.compare import progress
from rehearsal.interrupted import told_if_interrupted
from rehearsal.pool import local
from rehearsal.provenance import provenance
from rehearsal.seed import check_seed
from rehearsal.slo import given_slo
from reports.findings import Findings, find
from reports.inputs import GivenSlo
from reports.slo.judge import Verdict, label
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.experiment import described
from sim.knee import Knee, Word, search
from sim.plan import Plan
from sim.pool import Pool
from sim.rounds import Told
from sim.work import work

MOST = 10_000


class Request(NamedTuple):
    """What was typed."""

    scenario: str
    model: str
    slo: str
    firm: Path | None
    first: int
    most: int
    replications: int
    seed: int
    jobs: int


def knee(request: Request) -> None:
    """Do it in virtual time. Raises InputError before anything runs."""
    check_seed(request.seed, request.replications)
    _check(request)
    pool = local(request.jobs)
    model = model_files.load(request.model)
    slo = given_slo(request.slo, {model.name: model.workflows})
    console = Console(width=100)
    plan = _plan(request, request.first)
    stage(plan.scenario, plan.firm, plan.seed)
    found: dict[int, Findings] = {}
    with told_if_interrupted("the knee was not found."), progress(console) as told:

        def verdict_at(consultants: int) -> Word:
            found[consultants] = _judged(_plan(request, consultants), slo, told, pool)
            judgement = found[consultants].judgement
            return "INCONCLUSIVE" if judgement is None else judgement.word

        at = search(verdict_at, request.first, request.most)
    _tell(console, at, found)


def _check(request: Request) -> None:
    if not 1 <= request.first <= request.most <= MOST:
        what = f"from {request.first} to {request.most} consultants"
        raise InputError("--first, --most", what, f"give 1 <= first <= most <= {MOST}")
    if request.replications < 1:
        raise InputError("--replications", f"{request.replications} runs", "ask for 1 or more")


def _plan(request: Request, consultants: int) -> Plan:
    made_by = provenance()
    return Plan(
        scenario=catalogue.load(request.scenario),
        firm=firm_file.load(request.firm, consultants),
        models=(model_files.load(request.model),),
        replications=request.replications,
        seed=request.seed,
        version=made_by.version,
        commit=made_by.commit,
        command="",
    )


def _judged(plan: Plan, slo: GivenSlo | None, told: Told, pool: Pool) -> Findings:
    """All runs at one head count, judged. An interrupt ends the search."""
    jobs, people = plan.jobs(), plan.firm.consultants
    gathered = pool.run_all(jobs, work, lambda number, _: told(f"{people:,} people", number + 1, len(jobs)))
    if gathered.interrupted:
        raise KeyboardInterrupt
    runs = [done.run for done in gathered.results if done is not None]
    base = described(plan, stage(plan.scenario, plan.firm, plan.seed), plan.models)
    return find(replace(base, runs=runs, slo=slo))


def _tell(console: Console, at: Knee, found: dict[int, Findings]) -> None:
    console.print(_steps(at))
    if at.failed is None:
        console.print(_unbroken(at), style="bold")
        return
    sure = f"passes at {at.passed:,} people, fails" if at.passed else "passes nowhere that was tried, fails"
    told = f"The knee: {sure} at {at.failed:,} (virtual time: the vendors' limits, no machine)."
    console.print(told, style="bold")
    for line in (*_broken(found[at.failed]), *_full(found[at.failed])):
        console.print(Text(line))


def _unbroken(at: Knee) -> str:
    """What is known where nothing failed: only what passed is sure."""
    most = max(count for count, _ in at.steps)
    if at.passed == most:
        return f"Every service level is kept up to {most:,} people, in virtual time."
    sure = f"they are kept at {at.passed:,} people" if at.passed else "none was decided"
    return f"No service level surely broke up to {most:,} people, but {sure}: the rest is inconclusive."


def _steps(at: Knee) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("people", justify="right")
    table.add_column("verdict")
    for count, word in sorted(at.steps):
        table.add_row(f"{count:,}", word)
    return table


def _broken(findings: Findings) -> Iterator[str]:
    """The objectives that failed, with the workflow that each is about."""
    verdicts: list[Verdict] = list(findings.judgement.verdicts) if findings.judgement else []
    for verdict in verdicts:
        if verdict.word == "FAIL":
            yield f"Broke: {label(verdict.objective)}: {verdict.reason}."


def _full(findings: Findings) -> Iterator[str]:
    """The limits that were full, the one that refused most first."""
    refused: dict[tuple[str, str], int] = {}
    for run in findings.experiment.runs:
        for line in run.limits:
            if line.refusals:
                name = (line.system, line.limit)
                refused[name] = refused.get(name, 0) + line.refusals
    for (system, limit), count in sorted(refused.items(), key=lambda one: -one[1]):
        yield f"Full: {system}, {limit.replace('_', ' ')}: {count:,} calls refused in all replications."
    if not refused:
        yield "No limit refused a call: time broke it, not room."
