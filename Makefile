# Two commands on a fresh machine with Python >= 3.11, make and git:
#   make run    installs, runs the main scenario, prints where the money went
#   make test   installs, and runs the tests
# `make` alone lists all commands.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# With pip's default editable mode, a folder `runs` in the working directory would hide our package.
# Without --no-compile, pip would compile all modules of all packages. Python compiles a module when
# the module is imported.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
	--constraint constraints.txt --config-settings editable_mode=compat
LIFE := runs/out/ftx-sampled-seed1
RUN ?= $(LIFE)
# Neighbouring tests share runs, so each of the two processes gets consecutive tests.
PARALLEL := -n 2 --dist worksteal
# Python stores compiled modules, so that each process does not compile them again at its start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup tools run flagship serve test test-slow test-exhibit bench size-sweep \
	liquidation-sweep stale-quotes thin-collateral tracing-error study-recovery study-page \
	member-accuracy blind-audit ranges claims findings pictures policies reference docs dist format clean

help:  ## list all commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

setup: $(VENV)/compiled  ## install the libraries that a run needs in .venv, and compile

tools: setup $(VENV)/tools  ## install the libraries for tests, pages, pictures, Fava and Dask

# This scenario calls every compiled function. It is run once, so that no later run compiles.
EVERYTHING := tests/worlds/everything.toml
COMPILED_FROM := $(wildcard des/*.py des/*/*.py ledger/*.py)

$(VENV)/ready: setup.cfg pyproject.toml constraints.txt
	@echo 'Installing the libraries of a run (about twenty seconds, and the time of downloads)'
	$(PYTHON) -m venv --clear $(VENV)
	$(INSTALL) --editable .
	rm -rf moneytrail.egg-info build
	touch $@

$(VENV)/compiled: $(VENV)/ready $(COMPILED_FROM)
	@echo 'Compiling (about ten seconds; later commands skip it until the code changes)'
	$(BIN)/python -m runs.compile_all $(EVERYTHING)
	touch $@

$(VENV)/tools: $(VENV)/ready
	@echo 'Installing the libraries for tests, pages, pictures, Fava and Dask (about forty seconds)'
	$(INSTALL) --editable ".[test,docs,view,plot,frames,cluster,study,xlsx]"
	rm -rf moneytrail.egg-info build
	touch $@

run: setup  ## simulate 42 months, some hours of each day, and print where the money went
	$(BIN)/moneytrail run ftx-sampled --force
	$(BIN)/moneytrail answer $(LIFE)
	@echo
	@echo 'Check the answer:   BEANCOUNT_DISABLE_LOAD_CACHE=1 $(BIN)/bean-query $(LIFE)/main.beancount ".run where-did-the-money-go"'
	@echo 'See the key dates:  $(BIN)/moneytrail timeline $(LIFE)'
	@echo 'Judge the thread:   $(BIN)/moneytrail claims $(LIFE)'
	@echo 'See the pictures:   $(BIN)/moneytrail report $(LIFE) -o exhibit.html'
	@echo 'All hours:          make flagship   (about eight minutes)'

flagship: setup  ## simulate every quote of 42 months
	$(BIN)/moneytrail run ftx --force
	$(BIN)/moneytrail answer runs/out/ftx-seed1

serve: tools  ## open the group's own books in Fava; RUN=FOLDER opens another run
	$(BIN)/moneytrail serve $(RUN)

test: tools  ## check style, imports and types, and run all tests except the slow ones
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest $(PARALLEL)

test-slow: tools  ## run the tests that take minutes
	$(BIN)/python -m pytest $(PARALLEL) -m slow
	$(BIN)/python -m pytest $(PARALLEL) -m 'hypothesis and not slow' --hypothesis-profile thorough

test-exhibit: tools  ## run all tests of the web page in Chromium; `make test` runs the fast ones
	$(BIN)/python -m pytest tests/runs/exhibit -m 'slow or not slow'

bench: setup  ## print the speed of simulations and of reports
	$(BIN)/python -m runs.bench
	$(BIN)/python -m runs.bench_questions $(LIFE)

size-sweep: setup  ## print how the loss on stale quotes grows with displayed size (minutes)
	$(BIN)/python -m runs.experiments.size_sweep

stale-quotes: setup  ## print the loss on stale quotes by latency, size, firms and ticks (minutes)
	$(BIN)/python -m runs.experiments.stale_quotes
	$(BIN)/python -m runs.experiments.late_quotes

liquidation-sweep: setup  ## print the captive maker's result as a backstop (10 min)
	$(BIN)/python -m runs.experiments.liquidation_sweep

thin-collateral: setup  ## print the maker's cost of an account that borrows on a thin token (minutes)
	$(BIN)/python -m runs.experiments.thin_collateral

reference: setup  ## generate docs/scenario.md, docs/commands.md and the JSON Schema
	$(BIN)/python -m runs.scenario_reference
	$(BIN)/python -m runs.command_reference

docs: tools  ## build the pages of docs/ as HTML in build/docs, without a warning
	$(BIN)/python -m sphinx --fail-on-warning --nitpicky --quiet --conf-dir docs . build/docs
	@echo 'Open build/docs/index.html'

study-recovery: setup  ## play a small study, and estimate ten hidden members (minutes)
	$(BIN)/python -m runs.experiments.study_recovery --page docs/study.md

study-page: setup  ## write the tables of docs/study.md from the shipped study (seconds)
	$(BIN)/python -m runs.experiments.shipped_study --page docs/study.md

member-accuracy: tools  ## compare members of the study with whole lives, in docs/study.md (minutes)
	$(BIN)/python -m runs.experiments.member_accuracy --page docs/study.md

tracing-error: setup  ## write docs/tracing-error.md, the error of each tracing rule (10 min)
	$(BIN)/python -m runs.experiments.tracing_error --page docs/tracing-error.md

ranges: setup  ## print the share of stale quotes in the hole, over recorded ranges (30 min)
	$(BIN)/python -m runs.experiments.life_ranges

claims: setup  ## judge the thread's statements by five simulated lives (10 min)
	$(BIN)/python -m runs.experiments.claims_over_lives

findings: setup  ## write the tables of docs/findings.md: lives, a month, firms, crashes (30 min)
	$(BIN)/python -m runs.experiments.findings --page docs/findings.md

pictures: tools  ## draw the pictures of README and docs: the study, one life, five lives (15 min)
	$(BIN)/moneytrail study life --shipped --plot docs/pictures/study.svg --table parts >/dev/null
	$(BIN)/moneytrail where $(LIFE) --plot docs/pictures/where.svg
	$(BIN)/moneytrail timeline $(LIFE) --plot docs/pictures/timeline.svg
	$(BIN)/python -m runs.experiments.claims_over_lives --plot docs/pictures/claims.svg

policies: setup  ## print the effect of no quotes, and of no loans of customers' money (minutes)
	$(BIN)/python -m runs.experiments.policies

blind-audit: setup  ## print how often a blind audit finds the main cause (minutes)
	$(BIN)/python -m runs.experiments.blind_audit

dist: setup  ## build a wheel in dist/ and test it in a clean environment
	rm -rf build dist *.egg-info
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	rm -rf build *.egg-info
	$(PYTHON) -m venv build/clean
	build/clean/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt dist/*.whl
	cd build && env -u PYTHONPATH PATH="$$PWD/clean/bin:$$PATH" sh -exc '\
		moneytrail run tiny --out tiny; \
		bean-check tiny/main.beancount; \
		bean-check tiny/check.beancount; \
		moneytrail audit tiny; \
		moneytrail compare tiny >compared.txt'
	rm -rf build

format: tools  ## format the code with ruff
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove all files that make created, and all results
	rm -rf $(VENV) runs/out build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
