# One command sets up everything and does the main job, one sets up everything and passes the tests.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# Small matrices in many threads of our own: more threads inside the matrix library only get in the way.
export OPENBLAS_NUM_THREADS = 1
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
SHIPPED := src/glabella/dossiers/botulinum-depression

.PHONY: help setup brief test lint format schema agreement bench bench-network bench-safety bench-levels clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 21

setup: ## install uv where it is missing, then everything the lock file names
	@test -x "$$(command -v $(UV))" || { python3 -m venv .tools/uv && .tools/uv/bin/pip install --quiet uv; }
	@$(UV) sync --quiet --locked --all-extras --compile-bytecode

brief: setup ## set up everything and write the brief and the report behind it into out/
	@$(UV) run --no-sync glabella report --to out
	@$(UV) run --no-sync glabella brief --to out

test: setup ## set up everything and pass the tests
	@scripts/system-packages
	@$(UV) run --no-sync pytest --numprocesses auto --dist loadgroup

lint: setup ## style, format, types, and the shipped dossier
	@$(UV) run --no-sync ruff check
	@$(UV) run --no-sync ruff format --check
	@$(UV) run --no-sync mypy
	@$(UV) run --no-sync glabella dossier check $(SHIPPED)

format: setup ## write the format
	@$(UV) run --no-sync ruff format
	@$(UV) run --no-sync ruff check --fix

schema: setup ## write the shipped dossier's editor schemas
	@for kind in dossier study products claims reports comparators priors summary frames consultation parameters observations links explanations questions course words; do $(UV) run --no-sync glabella dossier schema $$kind > $(SHIPPED)/schema/$$kind.json; done

agreement: setup ## write docs/agreement-*.md from the reference outputs
	@$(UV) run --no-sync python -m tests.synthesis.agreement
	@$(UV) run --no-sync python -m tests.synthesis.agreement_netmeta
	@$(UV) run --no-sync python -m tests.synthesis.agreement_bayesmeta

bench: setup ## run the benchmarks, peers side by side
	@$(UV) run --no-sync --with pimeta --with pymare python benchmarks/synthesis.py

bench-network: setup ## run the benchmarks of networks and Bayesian models; BENCH=--page writes the page
	@$(UV) run --no-sync --with pimeta python benchmarks/network.py $(BENCH)

bench-safety: setup ## run the benchmarks of reports; BENCH="--sizes 1 10 20 --page" for all sizes and the page
	@$(UV) run --no-sync python benchmarks/safety.py $(BENCH)

bench-levels: setup ## simulate level and power of the tests of reports; BENCH=--page writes the page
	@$(UV) run --no-sync python benchmarks/levels.py $(BENCH)

clean: ## remove what was built
	rm -rf .venv .tools out dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
