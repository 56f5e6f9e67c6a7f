# make book     build the book into _build/html, installing what it needs into .venv first
# make live     show the book at http://127.0.0.1:8000, and build it again whenever a file is saved
# make check    lint, then run the tests that need no browser, no kernel and no built book
# make test     the same as make book, then run all tests
# make lint     look for mistakes and for what is not formatted
# make format   format Python and JavaScript
# make serve    build the book, then show the book at http://127.0.0.1:8000 (PORT=... for another port)
# make pictures build the book, then take the still pictures of the figures anew (with Chromium)
# make zip      build the book, then pack the site as tilted-boundary.zip
# make notebooks  build the book, then write the chapters as notebooks into notebooks/, all anew
# make homework make the students' notebooks of the problem sets, in course/ (COURSE=... elsewhere)
# make lock     write requirements/*.txt anew: the newest versions that what we ask for allows, with hashes
# make clean    delete what was built; .venv and course/ stay
#
# PYTHON=... names the Python that .venv is made with. TORCH=default takes the PyTorch that pip takes by
# itself, which on Linux brings CUDA's gigabytes along. Without make (Windows): see README.md.

PORT ?= 8000
COURSE ?= course
VENV := .venv
SITE := _build/html
DATE ?= $(shell date -u +%F)
PYTHONS := $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11)
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))
RUN := $(VENV)/bin/python -m
INSTALL := TORCH="$(TORCH)" $(VENV)/bin/python install.py

export DENO_NO_UPDATE_CHECK := 1

.PHONY: book live check test lint format serve pictures zip notebooks homework lock clean

book: $(VENV)/.book
	@$(VENV)/bin/jupyter-book build .
	@echo "The book: $(CURDIR)/$(SITE)/index.html"

live: $(VENV)/.test
	@$(VENV)/bin/python book/live.py $(PORT)

check: lint
	@$(RUN) pytest --numprocesses=logical -m "not (slow or browser or firefox or built or kernel)"

test: $(VENV)/.test
	@$(RUN) tests.browser
	@$(RUN) pytest --numprocesses=logical --dist=loadfile --no-loadscope-reorder

lint: $(VENV)/.test
	@$(RUN) ruff check --quiet
	@$(RUN) ruff format --check --quiet
	@$(VENV)/bin/deno lint --quiet
	@$(VENV)/bin/deno fmt --check

format: $(VENV)/.test
	@$(RUN) ruff check --fix --quiet
	@$(RUN) ruff format --quiet
	@$(VENV)/bin/deno lint --fix --quiet
	@$(VENV)/bin/deno fmt --quiet

serve: book
	@echo "The book: http://127.0.0.1:$(PORT) (Ctrl-C ends this)"
	@$(RUN) http.server $(PORT) --bind 127.0.0.1 --directory $(SITE)

pictures: book $(VENV)/.test
	@$(RUN) tests.browser
	@$(VENV)/bin/python book/take_pictures.py

zip: book
	@ln -sfn html _build/tilted-boundary
	@$(RUN) zipfile --create _build/tilted-boundary.zip _build/tilted-boundary
	@mv _build/tilted-boundary.zip tilted-boundary.zip
	@echo "The site, packed: $(CURDIR)/tilted-boundary.zip"

notebooks: book
	@mkdir -p notebooks
	@cp $(SITE)/_sources/book/*.ipynb notebooks/
	@echo "The chapters as notebooks: $(CURDIR)/notebooks"

homework: $(VENV)/.homework
	@$(RUN) homework.release "$(COURSE)"

# Packages that came later than DATE are left out: with the DATE that it names, a lock comes out alike.
# torch is not locked (see install.py), but what it needs is.
UV_COMPILE = $(VENV)/bin/uv pip compile requirements.txt pyproject.toml --quiet \
	--universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-package torch --no-emit-package tilted-boundary \
	--exclude-newer $(DATE)T00:00:00Z --custom-compile-command "make lock DATE=$(DATE)" \
	--output-file

lock: $(VENV)/.test
	@$(UV_COMPILE) requirements/test.txt --extra test --upgrade
	@$(UV_COMPILE) requirements/homework.txt --extra homework --constraints requirements/test.txt
	@$(UV_COMPILE) requirements/reader.txt --constraints requirements/test.txt

clean:
	rm -rf _build tilted-boundary.zip

# Installed once, and again when one of these files changes.
$(VENV)/.book: install.py install_torch.py requirements.txt requirements/reader.txt pyproject.toml
	@if [ -e $(VENV) ]; then $(mend_venv); else $(make_venv); fi
	@echo "Installing what the book needs into $(VENV): once, and it takes some minutes"
	@$(INSTALL)
	@touch $@

$(VENV)/.homework: $(VENV)/.book requirements/homework.txt
	@$(INSTALL) homework
	@touch $@

$(VENV)/.test: $(VENV)/.book requirements/test.txt
	@$(INSTALL) test
	@touch $@

# An environment that is there may be somebody's own: it is never deleted. (uv makes some without pip.)
define mend_venv
	$(VENV)/bin/python -c '$(SUPPORTED)' 2> /dev/null || { \
		echo "$(VENV) is there, but holds no Python 3.11 to 3.14: remove it, and run make again" >&2; \
		exit 1; \
	}; \
	$(RUN) pip --version > /dev/null 2>&1 || $(RUN) ensurepip > /dev/null 2>&1 || { \
		echo "$(VENV) is there, but has no pip: install it (uv pip install pip), or remove $(VENV)" >&2; \
		exit 1; \
	}
endef

define make_venv
	for python in $(PYTHONS); do \
		"$$python" -c '$(SUPPORTED)' 2> /dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2> /dev/null && exec "$$python" -m venv $(VENV); \
		bare=$$python; \
	done; \
	if [ -n "$$bare" ]; then \
		echo "$$bare lacks the venv module: install it (Debian, Ubuntu: apt install python3-venv)"; \
	else \
		echo "No Python 3.11 to 3.14 found (tried: $(PYTHONS)): make PYTHON=/path/to/python3"; \
	fi >&2; \
	exit 1
endef
