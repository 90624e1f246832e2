.DEFAULT_GOAL := help
SHELL := /bin/sh
export PORT ?= 8000
export HOST ?= 127.0.0.1

PY := .venv/bin/python
# the first Python on PATH that is new enough and can make virtual environments
FIND_PYTHON = for p in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && { found=$$p; break; }; done; \
	[ -n "$$found" ] || { echo "Tenure needs Python 3.11 or later with venv (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
SOURCES := $(shell find static -path static/build -prune -o -type f -print 2>/dev/null)
TESTS ?= tests
LOCK := .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.PHONY: help
help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: .venv/.installed static/build/.stamp ## Set up .venv (run time and development) and build the assets

.PHONY: demo
demo: free-port install ## Start the program with a fictional company: http://localhost:8000 (PORT, HOST, VAR_DIR)
	@DEMO=1 $(PY) manage.py demo

.PHONY: demo-reset
demo-reset: free-port install ## As demo, but throw its data away and start over
	@DEMO=1 $(PY) manage.py demo --reset

.PHONY: test
test: install ## Run all tests with servers of their own (TESTS=tests/crm for some of them)
	@$(PY) -m pytest -n 2 --dist worksteal $(TESTS)

.PHONY: check
check: .venv/.installed ## Format, lint, types, import contracts, migrations, security: in seconds
	@bad=0; export VAR_DIR=$${VAR_DIR:-var}/test; \
	run() { "$$@" || bad=1; }; \
	run .venv/bin/ruff format --quiet --check --output-format concise .; \
	run .venv/bin/ruff check --quiet --output-format concise .; \
	out=$$(.venv/bin/lint-imports 2>&1) || { echo "$$out"; bad=1; }; \
	run $(PY) -W ignore manage.py makemigrations --check --dry-run --verbosity 0; \
	run .venv/bin/bandit --quiet -ll --configfile pyproject.toml --recursive crm contacts sales analytics; \
	run .venv/bin/mypy; \
	[ $$bad = 0 ] && echo "All checks passed."

.PHONY: bench
bench: install ## Measure against the floors and write build/bench.json (BENCH_CUSTOMERS scales it)
	@mkdir -p build
	@$(PY) -m tests.bench

.PHONY: screenshots
screenshots: install ## Take the pictures of the README from the real program
	@$(PY) scripts/screenshots.py

.PHONY: lock
lock: .venv/.installed ## Resolve the requirements anew and write the lock files
	@$(LOCK) --upgrade pyproject.toml -o requirements.lock
	@$(LOCK) --upgrade pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	@$(LOCK) --upgrade --group node -o requirements-node.lock

.PHONY: free-port
free-port:
	@found=; $(FIND_PYTHON); $$found scripts/port.py

.venv/bin/python:
	@found=; $(FIND_PYTHON); echo "Making .venv with $$found ..."; $$found -m venv --clear .venv

.venv/.installed: requirements-dev.lock scripts/install.py | .venv/bin/python
	@echo "Installing the requirements into .venv ..."
	@$(PY) scripts/install.py
	@touch $@

static/build/.stamp: package.json package-lock.json scripts/node.py $(SOURCES) | .venv/.installed
	@echo "Building the assets ..."
	@$(PY) scripts/node.py
	@mkdir -p static/build && touch $@
