#!/bin/bash
# Run once by the ClickHouse image when its data directory is new: deploy/clickhouse/users.sql with the passwords of the secrets.
set -euo pipefail
sql=$(cat "${USERS_SQL:-/etc/earshot/users.sql}")
for user in migrator writer reader; do
    sql=${sql//change-me-$user/$(cat "${SECRETS:-/run/secrets}/store_$user")}
done
${CLIENT:-clickhouse-client --user default --password "$(cat "${SECRETS:-/run/secrets}/store_admin")" --multiquery} <<<"$sql"
