#!/usr/bin/env bash
# Makes the secrets that compose.yaml names, each a file below secrets/: passwords, a CA of your own with certificates for the bus and the
# store, and the key that signs evidence. What is there already is left alone. Needs openssl.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

password() { [ -s "$1" ] || openssl rand -hex 24 >"$1"; }

for role in coordinator crawler browser recorder web admin; do password "bus_$role"; done
for user in admin migrator writer reader; do password "store_$user"; done
password grafana_admin

# nats-server reads its users' passwords from its environment.
if [ ! -s nats.env ]; then
    for role in coordinator crawler browser recorder web admin; do
        # The quotes are part of it: a password of digits only would be a number.
        echo "EARSHOT_NATS_${role^^}='\"$(cat "bus_$role")\"'"
    done >nats.env
fi

if [ ! -s ca.pem ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Earshot's own CA" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -keyout ca-key.pem -out ca.pem 2>/dev/null
fi
certificate() {
    [ ! -s "$1.pem" ] || return 0
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1-key.pem" -out "$1.csr" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 825 -out "$1.pem" \
        -extfile <(printf 'subjectAltName=DNS:%s,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n' "$1") 2>/dev/null
    rm "$1.csr"
}
certificate nats
certificate clickhouse

[ -s evidence-key.pem ] || openssl genpkey -algorithm ed25519 -out evidence-key.pem

# Compose hands files on as they are: readable by the users of the containers, in a folder that only you can enter.
chmod 700 .
chmod 644 ./*
chmod 600 ca-key.pem
echo "secrets are in $PWD"
