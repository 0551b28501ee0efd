"""What two results come to, in words: how they were compared, what else differs, how many figures moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.change.changes import CONTEXT, Change, Changed, ModelChange
from reports.differences import INDICATIVE
from reports.inputs import FINDINGS, JUDGED_FROM, Experiment
from reports.kpis import WORKFLOWS
from reports.numbers import NOTHING, listing
from reports.words import pattern

_FACTS = ("scenario", "firm", "consultants", "seed", "version", "commit")
_MOST_SETTINGS = 20
_TALLIED = {"~": "no difference", INDICATIVE: "due in fewer than ten replications"}


def headline(found: Changed) -> str:
    """Model by model, how many figures are better, worse or open."""
    return " ".join(f"{model.name}: {tally(model)}." for model in found.models)


def tally(model: ModelChange) -> str:
    """How many of a model's figures have which word; no word where there are too few replications."""
    judged = [one for one in model.changes if one.word not in {"", CONTEXT}]
    if all(one.word == INDICATIVE for one in judged):
        moved = sum(beyond(one) for one in judged)
        return f"indicative, {moved} of {len(judged)} figures moved by more than their margin"
    counts: dict[str, int] = {}
    for one in judged:
        word = _TALLIED.get(one.word, one.word)
        counts[word] = counts.get(word, 0) + 1
    return ", ".join(f"{count} {word}" for word, count in sorted(counts.items(), key=lambda pair: -pair[1]))


def beyond(change: Change) -> bool:
    """Whether a difference is larger than its margin, and its interval (where it has one) leaves out 0."""
    found = change.found
    if found is None or abs(found.mean) <= change.margin:
        return False
    return found.low is None or found.high is None or not found.low <= 0 <= found.high


def compared(found: Changed) -> str:
    """How the replications were set against each other."""
    held = found.match
    counts = sorted({one.count for model in found.models for one in model.changes if one.count})
    often = f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else f"{counts[0]}"
    noun = "replication" if counts[-1] == 1 else "replications"
    if held.paired:
        text = f"Paired by seed over {often} {noun}: the same people and the same luck before and after."
    else:
        text = f"Unpaired, over {often} {noun} a side, since {held.why}: luck does not cancel out."
    if counts[-1] < JUDGED_FROM:
        text += f" Indicative: {JUDGED_FROM} or more are needed before differences are judged."
    for name, experiment in zip(("before", "after"), (found.before, found.after), strict=True):
        if experiment.interrupted:
            text += f" The comparison {name} was interrupted."
    return text


def differing(found: Changed) -> list[str]:
    """What is not the same in the two results: facts of the runs, models' tables, files, settings."""
    before, after = found.before, found.after
    lines = [
        f"{name}: {getattr(before, name) or 'unknown'} → {getattr(after, name) or 'unknown'}"
        for name in _FACTS
        if getattr(before, name) != getattr(after, name)
    ]
    if before.replications != after.replications:
        lines.append(f"replications: {before.replications} → {after.replications}")
    for model in found.models:
        for workflow, (left, right) in model.legs.items():
            leg = f"{pattern(left)} → {pattern(right)}"
            lines.append(f"{model.name}, {WORKFLOWS.get(workflow, workflow).lower()}: {leg}")
    lines += [f"{name}: {left} → {right}" for name, left, right in _moved(_files(before), _files(after))]
    return lines + _settings(before, after)


def _files(experiment: Experiment) -> dict[str, str]:
    return {f"file of {one.given}": f"{one.name} ({one.sha256[:12]})" for one in experiment.files}


def _settings(before: Experiment, after: Experiment) -> list[str]:
    left, right = ({one.name: one.value for one in side.assumptions} for side in (before, after))
    moved = _moved(left, right)
    lines = [f"{name}: {old} → {new}" for name, old, new in moved[:_MOST_SETTINGS]]
    rest = len(moved) - len(lines)
    return [*lines, f"and {rest} more settings"] if rest else lines


def _moved(left: Mapping[str, str], right: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [
        (name, left.get(name, NOTHING), right.get(name, NOTHING))
        for name in dict.fromkeys((*left, *right))
        if left.get(name) != right.get(name)
    ]


def left_out(found: Changed) -> str:
    """Models that stand in one of the two alone."""
    pairs: Sequence[tuple[str, str]] = found.match.models
    only = [
        [model for model in side.models if side.of(model) and model not in {pair[place] for pair in pairs}]
        for place, side in enumerate((found.before, found.after))
    ]
    texts = [
        f"only {when}: {listing(models)}"
        for when, models in zip(("before", "after"), only, strict=True)
        if models
    ]
    return f"Models {'; '.join(texts)}." if texts else ""


def audit_sentence(model: ModelChange) -> str:
    """What the audit found before and after, in all replications."""
    before, after = ({name: side[name].sum for name in FINDINGS} for side in model.audits)
    if not any(before.values()) and not any(after.values()):
        return "The audit is clean before and after."
    texts = [
        f"{name.replace('_', ' ')} {before[name]:,} → {after[name]:,}"
        for name in FINDINGS
        if before[name] or after[name]
    ]
    return f"The audit found, in all replications: {', '.join(texts)}."
