"""Common advice against this firm's result: where they differ, and which stage makes the difference.

The advice is a claim to be met, not a rule: events or APIs for master data and approvals, batch for posting
and reporting ("hybrid"), as vendors and practice pages give it; no public head-to-head benchmark was found.
"""

from __future__ import annotations

from collections.abc import Mapping

from reports.answer import Answer
from reports.findings import Findings
from reports.kpis import WORKFLOWS
from reports.numbers import listing
from reports.why import mechanisms
from reports.words import pattern

ADVISED: Mapping[str, str] = {
    "quote_to_project": "api",
    "worker_alignment": "batch+api",
    "time_and_expense": "event",
    "billing_and_revenue": "api",
    "portfolio_reporting": "batch+event",
}
"""The usual hybrid table (domain sheet: "finance-grade" hybrid; practice). The model `hybrid` is the same, as
a test holds: reports know no pipeline.
"""


def advice_lines(findings: Findings) -> list[str]:
    """One sentence a workflow in which the advised pattern was run, and one on hybrid as a whole."""
    met = [answer for answer in findings.answers if _advised(answer) and answer.level]
    lines = [_line(findings, answer) for answer in met]
    return lines + ([_whole(findings, met)] if met else [])


def _advised(answer: Answer) -> bool:
    names = {one.pattern for one in answer.candidates}
    return len(names) > 1 and ADVISED[answer.workflow] in names


def _stands(answer: Answer) -> str:
    advised = ADVISED[answer.workflow]
    if answer.leader is not None and answer.leader.pattern == advised:
        return "leads"
    return "level" if any(one.pattern == advised for one in answer.level) else "behind"


def _line(findings: Findings, answer: Answer) -> str:
    """What is advised, what was found here, and the stage behind it."""
    flow, advised = WORKFLOWS[answer.workflow], pattern(ADVISED[answer.workflow])
    others = listing(
        [pattern(one.pattern) for one in answer.level if one.pattern != ADVISED[answer.workflow]]
    )
    stage = mechanisms(findings, answer)
    because = f"; the stage that makes the difference is {stage}" if stage else ""
    so_far = " so far" if findings.experiment.indicative or answer.unsettled else ""
    found = {
        "leads": f"it is ahead here too{so_far}",
        "level": f"here it is within the margin of {others}{so_far}",
        "behind": f"here it is behind {others}{so_far}",
    }[_stands(answer)]
    return f"{flow}: {advised} is the common advice; {found}{because}."


def _whole(findings: Findings, met: list[Answer]) -> str:
    ahead = [answer for answer in met if _stands(answer) == "leads"]
    behind = [WORKFLOWS[answer.workflow].lower() for answer in met if _stands(answer) == "behind"]
    so_far = "so far " if findings.experiment.indicative else ""
    text = (
        f"“Hybrid is usually the most practical”: {so_far}its choice is ahead in {len(ahead)} of {len(met)} "
        f"workflows, within the margin in {len(met) - len(ahead) - len(behind)}"
    )
    return f"{text} and behind in {listing(behind)}." if behind else f"{text} and behind in none."
