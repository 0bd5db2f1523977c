#!/bin/sh
# Runs once, when the volume is new. The API has a login of its own that owns nothing: migrations let it use the role behalf_app,
# which can add to the audit log and change nothing in it.
set -eu
# On the standard input, since lists of processes show arguments.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password APP_PASSWORD
CREATE ROLE behalf LOGIN PASSWORD :'password';
SQL
