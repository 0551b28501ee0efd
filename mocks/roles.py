"""The business verbs that people have at each role's desk: what any vendor of that role must offer.

A desk call is `POST /desk/<verb>` with header `x-user: <person key>` and a JSON body; it answers 200 with
JSON, or the vendor's own error with its status. People use business keys, never vendor ids. Parameters end
in their unit. Dates are `YYYY-MM-DD`, periods `YYYY-MM`, money is integer minor units beside a `currency`.
Verbs marked (clerk) are what people of the `manual` baseline key in where no integration exists.
"""

from __future__ import annotations

from collections.abc import Mapping

CRM: Mapping[str, str] = {
    "opportunity.create": "opportunity customer owner name entity region practice project_type billing_method"
    " currency amount_minor planned_hours bill_rate_minor start end project_manager bill_to tax_number"
    " po_number milestones[{milestone name amount_minor target}] instalments[{instalment amount_minor date}]"
    " (any of the mandatory ones may be null)",
    "opportunity.update": "opportunity fields{stage probability next_step amount_minor ...}",
    "opportunity.win": "opportunity -> {version}",
    "opportunity.lose": "opportunity",
    "opportunity.complete": "opportunity fields{the missing attributes} (saves it again: hooks and feeds"
    " fire)",
    "opportunity.read": "opportunity -> {stage, integration_error|null, missing[]}",
    "customer.create": "customer name entity currency bill_to tax_number country",
    "customer.update": "customer fields",
}

PSA: Mapping[str, str] = {
    "project.find": "opportunity|project -> {project|null, open_for_time, open_for_expense}",
    "project.terms": "project -> {customer, bill_to, tax_number, po_number, currency, contract_minor,"
    " contract_version, milestones, change_orders} (source terms now)",
    "assignment.save": "assignment project worker role bill_rate_minor currency hours_per_week start end"
    " -> {advice|null} (a read-through hook may run before the answer)",
    "timecard.save": "timecard worker project week_start hours_centi[7] (Mon..Sun) approver",
    "timecard.submit": "timecard",
    "timecard.recall": "timecard (back to Saved; allowed while Submitted or Approved and not yet billed)",
    "approvals.waiting": "approver -> {timecards[{timecard worker project hours_centi submitted_at_s}],"
    " expenses[{report worker project amount_minor submitted_at_s}], errors[{kind key error}]}",
    "approvals.decide": "approver timecards[] expenses[] rejected[{key reason}] -> {approved,"
    " refused[{key error}]} (one bulk save, one commit)",
    "approvals.override": "timecards[] (with an administrator's permission: even one's own)",
    "expense.save": "report worker project currency lines[{line type date amount_minor receipt justification"
    " billable}] approver",
    "expense.submit": "report",
    "expense.complete": "report lines[{line receipt justification}] (papers that come later)",
    "expense.recall": "report",
    "milestone.complete": "milestone date (sets actual date)",
    "milestone.approve": "milestone approver",
    "change_order.approve": "change_order project amount_minor hours approver date",
    "schedule.change": "instalment project amount_minor date (a billing-schedule change)",
    "purchase_request.approve": "request project vendor amount_minor currency hours approver",
    "billing.run": "cut_off (date) partial (bool: from BD+3, bill what is approved) -> {events[{event project"
    " amount_minor}]}",
    "billing.waiting": "manager -> {events[{event project amount_minor problem|null}]}",
    "billing.release": "event manager -> {refusal|null} (a synchronous hook may run before the answer)",
    "exceptions.open": "-> {exceptions[{exception flow key version cause detail audience amount_minor"
    " opened_at_s owner}]} (largest amount first)",
    "exceptions.touch": "exception minutes note",
    "exceptions.close": "exception note (a person settled it without an integration)",
    "resource.enter": "(clerk) worker name email region practice cost_rate_minor currency active",
    "project.enter": "(clerk) opportunity project -> creates the project, milestones, budget and request,"
    " open",
    "project.open": "(clerk) project",
    "billing.note_invoice": "(clerk) event invoice_number",
    "export.wins": "(clerk) since_s -> {rows[...]}: won deals in the words of project.enter,"
    " customer.enter, job.enter",
    "export.time": "(clerk) since_s -> {rows[...]}: approved time in the words of time.upload, a row"
    " a split and day",
    "export.expenses": "(clerk) since_s -> {rows[...]}: approved reports in the words of expense.upload",
    "export.controls": "(clerk) since_s -> {rows[...]}: changed controls in the words of control.enter",
    "export.events": "(clerk) since_s -> {rows[...]}: released billing events in the words of invoice.enter",
    "report.holding": "since_s -> {rows[...]}: time booked to the holding code, to be rebooked",
}

HCM: Mapping[str, str] = {
    "worker.hire": "worker name email kind(employee|contractor) vendor entity region practice manager"
    " cost_rate_minor currency effective -> {change}",
    "worker.terminate": "worker effective -> {change}",
    "worker.transfer": "worker effective fields{entity practice manager region} -> {change}",
    "worker.rate": "worker effective cost_rate_minor -> {change}",
    "worker.list": "since_change -> {changes[...]} (clerk: what to re-key)",
}

ERP: Mapping[str, str] = {
    "invoices.waiting": "-> {invoices[{invoice event project customer amount_minor currency held"
    " reasons[]}]}",
    "invoice.review": "invoice terms{project.terms of the PSA} approver -> {approved number} or {held"
    " reasons[]} (checks what the ERP holds: job and customer active, bill_to, tax, po, rate, period open,"
    " contract cap and change orders at the source's version, every item on it posted)",
    "invoice.rework": "invoice reasons[] (30 min of a person: the missing facts keyed by hand, logged)",
    "period.lock": "entity period ledger(time|ar_gl)",
    "reference.add": "kind key (missing reference data, such as a unit, category or exchange rate)",
    "customer.enter": "(clerk) customer ...",
    "job.enter": "(clerk) project ...",
    "worker.enter": "(clerk) worker ...",
    "time.upload": "(clerk) rows[...]",
    "expense.upload": "(clerk) reports[...]",
    "control.enter": "(clerk) control ...",
    "invoice.enter": "(clerk) event ...",
    "journal.enter": "(clerk) ...",
    "posting.reverse": "(clerk) ids[] -> {reversed[], refused[{id code error}]}: each transaction (time bill,"
    " expense report, vendor bill, journal) is undone by a reversal in the first open period; an invoice that"
    " still waits for approval is rejected",
    "ledger.lookup": "(clerk) flow(project|time|expense|control|invoice) keys[] -> {standing{key: [ids]}}:"
    " the live records that a person finds under each key (time: timecard|part); keys without one are left"
    " out",
}
