"""Whether the simulation tells the truth: a window played live, and the same window by its virtual twins.

    live run ──> Observed ──> Reading ─┐
    twins (past replayed, then every   ├──> Comparison (signed errors) ──> gates ──> validation.json, page
      call costs its overhead) ──> ────┘
    quiet live run, its twin ──> Calibration ──> overhead of the twins
    wrong simulations ──> the same gates ──> power

Nothing here opens a socket: who plays live hands over what was observed.
"""
