# 集约 Jiyue. Two commands: `make demo` and `make test`. Needs Python 3.11 or newer; no Node.
PYTHON ?= python3
PORT ?= 8000
SITES ?= 25
VENV := .venv
BIN := $(VENV)/bin
export JIYUE_HOME ?= $(CURDIR)/var
export PYTHONUNBUFFERED = 1

.PHONY: demo demo-reset test test-all test-pg e2e assure assure-short sbom check lock bench docs screenshots clean

demo: $(VENV)/.run  ## build the sample city (first time) and serve it
	JIYUE_DEMO=1 JIYUE_PORT=$(PORT) $(BIN)/jiyue demo --sites $(SITES) --port $(PORT)

demo-reset: $(VENV)/.run  ## throw the sample city away and start over
	JIYUE_DEMO=1 JIYUE_PORT=$(PORT) $(BIN)/jiyue demo --sites $(SITES) --port $(PORT) --reset

test: $(VENV)/.dev  ## the default tests
	$(BIN)/python -m pytest -n 2

test-pg: $(VENV)/.dev  ## the default tests on PostgreSQL (JIYUE_TEST_DATABASE_URL, or the local server)
	JIYUE_DATABASE_URL=$${JIYUE_TEST_DATABASE_URL:-postgresql://postgres@127.0.0.1:5432/postgres} $(BIN)/python -m pytest -n 2

e2e: $(VENV)/.dev  ## journeys and accessibility in a real Chromium
	$(BIN)/python -m pytest -m e2e tests/e2e

# Those that look at the clock run by themselves, the others on two cores.
TIMED := $(addprefix tests/assurance/test_,tamper.py operation_emergency.py load_editors.py login_guessing.py)
assure-short: $(VENV)/.dev  ## attacks on every promise of docs/reference/assurance.md, CI's size (ATTACKS=... for some)
	mkdir -p $(JIYUE_HOME)
ifdef ATTACKS
	$(BIN)/python -m pytest -m assurance $(ATTACKS) -p no:randomly --record $(JIYUE_HOME)/assurance.jsonl
else
	$(BIN)/python -m pytest -m assurance $(TIMED) -p no:randomly --record $(JIYUE_HOME)/assurance.jsonl
	$(BIN)/python -m pytest -m assurance tests/assurance $(addprefix --ignore=,$(TIMED)) -p no:randomly -n 2 --dist loadfile --record $(JIYUE_HOME)/assurance.jsonl
endif

assure: $(VENV)/.dev  ## the same at full size (hours); renews docs/reference/assurance.md
	mkdir -p $(JIYUE_HOME)
	$(BIN)/python -m pytest -m assurance $(or $(ATTACKS),tests/assurance) -p no:randomly --long --record $(JIYUE_HOME)/assurance.jsonl
	$(BIN)/python tools/assurance.py $(JIYUE_HOME)/assurance.jsonl

check: $(VENV)/.dev  ## lint, types, layers, migrations, generated documents
	$(BIN)/ruff check jiyue tests bench tools
	$(BIN)/ruff format --check jiyue tests bench tools
	$(BIN)/lint-imports
	$(BIN)/mypy jiyue
	$(BIN)/jiyue makemigrations --check --dry-run
	$(BIN)/python -m pytest --migrations -m migrations tests

docs: $(VENV)/.dev  ## rewrite the generated reference pages
	$(BIN)/python tools/clauses.py
	$(BIN)/python tools/commands.py
	$(BIN)/python tools/events.py
	$(BIN)/python tools/page_checks.py
	$(BIN)/jiyue docs_roles

screenshots: $(VENV)/.dev  ## the README's pictures, from a running `make demo`
	$(BIN)/python tools/screenshots.py http://localhost:$(PORT)

sbom: $(VENV)/.dev  ## what it is made of: docs/reference/sbom.json, licences.md; and what is known to be vulnerable
	$(BIN)/python tools/supply.py
	$(BIN)/python tools/advisories.py $(if $(OSV),--osv $(OSV))

lock: $(VENV)/.tools  ## renew the lock files from pyproject.toml
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --python-version 3.11 pyproject.toml --extra s3 -o requirements-s3.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --python-version 3.11 pyproject.toml --extra dev -o requirements-dev.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/.tools:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check uv || true  # uv is only faster; pip does as well
	touch $@

$(VENV)/.run: $(VENV)/.tools requirements.txt
	tools/install requirements.txt
	touch $@

$(VENV)/.dev: $(VENV)/.tools requirements-dev.txt
	tools/install requirements-dev.txt
	touch $(VENV)/.run $@
