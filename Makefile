# `make demo` and `make test` need nothing but Python 3.11+ and make; `make elm` and CI need Node too.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HAPI := tests/integration/hapi
HAPI_READY := build/hapi/classpath
HAPI_PORT ?= 8090
NPM_READY := cql/translate/node_modules/.package-lock.json

.PHONY: demo test check elm elm-check lock bench conformance hapi test-hapi test-programs valuesets clean

# FHIR=http://127.0.0.1:8090/fhir keeps the records on that FHIR test server (`make hapi` starts one).
demo: $(READY)
	$(BIN)/smartapp demo $(if $(FHIR),--fhir $(FHIR) --test-server)

# Two processes: tests of one file, and all of the one HAPI server, stay together (tests/conftest.py).
test: $(READY)
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder

check: $(READY) elm-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

elm: $(NPM_READY)
	node cql/translate/translate.mjs
	node cql/translate/translate.mjs --source tests/policies/second

elm-check: $(NPM_READY)
	node cql/translate/translate.mjs --check
	node cql/translate/translate.mjs --check --source tests/policies/second

bench: $(READY)
	$(BIN)/python -m bench

conformance: $(READY) $(NPM_READY)
	$(BIN)/python tests/conformance/run.py

# A HAPI FHIR R4 JPA server on this machine, until Ctrl-C; needs Java 17 and Maven.
hapi: $(HAPI_READY)
	@java -XX:TieredStopAtLevel=1 -cp build/hapi/classes:$$(cat $(HAPI_READY)) example.smartapp.Server $(HAPI_PORT)

test-hapi: $(READY)
	$(BIN)/pytest tests/integration

# LAUNCHER is a folder of smart-on-fhir/smart-launcher-v2, CDS_SANDBOX one of cds-hooks/sandbox, each with its build in
# it. Needs Node, Chromium, Java 17 and Maven; nothing may be skipped.
test-programs: $(READY)
	SMARTAPP_REQUIRE_ALL=1 SMARTAPP_LAUNCHER=$(abspath $(LAUNCHER)) SMARTAPP_CDS_SANDBOX=$(abspath $(CDS_SANDBOX)) \
		$(BIN)/pytest tests/foreign_programs

# Needs `uv` (pip install uv). No URL goes into the lock: the packages come from wherever pip is set up to look.
lock:
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links -o constraints.txt

valuesets: $(READY)
	$(BIN)/python scripts/valuesets.py ../shared/reference/codes.csv

clean:
	rm -rf $(VENV) build dist cql/translate/node_modules

# --no-deps: the lock is complete, and pip would look for a newer coverage[toml] than the one that is locked.
$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(HAPI_READY): $(HAPI)/pom.xml $(shell find $(HAPI)/src -type f)
	mvn --quiet --batch-mode --file $< compile
	touch $@

$(NPM_READY): cql/translate/package.json cql/translate/package-lock.json
	cd cql/translate && timeout 300 npm ci --legacy-peer-deps --no-audit --no-fund --loglevel=error
	touch $@
