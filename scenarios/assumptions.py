"""What the workload assumes beside the firm's parameters: (name, value, source), for the report."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.firm import Firm
from scenarios.scenario import Scenario

ASSUMED: tuple[tuple[str, str, str], ...] = (
    ("workload.entities", "people work for projects of their own entity; one zone an entity", "assumption"),
    ("workload.cross_charge", "intercompany cross-charge is out of scope", "semantics §5"),
    ("workload.backlog", "what waits at the start is acted in the first 10 minutes", "assumption"),
    (
        "workload.closing_week",
        "days before a period's end inside a week: 60 % on its last business day 14-20, 20 % that morning,"
        " 15 % the next morning, 5 % later",
        "assumption, from the Friday shape of domain §3",
    ),
    (
        "workload.sittings",
        "Mondays 10-17, other days by share, BD-1..BD+3, 4 h before a cut-off",
        "domain §3",
    ),
    ("workload.corrections", "a corrected or recalled card moves by one hour", "assumption"),
    ("workload.change_order", "3 to 12 % of the planned hours", "assumption"),
    ("workload.schedule_change", "half move by 30 days, half change by up to 10 %", "assumption"),
    ("workload.instalments", "dated the last day of the month before", "semantics §5: in advance"),
    ("workload.policy_error", "an expense line from 75.00 without receipt", "assumption"),
    ("workload.policy_warning", "an expense line from 200.00 without justification", "assumption"),
    ("workload.release_lag", "billing is released within 2 h of its run", "assumption"),
    (
        "people.operators",
        "a credential or a mapping takes 60 minutes, a replay 15",
        "domain §4.1; assumption",
    ),
    ("people.rework", "a second hold of an invoice takes 30 minutes of rework", "semantics §5"),
    ("people.idle", "an idle person at the desk looks at the list every 30 minutes", "assumption"),
    ("people.corrections", "an approver sends the same record back twice at most", "assumption"),
    ("calendar.holidays", "national public holidays, none by state or province", "package holidays"),
)

RECORDED: tuple[tuple[str, str, str], ...] = (
    ("history.approval", "each case is approved at its recorded hand-over", "shared event log"),
    (
        "history.unknown_approver",
        "a case without a recorded final approval is approved by its submitter",
        "assumption",
    ),
    ("history.people", "workers and projects are made up: the log names none", "the log is anonymised"),
    ("history.periods", "every accounting period is open throughout", "assumption"),
)


def assumptions(firm: Firm, scenario: Scenario, from_log: bool) -> Iterator[tuple[str, str, str]]:
    """All of them, those of the firm first; a play of a log assumes other things than a generated one."""
    yield from firm.assumptions()
    yield from RECORDED if from_log else ASSUMED
    for workflow, schedule in sorted(scenario.schedules.items()):
        yield f"schedule.{workflow}", str(schedule), f"scenario {scenario.name}"
    for system, minutes in sorted(scenario.polls_min.items()):
        yield f"polls.{system}", f"every {minutes:g} min", f"scenario {scenario.name}"
