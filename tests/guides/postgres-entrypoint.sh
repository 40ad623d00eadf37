#!/bin/sh
# The first start makes a cluster for POSTGRES_USER, who signs in with POSTGRES_PASSWORD.
set -eu
data=/var/lib/postgresql/data
if [ ! -e $data/PG_VERSION ]; then
    echo "$POSTGRES_PASSWORD" > /tmp/password
    initdb -D $data -U "$POSTGRES_USER" --pwfile=/tmp/password -A scram-sha-256 $POSTGRES_INITDB_ARGS
    rm /tmp/password
    createdb='CREATE DATABASE '
    echo "host all all all scram-sha-256" >> $data/pg_hba.conf
    echo "$createdb\"$POSTGRES_USER\"" | postgres --single -D $data postgres > /dev/null
fi
exec postgres -D $data -c listen_addresses='*' -k /tmp
