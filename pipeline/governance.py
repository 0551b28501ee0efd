"""Governance: may one version of a canonical definition take the place of another?

A reader of the old definition must go on: no field may go, change its type or its owner, or become required,
and a new field must be optional. Then a new minor version will do; anything else needs a new major version.
A check for authors of definitions and for continuous integration; no run calls it.
"""

from __future__ import annotations

from pipeline.entities import Entity, FieldDefinition


def breaks(old: Entity, new: Entity) -> list[str]:
    """Why `new` is not compatible with `old`; empty where it is."""
    found = [f"{name}: gone" for name in old.fields if name not in new.fields]
    for name, field in new.fields.items():
        had = old.fields.get(name)
        if had is None:
            if field.required:
                found.append(f"{name}: new and required")
        else:
            found.extend(f"{name}: {what}" for what in _changes(had, field))
    if old.key != new.key:
        found.append(f"key: {old.key} became {new.key}")
    return found


def allowed(old: Entity, new: Entity) -> bool:
    """Whether the version numbers say what the definitions do: a break only with a new major version."""
    majors = [int(entity.version.partition(".")[0]) for entity in (old, new)]
    return majors[1] > majors[0] or not breaks(old, new)


def _changes(had: FieldDefinition, field: FieldDefinition) -> list[str]:
    found = []
    if had.type != field.type:
        found.append(f"{had.type} became {field.type}")
    if had.owner != field.owner:
        found.append(f"owner {had.owner} became {field.owner}")
    if field.required and not had.required:
        found.append("became required")
    return found
