# Two commands do all the set-up: `make report` and `make test`. Each builds .venv from requirements.lock when it is
# missing or stale; plain python3 (3.11 or later) and make are all they need.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: report test check fix train picture bench engines linear fuzz lock audit clean

report: .venv/.built
	$(BIN)/stance report seeds/articles --out report

test: check
	$(BIN)/pytest

check: .venv/.built
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: .venv/.built
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: .venv/.built
	$(BIN)/stance train seeds/labeled -o artifacts --jobs 2

# the picture in the README; needs Debian's chromium
picture: report
	$(BIN)/python docs/picture.py report/report.html docs/report.png

bench: .venv/.built
	$(BIN)/python -m training.benchmarks.speed seeds/articles --sentences 10000

# the examples of docs/scale.md on Spark (which needs Java) and Ray, half a gigabyte that nothing else needs
engines: .venv/.built
	$(PYTHON) -m venv --clear .venv-engines
	.venv-engines/bin/python -m pip install --quiet pyspark ray
	PYTHONPATH=$(CURDIR):$$($(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))") \
	  .venv-engines/bin/python -m pytest -n 0 tests/test_engines.py

linear: .venv/.built
	$(BIN)/python -m training.benchmarks.linear_time

fuzz: .venv/.built
	$(BIN)/pip install --quiet 'atheris>=3.0'
	$(BIN)/python -m training.fuzz.readers -max_total_time=600
	$(BIN)/python -m training.fuzz.labeler -max_total_time=600

lock: .venv/.built
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --group dev pyproject.toml -o requirements.lock \
	  --quiet --no-emit-index-url --no-emit-find-links --no-header --generate-hashes

# every release of the lock file against the database of known vulnerabilities (needs the network)
audit: .venv/.built
	$(BIN)/pip install --quiet pip-audit
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.lock

.venv/.built: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

clean:
	rm -rf .venv .venv-engines report build dist
