# Each target builds what it needs in $(VENV); nothing has to be activated. `make help` lists the targets.

PYTHON  ?= python3
VENV    ?= .venv
OUT     ?= results/baseline
WORKERS ?= auto

BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile

# An environment belongs to one interpreter version and one folder; for another, it is rebuilt.
IDENTITY := $(shell $(PYTHON) -c 'import os, sys, zlib; print("%d.%d.%d" % sys.version_info[:3], "%08x" % zlib.crc32(os.getcwd().encode()), sep="-")' 2>/dev/null)
CREATED  := $(VENV)/.created-$(IDENTITY)
CORE     := $(VENV)/.installed-core
TEST     := $(VENV)/.installed-test
# What was not made here is never removed.
REPLACEABLE := test ! -e $(VENV) || ls $(VENV)/.created-* >/dev/null 2>&1

MAKEFLAGS += --no-builtin-rules
# Two targets never install into one environment at the same time; pytest has its own workers.
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run test fast fuzz lint format docs evidence patterns pages gallery benchmark clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo "Variables: PYTHON=$(PYTHON) VENV=$(VENV) OUT=$(OUT) WORKERS=$(WORKERS)"

run: $(CORE) ## Run the baseline scenario and say where its results are.
	$(BIN)/article10 run baseline --out $(OUT) --force
	@echo "The results are in $(OUT)/"

test: lint ## Run all checks: lint, types, imports, doctests and every test.
	$(PYTEST)

fast: $(TEST) ## Run the tests that are not slow.
	$(PYTEST) -m "not slow"

fuzz: $(TEST) ## Try thousands of damaged scenarios, designs and files (minutes); `make test` tries a few hundred.
	FUZZ_SCENARIOS=5000 FUZZ_DESIGNS=1000 FUZZ_FLIPS=200 $(PYTEST) tests/test_fuzzed_inputs.py tests/test_bit_flips.py

lint: $(TEST) ## Check style, format, types and the direction of imports.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy docs/make
	$(BIN)/lint-imports

format: $(TEST) ## Sort imports and lay out the code.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(TEST) ## Build the documentation site into site/, strictly.
	$(BIN)/mkdocs build --strict --quiet
	@echo "The site is in site/: open site/index.html"

evidence: $(TEST) ## Recompute the pages of docs/evidence/ that are out of date and say what moved (hours; resumes).
	$(BIN)/python docs/make/evidence.py

patterns: $(TEST) ## Measure the patterns that the model must show and write their page (some twenty minutes).
	$(BIN)/python docs/make/evidence.py patterns

pages: $(TEST) ## Rewrite the pages and tables that are copied from declarations: parameters, roster, ODD, data use.
	$(BIN)/article10 parameters --markdown > docs/parameters.md
	$(BIN)/python docs/make/roster.py
	$(BIN)/python docs/make/odd_tables.py
	$(BIN)/python docs/make/data_use.py

gallery: $(TEST) ## Draw the pictures of the gallery again and write its page (about a minute).
	$(BIN)/python docs/make/gallery.py

benchmark: $(TEST) ## Measure throughput and memory (minutes; batches.py million takes longer).
	$(BIN)/python benchmarks/throughput.py
	$(BIN)/python benchmarks/batches.py mesa flat scaling
	$(BIN)/python benchmarks/analyses.py influence
	$(BIN)/python benchmarks/explore.py
	$(BIN)/python benchmarks/dashboard.py

clean: ## Remove the environment, builds and caches; results stay.
	if $(REPLACEABLE); then rm -rf $(VENV); fi
	rm -rf build dist site *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find agents article10 model runs tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(CREATED):
	@$(PYTHON) -c 'import sys; sys.exit("article10 needs Python 3.11 or later; choose one with PYTHON=..." if sys.version_info < (3, 11) else 0)'
	@$(REPLACEABLE) || { echo "$(VENV) was not made by make, and stays as it is: use it without make (README.md), remove it, or let make have its own: VENV=.venv-make" >&2; exit 1; }
	rm -rf $(VENV)
	@mkdir -p $(VENV) && touch $(VENV)/.created-unfinished
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(CORE): pyproject.toml $(CREATED)
	$(PIP) --editable .
	@touch $@

$(TEST): pyproject.toml $(CREATED)
	$(PIP) --editable '.[test]'
	@touch $(CORE) $@
