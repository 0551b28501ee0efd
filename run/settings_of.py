"""What a pipeline is told of the firm it serves: the play's calendar, entities, rates and schedules."""

from __future__ import annotations

from typing import Any

from pipeline.settings import POLL_S, STANDARD_TIER, EntitySetting, RevenueRun, Schedule, Settings
from scenarios.play import Play
from scenarios.schedule import ScheduleSetting


def settings_of(play: Play) -> Settings:
    """The pipeline's settings for this play; the same for every model."""
    opening = play.opening
    slots = play.landscape.of("netsuite").limits.get("account_concurrency", STANDARD_TIER)
    polls_s = {system: every * 60.0 for system, every in play.scenario.polls_min.items()}
    own: dict[str, Any] = dict(play.firm.integration)
    return Settings(
        time=play.time,
        netsuite_slots=int(slots),
        seen_within_s=play.firm.seen_s,
        hq_zone=opening.hq_zone,
        entities={row.entity: EntitySetting(row.zone, row.currency) for row in opening.entities},
        period=opening.period,
        time_locks={lock.entity: lock.time_lock_s for lock in play.closes},
        rates=dict(play.rates),
        schedules={workflow: _schedule(setting) for workflow, setting in play.schedules.items()},
        poll_s={**POLL_S, **polls_s},
        cut_off_runs=play.cut_off_runs,
        revenue_runs=tuple(RevenueRun(name, at_s) for name, at_s in play.revenue_runs),
        **own,
    )


def _schedule(setting: ScheduleSetting) -> Schedule:
    return Schedule(
        setting.times,
        setting.weekdays,
        setting.zone,
        setting.cut_off_h,
        setting.every_min or 0.0,
        setting.cut_off_runs,
    )
