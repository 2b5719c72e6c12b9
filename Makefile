# `make demo` and `make test` need Python >= 3.11, make and a package index; they set up the rest.

PYTHON ?= python3
VENV ?= .venv
# pytest processes; 0 runs the tests in the one that was started.
WORKERS ?= 2
# The set that `make run` adds to the demo's: a broker's name, cloud or core (see requirements/).
SET ?= cloud
# More arguments for pytest, `floorbroker demo`, `floorbroker run` and the bench.
ARGS ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTEST := $(BIN)/python -m pytest $(if $(filter-out 0,$(WORKERS)),-n $(WORKERS))
EXTRAS := alpaca schwab binance kraken coinbase etrade webull ibkr moomoo yahoo scale cloud demo dev

.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-all campaign run bench docs lock audit clean
.DELETE_ON_ERROR:

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: $(VENV)/.set-demo ## Try the bot on a local page: no account, no key, no Discord
	$(BIN)/floorbroker demo $(ARGS)

test: $(VENV)/.set-dev ## Style, types, layers, documentation and the quick tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	$(PYTEST) -m "not long and not live" $(ARGS)

test-long: $(VENV)/.set-dev ## The tests of minutes
	$(PYTEST) -m "long and not live" $(ARGS)

test-all: test test-long ## Every test but the live ones, those of minutes included

campaign: $(VENV)/.set-dev ## Hours of kills, faults and attacks; prints the table of the reliability page
	$(BIN)/python -m tests.campaign $(ARGS)

run: $(VENV)/.set-demo $(VENV)/.set-$(SET) ## Run the bot with the settings of the environment (SET=cloud)
	$(BIN)/floorbroker run $(ARGS)

bench: $(VENV)/.set-dev ## Measure every figure of the performance page
	$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/.set-dev ## Build the documentation in docs/_build/html
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

# One resolution for every set, so that no two disagree. It keeps the versions of the present lock;
# UPGRADE=1 takes the newest. uv.lock holds the addresses of an index, so it stays in the copy.
lock: $(VENV)/.set-dev ## Make requirements/ from pyproject.toml (UPGRADE=1: newest versions)
	@set -eu; copy=$$(mktemp -d); trap 'rm -rf "$$copy"' EXIT; \
	{ echo 'constraint-dependencies = ['; \
	  $(if $(UPGRADE),:,sed -n 's/^\([A-Za-z0-9._-]*==[^ ;]*\).*/    "\1",/p' requirements/dev.txt); \
	  echo ']'; } > "$$copy/pins"; \
	sed "/^\[tool\.uv\]$$/r $$copy/pins" pyproject.toml > "$$copy/pyproject.toml"; \
	uv() { "$(BIN)/uv" --project "$$copy" --quiet "$$@"; }; \
	uv lock --python "$(BIN)/python" --no-python-downloads; \
	export_set() { \
	  name=$$1; shift; \
	  { echo '# Made by `make lock` from pyproject.toml; not edited by hand.'; \
	    uv export --frozen --no-emit-project --no-header --format requirements-txt "$$@"; \
	  } > "$$copy/$$name.txt"; \
	}; \
	export_set core --no-default-groups; \
	export_set build --only-group build; \
	export_set audit --only-group audit; \
	for extra in $(EXTRAS); do export_set $$extra --no-default-groups --extra $$extra; done; \
	if grep -nE '://|file:|^-' "$$copy"/*.txt; then echo 'A lock names an address.' >&2; exit 1; fi; \
	cp "$$copy"/*.txt requirements/; \
	echo 'requirements/ agrees with pyproject.toml.'

# --strict: without it a package that could not be looked up is passed over, and the end is a 0 with
# "No known vulnerabilities found".
audit: $(VENV)/audit/.made ## Look every locked package up among the known weaknesses (asks PyPI)
	@$(VENV)/audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off \
	  $(foreach set,core build $(filter-out dev,$(EXTRAS)),-r requirements/$(set).txt) \
	  || { echo 'A package has a known weakness, or could not be looked up: see above.' >&2; exit 1; }

$(VENV)/audit/.made: requirements/audit.txt | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip --disable-pip-version-check --no-input install --quiet \
	  --require-hashes -r $<
	@touch $@

# One .venv for every set: all come from one resolution, so a later set only adds to an earlier one.
$(VENV)/.set-%: requirements/%.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r $<
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'floorbroker needs Python 3.11 or newer: make PYTHON=/path/to/python3' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

clean: ## Remove everything that make made
	rm -rf $(VENV) docs/_build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
