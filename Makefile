# The words of the house: CONTRIBUTING.md says when to use which.
GO ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.6.1
CACHE = $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/gotf
OTHER_SYSTEMS = linux/amd64 linux/arm64 darwin/arm64 windows/amd64

.PHONY: deps generate generated headers lint test bench check test-2.21.0 test-long test-peers

## The libraries and C headers, into the user's cache folder.
deps:
	scripts/setup

## All generated code.
generate:
	$(GO) generate ./...

## Fails if make generate would change a file.
generated:
	scripts/check-generated

## Fails if our declarations of the C APIs are not those of the wheels' headers.
headers: deps
	scripts/check-headers

lint:
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "not gofmt's form:" $$unformatted; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	@for system in $(OTHER_SYSTEMS); do \
		echo "go build ./... without cgo for $$system"; \
		CGO_ENABLED=0 GOOS=$${system%/*} GOARCH=$${system#*/} $(GO) build ./... || exit 1; \
	done

test: deps
	$(GO) test -race ./...

## What a change must pass.
check: lint generated headers test

## The packages over the C API, on the other wheel.
test-2.21.0:
	scripts/setup --version 2.21.0
	GOTF_LIB=$(CACHE)/tensorflow-cpu-2.21.0 $(GO) test ./internal/... ./tf/... ./savedmodel/... ./tflite/... ./examples/customop

## Speed, against Python by turns.
bench: deps
	scripts/bench

## Hours: full MNIST, memory loops. Tests called TestLong...
test-long: deps
	scripts/data mnist
	scripts/data models
	GOTF_LONG=1 $(GO) test -count=1 -timeout 3h -p 1 -run '^TestLong' ./...

## Against a live Python TensorFlow, both versions, with both libraries. Tests called TestPeers...
test-peers: deps
	scripts/setup --version 2.21.0
	scripts/venv 2.18.0
	scripts/venv 2.21.0
	scripts/venv tflite
	scripts/data models
	GOTF_PEERS=1 $(GO) test -count=1 -timeout 1h -p 1 -run '^TestPeers' ./...
	GOTF_PEERS=1 GOTF_LIB=$(CACHE)/tensorflow-cpu-2.21.0 $(GO) test -count=1 -timeout 1h -p 1 -run '^TestPeers' ./...
	examples/graft/run.sh test
