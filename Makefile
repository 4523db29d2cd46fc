# `make run` shows the service, `make test` proves it. Each does all the set-up that it needs.
RANDOM_TESTS = tests/audit/test_hostile_files.py tests/policy/test_walks.py tests/services/test_walk.py tests/services/test_money.py tests/intake/test_properties.py \
	tests/letters/test_hostile.py tests/exports tests/domain

.PHONY: help setup run test check bench fuzz tamper races soak audit lock clean

help:
	@echo "make run     the service with demo data on http://127.0.0.1:5000 (PORT=5001 moves it)"
	@echo "make test    every test, with a real PostgreSQL and a real browser"
	@echo "make check   formatter, linter, types and import contracts"
	@echo "make bench   measures the service beside the least code that does the same work"
	@echo "make fuzz    the random tests, EFFORT=20 times as many cases, new ones each time; FUZZ=50000 hostile requests, EXPORTS=100000 words"
	@echo "make tamper  10,020 random tamperings with a sealed record, each judged twice"
	@echo "make races   the races between processes, EFFORT=10 times as many rounds"
	@echo "make soak    random use under faults until so many are killed: KILLS=20, or MINUTES=5; SEED=1 ON=sqlite again"
	@echo "make audit   asks a list of known weaknesses about the pinned requirements; needs the network"
	@echo "make setup   only what the two first commands need"
	@echo "make lock    pins the requirements anew"
	@echo "make clean   takes away what set-up made (not the data in instance/)"

setup:
	@sh scripts/setup

run:
	@sh scripts/setup
	@sh scripts/run

test:
	@sh scripts/setup --test
	@.venv/bin/pytest $(ARGS)

check:
	@sh scripts/setup
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench:
	@sh scripts/setup
	@.venv/bin/python -m tests.bench $(ARGS)

fuzz:
	@sh scripts/setup --test
	@EFFORT=$${EFFORT:-20} .venv/bin/pytest $(RANDOM_TESTS) $(ARGS)
	@EFFORT=$${EFFORT:-20} FUZZ=$${FUZZ:-50000} .venv/bin/pytest -n 0 -s tests/house/test_fuzz.py
	@EFFORT=$${EFFORT:-20} EXPORTS=$${EXPORTS:-100000} .venv/bin/pytest -n 0 -s tests/exports/test_hostile.py

tamper:
	@sh scripts/setup --test
	@EFFORT=$${EFFORT:-167} .venv/bin/pytest -n 0 -s tests/audit/test_tamperings.py -k sqlite $(ARGS)

races:
	@sh scripts/setup --test
	@EFFORT=$${EFFORT:-10} .venv/bin/pytest -m race $(ARGS)

soak:
	@sh scripts/setup --test
	@KILLS="$(KILLS)" MINUTES="$(MINUTES)" SEED="$(SEED)" ON="$(ON)" .venv/bin/python -m tests.soak

audit:
	@sh scripts/setup
	@.venv/bin/python scripts/audit.py

lock:
	@for name in runtime dev audit; do .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --upgrade requirements/$$name.in -o requirements/$$name.txt; done

clean:
	@rm -rf .venv build fundapp/static/fonts .pytest_cache .mypy_cache .ruff_cache .hypothesis
