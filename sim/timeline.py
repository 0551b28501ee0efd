"""What happened when: the run's milestones, and the life of one record over all systems and the pipeline."""

from __future__ import annotations

from typing import NamedTuple

from measurements.run import Run
from sim.world import World


class Moment(NamedTuple):
    """One line of a timeline."""

    at_s: float
    where: str
    what: str


def timeline(world: World, judged: Run) -> list[Moment]:
    """Marks of the calendar, faults as they struck and passed, the largest backlogs, and the end."""
    play = world.play
    moments = [Moment(at_s, "calendar", label) for label, at_s in play.marks]
    for span in judged.faults:
        moments.append(Moment(span.start_h * 3600.0, span.target, f"{span.name} begins"))
        moments.append(Moment(span.end_h * 3600.0, span.target, f"{span.name} ends"))
        if span.recovered_h is not None and not span.at_least:
            told = f"{span.name}: nothing is late because of it any more"
            moments.append(Moment(span.recovered_h * 3600.0, span.target, told))
    for flow, series in judged.backlog.items():
        if series:
            hour, waiting = max(series, key=lambda point: (point[1], -point[0]))
            if waiting:
                items = "1 item waits" if waiting == 1 else f"{waiting:,.0f} items wait"
                moments.append(Moment(hour * 3600.0, flow, f"largest backlog: {items}"))
    moments.append(Moment(world.end_s, "run", f"ends; {world.calls:,} calls counted by the systems"))
    return sorted(moments)


def life(world: World, key: str) -> list[Moment]:
    """Every write of the record in every system, and every step that the pipeline tells of it."""
    moments = []
    for name, system in world.systems.items():
        for entry in system.journal.entries:
            if _concerns(entry.key, key):
                changed = ", ".join(f"{field}={value}" for field, value in list(entry.changes.items())[:6])
                moments.append(
                    Moment(entry.at_s, name, f"{entry.op} {entry.object} by {entry.who}: {changed}")
                )
    for step in world.pipeline.trail:
        if _concerns(step.key, key):
            told = f"{step.what} {step.flow} v{step.version} {step.detail}".rstrip()
            moments.append(Moment(step.at_s, "pipeline", told))
    return sorted(moments)


def _concerns(held: str, key: str) -> bool:
    return held == key or held.startswith((f"{key}|", f"{key}:", f"{key}@", f"{key}-")) or held == f"P-{key}"
