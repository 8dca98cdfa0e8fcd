# Spool as an image: one static binary on an empty file system, not root.
#
#   docker build --build-arg VERSION="$(git describe --tags --always)" -t spool .
#   docker run --rm -p 127.0.0.1:8080:8080 -v spool-data:/data -v "$PWD/config.yaml:/etc/spool/config.yaml:ro" spool
#
# `make image` builds this very file and tries the result, with or without a
# Docker engine. Each ARG has a line of its own and no RUN is a heredoc, since
# older builders understand neither.

ARG GO_IMAGE=docker.io/library/golang:1.26-bookworm

FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
# Where modules come from; without an argument Go's own default. go.sum says
# what they must be.
ARG GOPROXY
ARG GOSUMDB
ENV CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-buildvcs=false
WORKDIR /src

# The modules first, so that a change of our own code does not fetch them anew.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download

COPY . .
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    GOOS=${TARGETOS:-linux} GOARCH=${TARGETARCH} \
    go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/spool ./cmd/spool

# What an empty file system lacks: a name for the user, and folders to write to.
RUN mkdir -p /out/data /out/tmp \
 && echo 'spool:x:10001:10001:Spool:/data:/sbin/nologin' > /out/passwd \
 && echo 'spool:x:10001:' > /out/group

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="Spool" \
      org.opencontainers.image.description="Carries a publisher's feeds to social networks: each item once on each account." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/passwd /out/group /etc/
COPY --from=build --chown=10001:10001 --chmod=0700 /out/data /data
COPY --from=build --chmod=1777 /out/tmp /tmp
COPY --from=build --chmod=0755 /out/spool /usr/local/bin/spool
ENV PATH=/usr/local/bin SPOOL_CONFIG=/etc/spool/config.yaml
WORKDIR /data
VOLUME /data
EXPOSE 8080
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["/usr/local/bin/spool", "health"]
ENTRYPOINT ["/usr/local/bin/spool"]
CMD ["run"]
