# Every command a person needs. `make` alone lists them.
PYTHON ?= python3
RUN = .venv/bin/python
PORT ?= 8000

help:              ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/:/' | awk -F': +' '{printf "make %-9s %s\n", $$1, $$2}'

book: .venv/ready  ## run the notebooks (quick preset) and build the site in build/site
	$(RUN) book/press.py

test: lint book    ## lint, build the book, then every test on every core, with coverage
	$(RUN) -m pytest --cov --numprocesses auto --dist worksteal

figures: .venv/ready  ## draw every figure into build/figures, without Jupyter
	$(RUN) -m amem rebuild --all

full: .venv/ready  ## the same at the papers' sizes (on the GPU if there is one); results go to book/results/full
	$(RUN) -m amem rebuild --all --preset full

bench: .venv/ready  ## measure the speed against the machine and the peers
	$(RUN) book/bench.py

lint: .venv/ready  ## style, import arrows, types
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/lint-imports --no-cache
	.venv/bin/basedpyright

lab: .venv/ready   ## open the notebooks in JupyterLab
	.venv/bin/jupyter lab notebooks

serve:             ## read the built site at http://127.0.0.1:8000 (PORT=…)
	@test -d build/site || { echo "nothing is built yet: make book"; exit 1; }
	$(PYTHON) -m http.server $(PORT) --bind 127.0.0.1 --directory build/site

clean:             ## remove everything that was built, and the environment
	rm -rf build .venv .pytest_cache .ruff_cache .hypothesis .coverage *.egg-info

# The stamp comes last: an installation that was interrupted, or an older lock, starts again from nothing.
.venv/ready: requirements.lock
	rm -rf .venv
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo "amem needs Python 3.11, 3.12 or 3.13; name one with: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --requirement requirements.lock
	$(RUN) -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(RUN) -m pip check
	touch $@

.PHONY: help book test figures full bench lint lab serve clean
