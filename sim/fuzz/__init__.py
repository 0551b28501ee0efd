"""Random whole worlds, each from one seed: drawn from the reader's tables, run, judged, and shrunk.

seed ──> drawn tables ──> the product's own readers ──> run ──> judge ──> violations ──> shrink ──> files
                └──> expectation (what such a world may leave open, told before it runs)
"""
