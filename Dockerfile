# syntax=docker/dockerfile:1
# SPDX-License-Identifier: Apache-2.0

FROM --platform=$BUILDPLATFORM docker.io/library/golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=dev
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH make rootfs DESTDIR=/out VERSION="$VERSION"

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="calico-pull-secrets" \
      org.opencontainers.image.description="KRM function that adds imagePullSecrets to Calico" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /out/ /
USER 65534:65534
ENTRYPOINT ["/calico-pull-secrets"]
