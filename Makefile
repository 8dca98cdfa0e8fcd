# Everything that is done to this repository has a target here; `make` lists
# them. CI runs `make ci` and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# What `spool version` says: the tag and the commit, or "dev" outside of git.
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO       ?= go
FUZZTIME ?= 10s
KILLS    ?= 300
IMAGE    ?= spool:ci

# What of the whole program runs under the race detector: SQLite, translated to
# Go, is more than ten times slower there.
RACED := TestS[12457][A-Z]|TestGroupPosts|TestGroupAPostThatWaits|TestAnEditBeforeSending|TestAPoisoned|TestRevoked|TestAnArticleIsLive

# Tests of the whole program that run a choice of their cases by themselves, and many
# more of them here.
MATRIX := TestMatrix|TestTokensOver|TestAnAlertSurvives|TestAnAlertIsTold

# The versions are those of tools/go.mod; the file name carries them, so that a
# new version is built and the old one is not mistaken for it.
TOOLS        := bin/tools
tool_version  = $(shell awk '$$1 == "$(1)" {print $$2}' tools/go.mod)
GOLANGCI     := $(TOOLS)/golangci-lint-$(call tool_version,github.com/golangci/golangci-lint/v2)
# Its YAML library is an older one than golangci-lint's, so it cannot share a module.
ACTIONLINT   := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
GOVULNCHECK  := $(TOOLS)/govulncheck-$(call tool_version,golang.org/x/vuln)

# Debian keeps the PostgreSQL server's programs out of PATH.
export PATH := $(PATH):/usr/sbin:$(subst $(eval ) ,:,$(wildcard /usr/lib/postgresql/*/bin))

##@ Using it

.PHONY: demo
demo: build ## everything with no account and no network: a sample newsroom, samples of three networks
	./bin/spool demo

.PHONY: build
build: ## the static binary, bin/spool
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/spool ./cmd/spool

.PHONY: image
image: ## the Docker image, built and then run as a stranger would (works without a Docker engine)
	IMAGE=$(IMAGE) VERSION=$(VERSION) .ci/image

##@ Working on it

.PHONY: test
test: ## all tests that need nothing but Go
	$(GO) test ./...

# The scheduler takes the longest, so it begins.
.PHONY: race
race: ## the same with the race detector; of the whole program, which is slow then, a choice
	$(GO) test -race -short -timeout 15m ./scheduler $$($(GO) list ./... | grep -v -e /cmd/spool -e '/scheduler$$')
	$(GO) test -race -short -timeout 15m -run '^($(RACED))' ./cmd/spool

.PHONY: postgres
postgres: ## the store's tests on PostgreSQL; its absence is a failure
	CI=true $(GO) test -count=1 ./store/...

.PHONY: crash
crash: ## kill the real binary at every step, KILLS times (300), and count what was posted
	@.ci/named Crash ./cmd/spool -tags failpoints
	SPOOL_KILLS=$(KILLS) $(GO) test -tags failpoints -run Crash -parallel 6 -count=1 -timeout 20m ./cmd/spool/

.PHONY: matrix
matrix: ## every fault at every setting of the stand-ins, on virtual time
	SPOOL_MATRIX=full $(GO) test -run '^($(MATRIX))' -count=1 -timeout 25m ./cmd/spool/

.PHONY: browser
browser: build ## the pages in headless Chromium
	.ci/browser

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (10s)
	FUZZTIME=$(FUZZTIME) .ci/fuzz

.PHONY: bench
bench: ## the benchmarks; the ratios to a bare loop are in their output
	$(GO) test -run '^$$' -bench . -benchmem -timeout 30m ./...

.PHONY: lint
lint: $(GOLANGCI) ## golangci-lint with the rules of .golangci.yml; the Dockerfile and the workflows
	$(GOLANGCI) run --build-tags failpoints ./...
	$(GO) run $(ACTIONLINT)
	$(GO) -C tools test ./...

.PHONY: fmt
fmt: ## format all Go files
	gofmt -w $$(git ls-files --cached --others --exclude-standard '*.go')

.PHONY: quick
quick: ## what takes seconds: formatting, vet, scripts
	.ci/quick

.PHONY: modules
modules: ## go.mod is tidy, nothing was swapped, and the database's C library is the right one
	.ci/modules

.PHONY: vuln
vuln: $(GOVULNCHECK) ## known vulnerabilities, where the database of them can be reached
	.ci/vuln $(GOVULNCHECK)

.PHONY: cover
cover: ## coverage over all packages, in coverage.out
	$(GO) test -coverpkg=./... -coverprofile=coverage.out ./...
	$(GO) tool cover -func=coverage.out | tail -1

.PHONY: generate
generate: ## the files made from code: the states, the configuration's schema
	$(GO) generate ./...

.PHONY: tools
tools: $(GOLANGCI) $(GOVULNCHECK) ## build the linters (some minutes, once)

$(GOLANGCI): tools/go.mod
	@mkdir -p $(TOOLS)
	$(GO) build -C tools -trimpath -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(GOVULNCHECK): tools/go.mod
	@mkdir -p $(TOOLS)
	$(GO) build -C tools -trimpath -o ../$@ golang.org/x/vuln/cmd/govulncheck

##@ What CI does

# What fails fast comes first. The base image of the container test is fetched
# meanwhile; that waits for the network, not for the processor. Half as many kills as
# by hand: all of it is to end within half an hour.
.PHONY: ci
ci: ## all of it; installs the Debian packages it lacks (.ci/setup)
	@.ci/section begin
	@.ci/section setup .ci/setup
	@.ci/image base >bin/image-base.log 2>&1 </dev/null &
	@.ci/section quick $(MAKE) quick
	@.ci/section modules $(MAKE) modules
	@.ci/section build $(MAKE) build
	@.ci/section test $(MAKE) test
	@.ci/section postgres $(MAKE) postgres
	@.ci/section tools $(MAKE) tools
	@.ci/section lint $(MAKE) lint
	@.ci/section vuln $(MAKE) vuln
	@.ci/section race $(MAKE) race
	@.ci/section browser $(MAKE) browser
	@.ci/section image $(MAKE) image
	@.ci/section matrix $(MAKE) matrix
	@.ci/section crash $(MAKE) crash KILLS=150
	@.ci/section end

.PHONY: clean
clean: ## remove what was built here
	rm -rf bin dist coverage.out

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
