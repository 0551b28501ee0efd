"""A run, whatever its clock: who acts, what the pipeline is told, what stands at the end, what is finished.

play, model ──> cast (who acts), settings (what the pipeline is told)
books, what should stand, labour, trail ──> Observed ──> measurements
"""
