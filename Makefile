# Two commands on a fresh machine with Python >= 3.11, make and git:
#   make run    sets everything up, runs the main scenario, prints where the money went
#   make test   sets everything up and tests it
# `make` alone lists all of them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := runs/out/may-2021-seed1

.PHONY: help setup run test test-slow bench size-sweep liquidation-sweep format clean

help:  ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

setup: $(VENV)/ready  ## make .venv, with everything in it

$(VENV)/ready: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[test,view,plot,cluster]"
	rm -rf moneytrail.egg-info build
	touch $@

run: setup  ## run may-2021, say where the money went and how to go on
	$(BIN)/moneytrail run may-2021 --force
	$(BIN)/moneytrail where $(RUN)
	@echo
	@echo 'Ask the books:      $(BIN)/bean-query $(RUN)/main.beancount ".run who-received-it"'
	@echo 'Read the crash:     $(BIN)/moneytrail day $(RUN) 2021-05-19 | less'
	@echo 'Open in a browser:  $(BIN)/fava $(RUN)/main.beancount'

test: setup  ## check style, imports and every claim but the slow ones
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2

test-slow: setup  ## test what takes minutes
	$(BIN)/python -m pytest -n 2 -m slow

bench: setup  ## print how fast the ways of simulating are, as ratios
	$(BIN)/python -m runs.bench

size-sweep: setup  ## print how loss grows with displayed size (some minutes)
	$(BIN)/python -m runs.size_sweep

liquidation-sweep: setup  ## print what backing the venue brings its captive maker (some ten minutes)
	$(BIN)/python -m runs.liquidation_sweep

format: setup  ## lay the code out as ruff does
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove what make made, results too
	rm -rf $(VENV) runs/out build *.egg-info .pytest_cache .ruff_cache .hypothesis
