PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run check quick test chromium nginx bench fuzz lock plotly docs

# What can be made here.
help:
	@awk '/^# /{said=substr($$0,3)} /^[a-z]+:( |$$)/{split($$1,name,":"); if (said) printf "make %-9s %s\n", name[1], said} !/^# /{said=""}' Makefile

# Start the app; installs and builds only what is missing or older than its inputs.
run: .venv/installed
	@$(BIN)/python -m etl build --if-changed
	@$(BIN)/python -m matchatlas.warm
	@echo "Match Atlas: http://127.0.0.1:8501"
	@$(BIN)/streamlit run app.py

# Format, lint, import floors and types, in seconds.
check: .venv/installed-dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

# The tests but those of browsers, servers, kills and dice.
quick: check
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow"

# All tests, with all that they need.
test: check chromium nginx
	$(BIN)/python -m pytest -q -n auto --dist loadfile

# Measure pages, browser, load, start; writes docs/reference/performance.md: some 11 minutes on a quiet machine.
bench: .venv/installed-dev chromium nginx
	$(BIN)/python -m benchmarks.report

# Write docs/reference from the code.
docs: .venv/installed-dev
	$(BIN)/python -m docs.generate

# Write the hashes of every dependency, from requirements.txt: after each change of it.
lock: .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  requirements.txt -o requirements.lock

# Build what the charts need of Plotly, with npm: after a change of its version or of the kinds of traces.
plotly:
	cd matchatlas/web/plotly && npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts
	cd matchatlas/web/plotly && node build.mjs && rm -r node_modules

# Run 2,000 random pages, 500 reports, 8,000 hostile plans and as many logos: some ten minutes.
fuzz: .venv/installed-dev
	$(BIN)/python -m benchmarks.fuzz

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Match Atlas needs Python 3.11 or newer; name one: make PYTHON=python3.12 run" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Debian's packages that tests and benchmarks drive; without them they cannot run, and are never skipped.
chromium: PACKAGE = chromium
nginx: PACKAGE = nginx-light
chromium nginx:
	@PATH="$$PATH:/usr/sbin"; command -v $@ >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq $(PACKAGE) >/dev/null; \
	elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq $(PACKAGE) >/dev/null; \
	fi; \
	command -v $@ >/dev/null || { echo "The tests need $@. Install it: sudo apt-get install $(PACKAGE)" >&2; exit 1; }
