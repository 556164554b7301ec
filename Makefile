# Forewarn: two commands matter, `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup setup-system demo test check bench kafka clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  \1\t/' | expand -t 18

setup: $(STAMP) ## make .venv with everything that wheels bring
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(STAMP)

setup-system: ## install by apt what wheels cannot bring (PulseAudio, Chromium, gpsd and PostgreSQL, for the tests of sound, pages, receivers and the store)
	@sh tests/setup-system.sh

demo: setup ## a small simulated fleet over the real roads of the sample: prompts, sound, report, console
	@$(BIN)/forewarn demo

test: setup ## run every test; says by name what is skipped and how to get it
	@sh tests/setup-system.sh --where-allowed
# the rules are compiled into the user's cache first: under coverage that takes half as long again
	@out=$$(mktemp -d) && { $(BIN)/forewarn demo --no-console --silent --vehicles 2 --out $$out >$$out/said || { cat $$out/said; \
	  rm -r $$out; exit 1; }; } && rm -r $$out
# side by side, the tests of a file by one: what they start is for the whole file
	$(BIN)/python -m pytest -rs -n auto --maxprocesses 4 --dist loadfile --cov --cov-report=term:skip-covered

check: setup ## lint, types, import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

kafka: setup ## a Kafka of one node for trying things out, until Ctrl-C
	@$(BIN)/python -m tests.broker

bench: setup ## run the benchmarks; each prints machine, figure and ratio
	@for b in benchmarks/bench_*.py; do echo "== $$b"; $(BIN)/python $$b || exit 1; done

clean: ## remove .venv and what was built
	rm -rf $(VENV) build dist demo-out .coverage
