# Ascolto. `make help` lists what there is; docs/operate.md explains it.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PLATFORM := .venv/platform/bin/python
BOT := .venv/bot/bin/python
PYTHON_PACKAGES := runtime crm_bridge integrations understanding ops studio
ARGS ?=
# Processes that share the platform's tests. They wait more than they compute: three keep two cores
# busy. What is chosen with ARGS runs in one, where it can be debugged (or ARGS="-n 3 …").
WORKERS ?= 3
# In a whole run, a test that fails is run once more: real servers share the machine with whatever
# else it does. pytest names those tests and counts them in its closing line; each is a fault to
# mend, not one to get used to (RERUNS=0: none is run again).
RERUNS ?= 1

.PHONY: help setup setup-dev run simulators stop chat train test test-bot test-platform \
	test-reference soak check format bench bench-nlu bench-tone bench-knowledge bench-workbench \
	validate review-pull review-status erase-review guard compare nlu-report publish rollback lock clean

help:
	@echo 'make run              everything, as the demo unless .env says otherwise (Ctrl-C stops it)'
	@echo 'make chat             talk to the bot in the terminal   (SAY="…" CONVERSATION=… HANDLE=giulia)'
	@echo 'make chat REPLAY=…    a conversation again, on a stage, beside what was said then   (FILE=…  REHEARSE=1  JSON=1)'
	@echo 'make simulators       everything, with a Telegram and a Slack of its own to try: no accounts'
	@echo 'make stop             stop what `make run` started in another terminal'
	@echo 'make setup            create or update the two environments'
	@echo 'make train            train the model if its inputs changed   (FORCE=1: in any case)'
	@echo 'make publish          serve the working tree'"'"'s model: train, guard, try, roll   (CANARY=10%)'
	@echo 'make rollback         serve the model before again   (TO=its name or hash)'
	@echo 'make test             every test, real servers included   (ARGS="-k name"; WORKERS=3)'
	@echo 'make check            lint, types, layers, data, lock files'
	@echo 'make bench            measure; writes bench/results/latest.json'
	@echo 'make bench-nlu        the language understanding on any CSV   (ARGS="--train … --test …")'
	@echo 'make bench-tone       the tone of messages on any CSV   (ARGS="--test FILE.csv")'
	@echo 'make bench-knowledge  the search of help articles, on any CSV   (ARGS="--articles … --queries …")'
	@echo 'make bench-workbench  what an example would change: seconds, agreement with training'
	@echo 'make guard            may this model be served? against the last (BASE=rev UPDATE=1 DIALOGUES=0 JSON=1)'
	@echo 'make compare          what the working tree reads better and worse   (BASE=rev; TRAIN=1 JSON=1)'
	@echo 'make nlu-report       a page about how well the model reads: confusions, calibration, what changed'
	@echo 'make test-reference   tests on reference data (ASCOLTO_REFERENCE_DATA)'
	@echo 'make validate         what is wrong with the language data   (ARGS="--json", "--fast", "--strict")'
	@echo 'make review-pull      accepted proposals into the working tree   (ARGS="--dry-run")'
	@echo 'make review-status    which proposals wait, were pulled, are published'
	@echo 'make erase-review     a conversation out of the review inbox and the examples   (CONVERSATION=…)'
	@echo 'make soak             tests that take long'
	@echo 'make format           format the code      make lock   write the lock files anew'
	@echo 'make clean            remove caches and the environments (never databases or models)'

setup:
	@python="$$(ops/platform-python)" && "$$python" -m ops.setup

setup-dev:
	@python="$$(ops/platform-python)" && "$$python" -m ops.setup --dev

run: setup
	@exec $(PLATFORM) -m ops.run --tethered

stop: setup
	@exec $(PLATFORM) -m ops.running

simulators: setup
	@exec $(PLATFORM) -m tests.simulators --tethered $(ARGS)

chat: setup
	@exec env SAY="$${SAY-}" $(PLATFORM) -m ops.chat

train: setup
	@exec $(PLATFORM) -m ops.training $(if $(FORCE),--force)

# CANARY=10% puts it on trial; PROMOTE=1 and WITHDRAW=1 end the trial by hand. DIRTY=1 publishes
# what isn't committed.
publish: setup
	@exec $(PLATFORM) -m studio.publishing publish $(if $(CANARY),--canary '$(CANARY)') \
		$(if $(PROMOTE),--promote) $(if $(WITHDRAW),--withdraw) $(if $(DIRTY),--dirty)

rollback: setup
	@exec $(PLATFORM) -m studio.publishing rollback $(if $(TO),--to '$(TO)')

# The bot's tests come first, so that the closing line of the larger run ends the output.
test: setup-dev
	@$(PLATFORM) -m ops.browser
	@$(PLATFORM) -m ops.training
	@status=0; \
	$(MAKE) test-bot || status=1; \
	$(MAKE) test-platform || status=1; \
	exit $$status

# With ARGS, one of the two may well have nothing to run (pytest's status 5).
test-bot:
	$(BOT) -m pytest -c pytest-bot.ini $(if $(ARGS),$(ARGS) || [ $$? -eq 5 ],--reruns $(RERUNS))

test-platform:
	$(PLATFORM) -m pytest $(if $(ARGS),$(ARGS) || [ $$? -eq 5 ],-n $(WORKERS) --reruns $(RERUNS))

test-reference: setup-dev
	@status=0; \
	$(BOT) -m pytest -c pytest-bot.ini -m reference $(ARGS) || [ $$? -eq 5 ] || status=1; \
	$(PLATFORM) -m pytest -m reference $(ARGS) || [ $$? -eq 5 ] || status=1; \
	exit $$status

soak: setup-dev
	$(PLATFORM) -m pytest -m soak --timeout=3600 $(ARGS)

# With TESTED=1, what `make test` has just run isn't run again.
check: setup-dev
	@status=0; set -x; \
	$(PLATFORM) -m ruff check . || status=1; \
	$(PLATFORM) -m ruff format --check . || status=1; \
	$(PLATFORM) -m mypy || status=1; \
	.venv/platform/bin/lint-imports --no-logo || status=1; \
	$(PLATFORM) -m ops.checks || status=1; \
	$(PLATFORM) -m studio.validate || status=1; \
	$(PLATFORM) -m integrations.escalation || status=1; \
	$(if $(TESTED),,$(PLATFORM) -m pytest -q tests/nlu || status=1;) \
	$(if $(TESTED),,$(BOT) -m pytest -q -c pytest-bot.ini tests/actions/test_responses.py || status=1;) \
	exit $$status

format: setup-dev
	$(PLATFORM) -m ruff check --fix .
	$(PLATFORM) -m ruff format .

bench: setup-dev train
	@exec $(PLATFORM) -m bench $(ARGS)

bench-nlu: setup-dev
	@exec $(BOT) -m bench.nlu $(ARGS)

bench-tone: setup-dev
	@exec $(PLATFORM) -m bench.tone $(ARGS)

bench-knowledge: setup-dev
	@exec $(PLATFORM) -m bench.knowledge $(ARGS)

validate: setup
	@exec $(PLATFORM) -m studio.validate $(ARGS)

review-pull: setup
	@exec $(PLATFORM) -m studio.pulling $(ARGS)

review-status: setup
	@exec $(PLATFORM) -m studio.pulling.status $(ARGS)

erase-review: setup
	@exec $(PLATFORM) -m studio.pulling.erasing $(CONVERSATION)

bench-workbench: setup-dev train
	@exec $(BOT) -m bench.workbench $(ARGS)

# The designer's commands.
guard: setup-dev
	@$(PLATFORM) -m studio.guard $(if $(BASE),--base '$(BASE)') $(if $(UPDATE),--update) \
		$(if $(filter 0,$(DIALOGUES)),--no-dialogues) $(if $(JSON),--json)

compare: setup-dev
	@$(PLATFORM) -m studio.compare '$(BASE)' $(if $(TRAIN),--train) $(if $(JSON),--json)

nlu-report: setup-dev
	@$(PLATFORM) -m studio.nlu_report $(if $(JSON),--json)

lock:
	@python="$$(ops/platform-python)" && "$$python" -m ops.locks $(if $(UPGRADE),--upgrade)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
