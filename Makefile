# The project's commands.  `make` prints this list.

# The language of the lessons that `make lab` opens, and of JupyterLab: en or zh; empty: as the
# system's locale says.
LANG_UI =
# "no" means: install no system packages.
SYSTEM = yes
# The folder for the learner's copies of the lessons.
DIR = nslabkit-lessons
# Which system packages `make system` checks: lab (to use the kit), test (to test it).
SETS = lab test
# Which of the tests' suites to run, such as "net capture"; empty: all.
SUITES =
# How many seconds `make fuzz` spends on each target.
FUZZ = 600
# The account on GitHub that has the repository, for `make owner`.
OWNER =
# Name another python3 (3.11 or newer) here if the right one is not found.
PYTHON =

export SYSTEM PYTHON
ifneq ($(LANG_UI),)
export NSLAB_LANG = $(if $(filter zh,$(LANG_UI)),zh_CN,en)
endif
BIN = .venv/bin
RUN = $(BIN)/python

.DEFAULT_GOAL = help
.PHONY: help lab test test-all test-long test-floor test-newest fuzz setup setup-dev system check \
	format frontend notebooks messages docs lock bench build release owner clean uninstall

help:  ## this list
	@echo "make WHAT, where WHAT is one of:"
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

lab: setup  ## open the lessons in JupyterLab; LANG_UI=zh for Chinese; stop it with Ctrl+C
	@exec $(BIN)/nslabkit lab $(DIR) $(if $(LANG_UI),--lang $(LANG_UI))

test: setup-dev  ## run the tests, without the long journeys (about 8 minutes)
	@$(RUN) tools/test.py $(SUITES)

test-all: setup-dev  ## run the journeys, too, as CI does: the whole course in a browser
	@$(RUN) tools/test.py --all $(SUITES)

test-long: setup-dev  ## run the long tests: repeated leak runs, large labs, a machine with AppArmor
	@tools/system.sh lab test long
	@$(RUN) tools/test.py --long $(SUITES)

fuzz: setup-dev  ## feed hostile input, led by what it covers, for FUZZ seconds to each target
	@$(BIN)/pip install --quiet --constraint constraints.txt atheris
	@for target in capture netlink progress names mounts; do \
		$(RUN) tests/fuzz/cover.py $$target $(FUZZ) || exit 1; done

test-floor: setup-dev  ## run the quick tests with the oldest versions that pyproject.toml allows
	@tools/test-versions.sh lowest-direct

test-newest: setup-dev  ## run the quick tests with the newest versions available
	@tools/test-versions.sh highest

setup:  ## set up the environment .venv; does nothing if it is complete
	@tools/system.sh lab
	@tools/setup.sh use

setup-dev:
	@tools/system.sh lab test
	@tools/setup.sh dev

system:  ## install missing system packages (SETS=lab leaves out those for the tests)
	@tools/system.sh $(SETS) && echo "No system package is missing for: $(SETS)."

check: setup-dev  ## check style, types, spelling, and that generated files are up to date
	@$(RUN) tools/check.py

format: setup-dev  ## format the Python files
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only --quiet .

notebooks: setup-dev  ## generate notebooks/en and notebooks/zh from notebooks/source, and the glossary
	@$(RUN) tools/notebooks.py
	@$(RUN) tools/glossary.py

frontend: setup-dev  ## generate the widgets' modules from frontend/
	@$(RUN) tools/frontend.py

messages: setup-dev  ## update the Chinese catalogue with the kit's messages, and compile it
	@$(RUN) tools/messages.py update

docs: setup-dev  ## build the course as a site in two languages, to read without running it
	@$(RUN) tools/docs_site.py

lock: setup-dev  ## update the locked versions: uv.lock and constraints.txt
	@tools/lock.sh --upgrade

bench: setup-dev  ## run the benchmarks, side by side with comparable tools; root or not
	@$(RUN) tools/bench.py

build: setup-dev  ## build the wheel and the source package in dist/
	@tools/release.sh build

release: setup-dev  ## build both, examine them, and run the wheel in an empty environment
	@tools/release.sh

owner: setup-dev  ## write the account on GitHub into every address: make owner OWNER=account
	@$(RUN) tools/owner.py $(OWNER)

clean:  ## remove build output and caches; the environment and your lessons stay
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

uninstall: clean  ## also remove the environment; your lessons stay
	rm -rf .venv
	@test ! -d $(DIR) || echo "Your lessons are still in $(DIR): keep the folder or delete it."
