#!/bin/bash
# Run once by the ClickHouse image when its data directory is new: deploy/clickhouse/users.sql with the passwords of the secrets.
set -euo pipefail
# A new volume is root's, and the server writes its backups as a user of its own.
backups=/var/lib/clickhouse-backup
if [ -d "$backups" ] && id -u clickhouse >/dev/null 2>&1; then chown clickhouse: "$backups"; fi
sql=$(cat "${USERS_SQL:-/etc/earshot/users.sql}")
for user in migrator writer reader; do
    sql=${sql//change-me-$user/$(cat "${SECRETS:-/run/secrets}/store_$user")}
done
${CLIENT:-clickhouse-client --user default --password "$(cat "${SECRETS:-/run/secrets}/store_admin")" --multiquery} <<<"$sql"
