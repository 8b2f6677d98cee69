# Every chore is one word. A fresh machine needs Python 3.11, make and git (Node 20 for the page); the rest is set up here.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
# Compiled modules are kept: tests start hundreds of processes, and compiling what they import costs more than running it.
unexport PYTHONDONTWRITEBYTECODE
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

help: ## list the chores
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 12

PAGE := src/hito/server/static/index.html

setup: .venv/.ready $(PAGE) ## make .venv with hito, all extras and the tools, and build the page

.venv/.ready: requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	test -x $(UV) || $(PYTHON) -m venv .venv
	test -x $(UV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

page: $(PAGE) ## build the page into the package

ui/node_modules/.ready: ui/package.json ui/package-lock.json
	cd ui && npm ci --silent --ignore-scripts
	touch $@

$(PAGE): ui/node_modules/.ready $(shell find ui/src ui/index.html ui/vite.config.ts -type f -not -name '*.test.*')
	cd ui && npm run --silent build -- --logLevel warn

clients: .venvs/mlflow-3.17/.ready .venvs/mlflow-2.22/.ready .venvs/mlflow-3.17-server/.ready ## environments with the official client, and with its server, for the tests

.venvs/mlflow-%/.ready: requirements/client-%.txt | setup
	$(UV) venv --quiet --clear --python $(BIN)/python .venvs/mlflow-$*
	$(UV) pip sync --quiet --require-hashes --python .venvs/mlflow-$*/bin/python $<
	touch $@

demo: setup .venvs/mlflow-3.17/.ready ## train two models with the official client against hito, and leave the server running
	$(BIN)/python examples/demo.py

types: .venv/.ready ## the page's TypeScript types, from the server's structs
	$(BIN)/python ui/make_types.py

lint: setup ## style, types, layers, of Python and of the page
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python ui/make_types.py --check
	cd ui && npm run --silent types && npm run --silent lint

# Tests run on two workers: libraries that start a thread for each processor would only wait for each other.
test: export OMP_NUM_THREADS = 1
test: export OPENBLAS_NUM_THREADS = 1
test: setup clients browser lint ## everything that must hold
	cd ui && npm run --silent test
	cd ui && npm run --silent e2e
	$(BIN)/pytest -n 2 --dist loadfile --durations 25

e2e: setup browser ## the page's journeys, its keyboard, axe on every screen: in a real browser
	cd ui && npm run --silent e2e

CHROMIUM ?= /usr/bin/chromium

browser: ## Debian's Chromium, if there is no browser at $CHROMIUM
	@test -x "$(CHROMIUM)" || (apt-get -qq -o DPkg::Lock::Timeout=300 update && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium fonts-dejavu-core) > /dev/null

gallery: setup browser ## the pictures of docs/: the page's screens, the reports
	cd ui && npm run --silent gallery
	$(BIN)/python examples/gallery.py

conform: setup clients ## play the recorded conversations against a real MLflow, too
	$(BIN)/python tests/conformance/against_mlflow.py

bench: setup ## how fast, how small: tables of this machine
	$(BIN)/python bench/server.py

lock: setup ## resolve all requirements anew
	$(COMPILE) requirements/bootstrap.in -o requirements/bootstrap.txt
	$(COMPILE) pyproject.toml requirements/dev.in --all-extras -o requirements/dev.txt
	for client in 3.17 2.22; do $(COMPILE) requirements/client-$$client.in -o requirements/client-$$client.txt; done

clean: ## forget every environment and cache
	rm -rf ui/node_modules src/hito/server/static .venv .venvs .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help setup page clients demo types lint test e2e browser gallery conform bench lock clean
