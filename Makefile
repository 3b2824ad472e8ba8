# Everything a developer runs here. `make` alone lists it.
# Needs Python 3.11 or newer and make; PYTHON=python3.13 picks another interpreter, ARGS="…" is passed on.

PYTHON ?= python3
DOCKER ?= docker
ARGS ?=

BIN := .venv/bin
# Stamp files: an install runs again only when what it depends on changed, and goes with its environment.
PIP := .venv/.pip
PACKAGE := .venv/.package
DEV := .venv/.dev
MOTO := .venv-moto/.installed
SITE := .venv-site/.installed
AIO := .venv-aio/.installed
NODE := .node/.installed
INBOX := inbox/node_modules/.installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test node inbox check docs site bench dist image clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

serve: $(PACKAGE) ## install into .venv, migrate the database and serve; ARGS="--port 8006"
	@exec $(BIN)/ses-emulator serve $(ARGS)

test: $(DEV) $(MOTO) $(AIO) ## all tests, on SQLite and PostgreSQL; ARGS="-k inbox"
	$(BIN)/pytest -n auto $(ARGS)

node: $(NODE) ## install what the tests in Node need, where Node 18 or newer and npm are

inbox: $(INBOX) ## build the inbox into emulator/http/inbox, where Node 18 or newer and npm are
	npm run --silent --prefix inbox build

check: $(DEV) ## linter, formatter, types, import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(DEV) ## write the generated pages of docs again
	$(BIN)/python docs/generate.py

site: $(DEV) $(SITE) ## the documentation as a site in build/site
	rm -rf build/site build/doctrees build/openapi
	mkdir -p build/openapi
	$(BIN)/python docs/generate.py --openapi >build/openapi/openapi.json
	.venv-site/bin/sphinx-build --fail-on-warning --keep-going --quiet --nitpicky -d build/doctrees docs build/site

bench: $(DEV) $(MOTO) ## measure against moto; ARGS as python -m bench --help says
	$(BIN)/python -m bench $(ARGS)

dist: $(DEV) ## source distribution in dist, and the wheel built from it
	rm -rf dist
	$(BIN)/python -m hatchling build --target sdist
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist dist/*.tar.gz

image: ## container image ses-emulator; DOCKER=podman for another builder
	$(DOCKER) build --tag ses-emulator --build-arg VERSION="$$(sed -n 's/^VERSION = "\(.*\)"/\1/p' emulator/version.py)" .

clean: ## remove environments, caches and builds; databases stay
	rm -rf .venv .venv-moto .venv-aio .venv-site .node inbox/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip reads dependency groups since 25.1.
$(PIP):
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.13 …" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

$(PACKAGE): $(PIP) pyproject.toml
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(DEV): $(PIP) pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[postgresql]' --group dev
	@touch $(PACKAGE) $@

# Sphinx and the AWS CLI do not agree on docutils.
$(SITE): pyproject.toml docs/constraints.txt
	$(PYTHON) -m venv .venv-site
	.venv-site/bin/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	.venv-site/bin/pip install --quiet --constraint docs/constraints.txt --group docs
	@touch $@

# moto lives apart: its dependencies must not decide ours.
$(MOTO): pyproject.toml
	$(PYTHON) -m venv .venv-moto
	.venv-moto/bin/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	.venv-moto/bin/pip install --quiet --group bench
	@touch $@

# So does aiobotocore, which takes some versions of botocore only.
$(AIO): $(PIP) pyproject.toml
	$(PYTHON) -m venv --without-pip .venv-aio
	$(BIN)/pip --python .venv-aio/bin/python install --quiet --group aio
	@touch $@

$(NODE): tests/support/package.json tests/support/package-lock.json
	mkdir -p .node
	cp $^ .node
	npm ci --prefix .node --loglevel=error --ignore-scripts --no-audit --no-fund >/dev/null
	@touch $@

$(INBOX): inbox/package.json inbox/package-lock.json
	npm ci --prefix inbox --loglevel=error --ignore-scripts --no-audit --no-fund >/dev/null
	@touch $@
