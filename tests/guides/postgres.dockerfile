# Stands for the official image of PostgreSQL, from Debian's packages: its data, its variables and its user are the same.
FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql && rm -rf /var/lib/apt/lists/*
COPY postgres-entrypoint.sh /entrypoint
ENV PATH=/usr/lib/postgresql/17/bin:$PATH
VOLUME /var/lib/postgresql/data
USER postgres
ENTRYPOINT ["/entrypoint"]
