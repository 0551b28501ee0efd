"""The play: everything a root needs of a scenario, resolved into instants; it knows no model, loop or
transport.

scenario + firm + seed ──> calendar, ground ──> acts ──> people
                                    └──> opening, landscape, schedules, faults, decisions, assumptions
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from kernel.errors import InputError
from kernel.time import BusinessTime
from measurements.facts import EntityClose, PeriodLock
from mocks.landscape import Landscape
from mocks.opening import Opening
from scenarios.acts import Workload
from scenarios.assumptions import assumptions
from scenarios.calendar import Calendar
from scenarios.firm import Firm
from scenarios.firm_file import firm_of
from scenarios.history.cases import History
from scenarios.history.stage import calendar_of, history_ground, history_workload, within
from scenarios.opening_of import ground_of, opening_of, rates_of
from scenarios.people import cast
from scenarios.people.company import Company
from scenarios.period import period_calendar
from scenarios.scenario import Scenario
from scenarios.schedule import ScheduleSetting
from scenarios.script import Scripted
from scenarios.upheaval import (
    FaultSpan,
    Released,
    landscape_of,
    marks_of,
    operations_of,
    released_in,
    spans_of,
)
from scenarios.workload import workload as acts_on


@dataclass(frozen=True, slots=True)
class Play:
    """One staged scenario. Instants are seconds since the start; `rates` are decimal texts to USD."""

    scenario: Scenario
    firm: Firm
    seed: int
    calendar: Calendar
    opening: Opening
    landscape: Landscape
    workload: Workload
    people: tuple[Scripted, ...]
    company: Company
    fault_spans: tuple[FaultSpan, ...]
    releases: tuple[Released, ...]
    marks: tuple[tuple[str, float], ...]
    rates: Mapping[str, str]
    assumptions: tuple[tuple[str, str, str], ...]
    history: History | None

    def clerks(self, workflows: Collection[str]) -> tuple[Scripted, ...]:
        """The people of the `manual` baseline for these workflows."""
        return cast.clerks(self.workload, self.company, workflows)

    def watchers(self, workflows: Collection[str]) -> tuple[Scripted, ...]:
        """The people who reconcile these workflows where nothing monitors them."""
        return cast.watchers(self.workload, self.company, workflows)

    @property
    def time(self) -> BusinessTime:
        """Converts between seconds since the start and the calendar."""
        return self.calendar.time

    @property
    def workflows(self) -> tuple[str, ...]:
        """The workflows that take part; a history has only expenses."""
        return ("time_and_expense",) if self.history is not None else self.scenario.workflows

    @property
    def schedules(self) -> Mapping[str, ScheduleSetting]:
        """The scenario's own schedules, by workflow, each with its zone."""
        own = self.scenario.schedules
        return {workflow: schedule.at(self.firm.hq_zone) for workflow, schedule in own.items()}

    @property
    def decisions(self) -> Mapping[str, tuple[float, float]]:
        """Decision KPIs with their practical margins (absolute, relative), the firm's own first."""
        return {name: self.firm.margins.get(name, own) for name, own in self.scenario.decisions.items()}

    @property
    def closes(self) -> tuple[EntityClose, ...]:
        """The close of the observed period, by entity."""
        return self.calendar.closes

    @property
    def locks(self) -> tuple[PeriodLock, ...]:
        """Which periods are open, and when finance locks them."""
        return self.calendar.locks

    @property
    def window_s(self) -> tuple[float, float]:
        """The start events that count: from BD-5 00:00 to BD+7 24:00."""
        return self.calendar.window_s

    @property
    def end_s(self) -> float:
        """The end of observation: BD+15 24:00."""
        return self.calendar.end_s

    def within(self, window_s: tuple[float, float], end_s: float) -> Play:
        """The same play, of which less counts: items that start in the window, observed until `end_s`."""
        calendar = self.calendar
        instants = tuple(at_s for at_s in calendar.report_instants_s if at_s <= end_s)
        cut = replace(calendar, window_s=window_s, end_s=end_s, report_instants_s=instants)
        return replace(self, calendar=cut)

    @property
    def report_instants_s(self) -> tuple[float, ...]:
        """08:00 at headquarters on each business day of the window."""
        return self.calendar.report_instants_s

    @property
    def close_s(self) -> float:
        """The last entity's ledger lock."""
        return self.calendar.close_s

    @property
    def cut_off_runs(self) -> tuple[float, ...]:
        """When batch runs besides its schedule."""
        return self.calendar.cut_off_runs

    @property
    def revenue_runs(self) -> tuple[tuple[str, float], ...]:
        """(name, instant) of revenue recognition."""
        return self.calendar.revenue_runs


def stage(scenario: Scenario, firm: Firm, seed: int, workload: History | None = None) -> Play:
    """The scenario as this firm plays it with this seed; `workload` is a firm's own history instead of
    generated acts.

    Raises InputError where scenario, firm and history do not fit together.
    """
    firm = firm_of(firm, scenario.firm, f"{scenario.source}: firm")
    if scenario.from_log and workload is None:
        raise InputError(f"scenario {scenario.name}", "plays a log, and none was given", "add --workload LOG")
    calendar = calendar_of(scenario, firm, workload) if workload else period_calendar(scenario, firm)
    log = within(workload, calendar) if workload else None
    spans = spans_of(scenario, calendar)
    landscape = landscape_of(scenario, calendar)
    operations_of(scenario, calendar, "")  # all that is refused is told before a firm is made
    acts, opening = _acted(scenario, firm, calendar, seed, log)
    company = Company(seed, calendar, opening, firm.consultants, firm)
    return Play(
        scenario=scenario,
        firm=firm,
        seed=seed,
        calendar=calendar,
        opening=opening,
        landscape=landscape,
        workload=acts,
        people=cast.people(acts, company),
        company=company,
        fault_spans=spans,
        releases=released_in(scenario, calendar),
        marks=marks_of(scenario, calendar),
        rates={rate.currency: rate.to_usd for rate in rates_of(firm)},
        assumptions=tuple(assumptions(firm, scenario, log is not None)),
        history=log,
    )


def _acted(
    scenario: Scenario, firm: Firm, calendar: Calendar, seed: int, log: History | None
) -> tuple[Workload, Opening]:
    if log is not None:
        ground = history_ground(firm, calendar, seed)
        return history_workload(ground, log), opening_of(ground, ())
    ground = ground_of(firm, calendar, seed)
    operations = operations_of(scenario, calendar, ground.staff.operator)
    acts, sheets = acts_on(ground, operations)
    return acts, opening_of(ground, sheets.posted)
