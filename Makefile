# What people do with this house. Every target makes .venv and installs what it needs, once for each lock.

PYTHON ?= python3
WORKERS ?= 3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install

.DEFAULT_GOAL := help
.PHONY: help venv demo test lint bench soak catalogs lock

help:
	@echo "make demo      phones in the browser, a bot and a class; no token, no server (ARGS=... goes to it)"
	@echo "make test      the linters, then every test"
	@echo "make lint      ruff, mypy, import-linter"
	@echo "make bench     our durable turn beside bare libraries; writes out/bench.json"
	@echo "make soak      the tests that take many minutes"
	@echo "make catalogs  gather the sentences of the code into locale/"
	@echo "make lock      choose versions anew for requirements.lock and requirements-dev.lock"
	@echo "make venv      only install; PYTHON=python3.12 chooses the Python"

venv: .venv/dev.stamp

demo: .venv/run.stamp
	$(BIN)/python -m bot demo $(ARGS)

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: .venv/dev.stamp
	$(BIN)/python -m tests.benchmarks $(ARGS)

soak: .venv/dev.stamp
	$(BIN)/python -m pytest -m soak --timeout 7200 $(ARGS)

# Only Mandarin is complete; Miao holds what is attested, by hand (locale/hea/ATTESTED.tsv).
catalogs: .venv/dev.stamp
	$(BIN)/pybabel -q extract -F pyproject.toml --add-comments=NOTE: --omit-header --no-location \
	  --sort-output --no-wrap -o locale/messages.pot bot handlers
	$(BIN)/pybabel -q update -d locale -l zh_Hans_CN -i locale/messages.pot \
	  --no-fuzzy-matching --no-wrap --ignore-pot-creation-date

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate \
  --no-header --no-emit-options --no-emit-index-url --no-emit-trusted-host --build-deps-for editable
lock: .venv/dev.stamp
	$(COMPILE) --upgrade -o requirements.lock pyproject.toml
	$(COMPILE) --upgrade --extra dev --extra bench -c requirements.lock -o requirements-dev.lock pyproject.toml

.venv/run.stamp: requirements.lock | .venv/bin/pip
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.lock | .venv/bin/pip
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch .venv/run.stamp $@

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Miaoke needs Python 3.11 or newer. Say where it is: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "Python could not make .venv; on Debian, apt-get install python3-venv helps." >&2; exit 1; }
