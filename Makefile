# Everything is installed into .venv; nothing outside this folder is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := .venv-bench
PROCESSORS := $(shell $(PYTHON) -c "import os; print(os.cpu_count() or 1)")
# One worker more than processors: some tests wait for a browser or for another program.
WORKERS := $(shell expr $(PROCESSORS) + 1)

# What is compiled once need not be compiled by each of the programs that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test quick lint docs portable bench clean

demo: $(READY)
	$(BIN)/sozialraum run data/project.toml --output maps

test: $(READY) lint
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

# For the minute between two thoughts: no browser, no real data, nothing slow.
quick: $(READY)
	$(BIN)/pytest -q -n $(PROCESSORS) --dist worksteal -m "not browser and not shared and not slow"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The documentation as a site in site/; a warning is an error.
docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# One folder with interpreter, libraries and program, for this platform, packed as dist/sozialraum.zip.
portable: $(READY)
	rm -rf dist/sozialraum dist/sozialraum.zip
	$(BIN)/python packaging/portable.py dist/sozialraum --archive

# The peers that are compared (numba among them) stay out of the environment that everything else runs in.
bench: $(BENCH)/.ready
	$(BENCH)/bin/python -m benchmarks

$(BENCH)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check -e '.[dev,bench]'
	touch $(BENCH)/.ready

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("sozialraum needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m compileall -q src
	touch $(READY)

clean:
	rm -rf $(VENV) $(BENCH) site .pytest_cache .mypy_cache .ruff_cache
