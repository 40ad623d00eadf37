# One virtual environment, .venv, filled from hash-pinned locks. `make test` adds the test lock to what `make run` needs.
# Settings come from the environment and .env: PORT=9000 make run, CHAPBOOK_STORAGE=memory make run.

PYTHON ?= python3

BIN := .venv/bin
# Its name holds the interpreter: another PYTHON makes another environment instead of quietly using the old one.
MADE := .venv/made-with-$(subst /,_,$(PYTHON))
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --custom-compile-command "make lock"
INSTALL_PROJECT = $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable .
# Compiled when installed, because some machines never write bytecode, and then every start would compile it all.
SYNC = $(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard entrypoints/translations/*/LC_MESSAGES/messages.po))
# In a second make, because it needs the environment that the first one has just made.
COMPILE_CATALOGUES = @$(MAKE) --no-print-directory --silent $(CATALOGUES)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: run venv test test-long faults release-check fast coverage bench help lock guide screenshots lighthouse translations clean

run: export CHAPBOOK_ENV ?= development
run: venv  ## Serve the demo community on http://127.0.0.1:8000 (PORT=9000 make run for another port)
	@mkdir -p var
	@exec $(BIN)/chapbook dev

venv: .venv/run.stamp  ## Make .venv with what the site needs, for a server (docs/running)
	$(COMPILE_CATALOGUES)
	@$(BIN)/python -m compileall -q domain application adapters entrypoints migrations

# Where an environment forbids bytecode, every start of a test or a server would compile everything anew.
test test-long faults release-check fast coverage bench: export PYTHONDONTWRITEBYTECODE =

test: .venv/test.stamp  ## Everything that must hold before a change lands: lint, types, layers, all tests
	$(COMPILE_CATALOGUES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

test-long: .venv/test.stamp  ## What takes minutes: many made-up API requests, axe on all pages in all looks (docs/building/testing.md)
	$(COMPILE_CATALOGUES)
	$(BIN)/pytest -m long

faults: export FAULT_ROUNDS ?= 20
faults: .venv/test.stamp  ## Kills, locks, full disks, bad mail servers, slow clients (FAULT_ROUNDS=50 for longer)
	$(COMPILE_CATALOGUES)
	$(BIN)/pytest -m long tests/faults

release-check: .venv/test.stamp  ## Build wheel and sdist, install them into a fresh environment, and serve there
	$(COMPILE_CATALOGUES)
	$(BIN)/pytest -m long tests/release

fast: .venv/test.stamp  ## The half that runs in memory, in seconds: domain, use cases, memory contracts
	@$(BIN)/pytest -q --hypothesis-profile=fast -m "not sql and not long" tests/domain tests/use_cases tests/contracts

coverage: .venv/test.stamp  ## How much of the code the tests reach; fails below 95 % (100 % of domain and application)
	$(COMPILE_CATALOGUES)
	$(BIN)/chapbook test --coverage

bench: SIZE ?= S
bench: .venv/test.stamp  ## What each page costs, beside the least that Flask can do (SIZE=L for a million posts; docs/performance.md)
	$(COMPILE_CATALOGUES)
	@$(BIN)/python -m tests.benchmarks --size $(SIZE) $(OPTIONS)

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

lock: $(MADE)  ## Compute the locks anew (UPGRADE=--upgrade for newer versions)
	$(COMPILE) $(UPGRADE) requirements/uv.in --output-file requirements/uv.lock
	$(COMPILE) $(UPGRADE) pyproject.toml requirements/build.in --output-file requirements/run.lock
	$(COMPILE) $(UPGRADE) --extra test --constraints requirements/run.lock pyproject.toml requirements/build.in \
		--output-file requirements/test.lock

guide: .venv/test.stamp  ## Make docs/joining/markdown.md and the examples of /markdown anew
	$(COMPILE_CATALOGUES)
	$(BIN)/python -m tests.markdown.guide

screenshots: .venv/test.stamp  ## Pictures of all pages in both widths, colours and languages, in var/screenshots
	$(COMPILE_CATALOGUES)
	@$(BIN)/python -m tests.e2e.screenshots

lighthouse: .venv/test.stamp  ## Measure public pages with Lighthouse (needs npm and chromium)
	$(COMPILE_CATALOGUES)
	@$(BIN)/python -m tests.e2e.lighthouse

translations: .venv/run.stamp  ## Bring the catalogues up to date with the texts in the sources
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --sort-by-file --add-location file --no-wrap \
		--project chapbook --omit-header --output-file .venv/messages.pot entrypoints
	$(BIN)/pybabel --quiet update --input-file .venv/messages.pot --output-dir entrypoints/translations \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	$(COMPILE_CATALOGUES)

%.mo: %.po
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

clean:  ## Remove the environment and all caches (var/ with its data stays)
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE): requirements/uv.lock
	@command -v $(PYTHON) >/dev/null || { \
		echo "Chapbook needs Python 3.11 or newer; there is no $(PYTHON) here: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Chapbook needs Python 3.11 or newer; $(PYTHON) is older: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: install the package python3-venv"; exit 1; }
	@echo "Making .venv (once; some seconds) ..."
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@touch $@

.venv/run.stamp: $(MADE) requirements/run.lock pyproject.toml
	@rm -f .venv/test.stamp
	@$(SYNC) requirements/run.lock
	@$(INSTALL_PROJECT)
	@touch $@

.venv/test.stamp: $(MADE) requirements/run.lock requirements/test.lock pyproject.toml
	@$(SYNC) requirements/test.lock
	@$(INSTALL_PROJECT)
	@touch .venv/run.stamp $@
