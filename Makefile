# eo-pv. `make all` is enough on a fresh machine; plain `make` lists the rest.
MAKEFLAGS += --no-builtin-rules --warn-undefined-variables
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
ARGS ?=
KEY ?=
IMAGE ?= eo-pv
TAG ?= latest
CYCLONEDX := 7.5.0
PIP_AUDIT := 2.10.1
PRE_COMMIT := 4.7.0

# passed to the shell as variables: as text of a recipe, their content would be executed
# (and only their value reaches make, which would execute a $(shell …) in them: before the first $(shell …) of this file,
# to which make 4.4 passes all variables)
override KEY := $(value KEY)
override IMAGE := $(value IMAGE)
override TAG := $(value TAG)
export KEY IMAGE TAG

# A container image has its own environment and names it in EO_PV_VENV. Anywhere else .venv is made
# from the lock the first time that a target needs it, and nothing is installed outside it.
# (`ready` is relative: make has no targets with a space in them, and folders have.)
# In a project of `eo-pv init`, the file .venv names the environment of its checkout: that one, while both have one lock.
shared_venv := $(shell test -f .venv && venv=$$(cat .venv) && cmp -s requirements.lock "$$venv/../requirements.lock" && test -x "$$venv/bin/python" && echo "$$venv")
ifneq ($(shared_venv),)
EO_PV_VENV ?= $(shared_venv)
endif
ifdef EO_PV_VENV
venv := $(EO_PV_VENV)
ready :=
else
venv := $(CURDIR)/.venv
ready := .venv/.ready
# programs in .venv name its folder and its Python: after a move of the project or an upgrade of Python, make it again
ifeq ($(wildcard $(ready)),$(ready))
ifneq ($(shell test "$$(cat $(ready))" = "$$(pwd -P)" && .venv/bin/python -c 'from importlib.util import find_spec as f; f("duckdb").loader' 2>&1 || echo no),)
$(shell rm -f $(ready))
endif
endif
endif

export VIRTUAL_ENV := $(venv)
export PATH := $(venv)/bin:$(PATH)
# trust the CA certificates of this machine, for a proxy that re-signs TLS
export UV_SYSTEM_CERTS := 1
export DO_NOT_TRACK := 1
export DVC_NO_ANALYTICS := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export HAMILTON_TELEMETRY_ENABLED := false
export DBT_PROJECT_DIR := $(CURDIR)/dbt
export DBT_PROFILES_DIR := $(CURDIR)/dbt

.PHONY: help all plan update upgrade verify pull install test chaos docs bench quality lint hooks lock samples image container-check publish sbom audit clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

all: $(ready) ## run the workflow and show its table (ARGS=--keep-going)
	@python -m loaders all $(ARGS)

plan: $(ready) ## show what would be downloaded and run (KEY=<dataset> for one)
	@python -m loaders plan $$KEY

update: $(ready) ## ask the publishers again, rewrite the locks (KEY=<dataset>)
	@python -m loaders update $$KEY

upgrade: $(ready) ## get the newest version (git pull), keep settings and results
	@python -m loaders upgrade

verify: $(ready) ## hash the fetched files again and compare them with the locks
	@python -m loaders verify $$KEY

pull: $(ready) ## download results from the DVC remote instead of making them
	dvc pull --allow-missing
	@python -m loaders repro --allow-missing
	python -m loaders warehouse --if-stale
	python -m loaders report

install: $(ready) ## make .venv from requirements.lock

# with compiled sources kept, the processes that tests start by the hundreds need not compile them again
test: $(ready) ## run every test (ARGS are passed to pytest)
	PYTHONDONTWRITEBYTECODE= python -m pytest $(ARGS)

chaos: $(ready) ## kill and disturb runs for 10 minutes (ARGS="--seed 7 --kills 20")
	@python -m tests.chaos $(ARGS)

docs: $(ready) ## build the documentation, with pictures if `dot` is there
	@python -m loaders docs

bench: $(ready) ## measure the whole run, then its parts (ARGS="--times 10 --write")
	python -m benchmarks.pipeline $(ARGS)
	python -m benchmarks.fetch
	python -m benchmarks.load
	python -m benchmarks.executors
	python -m benchmarks.overture
	python -m benchmarks.warehouse
	python -m benchmarks.report

quality: $(ready) ## grade the deduplication on samples and synthetic records
	python -m benchmarks.quality $(ARGS)

lint: $(ready) ## check style, types, imports, SQL, shell scripts, Dockerfile
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-logo
	sqlfluff lint --disable-progress-bar dbt/models dbt/macros dbt/tests
	shellcheck .ci/run .ci/container-check .ci/commit-subject .ci/update
	hadolint Dockerfile

hooks: $(ready) ## check each commit before it is made (downloads pre-commit)
	uv tool run --from pre-commit==$(PRE_COMMIT) pre-commit install

lock: $(ready) ## solve requirements*.in again (ARGS=--upgrade for newer ones)
	for name in requirements-build requirements; do \
	  uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	    $(ARGS) "$$name.in" --output-file "$$name.lock" || exit 1; \
	done

samples: $(ready) ## make the bundled samples again (the same bytes)
	python -m tests.samples.make_samples
	python -m tests.samples.make_boundaries

image: ## build the container image (docker)
	docker build --tag "$$IMAGE" .

container-check: ## build the image; tests and workflow in it, without network
	.ci/container-check

publish: image ## push the image (REGISTRY, REGISTRY_USER, REGISTRY_TOKEN, TAG)
	@echo "$$REGISTRY_TOKEN" | docker login --username "$$REGISTRY_USER" --password-stdin "$$REGISTRY"
	docker tag "$$IMAGE" "$$REGISTRY/$$IMAGE:$$TAG"
	docker push "$$REGISTRY/$$IMAGE:$$TAG"

sbom: $(ready) ## write sbom.json, the locked packages as CycloneDX
	uv tool run --from cyclonedx-bom==$(CYCLONEDX) cyclonedx-py requirements --output-file sbom.json requirements.lock

audit: $(ready) ## look for known vulnerabilities of the locked packages
	uv tool run --from pip-audit==$(PIP_AUDIT) pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock

clean: ## remove all outputs; keep .venv, locks and your own files
	for name in raw loaded metrics curated report times boundaries/admin_boundaries.parquet cells irradiance lake lake.sqlite .work settings.json build.json eo_pv_data.duckdb eo_pv_data.duckdb.wal eo_pv_data.json; do \
	  rm -rf "data/sample/$$name" "data/doi/$$name"; \
	done
	rm -rf data/.dvc-cache .dvc/tmp dbt/target dbt/logs .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# .ready is touched last: an installation that was cut short starts afresh.
# `compat` names this folder in a .pth file: each start of Python would import the finder of setuptools. Our modules are
# compiled like the packages, for an environment in which Python writes no bytecode.
.venv/.ready: requirements.lock requirements-build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "eo-pv needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments here. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "making .venv from requirements.lock, once: about 280 packages, 2.0 GB on disk, in one to three minutes"
	@rm -rf .venv
	@(while sleep 10 >/dev/null 2>&1; do echo "making .venv · $$(du -sm .venv 2>/dev/null | cut -f 1) of about 2,000 MB"; done) & ticker=$$!; \
	trap 'kill $$ticker 2>/dev/null' EXIT; trap 'exit 130' INT; \
	$(PYTHON) -m venv .venv && \
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock && \
	.venv/bin/uv pip install --quiet --no-config --python .venv --require-hashes --compile-bytecode \
	  --build-constraints requirements-build.lock -r requirements.lock && \
	.venv/bin/uv pip install --quiet --no-config --python .venv --no-deps --no-build-isolation \
	  --config-settings editable_mode=compat --editable . && \
	.venv/bin/python -m compileall -q loaders
	@printf '\n# `dbt` finds its project from any folder\nexport DBT_PROJECT_DIR="$$(dirname "$$VIRTUAL_ENV")/dbt"\nexport DBT_PROFILES_DIR="$$DBT_PROJECT_DIR"\n' >>.venv/bin/activate
	@test -e .git || .venv/bin/dvc config --quiet --local core.no_scm true
	@pwd -P >$@
