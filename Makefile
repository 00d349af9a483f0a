# The main commands are `make run` and `make test`; each sets up what is missing. Needs GNU make 3.81 and a POSIX shell.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

# The first Python that is new enough, looked up only when needed. To choose another: make setup PYTHON=python3.12.
FITS := -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do $$p $(FITS) && echo $$p && break; done)
ENVIRONMENT = @python="$(PYTHON)"; \
	test -n "$$python" || { echo "Python 3.11 or newer is needed, and none was found. Install one, or name it: make setup PYTHON=python3.12" >&2; exit 1; }; \
	exec $$python scripts/environment.py
RUNTIME := $(VENV)/.setup-runtime
SETUP := $(VENV)/.setup-dev
MODELS := $(VENV)/.setup-models
# Each module is compiled once, also where the environment forbids to keep it: the tests alone start some 200 processes.
export PYTHONDONTWRITEBYTECODE :=
# The order of the tests, the same on every machine. For another order: make test SEED=last, or any number.
SEED ?= 403630442
# The number of processes that run the tests; one process runs all tests of a file. To run in one: make test WORKERS=0.
WORKERS ?= 3
# Three keep two cores busy, since browsers and servers are waited for; tests/schedule.py has the order of the files.
SHARED := --dist loadfile --no-loadscope-reorder

.PHONY: help setup models index run test coverage test-slow test-bucket test-crashes test-screens test-outside test-models mutants fresh sizes check format bench chaos damage attack quality page screenshots pictures lock fuzz sbom audit try-deploy try-replicas clean load growth scale flame brands

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 14

setup: $(SETUP) ## Create the environment in .venv, for running and for development

$(RUNTIME): requirements.lock pyproject.toml scripts/environment.py
	$(ENVIRONMENT) runtime

$(SETUP): requirements.lock requirements-dev.lock pyproject.toml scripts/environment.py
	$(ENVIRONMENT) dev

$(MODELS): requirements.lock requirements-models.lock pyproject.toml scripts/environment.py
	$(ENVIRONMENT) models

models: $(MODELS) ## Add the extra 'models': torch and sentence-transformers, for encoders of your own

index: $(RUNTIME) ## Build the index from the articles
	@$(BIN)/kb build

run: $(RUNTIME) ## Set up, build the index and start the app on http://127.0.0.1:8501
	@exec $(BIN)/kb serve --port $(PORT) --build

test: $(SETUP) ## Set up and run every test
	@$(BIN)/kb models fetch e5
	@$(BIN)/python -m pytest -m "not models and not slow" --randomly-seed=$(SEED) -n $(WORKERS) $(SHARED) $(PYTEST)

coverage: ## Run the tests and print the lines and branches that none reaches; a quarter slower
	@$(MAKE) test PYTEST="--cov --cov-report=term $(PYTEST)"

test-slow: $(SETUP) ## Run the tests that take long, which 'make test' leaves out
	@$(BIN)/kb models fetch e5
	@$(BIN)/python -m pytest -m slow -n $(WORKERS) $(SHARED) $(PYTEST)

test-bucket: $(SETUP) ## Publish to and pull from a real object server: Ceph (Debian: radosgw ceph-mon ceph-osd ceph-common)
	@$(BIN)/python -m pytest -m slow -n 0 tests/distribution/test_bucket.py $(PYTEST)

test-crashes: $(SETUP) ## Stop a build at every step that touches the disk, where 'make test' tries every fifth
	@KB_TEST_CRASHES=all $(BIN)/python -m pytest tests/retrieval/index -n 0 $(PYTEST)

test-screens: $(SETUP) ## Look at every page on every screen, also where 'make test' looks at two
	@KB_TEST_SCREENS=all $(BIN)/python -m pytest tests/browser -n $(WORKERS) $(SHARED) $(PYTEST)

test-outside: $(SETUP) ## Walk through the whole product where nothing can leave the machine, and print what tried to
	@$(BIN)/python -m tests.outside.swallow $(PYTEST)

test-models: $(SETUP) $(MODELS) ## Compare the built encoders with sentence-transformers
	@$(BIN)/kb models fetch e5 bge minilm mpnet
	@$(BIN)/python scripts/reference_vectors.py --check
	@$(BIN)/python -m pytest -m models $(PYTEST)

mutants: $(SETUP) ## Change the code that decides, redacts and erases, and count the changes that unit tests detect
	@$(BIN)/python -c 'import mutmut' 2>/dev/null || $(BIN)/uv pip install --quiet --python $(BIN)/python --group mutants
	@$(BIN)/python scripts/mutation.py $(MUTANTS)

RUNS ?= 20000
SECONDS ?= 60
fuzz: $(SETUP) ## Give every reader hostile input: RUNS=20000 inputs or SECONDS=60 each, FUZZ="markdown --seed 2"
	@$(BIN)/python -m tests.fuzzing $(FUZZ) --runs $(RUNS) --seconds $(SECONDS)

sbom: $(SETUP) ## Write dist/sbom.cdx.json and dist/licenses.md from the lock files, and check the licenses
	@$(BIN)/python scripts/sbom.py

audit: $(SETUP) ## Ask whether the pinned packages have known vulnerabilities; needs a network
	@$(BIN)/python -c 'import pip_audit' 2>/dev/null || $(BIN)/uv pip install --quiet --python $(BIN)/python --group audit
	@$(BIN)/python scripts/audit.py

try-replicas: $(SETUP) ## Disturb three replicas behind nginx over one PostgreSQL while visitors ask (VISITS=100 SECONDS=300 REPLICAS="--logs FOLDER")
	@$(BIN)/python scripts/try_replicas.py --visits $(or $(VISITS),100) --seconds $(or $(SECONDS),300) $(REPLICAS)

try-deploy: $(SETUP) ## Start deploy/nginx in front of a server on loopback, and try what it promises; needs nginx
	@$(BIN)/python scripts/try_deploy.py

fresh: ## Install and test in an empty folder as a first-time user would, and print seconds and megabytes
	$(ENVIRONMENT:environment.py=fresh.py) $(FRESH)

sizes: ## Print the disk space of .venv, the cache and the index as a table
	$(ENVIRONMENT:environment.py=sizes.py)

check: $(SETUP) ## Check formatting, lint, docstrings, types and imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pydoclint --quiet kb
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(SETUP) ## Format the code and fix what can be fixed automatically
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(SETUP) ## Time questions, loading and builds
	$(BIN)/python benchmarks/speed.py

load: $(SETUP) index ## Send visitors by websocket, next to a bare Streamlit page, and write docs/speed.md (LOAD="--visits 1,20")
	@$(BIN)/python benchmarks/load.py --write $(LOAD)

flame: $(SETUP) index ## Draw docs/flame.svg: where a serving process spends its time (FLAME="--seconds 30 --gil")
	@test -x $(BIN)/py-spy || $(BIN)/uv pip install --quiet --python $(BIN)/python --group profile
	@$(BIN)/python benchmarks/flame.py $(FLAME)

growth: $(SETUP) index ## Build, load and ask help centers of many articles, and write docs/speed.md (GROWTH="--built 150")
	@$(BIN)/python benchmarks/growth.py --write $(GROWTH)

brands: $(SETUP) index ## Measure the memory of one brand, two and three (BRANDS="--most 2")
	@$(BIN)/python benchmarks/brands.py $(BRANDS)

scale: $(SETUP) index ## Compare the vector engine with FAISS on two nodes, and write docs/scale.md (SCALE="--vectors 10000")
	@$(BIN)/python benchmarks/scale.py --write $(SCALE)
	@$(BIN)/python benchmarks/scale_plot.py

.PHONY: releases
releases: $(SETUP) index ## Publish and pull releases of the index, and write docs/scale.md (RELEASES="--replicas 3")
	@$(BIN)/python benchmarks/releases.py --write $(RELEASES)

ROUNDS ?= 200
chaos: $(SETUP) ## Kill a writing process repeatedly, and count what the journal holds (ROUNDS=200)
	$(BIN)/python -m tests.journal.chaos --rounds $(ROUNDS)

.PHONY: journal-scale
journal-scale: $(SETUP) ## Fill a journal on PostgreSQL with 10,000,000 questions and time it (SCALE="--questions 3000000")
	@$(BIN)/python benchmarks/journal_scale.py $(SCALE)

attack: $(SETUP) index ## Measure what quiet visitors notice of one attacker (ATTACK="--visitors 300 --seconds 300")
	@$(BIN)/python benchmarks/attack.py $(ATTACK)

CASES ?= 5000
damage: $(SETUP) ## Damage files of an index, and count what is noticed (CASES=5000, PEERS=Python of the systems compared)
	$(BIN)/python benchmarks/damage/run.py --cases $(CASES) $(if $(PEERS),--peers $(PEERS))

quality: $(SETUP) index ## Run the articles' tests, and write the risk-coverage curve into docs/
	@$(BIN)/kb evaluate --half report
	@OMP_NUM_THREADS=1 $(BIN)/python benchmarks/curve.py

page: $(SETUP) index ## Time the pages in a real browser
	@$(BIN)/python benchmarks/page.py

screenshots: $(SETUP) index ## Take the screenshots in docs/screenshots again
	@$(BIN)/python scripts/screenshots.py

pictures: $(SETUP) ## Draw the pictures of articles again, from the sample bill and their words
	@$(BIN)/python scripts/pictures.py

lock: $(SETUP) ## Resolve the dependencies again into the three lock files
	@$(BIN)/python scripts/lock.py

clean: ## Remove the environment and everything generated
	rm -rf $(VENV) index/versions index/CURRENT index/.lock .coverage .mypy_cache .ruff_cache .pytest_cache mutants
