# SPDX-License-Identifier: Apache-2.0

# Docker's own Go image, from a registry without Docker Hub's limit.
ARG GO_IMAGE=public.ecr.aws/docker/library/golang:1.26.9@sha256:f1f0bcc2c524a3ced375fcb4d1ecb7aa371aa7070e112599aaca45cc02d0101b
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=dev COMMIT= SOURCE_DATE_EPOCH=0
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH make rootfs DESTDIR=/out VERSION="$VERSION" COMMIT="$COMMIT" SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH"

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="calico-pull-secrets" \
      org.opencontainers.image.description="KRM function that adds imagePullSecrets to Calico" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /out/ /
USER 65534:65534
ENTRYPOINT ["/calico-pull-secrets"]
