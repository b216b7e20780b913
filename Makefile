# Two commands for newcomers: `make demo` and `make test`. Everything else is for people who work on the code.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test check lint types imports gate bench bench-batches faults train screenshots wheel clean

demo: $(VENV)/.installed
	$(BIN)/coach demo

test: $(VENV)/.installed-test
	$(BIN)/pytest

check: lint types imports test

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test
	$(BIN)/mypy

imports: $(VENV)/.installed-test
	$(BIN)/lint-imports

gate: $(VENV)/.installed-test
	$(BIN)/coach eval gate
	mkdir -p build && rm -f build/recorded.json
	$(BIN)/coach eval run --model recorded --out build/recorded.json
	$(BIN)/coach eval gate build/recorded.json

bench: $(VENV)/.installed-test
	$(BIN)/pytest -m benchmark tests/benchmarks/bench_re*.py -s

bench-batches: $(VENV)/.installed-test
	$(BIN)/pytest -m benchmark tests/benchmarks/bench_batches.py -s

faults: $(VENV)/.installed-test
	$(BIN)/pytest -m slow

# Half an hour on two quiet cores, no accelerator. The first setting keeps large blocks of memory instead of handing them
# back after every step, which is a third of the time.
train: $(VENV)/.installed-train
	MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 $(BIN)/python evals/train/run.py

screenshots: $(VENV)/.installed
	mkdir -p build docs/img
	$(BIN)/coach review corpus/sunnybox/calls/02-wedding-dog-window-bent-and-a-gift.json --company sunnybox \
	  --format html --output build/call.html
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking \
	  --user-data-dir=build/chromium --screenshot=docs/img/call.png --window-size=1280,1500 file://$(CURDIR)/build/call.html

wheel: $(VENV)/.installed-test
	$(BIN)/python -m build --wheel --outdir dist .

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	touch $(VENV)/.installed $@

$(VENV)/.installed-train: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --quiet --constraint constraints.txt --editable '.[train]'
	touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
