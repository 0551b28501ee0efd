"""Two results side by side: what a change did, KPI by KPI and workflow by workflow.

before, after ──> pairing (which models, which replications) ──> differences ──> terminal, page, change.json
"""
