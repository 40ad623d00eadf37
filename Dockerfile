# Chapbook in a container: the program is root's and read-only, and runs as a user of its own. docs/running/containers.md
# says how to use it.
ARG DEBIAN=trixie-slim
# For apt-get, while the image is built.
ARG DEBIAN_FRONTEND=noninteractive

FROM debian:${DEBIAN} AS build
# The versions are those of the Debian release, with its security updates.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates make python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY . /opt/chapbook
RUN make -C /opt/chapbook venv

FROM debian:${DEBIAN}
# pg_dump and pg_restore are for backups.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates media-types postgresql-client python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --create-home chapbook
COPY --from=build /opt/chapbook /opt/chapbook
ENV CHAPBOOK_HOST=0.0.0.0 PATH=/opt/chapbook/.venv/bin:$PATH
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["chapbook"]
CMD ["serve"]
