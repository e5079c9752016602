# Everything here needs Python 3.10 or newer and make, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

BROWSERS := chromium google-chrome

.PHONY: help browser demo test test-all quick lint types format truth truth-random kill-points bench docs site clean

help:
	@echo "make demo    boot a virtual phone, start an upload, cancel it, prove it, write a report"
	@echo "make test    install and run the checks and tests"
	@echo "make test-all  the wider rounds of whole recipes too"
	@echo "make browser install Chromium, in which the report pages are tested (Debian, as root)"
	@echo "make truth   many runs of every method, compared with what the upload service knows"
	@echo "make truth-random   the same of 2,000 randomized runs, of good apps and bad ones"
	@echo "make kill-points   droidcancel killed at hundreds of points, and the phone compared"
	@echo "make bench   measure, and write the tables of docs/performance.md (under 15 minutes)"
	@echo "make docs    make the pictures of README and site from runs on the virtual phone"
	@echo "make site    build the documentation site into build/site; a warning is an error"
	@echo "make lint, make types, make quick (tests without the slow ones), make format, make clean"

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(STAMP)

demo: $(STAMP)
	$(BIN)/droidcancel demo

test: $(STAMP) lint types
	$(BIN)/pytest -n 4 --dist worksteal -m "not extended"

test-all: $(STAMP) lint types
	$(BIN)/pytest -n 4 --dist worksteal

quick: $(STAMP)
	$(BIN)/pytest -n 4 --dist worksteal -m "not slow and not extended"

# Debian's Chromium, for the tests of the report pages; nothing where there is a browser already.
browser:
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] || { echo "no $(BROWSERS) here" >&2; exit 1; }; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

truth: $(STAMP)
	$(BIN)/python -m benchmarks.truth

truth-random: $(STAMP)
	$(BIN)/python -m benchmarks.random_truth

kill-points: $(STAMP)
	$(BIN)/python -m benchmarks.kill_points

bench: $(STAMP)
	$(BIN)/python -m benchmarks.bench

docs: $(STAMP)
	$(BIN)/python docs/make_images.py

site: $(STAMP)
	$(BIN)/python -m sphinx -E -W --keep-going -q -b html docs build/site
	@echo "build/site/index.html"

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist reports
