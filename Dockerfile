# Build and set-up, then a run-time image of gotf and its libraries alone:
# 760 MB (80 Debian, 665 libraries, the rest gotf; scripts/chroot-test measures).
#
#   docker build -t gotf .
#   docker run --rm gotf doctor
#   docker run --rm -v "$PWD:/work" gotf train --model mnist-cnn --data mnist-5k --epochs 3 --out mnist

FROM golang:1.26-bookworm AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3-pip maven \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN scripts/bundle /out

FROM debian:bookworm-slim
ARG RUNTIME_PACKAGES="libstdc++6"
RUN apt-get update \
 && apt-get install --yes --no-install-recommends $RUNTIME_PACKAGES \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out /opt/gotf
ENV PATH="/opt/gotf:$PATH"
WORKDIR /work
ENTRYPOINT ["gotf"]
CMD ["--help"]
