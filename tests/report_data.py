"""A made-up comparison for the tests of the report: plausible figures, no simulation."""

from __future__ import annotations

import math

from kernel.luck import luck
from reports.inputs import (
    Assumption,
    Balance,
    CostRange,
    Experiment,
    FaultSpan,
    Figure,
    FindingLine,
    Leg,
    LimitLine,
    Margin,
    Mark,
    Run,
    SignOff,
    Strip,
    StripPoint,
    Tally,
)

MODELS = {
    "batch": dict.fromkeys(
        (
            "quote_to_project",
            "worker_alignment",
            "time_and_expense",
            "billing_and_revenue",
            "portfolio_reporting",
        ),
        "batch",
    ),
}
MODELS["api"] = dict.fromkeys(MODELS["batch"], "api")
MODELS["event"] = dict.fromkeys(MODELS["batch"], "event")
MODELS["hybrid"] = {
    "quote_to_project": "api",
    "worker_alignment": "batch+api",
    "time_and_expense": "event",
    "billing_and_revenue": "api",
    "portfolio_reporting": "batch+event",
}
MODELS["manual"] = dict.fromkeys(MODELS["batch"], "manual")
MODELS["point-to-point"] = dict.fromkeys(MODELS["batch"], "point-to-point")

_MEANS = {
    "project_setup_h_p50": (13.0, 0.02, 0.03, 0.02, 118.0, 0.4),
    "project_setup_h_p95": (34.0, 4.1, 4.2, 4.1, 190.0, 20.0),
    "worker_alignment_h_p50": (11.0, 0.3, 0.3, 0.4, 40.0, 0.5),
    "worker_alignment_h_p95": (23.5, 1.1, 1.0, 6.0, 95.0, 18.0),
    "time_posted_h_p50": (9.0, 0.1, 0.05, 0.05, 70.0, 0.2),
    "time_posted_h_p95": (22.0, 2.9, 1.2, 1.2, 160.0, 4.0),
    "expense_posted_h_p95": (26.0, 9.0, 8.6, 8.6, 170.0, 30.0),
    "posted_before_close_pct": (99.1, 99.6, 99.8, 99.8, 91.0, 97.0),
    "days_to_invoice_p50": (5.4, 4.6, 4.6, 4.6, 9.8, 5.1),
    "days_to_invoice_p95": (9.2, 7.6, 7.7, 7.6, 15.0, 10.5),
    "unbilled_at_close_usd": (812_000, 415_000, 421_000, 409_000, 3_900_000, 1_250_000),
    "value_due_usd": (5.1e6, 5.1e6, 5.1e6, 5.1e6, 5.1e6, 5.1e6),
    "never_invoiced_usd": (9_000, 4_000, 4_200, 4_000, 61_000, 22_000),
    "invoice_accuracy_pct": (95.4, 98.2, 98.1, 98.2, 84.0, 91.0),
    "invoice_holds": (21.0, 4.0, 4.0, 4.0, 61.0, 33.0),
    "reporting_staleness_h_p95": (25.0, 1.4, 0.4, 1.1, 140.0, 2.0),
    "margin_error_pct": (4.2, 0.9, 0.4, 0.7, 17.0, 2.2),
    "concurrency_saturated_min": (0.0, 31.0, 4.0, 5.0, 0.0, 88.0),
    "api_calls": (21_000, 83_000, 61_000, 58_000, 0, 140_000),
    "throttled_calls": (3.0, 420.0, 12.0, 15.0, 0.0, 900.0),
    "quota_peak_pct": (44.0, 52.0, 49.0, 48.0, 40.0, 58.0),
    "manual_hours": (31.0, 22.0, 21.0, 20.0, 410.0, 95.0),
}
_SAMPLE_KPI = {
    "project": "project_setup_h_p50",
    "worker": "worker_alignment_h_p50",
    "time": "time_posted_h_p50",
    "expense": "expense_posted_h_p95",
    "reporting": "reporting_staleness_h_p95",
}


def experiment(replications: int = 5, dirty: str = "point-to-point") -> Experiment:
    """Six models; `dirty` is the one whose audit finds lost and doubled timecards."""
    return Experiment(
        scenario="month-end",
        title="Month-end",
        question="Which pattern should carry which workflow through the close of April 2026?",
        seed=1,
        consultants=250,
        firm="default",
        version="0.1.0",
        commit="75d1acc",
        command=f"rehearse compare month-end --replications {replications} --seed 1",
        models=MODELS,
        runs=[run(model, number, dirty) for model in MODELS for number in range(replications)],
        decisions={"time_posted_h_p95": Margin(4), "unbilled_at_close_usd": Margin(10_000, 0.05)},
        marks=[
            Mark("BD-5", 168),
            Mark("BD-1", 264),
            Mark("approval cut-off", 348),
            Mark("T&E lock", 402),
            Mark("AR/GL lock", 498),
        ],
        legs=[
            Leg(
                "time_and_expense",
                "event",
                "Certinia PSA",
                "NetSuite",
                "change event, approved",
                "REST, upsert",
                "one header",
                "7.2",
                "T-worker-project-week",
                "PSA",
                "full jitter, 72 h",
            )
        ],
        assumptions=[
            Assumption("NetSuite slots", "5", "vendor sheet"),
            Assumption("workers", "8", "assumption"),
        ],
        strips=[
            Strip(
                "time_posted_h_p95",
                [
                    StripPoint("batch, 24 h", "batch", 24, 22, 21, 23),
                    StripPoint("event", "event", 0, 1.2, 1, 1.4),
                ],
                "none of the tried intervals",
            )
        ],
        pattern_costs={
            workflow: {
                "batch": CostRange(9e3, 14e3, 20e3),
                "api": CostRange(14e3, 22e3, 33e3),
                "event": CostRange(15e3, 24e3, 36e3),
                "batch+api": CostRange(15e3, 23e3, 34e3),
                "batch+event": CostRange(15e3, 24e3, 36e3),
            }
            for workflow in MODELS["batch"]
        },
        costs={m: {"Build and run": CostRange(60e3, 90e3 + 1e3 * len(m), 150e3)} for m in MODELS},
    )


def run(model: str, replication: int, dirty: str) -> Run:
    """One replication, its figures shaken by shared luck so that models are paired."""
    place = list(MODELS).index(model)
    shared = 0.9 + 0.2 * luck(1, "volume", str(replication))
    kpis = {
        name: Figure(_shaken(name, means[place], shared, model, replication), 400)
        for name, means in _MEANS.items()
    }
    if model == "manual":
        slow = kpis["time_posted_h_p95"]
        kpis["time_posted_h_p95"] = Figure(slow.value, slow.n, 6.2, True)
    labour = kpis["manual_hours"]
    kpis["manual_hours"] = Figure(
        labour.value, 40, by={"exception": Figure((labour.value or 0) * 0.7, 30), "hold": Figure(4.5, 10)}
    )
    bad = model == dirty
    return Run(
        model=model,
        replication=replication,
        kpis=kpis,
        audit={
            "lost": {"time": 3} if bad else {},
            "duplicated": {"time": 2} if bad else {},
            "open_exceptions": {"expense": 4},
        },
        samples={
            flow: _samples(_MEANS[kpi][place], model, flow, replication) for flow, kpi in _SAMPLE_KPI.items()
        },
        unfinished={"time": 18 if model == "manual" else 0},
        backlog={flow: _backlog(_MEANS[kpi][place]) for flow, kpi in list(_SAMPLE_KPI.items())[:4]},
        limits=[
            _limit("salesforce", "calls, 24 h", 100_000, True, 0.44 + 0.02 * place),
            _limit("netsuite", "concurrency", 5, False, 0.7 + 0.05 * place),
            _limit("workday", "calls, 1 s", 10, True, 0.1 + 0.05 * place),
        ],
        faults=[
            FaultSpan(
                "ERP outage", "netsuite", 270, 276, 280 + 4.0 * place, model == "manual", 40.0 * place, 9e4
            ),
            FaultSpan("PSA brownout", "salesforce", 300, 304, 306 + 2.0 * place, False, 8.0 * place, 2e3),
        ],
        exceptions={"missing_attribute": 7, "policy": 12, "closed_period": place, "something_new": 1},
        calls={"salesforce": {"query": 4000 + 500 * place}, "netsuite": {"upsert": 9000 + 500 * place}}
        if model != "manual"
        else {},
        sign_off=[
            SignOff(
                "US01",
                "2026-04",
                "time",
                Tally(1200, 19_200.0, 268_000_000),
                Tally(1198, 19_160.0, 267_400_000),
                Tally(1100, 17_800.0, 249_000_000),
                [("T-W00012-P00003-2026-04-27", "recalled before posting")],
            )
        ]
        if model in ("batch", "hybrid")
        else [],
        identity={w: Balance(420, 412, 4, 1, 3) for w in MODELS["batch"]},
        findings=[FindingLine("lost", "time", "T-W00007-P00003-2026-04-27", "1:2026-04-28", 1, "due, absent")]
        if bad
        else [],
        stages={
            flow: {"people": 3.0, "schedule wait": 8.0 if model == "batch" else 0.1, "processing": 0.2}
            for flow in ("time", "expense", "project")
        },
    )


def _shaken(name: str, mean: float, shared: float, model: str, replication: int) -> float:
    own = 0.97 + 0.06 * luck(1, "own", f"{name}|{model}|{replication}")
    if name in {"posted_before_close_pct", "invoice_accuracy_pct"}:
        return 100 - (100 - mean) * shared * own
    return mean * shared * own


def _samples(mean: float, model: str, flow: str, replication: int) -> list[float]:
    draws = [luck(1, "sample", f"{model}|{flow}|{replication}|{place}") for place in range(150)]
    return [mean * math.exp(2.4 * (draw - 0.5)) for draw in draws]


def _backlog(mean: float) -> list[tuple[int, float]]:
    return [
        (
            hour,
            (4 * math.sqrt(mean) + 2)
            * (1 + math.sin(hour / 24 * 2 * math.pi))
            * math.exp(-(((hour - 340) / 90) ** 2)),
        )
        for hour in range(0, 600, 2)
    ]


def _limit(system: str, limit: str, size: float, windowed: bool, peak: float) -> LimitLine:
    series = [
        (hour, peak * (0.6 + 0.4 * math.sin(hour / 24 * 2 * math.pi) ** 2)) for hour in range(0, 600, 3)
    ]
    return LimitLine(
        system,
        limit,
        size,
        windowed,
        peak,
        peak / 2,
        12.0 if peak > 0.85 else 0.0,
        3 if peak > 0.9 else 0,
        series,
    )
