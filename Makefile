# A newcomer needs two of these: `make run` and `make test`.

PYTHON ?= python3
WORKERS ?= 2
export PYTHON UV

BIN := .venv/bin
EXAMPLE := examples/sanshandao
RESULTS := results/sanshandao

# One thread for each process: tests and samples run side by side, and a library that takes all
# cores for itself slows the whole down. Override with `make run THREADS=4`.
THREADS ?= 1
export OMP_NUM_THREADS := $(THREADS)
export OPENBLAS_NUM_THREADS := $(THREADS)
export MKL_NUM_THREADS := $(THREADS)
export NUMEXPR_NUM_THREADS := $(THREADS)

.DEFAULT_GOAL := help
.PHONY: help run test check bench docs validation lock clean

help: ## say what there is
	@echo "comine: two commands to begin with"
	@echo "  make run     run the example mine and write its report"
	@echo "  make test    run all tests"
	@echo "and for those who work on it"
	@awk -F ':.*## ' '/^[a-z]+:.*## / && $$1 !~ /^(run|test|help)$$/ \
	    {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## run the example mine and write its report
	@tools/environment.sh run
	@$(BIN)/comine run $(EXAMPLE) --out $(RESULTS)
	@echo "Open $(RESULTS)/report.html in a browser."

test: ## run all tests
	@tools/environment.sh dev
	@tools/chromium.sh
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

check: ## lint, format, types, layers of imports, house style
	@tools/environment.sh dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -p no:cacheprovider tests/test_house_style.py

bench: ## run the benchmarks; each ends with one line of JSON
	@tools/environment.sh dev
	@for file in benchmarks/[a-z]*.py; do \
	    name=$$(basename "$$file" .py); \
	    echo "== $$name"; $(BIN)/python -m "benchmarks.$$name" || exit 1; \
	done

docs: ## build the documentation into site/
	@tools/environment.sh dev
	$(BIN)/python -m mkdocs build --strict

validation: ## print every deviation that is measured, and the reference cases
	@tools/environment.sh dev
	$(BIN)/python -m validation

lock: ## write both lock files anew from pyproject.toml (needs uv); `make lock UPGRADE=--upgrade`
	@tools/lock.sh $(UPGRADE)

clean: ## remove the environment, results, caches and built pages
	rm -rf .venv results site build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
