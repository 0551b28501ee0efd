# Targets: install, demo, load, test, check, fuzz, golden. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
# Tests by file over all cores; in the order of their names, since files of few tests are the long ones.
CORES := -n auto --dist loadfile --no-loadscope-reorder

.PHONY: help install demo load test check fuzz golden

help:
	@echo "make install  create .venv with the pinned dependencies"
	@echo "make demo     compare the connectivity models over a month-end (preview: 150 consultants, 5 replications)"
	@echo "make load     rehearse the last business day's afternoon over HTTP (hybrid, 250 consultants, speed 120)"
	@echo "make test     install what is needed and run the tests"
	@echo "make check    what CI runs: ruff, format, mypy, import-linter, tests, the largest of them too, fuzz"
	@echo "make fuzz     a smoke of 40 random worlds, at most 5 minutes"
	@echo "make golden   rewrite the golden files (read the diff)"

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@

install: .venv/installed

demo: install
	$(BIN)/rehearse compare month-end --consultants 150 --replications 5

test: install
	$(BIN)/python -m pytest $(CORES)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test
	$(BIN)/python -m pytest -m large $(CORES)
	$(MAKE) fuzz

fuzz: install
	$(BIN)/rehearse fuzz --seeds 40 --minutes 5

load: install
	$(BIN)/rehearse load month-end --speed 120 --out out/load

golden: install
	$(BIN)/python -m pytest tests/test_golden.py --rewrite-golden
