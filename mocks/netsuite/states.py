"""States in the ledger (project, worker, control): what stood from when, an effect per write that matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.money import minor
from measurements.facts import Effect
from mocks.correlation import change_key
from mocks.netsuite.rows import Rows, Terms, version_of
from mocks.store import Record

_CONTROL = "customrecord_billing_control"


def projects(rows: Rows) -> Iterator[Effect]:
    """Jobs made from a win, from when customer, job and dimension are all active."""
    customer_key = rows.ledger.reader("customer", "customer")
    for job in rows.ledger.tables["job"].records.values():
        opportunity = rows.ledger.key_of(job)
        if not opportunity:
            continue
        customer = rows.ledger.tables["customer"].get(job["parent"]) or {}
        dimension = rows.ledger.tables["classification"].get(job.get("class") or "")
        whole = dimension is not None and not any(
            record.get("isInactive") for record in (job, customer, dimension)
        )
        parts = (job["_effected_s"], customer.get("_effected_s", 0.0), (dimension or job)["_created_s"])
        contract = minor(job.get("custentity_contract_amount") or 0)
        won = _as_won(rows, job, contract)
        terms: Terms = {
            "customer": customer_key(customer),
            "customer_record": str(job["parent"]),
            "bill_to": str(customer.get("billTo") or ""),
            "tax_number": str(customer.get("taxNumber") or ""),
            "po_number": str(job.get("custentity_po_number") or ""),
            "contract_minor": won,
            "contract_now_minor": contract,
            "billing_method": str(job.get("custentity_billing_method") or ""),
            "practice": str((dimension or {}).get("externalId", "")),
        }
        yield rows.effect(
            job,
            "project",
            opportunity,
            part="erp",
            version=version_of(rows.ledger, "job", job),
            at_s=max(parts),
            state="posted" if whole else "pending",
            project=rows.names["job"][job["id"]],
            amount=won,
            terms=terms,
        )


def _as_won(rows: Rows, job: Record, contract: int) -> int:
    """The contract before any change order: as last written in its first version, where it ever was."""
    first = [line for line in job.get("_history", ()) if _contract_version(line) <= 1]
    if first:
        return minor(first[-1].get("custentity_contract_amount") or 0)
    return contract - _ordered(rows, job)


def _contract_version(line: Mapping[str, Any]) -> int:
    return int(float(line.get("custentity_contract_version") or 1))


def _ordered(rows: Rows, job: Record) -> int:
    """What the change orders that the job holds have added to a contract first written with them in it."""
    controls = rows.ledger.tables["customrecord_billing_control"].where("custrecord_job", job["id"])
    return sum(
        minor(control.get("custrecord_amount") or 0)
        for control in controls
        if control.get("custrecord_kind") == "change_order" and not control.get("isInactive")
    )


def workers(rows: Rows) -> Iterator[Effect]:
    """Each write of an employee or contractor, with the attributes that then stood."""
    for kind in ("employee", "vendor"):
        for record in rows.ledger.tables[kind].records.values():
            for line in record.get("_history", ()):
                yield _worker(rows, kind, record, line)


def _worker(rows: Rows, kind: str, record: Record, line: Mapping[str, Any]) -> Effect:
    read = rows.ledger.reader
    worker, day = read(kind, "worker")(line), read(kind, "effective")(line)
    terms: Terms = {
        "active": not line.get("isInactive"),
        "cost_rate_minor": minor(line.get("custentity_cost_rate") or 0),
        "entity": str(line.get("subsidiary") or ""),
        "practice": str(line.get("department") or ""),
    }
    return rows.effect(
        record,
        "worker",
        change_key(rows.ledger.correlation, kind, line),
        part="erp",
        version=version_of(rows.ledger, kind, line),
        at_s=line["at_s"],
        state="posted",
        worker=worker,
        date=day,
        terms=terms,
    )


def controls(rows: Rows) -> Iterator[Effect]:
    """The last write of each version of a billing control; the last version is what stands."""
    for record in rows.ledger.tables[_CONTROL].records.values():
        versions = {version_of(rows.ledger, _CONTROL, line): line for line in record.get("_history", ())}
        for line in versions.values():
            yield _control(rows, record, line)


def _control(rows: Rows, record: Record, line: Mapping[str, Any]) -> Effect:
    read = rows.ledger.reader
    control = read(_CONTROL, "control")(line)
    project = rows.names["job"].get(line["custrecord_job"], "")
    job = rows.ledger.tables["job"].get(line["custrecord_job"]) or {}
    day = str(line.get("custrecord_date") or "")
    terms: Terms = {
        "control": control,
        "kind": str(line.get("custrecord_kind") or ""),
        "status": str(line.get("custrecord_status") or ""),
        "date": day,
    }
    return rows.effect(
        record,
        "control",
        read(_CONTROL, "key")(line) or f"{project}:{control}",
        version=version_of(rows.ledger, _CONTROL, line),
        at_s=line["at_s"],
        state="posted",
        project=project,
        amount=minor(line.get("custrecord_amount") or 0),
        currency=str(line.get("custrecord_currency") or job.get("currency") or ""),
        date=day,
        terms=terms,
    )
