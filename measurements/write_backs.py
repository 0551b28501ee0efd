"""What was written back into a source against what stands in the target.

    receipt (the source's record: posted version, ids, number, status)  ──┐
    live effects of the same key in the target  ──────────────────────────┴─> wrong_write_back

A key that already has another finding, that waits, or of which an open exception record tells (a note itself
may have been refused) is not looked at: what stands of it is in doubt. What changed in the target less than
26 h before the end may still be on its way back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from measurements.facts import Effect, Receipt
from measurements.flow_tables import FlowFacts, Tables
from measurements.identity import Unit

RECEIPTED = frozenset({"time", "expense", "invoice", "project"})
"""Flows whose source is told what became of its records."""
_PSA = "psa"
"""The part of a project that is the source's own."""


def wrong_write_backs(
    facts: FlowFacts, tables: Tables, doubtful: Collection[str]
) -> Iterator[tuple[Unit, str]]:
    """A unit and a reason for each key of which the source says something else than stands."""
    if facts.receipts is None or facts.flow not in RECEIPTED:
        return
    fresh = {effect.key for effect in facts.effects if effect.at_s > facts.end_s - facts.grace_s}
    receipts = {receipt.key: receipt for receipt in facts.receipts}
    standing: dict[str, list[Effect]] = {}
    for effects in tables.live.values():
        for effect in effects:
            if effect.part != _PSA:
                standing.setdefault(effect.key, []).append(effect)
    for key in dict.fromkeys((*standing, *receipts)):
        if key not in fresh and key not in doubtful and key not in tables.later:
            effects, receipt = standing.get(key, []), receipts.get(key)
            if effects and tables.excused.speak_for_note(effects[-1]):
                continue
            reason = _wrong(facts.flow, receipt, effects)
            if reason:
                version = effects[-1].version if effects else receipt.version if receipt else 0
                yield (key, "", version), reason


def _wrong(flow: str, receipt: Receipt | None, effects: Sequence[Effect]) -> str:
    """Why the receipt is wrong; "" where it is right, or where there is nothing to tell."""
    if not effects:
        told = receipt is not None and (receipt.settled or receipt.version > 0)
        return "the source believes it is posted; nothing stands" if told and flow != "project" else ""
    if receipt is None:
        return f"{effects[-1].record} stands; the source was never told"
    if flow in {"time", "expense"}:
        return _wrong_version(receipt, effects)
    return _wrong_names(flow, receipt, effects[-1])


def _wrong_version(receipt: Receipt, effects: Sequence[Effect]) -> str:
    versions = sorted({effect.version for effect in effects})
    if receipt.version in versions:
        return ""
    return f"the source believes version {receipt.version} is posted; {versions[-1]} stands"


def _wrong_names(flow: str, receipt: Receipt, effect: Effect) -> str:
    """An id may be the target's own or the name that a person sees on its screen."""
    names = {effect.record, effect.project} if flow == "project" else {effect.record, _term(effect, "number")}
    if receipt.record not in names:
        return f"the source names record {receipt.record or 'none'}; {effect.record} stands"
    if flow == "project":
        customers = {_term(effect, "customer"), _term(effect, "customer_record")}
        return "" if receipt.number in customers else f"the source names customer {receipt.number or 'none'}"
    if receipt.number != _term(effect, "number"):
        return f"the source says number {receipt.number or 'none'}; it is {_term(effect, 'number')}"
    return "" if receipt.settled else f"{effect.record} is released; the source does not say so"


def _term(effect: Effect, name: str) -> str:
    return str(effect.terms.get(name, ""))
