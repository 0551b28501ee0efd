"""Service-level objectives: a user's file of thresholds, and the verdict of each on judged results.

    slo file ──> objectives ──┐
    runs, live part ──> Result ┴──> judge ──> PASS | FAIL | INCONCLUSIVE, each with its reason
                                         └──> terminal, page, summary.json, junit.xml, exit code

`file.load` reads, `judge.judge` decides; neither knows whether a run was virtual or live.
"""
