# The commands: make, make test, make test-all. Everything they need is installed into .venv from requirements.lock.
PYTHON ?= python3
SHELL := /bin/sh
VENV := .venv
RUN := $(VENV)/bin/python -P -m
READY := $(VENV)/.ready
NAME = $(shell sed -nE -e '/^\[/q' -e 's/^(name|version) = "(.*)"/\2/p' compendium.toml | paste -sd- -)
export PYTHONUTF8 := 1
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE PYTHONOPTIMIZE

.PHONY: all test test-all test-outside release lab book lite sweep accept certificate archive check help clean lock
all: $(READY) ## run everything, compare with what is committed, print the verdicts
	@$(RUN) compendium run

test test-all test-outside release: export PYTHONSAFEPATH := 1
test: $(READY) ## test everything: the code, notebooks, tables, figures and verdicts
	@$(RUN) pytest -q -rs -n auto --dist loadfile --no-loadscope-reorder -m "not slow and not release"

test-all: $(READY) ## the same, and cells run again, exercises, the book, browsers, whole sweeps, data added, a sample of planted faults
	@$(RUN) pytest -q -rs -n auto --dist loadfile --no-loadscope-reorder -m "not outside"

release: $(READY) ## test what a release of ours needs besides: version and date, wording and length of our pages, the sweep
	@$(RUN) pytest -q -rs -n auto --dist loadfile --no-loadscope-reorder -m release

test-outside: $(READY) ## with a network: run the notebooks of the site in a browser
	@$(RUN) pytest -q -rs -m outside

lab: $(READY) ## open copies of the notebooks in JupyterLab: make lab LANGUAGE=en; SOLUTIONS=0 leaves out answers
	@$(RUN) compendium lab $(if $(filter command,$(origin LANGUAGE)),--language $(LANGUAGE)) \
		$(if $(filter 0,$(SOLUTIONS)),--no-solutions)

book: $(READY) ## make the book in Chinese and in English: build/book/index.html
	@$(RUN) compendium book

lite: $(READY) ## make a site in which the notebooks run in a browser: build/lite; PYODIDE=folder or address of its distribution
	@$(RUN) compendium lite $(if $(PYODIDE),--wheels $(PYODIDE))

sweep: $(READY) ## judge over the declared choices, all combined: which verdicts hold (under a minute)
	@$(RUN) compendium sweep

accept: $(READY) ## take the last run as the new reference and list every number that changed
	@$(RUN) compendium accept

certificate: $(READY) ## write build/certificate.html and .json on the last run: what was found, what was run
	@$(RUN) compendium certificate

check: $(READY) ## check what is committed without running it
	@$(RUN) compendium check

archive: ## list what is not committed, make one zip of all that is, with its SHA-256: build/NAME-VERSION.zip
	@mkdir -p build && git status --short
	@TZ=UTC git archive --format=zip -0 --prefix=$(NAME)/ -o build/$(NAME).zip HEAD
	@cd build && sha256sum $(NAME).zip > $(NAME).zip.sha256 && cat $(NAME).zip.sha256

lock: $(READY) ## resolve engine/pyproject.toml anew into requirements.lock
	@$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-header --no-annotate --all-extras --upgrade -o requirements.lock engine/pyproject.toml

clean: ## remove .venv and build
	rm -rf $(VENV) build

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

-include engine/verification/targets.mk

# .venv serves the folder and the Python it was made for. Elsewhere, or where that Python is gone, it is made anew.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR) $(realpath $(VENV)/bin/python))
.PHONY: $(READY)
endif
$(READY): requirements.lock engine/pyproject.toml install.py
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed. Remedy: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -I -X utf8 install.py
