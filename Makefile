# make run     everything for a first look, on http://127.0.0.1:5000/ or the next free port
# make test    all tests; those that need Chromium or PostgreSQL say so where it is missing
# make lint    style, format, types
# make bench   how fast: advice, imports, the catalog, medicine names; and how often it alarms
# make setup   only the environment: .venv with the `counselor` command

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup run test lint bench

setup: $(READY)

$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

run: $(READY)
	@exec $(BIN)/counselor run

test: $(READY)
	$(BIN)/python -m pytest -n 2 tests/guidance
	$(BIN)/python -m pytest --ignore=tests/guidance
	$(BIN)/python tests/with_postgresql.py $(BIN)/python -m pytest --ignore=tests/guidance --ignore=tests/journeys

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python tests/bench/advice.py
	$(BIN)/python tests/bench/imports.py
	$(BIN)/python tests/bench/catalog_list.py
	$(BIN)/python tests/bench/programme.py
	$(BIN)/python tests/bench/vocabulary.py
