"""What only a live run tells, as text, cells and plain values: window, pace, people's acts, doubts.

Live ──> words ──> page (rows), terminal, summary.json
"""
