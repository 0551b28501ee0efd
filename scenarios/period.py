"""The calendar of a scenario in a firm's places: where period, zones and public holidays meet."""

from __future__ import annotations

from scenarios.calendar import Calendar, Place, around_period_end
from scenarios.firm import Firm
from scenarios.scenario import Scenario


def places_of(firm: Firm) -> dict[str, Place]:
    """Each legal entity's place."""
    return {entity.entity: Place(entity.zone, entity.country) for entity in firm.entities}


def hq_of(firm: Firm) -> Place:
    """Headquarters' place."""
    return Place(firm.hq_zone, firm.hq_country)


def period_calendar(scenario: Scenario, firm: Firm) -> Calendar:
    """The calendar around the scenario's period end."""
    return around_period_end(scenario.period, hq_of(firm), places_of(firm), scenario.month_end)
