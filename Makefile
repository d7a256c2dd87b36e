PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14; do command -v $$python && break; done || echo python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test test-all format docs clean

demo: $(STAMP) ## set up, audit examples/shop, start and try it, write an HTML report
	$(BIN)/seatrial trial examples/shop --budget 2m -o out/shop.html
	@echo "Report: out/shop.html"

test: $(STAMP) ## set up, check style, types and contracts, pass our own gate, run the fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests/typing
	$(BIN)/lint-imports
	$(BIN)/seatrial gate .
	$(BIN)/pytest -q -n 2 -m "not slow"

test-all: $(STAMP) ## the slow tests too
	$(BIN)/pytest -q -n 2

format: $(STAMP) ## write the code as ruff would
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP) ## the page of every rule as Markdown, and their list with measured precision and recall, in out/rules
	@$(BIN)/python benchmarks/accuracy/rules_page.py pages out/rules
	@echo "Pages: out/rules/index.md"

.venv: $(STAMP)

$(STAMP): pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "seatrial needs Python 3.11 or newer; name it: make PYTHON=/path/to/python $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q src/seatrial # once, also where the environment keeps Python from doing it later
	@touch $@

clean: ## take away all that was made here
	rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache .hypothesis
