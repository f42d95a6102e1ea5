# SPDX-License-Identifier: Apache-2.0

VERSION        ?= dev
# The go command's stamp has the tags, too, and not every clone has them: the bytes would differ.
COMMIT         ?= $(shell test -e .git && git describe --always --abbrev=40 --dirty --exclude='*' 2>/dev/null)
DESTDIR        ?= bin/rootfs
IMAGE          ?= localhost/calico-pull-secrets:dev
CONTAINER_TOOL ?= docker
TESTFLAGS      ?= -short
# The time of the commit, in seconds; 0 without a repository.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
# The compiler does not inline dependencies that run once: this saves 2 % of the binary.
SMALL   = $(foreach p,google.golang.org/protobuf github.com/go-openapi github.com/google/gnostic-models net crypto k8s.io vendor,-gcflags=$(p)/...=-l)
GOBUILD = CGO_ENABLED=0 go build -trimpath -buildvcs=false $(SMALL) -tags=nethttpomithttp2 -ldflags='-s -w -buildid= -X main.version=$(VERSION) -X main.commit=$(COMMIT)'

.PHONY: build run test test-node ci versions bench growth rootfs image release packages rehome

build:
	$(GOBUILD) -o bin/calico-pull-secrets .
# The main job on an example. It prints the results, and then the diff.
run: build
	@hack/run.sh
# Needs Go, make and git. The end names what was missing. -short leaves out the longest tests.
test:
	CGO_ENABLED=0 go vet ./...
	@CGO_ENABLED=0 go run ./testdata/test $(TESTFLAGS) . testdata/e2e
# A real node, as root: testdata/node/README.md. The time-out covers the first build.
test-node:
	@cd testdata/node && go test -count=1 -v -parallel 6 -timeout 180m .
# Everything that must pass before a merge.
ci:
	@hack/ci.sh
versions: build # the table of docs/versions.md
	@hack/versions.sh
bench: build # the table of docs/speed.md, from Calico's manifests in CALICO_MANIFESTS
	@hack/bench.sh $(GOBUILD)
growth: # the table of docs/scale.md
	@hack/growth.sh
rootfs: # the files of the image, in DESTDIR
	@DESTDIR='$(DESTDIR)' SOURCE_DATE_EPOCH='$(SOURCE_DATE_EPOCH)' hack/rootfs.sh $(GOBUILD)
# Without a base image: make rootfs DESTDIR=DIR/out, then IMAGE_FLAGS='--build-context build=DIR'.
image:
	$(CONTAINER_TOOL) build $(IMAGE_FLAGS) --build-arg VERSION=$(VERSION) --build-arg COMMIT=$(COMMIT) --build-arg SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) \
	  -t $(IMAGE) --label org.opencontainers.image.revision=$$(git rev-parse HEAD) .
# dist/ and dist/packages/: docs/release.md.
release packages: VERSION = $(shell git describe --tags --always --dirty)
release:
	@VERSION='$(VERSION)' hack/release.sh $(GOBUILD)
packages:
	@hack/packages.sh '$(VERSION)'
# make rehome MODULE=github.com/OWNER/calico-pull-secrets IMAGE=ghcr.io/OWNER/calico-pull-secrets
rehome:
	@hack/rehome.sh '$(MODULE)' '$(IMAGE)'
