# SPDX-License-Identifier: Apache-2.0

VERSION        ?= dev
DESTDIR        ?= bin/rootfs
IMAGE          ?= localhost/calico-pull-secrets:dev
CONTAINER_TOOL ?= docker
IMAGE_FLAGS    ?=
# When the commit was made, in seconds; where there is no repository, the beginning of time.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
# Code of others that runs once is not inlined: that is 2 % of the binary.
SMALL           = $(foreach p,google.golang.org/protobuf github.com/go-openapi github.com/google/gnostic-models net crypto k8s.io vendor,-gcflags=$(p)/...=-l)
GOBUILD         = CGO_ENABLED=0 go build -trimpath -buildvcs=false $(SMALL) -tags=nethttpomithttp2 -ldflags='-s -w -buildid= -X main.version=$(VERSION)'

.PHONY: build run test test-node ci versions bench growth rootfs image release packages rehome

build:
	$(GOBUILD) -o bin/calico-pull-secrets .

# The main job on an example: prints the results, then the diff that they are about.
run: build
	@mkdir -p bin/run
	@DOCKERHUB_USERNAME=example DOCKERHUB_TOKEN=not-a-token bin/calico-pull-secrets \
	  secret.usernameEnv=DOCKERHUB_USERNAME secret.passwordEnv=DOCKERHUB_TOKEN \
	  < examples/manifests/calico.yaml > bin/run/calico.yaml
	@git --no-pager diff --no-index examples/manifests/calico.yaml bin/run/calico.yaml || test $$? = 1

# Needs Go, make and git, and builds what else a proxy of modules has. The end names what
# is missing of the rest, with the tests that were skipped, and counts. With CI=true
# nothing is skipped. -short leaves the long lists of the tests for leaks, and what is
# compiled more than once, to `make ci`.
TESTFLAGS ?= -short
test:
	CGO_ENABLED=0 go vet ./...
	@CGO_ENABLED=0 go run ./testdata/test $(TESTFLAGS) . testdata/e2e

# A real node, with three kubelets: testdata/node/README.md. Needs root. KUBELET=1.35 for one of them. The time-out has room
# for the programs, which are built the first time.
test-node:
	@cd testdata/node && go test -count=1 -v -parallel 6 -timeout 180m .

# Everything that has to pass. It says what it skips, and skips nothing with CI=true.
ci:
	@./ci.sh

# The fixtures with other versions of kustomize. The table is in docs/versions.md.
versions: build
	@testdata/versions.sh

# Needs Calico's manifests in CALICO_MANIFESTS. Takes some minutes.
bench: build
	@mkdir -p bin/bench
	GOBIN=$(CURDIR)/bin/bench go install github.com/mikefarah/yq/v4@v4.50.1
	go -C testdata/e2e build -o $(CURDIR)/bin/bench/ sigs.k8s.io/kustomize/kustomize/v5
	GOBIN=$(CURDIR)/bin/bench go install github.com/open-policy-agent/conftest@v0.56.0
	$(GOBUILD) -o bin/bench/ . ./testdata/bench/copy ./testdata/bench/empty ./testdata/bench/sdk ./testdata/bench
	go test ./internal/wire ./internal/edit -run '^$$' -bench . -benchmem
	PATH=$(CURDIR)/bin/bench:$$PATH bin/bench/bench bin/bench

# How time and memory grow with each shape of input. The table is in docs/scale.md.
growth:
	@mkdir -p bin
	go test ./internal/cli -run '^$$' -bench '^BenchmarkGrowth$$' -benchmem -benchtime 20x > bin/growth.txt
	@go run ./testdata/growth < bin/growth.txt

# What is in the image. kpt and kustomize run it as the user nobody, by name. The times
# are that of the commit, so that the layers of two builds are the same.
rootfs:
	$(GOBUILD) -o $(DESTDIR)/calico-pull-secrets .
	mkdir -p $(DESTDIR)/etc
	echo 'nobody:x:65534:65534:nobody:/:' > $(DESTDIR)/etc/passwd
	chmod 755 $(DESTDIR)/calico-pull-secrets $(DESTDIR)/etc
	chmod 644 $(DESTDIR)/etc/passwd
	touch -d @$(SOURCE_DATE_EPOCH) $(DESTDIR)/calico-pull-secrets $(DESTDIR)/etc/passwd $(DESTDIR)/etc $(DESTDIR)

# Where no base image can be pulled: make rootfs DESTDIR=DIR/out, and
# IMAGE_FLAGS='--build-context build=DIR' takes DIR for the stage that builds.
image:
	$(CONTAINER_TOOL) build $(IMAGE_FLAGS) --build-arg VERSION=$(VERSION) --build-arg SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) \
	  -t $(IMAGE) --label org.opencontainers.image.revision=$$(git rev-parse HEAD) .

# Archives for each platform, what is in them, and checksums, in dist/.
release: VERSION = $(shell git describe --tags --always --dirty)
release:
	@VERSION='$(VERSION)' ./release.sh $(GOBUILD)

# For Homebrew and krew, from dist/checksums.txt, in dist/packages/.
packages: VERSION = $(shell git describe --tags --always --dirty)
packages:
	@./packages.sh '$(VERSION)'

# The names of an owner: make rehome MODULE=github.com/OWNER/calico-pull-secrets
# IMAGE=ghcr.io/OWNER/calico-pull-secrets. Can be done again.
rehome:
	@./rehome.sh '$(MODULE)' '$(IMAGE)'
