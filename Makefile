# make site    the sample company's site, in site/
# make serve   the same, live at http://127.0.0.1:8000/
# make test    format, lint, types, tests; CI runs it and test-engines
# make test-engines   every engine over every site of the tests, and over the sample company
# make check   format, lint and types alone
# make bench   speed and memory, as ratios in one run (ROWS=1000000 PAGES=600 for a short one)
# make docs    the pages and schemas that are made from the code
# make fuzz    the laws of the tests over new draws for ten minutes (MINUTES=60 for longer)
# make kills   every command killed at random moments, and met by a full disk (TIMES=100 for more)
# make release   the files of a release in dist/, if version, changelog, tag and tree agree
# make lock    renew the locked dependencies from pyproject.toml

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
JOBS ?= 2
ROWS ?= 10000000
PAGES ?= 2000
MINUTES ?= 10
TIMES ?= 25

.PHONY: fonts site serve test test-engines check format bench fuzz kills docs release lock browser servers java clean
.DELETE_ON_ERROR:

site: $(VENV)/.runtime fonts
	$(BIN)/kpi-site build
	@echo
	@echo "The site is in $(CURDIR)/site (start at site/index.html)."
	@echo "To read it in a browser: make serve"

serve: $(VENV)/.runtime
	$(BIN)/kpi-site serve

test: check browser servers
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not engines"

test-engines: $(VENV)/.engines servers java
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m engines tests/engines

check: $(VENV)/.dev
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/ruff check --no-cache .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks --rows $(ROWS) --pages $(PAGES)

fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

kills: $(VENV)/.dev
	$(BIN)/python -m tests.random_kills --times $(TIMES)

docs: $(VENV)/.runtime
	$(BIN)/python -m kpi_site.reference docs
	$(BIN)/python -m kpi_site.codes.page docs
	$(BIN)/kpi-site schema

release: $(VENV)/.dev
	$(BIN)/python -m release

# One resolution for all supported Pythons and systems; hashes pin the files, no host is named.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: $(VENV)/bin/python
	$(PIP) install --quiet uv
	$(COMPILE) --upgrade pyproject.toml --group pyproject.toml:dev -o requirements-dev.lock
	$(COMPILE) --upgrade --group pyproject.toml:engines \
		--constraint requirements-dev.lock -o requirements-engines.lock
	$(COMPILE) --upgrade pyproject.toml --group pyproject.toml:build \
		--constraint requirements-dev.lock -o requirements.lock
	$(COMPILE) --upgrade pyproject.toml --constraint requirements.lock -o kpi_site/dependencies.lock

# Chinese fonts for the printed reports, where this machine lets us; without them the site has
# no PDFs, and the build says so.
fonts:
	@if ! fc-list 2>/dev/null | grep -qiE "CJK|Source Han|YaHei|PingFang|WenQuanYi|SimHei|SimSun" \
	    && ! ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 \
	    && [ "$$(uname)" = Linux ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	      apt-get install -y -qq --no-install-recommends fonts-noto-cjk >/dev/null; \
	  fi || echo "no Chinese fonts could be installed (fonts-noto-cjk): reports have no PDF"; \
	fi

# Debian's browser and Chinese fonts, where this machine lets us; without them the browser
# tests are skipped with the reason (and fail when CI is set).
browser:
	@if ! command -v chromium >/dev/null || ! ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	      apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; \
	  fi || echo "chromium and fonts-noto-cjk could not be installed"; \
	fi

# Debian's Java, for Spark; as with the browser.
java:
	@if ! command -v java >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	      apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null; \
	  fi || echo "openjdk-17-jre-headless could not be installed"; \
	fi

# Debian's database servers and OpenSSH, for the tests that start them; as with the browser.
servers:
	@if ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || ! command -v mariadbd >/dev/null \
	    || ! command -v ssh-keygen >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	      apt-get install -y -qq --no-install-recommends postgresql mariadb-server openssh-client >/dev/null; \
	  fi || echo "postgresql, mariadb-server and openssh-client could not be installed"; \
	fi

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "kpi-site needs Python 3.11 or newer; say which: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "No virtual environment could be made; on Debian: apt-get install python3-venv" >&2; exit 1; }

# The stamps say what is installed; a second run installs nothing.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@[ -e $(VENV)/.dev ] || $(PIP) install --quiet --use-pep517 --require-hashes -r requirements.lock
	@[ -e $(VENV)/.dev ] || $(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --use-pep517 --require-hashes -r requirements-dev.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.runtime

# ClickHouse and Spark are large: they are installed when their tests are asked for.
$(VENV)/.engines: requirements-engines.lock $(VENV)/.dev
	$(PIP) install --quiet --use-pep517 --require-hashes -r requirements-engines.lock
	@touch $@

clean:
	rm -rf build site .mypy_cache .ruff_cache .pytest_cache
