# Every command a developer needs; `make` or `make help` lists them.
PORT ?= 8787
DATA ?= .local
T ?=
TEMPLATE ?=
ARGS ?=

PYTHON_BIN = .venv/bin/python
PIP = $(PYTHON_BIN) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps
SAM = PATH="$(CURDIR)/.venv-sam/bin:$$PATH" SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 sam
CODE = functions layers/teahouse/teahouse local_cloud tools tests benchmarks
# What runs in memory needs no engine, and has run before.
CONTRACTS_ON_MINISTACK = STORE_ENGINE=ministack $(PYTHON_BIN) -m pytest -q -n auto -k "not memory" tests/contracts
JOURNEYS = $(PYTHON_BIN) -m pytest -q -n 2 --dist loadfile -m e2e tests/e2e tests/tools
PAGE_SOURCES = $(shell find frontend clients -type f \
  -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name '*.spec.ts' 2>/dev/null)
NODE_PACKAGES = $(wildcard package.json clients/*/package.json frontend/package.json)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: conformance cost fuzz-rest fuzz-frames help install setup run dev local test unit contracts e2e check check-format check-lint check-types check-imports \
  check-generated check-page fix generate sam-validate sam-build lock clean \
  bench-fanout bench-coldstart bench-send bench-peers bench-gateway bench-page screenshots soak-ci soak machine \
  bench-contention storm planted durability

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/.dev .venv-sam/.installed node_modules/.installed

setup: .venv/.dev node_modules/.installed ## install all a developer needs, the git hook too
	@.venv/bin/pre-commit install

run: .venv/.run frontend/dist/index.html ## run it all on one URL: make run PORT=8787 DATA=.local
	@exec $(PYTHON_BIN) -m tools.run --port "$(PORT)" --data "$(DATA)"

dev: .venv/.run node_modules/.installed ## the same, with handlers and page reloaded on save
	@exec $(PYTHON_BIN) -m tools.dev --port "$(PORT)" --data "$(DATA)"

local: .venv/.run node_modules/.installed ## run your own app: make local TEMPLATE=template.yaml PORT=8787 DATA=folder
	@test -n "$(TEMPLATE)" || { echo "make local needs TEMPLATE=path/to/template.yaml" >&2; exit 1; }
	@exec $(PYTHON_BIN) -m local_cloud --template "$(TEMPLATE)" --port "$(PORT)" --watch \
	  $(if $(filter file,$(origin DATA)),,--data "$(DATA)") $(ARGS)

# Tests -------------------------------------------------------------------------------------------

test: .venv/.dev node_modules/.installed frontend/dist/index.html ## all tests, in real browsers too; T=path runs some
ifeq ($(T),)
	@$(PYTHON_BIN) -m tools.browser >/dev/null
	$(PYTHON_BIN) -m pytest -q -n auto --dist loadfile -m "not e2e"
	$(CONTRACTS_ON_MINISTACK)
	npm test --silent
	$(JOURNEYS)
else
	$(PYTHON_BIN) -m pytest $(T)
endif

unit: .venv/.dev ## the quick tests: domain, protocol, actions, edge
	$(PYTHON_BIN) -m pytest -q $(wildcard tests/domain tests/protocol tests/actions tests/edge tests/functions)

contracts: .venv/.dev node_modules/.installed ## what every store keeps, on both engines: dynoxide and ministack
	STORE_ENGINE=dynoxide $(PYTHON_BIN) -m pytest -q -n auto tests/contracts
	$(CONTRACTS_ON_MINISTACK)

e2e: .venv/.dev node_modules/.installed frontend/dist/index.html ## two people talk, in two browsers; RUNS=20 looks for flakes
	@$(PYTHON_BIN) -m tools.browser >/dev/null
	@for run in $$(seq $(or $(RUNS),1)); do \
	  echo "Run $$run of $(or $(RUNS),1)"; \
	  $(JOURNEYS) || exit 1; \
	done

conformance: .venv/.dev node_modules/.installed ## does it behave as AWS? URL=https://... asks AWS, see docs/local-cloud.md
	CONFORMANCE_URL="$(URL)" $(PYTHON_BIN) -m pytest -q tests/conformance

fuzz-rest: .venv/.dev .venv-fuzz/.installed node_modules/.installed ## 50,000 requests of schemathesis to the whole system; REQUESTS=, SEED= send others
	@PYTHONPATH=. $(PYTHON_BIN) -m tests.fuzz $(or $(REQUESTS),50000) $(or $(SEED),7)

fuzz-frames: .venv/.dev ## a million broken frames through the handlers; FRAMES=20000 SEED=8 sends others
	FRAMES=$(or $(FRAMES),1000000) SEED=$(or $(SEED),7) $(PYTHON_BIN) -m pytest -q -o timeout=0 tests/functions/test_fuzzed_frames.py

cost: .venv/.dev ## measure what each action costs, and write docs/cost.md
	PYTHONPATH=layers/teahouse:. $(PYTHON_BIN) -m tests.cost

# Delivery, proven under faults: see docs/delivery.md ---------------------------------------------

soak-ci: .venv/.dev node_modules/.installed ## 60 people speak for minutes while everything fails; nothing may be lost
	@$(PYTHON_BIN) -m tests.soak ci

soak: .venv/.dev node_modules/.installed ## the same with 300 people and 150,000 messages: an hour
	@$(PYTHON_BIN) -m tests.soak full

storm: .venv/.dev node_modules/.installed ## drop 2,000 sockets at once; all have to be back within a minute
	@$(PYTHON_BIN) -m tests.storm

machine: .venv/.dev ## the real actions under random steps and faults; STORIES=20000 STEPS=100 takes half an hour
	STORIES=$(or $(STORIES),300) STEPS=$(or $(STEPS),50) $(PYTHON_BIN) -m pytest -q tests/properties/test_rooms_machine.py

planted: .venv/.dev node_modules/.installed ## plant 22 bugs, one after the other; each must be found
	@$(PYTHON_BIN) -m tests.planted

durability: .venv/.dev node_modules/.installed ## kill the store a hundred times; nothing acknowledged may be lost
	@PYTHONPATH=layers/teahouse $(PYTHON_BIN) -m tests.durability

# Benchmarks: one line of JSON at the end of each, see benchmarks/README.md -----------------------

bench-fanout: .venv/.dev ## what does a post to @connections cost, beside boto3?
	@$(PYTHON_BIN) -m benchmarks.bench_fanout

bench-coldstart: .venv/.dev node_modules/.installed ## how long is a knock on a cold function unanswered?
	@PYTHONPATH=layers/teahouse:. $(PYTHON_BIN) -m benchmarks.bench_coldstart

bench-send: .venv/.dev node_modules/.installed ## what does it cost to say something, beside boto3?
	@PYTHONPATH=layers/teahouse:. $(PYTHON_BIN) -m benchmarks.bench_send

bench-page: .venv/.dev frontend/dist/index.html ## is the page quick, in a room where thousands of things are said?
	@$(PYTHON_BIN) -m benchmarks.bench_page

screenshots: .venv/.dev frontend/dist/index.html ## what does every screen look like? 12 looks of each, in .local/screenshots
	@$(PYTHON_BIN) -m tools.screenshots .local/screenshots

bench-gateway: .venv/.dev node_modules/.installed ## what does the local cloud add to a frame, and what is an idle connection?
	@$(PYTHON_BIN) -m benchmarks.bench_gateway

bench-peers: .venv/.dev node_modules/.installed ## beside Flask-SocketIO and socket.io; ARGS="--rooms 200" for one room
	@PYTHONPATH=layers/teahouse:. $(PYTHON_BIN) -m benchmarks.bench_peers $(ARGS)

bench-contention: .venv/.dev node_modules/.installed ## how many messages a second does one room take?
	@PYTHONPATH=layers/teahouse:. $(PYTHON_BIN) -m benchmarks.bench_contention

# Quality -----------------------------------------------------------------------------------------

check: check-format check-lint check-types check-imports check-generated check-page sam-validate sam-build test ## all that CI runs but the soak, in order of speed

check-format: .venv/.dev
	$(PYTHON_BIN) -m ruff format --check --quiet $(CODE)

check-lint: .venv/.dev
	$(PYTHON_BIN) -m ruff check --quiet $(CODE)

check-types: .venv/.dev
	$(PYTHON_BIN) -m mypy layers/teahouse/teahouse functions/websocket functions/rest local_cloud tools

check-imports: .venv/.dev
	PYTHONPATH=layers/teahouse .venv/bin/lint-imports --no-cache

check-generated: .venv/.dev
	$(PYTHON_BIN) -m tools.generate_frames_ts --check
	$(PYTHON_BIN) -m tools.generate_protocol_md --check
	$(PYTHON_BIN) -m tools.generate_openapi --check
	$(PYTHON_BIN) -m tools.generate_asyncapi --check
	$(PYTHON_BIN) -m tools.generate_docs_page --check

check-page: node_modules/.installed
	npm run lint --silent

fix: .venv/.dev node_modules/.installed ## format, and mend what can be mended without thinking
	$(PYTHON_BIN) -m ruff format $(CODE)
	$(PYTHON_BIN) -m ruff check --fix $(CODE)
	npm run fix --workspaces --if-present

generate: .venv/.dev ## write the files that are made from others
	$(PYTHON_BIN) -m tools.generate_frames_ts
	$(PYTHON_BIN) -m tools.generate_protocol_md
	$(PYTHON_BIN) -m tools.generate_openapi
	$(PYTHON_BIN) -m tools.generate_asyncapi
	$(PYTHON_BIN) -m tools.generate_docs_page

# The cloud ---------------------------------------------------------------------------------------

sam-validate: .venv-sam/.installed ## is the template right? needs neither Docker nor an AWS account
	$(SAM) validate
	$(SAM) validate --lint

sam-build: .venv-sam/.installed ## build what `sam deploy` uploads: arm64, without Docker
	$(SAM) build

# What is installed -------------------------------------------------------------------------------

lock: ## write requirements/*.txt and the layer's anew from pyproject.toml
	tools/lock.sh

clean: ## remove what can be made again; data stays
	rm -rf .venv .venv-sam .venv-fuzz .aws-sam node_modules frontend/node_modules frontend/dist clients/*/dist

$(PYTHON_BIN):
	@python=$$(tools/toolchain.sh python) && rm -rf .venv && "$$python" -m venv .venv

.venv/.run: requirements/run.txt | $(PYTHON_BIN)
	@echo "Installing Python packages ..."
	@$(PIP) -r requirements/run.txt
	@touch $@

.venv/.dev: requirements/dev.txt | $(PYTHON_BIN)
	@echo "Installing Python packages for developers ..."
	@$(PIP) -r requirements/dev.txt
	@touch .venv/.run $@

.venv-sam/.installed: requirements/sam.txt
	@echo "Installing the SAM CLI ..."
	@python=$$(tools/toolchain.sh python) && rm -rf .venv-sam && "$$python" -m venv .venv-sam
	@.venv-sam/bin/python -m pip install -qq --disable-pip-version-check --require-hashes \
	  --no-deps -r requirements/sam.txt
	@touch $@

.venv-fuzz/.installed: requirements/fuzz.txt
	@echo "Installing schemathesis ..."
	@python=$$(tools/toolchain.sh python) && rm -rf .venv-fuzz && "$$python" -m venv .venv-fuzz
	@.venv-fuzz/bin/python -m pip install -qq --disable-pip-version-check --require-hashes \
	  --no-deps -r requirements/fuzz.txt
	@touch $@

node_modules/.installed: package-lock.json $(NODE_PACKAGES)
	@tools/toolchain.sh node
	@echo "Installing Node packages ..."
	@npm ci --no-progress --loglevel=error >/dev/null
	@touch $@

frontend/dist/index.html: node_modules/.installed $(PAGE_SOURCES)
	@echo "Building the page ..."
	@said=$$(npm run build --silent 2>&1) || { echo "$$said" >&2; exit 1; }
	@touch $@
