# make demo: the whole loop on sample leads.   make test: every test.   Works with GNU make 3.81.

BIN = .venv/bin

# A requirements file: every version and hash, for all systems and Pythons; no host and no path in it.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate $(UPGRADE)

.PHONY: demo test lint docs orchestrators bench soak lock clean

demo: .venv/.run
	$(BIN)/hygiene demo --out demo

# On every processor; `make test ARGS="-n0 ..."` takes one, for a debugger.
test: .venv/.dev
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests/typing

# The pages as a site in build/site, every link of it followed; index.html there opens without a server.
docs: .venv/.dev
	$(BIN)/python docs/make_site.py

# What the pages show of Airflow, Dagster, Prefect, dbt and pre-commit, run by these; fetches their packages.
orchestrators: .venv/.dev
	$(BIN)/python -m pytest -n0 -m orchestrators tests/orchestrators $(ARGS)

soak: .venv/.dev
	$(BIN)/python tests/soak.py

# All but `benchmarks/compare.py`, which wants to know with what: `.venv/bin/python benchmarks/compare.py OLD [NEW]`.
bench: .venv/.dev
	for script in $(filter-out benchmarks/compare.py,$(wildcard benchmarks/*.py)); do echo "$$script"; $(BIN)/python "$$script" || exit 1; done

.venv/.run: requirements/run.txt pyproject.toml
	sh requirements/install.sh run

.venv/.dev: requirements/dev.txt pyproject.toml
	sh requirements/install.sh dev

# Needs uv. Versions that still fit are kept; `make lock UPGRADE=--upgrade` takes the newest.
lock:
	mkdir -p build
	echo pip | $(COMPILE) --generate-hashes - -o requirements/pip.txt
	$(COMPILE) --generate-hashes --all-extras --group dev pyproject.toml requirements/build.in -o requirements/dev.txt
	$(COMPILE) --generate-hashes -c requirements/dev.txt pyproject.toml requirements/build.in -o requirements/run.txt
	$(COMPILE) --all-extras --resolution lowest-direct pyproject.toml -o build/lowest.txt
	uv pip compile --quiet --python-version 3.11 --no-header --no-annotate $(UPGRADE) --generate-hashes requirements/mailman.in -o requirements/mailman.txt
	$(COMPILE) --generate-hashes --all-extras --group tests -c build/lowest.txt pyproject.toml requirements/build.in -o requirements/lowest.txt

clean:
	rm -rf .venv build dist demo .mypy_cache .pytest_cache .ruff_cache .hypothesis
