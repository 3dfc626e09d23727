# make app | test | test-all | test-jax | lint | audit | audit-packages | bench | docs
# Each makes the environment it needs in .venv, and again when its requirements change.

VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
TOOLS = $(VENV)/.tools

# The person's own `python3` when it fits, else the newest that does.
FITS = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3 python python3.13 python3.12 python3.11; do \
	$$python -c "$(FITS)" 2>/dev/null && echo $$python && break; done)

.PHONY: app test test-all test-jax lint audit audit-packages bench docs

app: $(READY)
	$(BIN)/python -m streamlit run app.py

# A file of tests stays in one process, where its fixtures are made once.
test: $(READY)
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

test-all: $(TOOLS)
	$(BIN)/python -m coverage run -m pytest -m ""
	$(BIN)/python -m coverage report --skip-covered

test-jax: $(TOOLS)
	KERAS_BACKEND=jax $(BIN)/python -m pytest tests/mlcore

lint: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Our own code; what is left out of it, and why, stands in pyproject.toml.
audit: $(TOOLS)
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml mlcore pages app.py

# Known holes in what is installed; fails, too, where its advisory service can't be reached or misses a package.
audit-packages: $(TOOLS)
	$(BIN)/pip-audit --strict --progress-spinner off

bench: $(TOOLS)
	for name in cold_start predict few_pictures training; do $(BIN)/python -m benchmarks.$$name || exit 1; done

docs: $(READY)
	$(BIN)/python -m docs.generate

# uv is quicker where a person has it; pip does the same where it is missing or can't reach its index.
install = { command -v uv >/dev/null && uv pip install --python $(BIN)/python -r $(1); } \
	|| $(BIN)/python -m pip install --disable-pip-version-check -r $(1)

$(READY): requirements.txt | $(BIN)/python
	@$(call install,requirements.txt)
	@touch $@

$(TOOLS): requirements-dev.txt $(READY)
	@$(call install,requirements-dev.txt)
	@touch $@

$(BIN)/python:
	@{ command -v uv >/dev/null && uv venv --seed --python '>=3.11,<3.14' $(VENV); } \
	|| { test -n "$(PYTHON)" || { echo "Vitrine needs Python 3.11, 3.12 or 3.13 and found none:\
	 install one, or name it, as in: make app PYTHON=/opt/python3.12/bin/python3" >&2; exit 1; }; \
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; }
