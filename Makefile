# Two commands do all the set-up: `make demo` and `make test`. `make help` lists the others.
# Settings pass through the environment: PORT (8000), XINGKE_DATA (the data folder), XINGKE_DATABASE_URL.

PYTHON ?= python3
BIN := .venv/bin
export PYTHONUTF8 := 1
unexport PYTHONDONTWRITEBYTECODE  # the suite starts hundreds of processes: each would compile everything anew
# As many workers as there are cores; a file's tests stay together, for they share what is costly.
WORKERS := -n logical --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo test check check-source format format-check lint types contracts migrations translations messages bench new-desk lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv, the front end and .venv/bin/xingke; instant when nothing changed
	@$(PYTHON) tools/setup.py

demo: setup ## prepare the demo data, serve it on 127.0.0.1 and print its accounts (DEMO_ARGS=--no-serve only prepares)
	@$(BIN)/xingke demo $(DEMO_ARGS)

test: setup ## run the tests that take less than minutes (TEST_ARGS='-m slow', one file, '-n0 -x', …)
	@$(BIN)/python -m pytest $(WORKERS) $(TEST_ARGS)

check: check-source test ## what a commit must pass; .ci/run adds what takes longer

check-source: format-check lint types contracts migrations translations ## the same without the tests

format: setup ## write the code in the house's format
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

format-check: setup ## is the code in the house's format?
	@$(BIN)/ruff format --check

lint: setup ## ruff's rules
	@$(BIN)/ruff check

types: setup ## mypy, strict
	@$(BIN)/mypy

contracts: setup ## who may import whom
	@$(BIN)/lint-imports

migrations: setup ## does every model change have its migration?
	@$(BIN)/xingke django makemigrations --check --dry-run

translations: setup ## is every text of the interface translated?
	@$(BIN)/python -m tools.messages check

messages: setup ## collect the interface's texts into the .po files and compile them
	@$(BIN)/python -m tools.messages extract

bench: setup ## measure against the peers (BENCH_ARGS=…)
	@$(BIN)/python -m bench $(BENCH_ARGS)

new-desk: setup ## begin a desk (NAME=visits TITLE=走访 EN=Visits)
	@$(BIN)/python -m tools.new_desk $(NAME) --title "$(TITLE)" --en "$(EN)"

lock: setup ## resolve the dependencies anew (LOCK_ARGS=--upgrade)
	@$(BIN)/python -m tools.lock $(LOCK_ARGS)

clean: ## remove everything that was built; the data folder stays
	rm -rf .venv frontend/node_modules src/xingke/base/static/dist build dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
	find src/xingke/locale -name '*.mo' -delete
