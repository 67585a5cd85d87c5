# `make` lists what there is. Every target does its own set-up.

PY := .venv/bin/python
MANAGE := $(PY) manage.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-containers test-faults audit lint format lock train docs screenshots clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: .venv/node.stamp ## Serve http://localhost:8987, with a Cassandra beside it
	@exec $(MANAGE) serve --stop-with-parent

test: .venv/dev.stamp ## Run every test, on a Cassandra of its own
	@$(PY) -m pytest -n 3 --dist loadscope --no-loadscope-reorder

test-containers: .venv/dev.stamp ## Try `docker compose up` for real (needs Docker)
	@$(PY) -m pytest tests/containers $(ARGS)

test-faults: .venv/dev.stamp ## Kill, pause and starve a real service under load
	@$(PY) -m pytest -s tests/faults $(ARGS)

audit: .venv/dev.stamp ## Look for known vulnerabilities in what is installed
	@for name in requirements requirements-node; do \
	    .venv/bin/pip-audit --strict --require-hashes --disable-pip $(ARGS) -r $$name.txt || exit; \
	done

lint: .venv/dev.stamp ## Check style, types, migrations and translations
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports --no-cache
	@.venv/bin/mypy
	@$(MANAGE) makemigrations --check --dry-run
	@$(MANAGE) translations --check

format: .venv/dev.stamp ## Put the code in shape
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

train: .venv/train.stamp ## Train the networks anew (ARGS="--epochs 20")
	@$(MANAGE) train $(ARGS)

docs: .venv/docs.stamp ## Render the documents into site/; no link may be missing
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --quiet --clean

screenshots: .venv/dev.stamp ## Take the documents' pictures (ARGS="--picture photo.jpg")
	@$(PY) docs/screenshots.py $(ARGS)

lock: .venv/dev.stamp ## Pin what requirements*.in ask for, with hashes
	@for name in requirements requirements-serve requirements-node requirements-train requirements-dev requirements-docs requirements-bench; do \
	    [ $$name = requirements ] || set -- --constraints requirements.txt; \
	    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 "$$@" \
	        --generate-hashes --no-header $$name.in --output-file $$name.txt; \
	done
	@cd deewhy/cassandra_node && $(CURDIR)/.venv/bin/jgo lock

clean: ## Remove what can be made again; data in var/ and media/ stays
	@rm -rf .venv staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

# The first of these that starts; TensorFlow has wheels for 3.11 to 3.13.
.venv/bin/python:
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    $$python -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	        2>/dev/null && exec $$python -m venv .venv; \
	done; \
	echo "deewhy needs Python 3.11, 3.12 or 3.13 with its venv module." >&2; exit 1

.venv/requirements.stamp: requirements.txt | .venv/bin/python
	@echo "Installing what $< names"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/node.stamp: requirements-node.txt .venv/requirements.stamp
	@echo "Installing what $< names"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/train.stamp: requirements-train.txt .venv/requirements.stamp
	@echo "Installing what $< names"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/node.stamp
	@echo "Installing what $< names"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/docs.stamp: requirements-docs.txt .venv/dev.stamp
	@echo "Installing what $< names"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
