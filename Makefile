# At most ten targets; CI and pre-commit call the same ones.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_FLAGS := --disable-pip-version-check --no-input -q
.DEFAULT_GOAL := help

.PHONY: help setup demo serve test check integration clean

help: ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.base: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 setup"; exit 1; }
	@echo "Setting up $(VENV) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install $(PIP_FLAGS) -U -c constraints.txt pip setuptools
	@$(BIN)/python -m pip install $(PIP_FLAGS) -c constraints.txt -e . 2>&1 | { grep -v '^WARNING: Location' || true; }
	@test -x $(BIN)/jianxi && touch $@

$(VENV)/.dev: $(VENV)/.base
	@$(BIN)/python -m pip install $(PIP_FLAGS) -c constraints.txt -e '.[dev]' 2>&1 | { grep -v '^WARNING: Location' || true; }
	@test -x $(BIN)/pytest && touch $@

setup: $(VENV)/.base ## Make .venv with the command .venv/bin/jianxi

demo: setup ## Set up and answer two languages' questions from the sample knowledge base
	@$(BIN)/jianxi demo

serve: setup ## Serve the page and the API on http://127.0.0.1:8321
	@$(BIN)/jianxi serve

test: $(VENV)/.dev ## Set up and run the tests (no server, no model weights needed)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --max-worker-restart 0 -m "not integration"

check: $(VENV)/.dev ## Lint, types, floors
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

integration: $(VENV)/.dev ## Tests against the real servers that the environment names
	@$(BIN)/python -m pytest -m integration tests

clean: ## Remove the environment and caches
	@rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
