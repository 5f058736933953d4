# make demo   watch a conversation happen
# make test   every test that fits into ten minutes
# make proof  the long proofs: crashes, two nodes, the real gateway, fuzzing
# make bench  what it costs, against stated baselines
# make eval   how well free text is understood (PARLEY_EVAL=DIR for data from outside)
# make screenshots  every screen into docs/img (DIR=docs/img), light and dark
# make build  bin/parley

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
GO    ?= go
WEB   := agentui/web

.PHONY: demo test proof bench eval screenshots build web check clean

build: web
	@.ci/tools go git
	@echo "building parley (the first time takes some minutes: SQLite is compiled from source) …"
	@$(GO) build -v -o bin/parley ./cmd/parley 2>&1 | .ci/progress
	@echo "built bin/parley"

demo: build
	@bin/parley demo

# The console's pages. Without Node the placeholder page is served instead.
web:
	@if [ -f $(WEB)/package.json ]; then .ci/tools node && echo "building the pages …" && \
	  cd $(WEB) && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run --silent build; fi

# What filling a disk takes: the test makes a small one that nobody else sees.
SMALL_DISK := unshare --user --map-root-user --mount mount -t tmpfs tmpfs /mnt

# The race detector also has each step of a pointer checked, which in SQLite, translated
# from C, is a fifth of all that the tests compute: there it is left to SQLite's own tests.
# Races are looked for in it as everywhere.
RACE := -race '-gcflags=modernc.org/...=-d=checkptr=0'

# Four tests at a time, on any number of cores: much of each is waiting. The random
# sequences have no goroutines for the race detector, which makes them nine times dearer.
test:
	@.ci/tools go gcc git
	@missing="$$(.ci/packages)"; status=0; forbidden=""; \
	$(SMALL_DISK) 2>/dev/null || forbidden=mount; \
	$(MAKE) --no-print-directory web check || status=1; \
	(cd $(WEB) && npm run --silent test) || status=1; \
	scratch="$$(.ci/scratch)"; trap 'rm -rf "$$scratch"' EXIT; \
	PARLEY_LACKS="$$missing $$forbidden" GOTMPDIR="$${TMPDIR:-/tmp}" TMPDIR="$$scratch" $(GO) test $(RACE) -vet=off -parallel 4 -timeout 40m -skip TestRandomSequences ./... || status=1; \
	$(GO) test -vet=off -run TestRandomSequences ./conversation || status=1; \
	.ci/fuzz 2 || status=1; \
	if [ -n "$$forbidden" ]; then echo "not run: the full disk; nobody may mount a small one here (in CI that is a failure)"; fi; \
	if [ -n "$$missing" ]; then echo "not run: what needs $$missing"; status=1; fi; \
	exit $$status

# The long proofs, about thirty-five minutes on two cores. Every figure of the summary is printed.
proof:
	@.ci/tools go gcc git
	@missing="$$(.ci/packages)"; status=0; \
	PARLEY_PROOF=1 PARLEY_LACKS="$$missing" $(GO) test $(RACE) -count=1 -timeout 60m -run 'TestProof' -v ./cmd/parley || status=1; \
	PARLEY_PROOF=1 $(GO) test -count=1 -timeout 60m -run 'TestRandomSequences|TestRandomLives' -v ./conversation ./conversation/verify | grep -v '^=== ' || status=1; \
	.ci/fuzz 60 || status=1; \
	if [ -n "$$missing" ]; then echo "not run: what needs $$missing"; status=1; fi; \
	exit $$status

# What it costs. The figures are this machine's: leave it alone meanwhile.
bench: web
	@.ci/tools go gcc
	@.ci/packages >/dev/null
	@status=0; \
	$(GO) test -run xxx -bench 'Step|State|Reply|Count|Parse|Load' -benchtime 1s ./conversation ./flows ./outbound/segment ./conversation/phone | grep -E 'Benchmark|^cpu|_test.go:' || status=1; \
	PARLEY_BENCH=1 $(GO) test -count=1 -timeout 45m -run 'TestSpeed|TestContactsAtScale' -v ./cmd/parley | grep -v '^{' || status=1; \
	exit $$status

# Every screen, in the light and in the dark, as docs/img has them.
DIR ?= docs/img
screenshots: web
	@.ci/packages >/dev/null
	@mkdir -p "$(DIR)"
	@PARLEY_PROOF=1 PARLEY_ALBUM="$(abspath $(DIR))" $(GO) test -count=1 -vet=off -timeout 10m -run 'TestProofConsoleAlbum|TestProofDemoInABrowser' ./cmd/parley && ls "$(DIR)"

# How well free text is understood, beside what is aimed at; it fails when words miss
# that. docs/replies.md keeps the figures.
eval:
	@.ci/tools go
	@status=0; \
	$(GO) test -count=1 -timeout 10m -run 'TestOwnTexts|TestLexiconSets|TestPaymentReplies|TestDress|TestWithoutItsAnswer|TestEval' -v ./conversation/classify | \
	  grep -E '^(own|public|payment|Banking|CLINC|small|[0-9]+ intents)|_test.go:|FAIL|SKIP' || status=1; \
	$(GO) test -count=1 -run 'TestAnswers' -v ./flows | grep -E '^own|FAIL' || status=1; \
	$(GO) test -run xxx -bench 'Train|Guess|Lexicon|Lists' -benchtime 1s ./conversation/classify | grep -E 'Benchmark|^cpu'; \
	exit $$status

check:
	@out="$$(gofmt -l $$(git ls-files '*.go'))"; if [ -n "$$out" ]; then echo "not gofmt'd: $$out"; exit 1; fi
	@$(GO) vet ./...
	@$(GO) tool staticcheck ./...

clean:
	@rm -rf bin out
