#!/usr/bin/env bash
# Serves the lab, scans its portfolio, shows who listens before consent; scans the sites with consent platforms under every
# profile, shows what a choice changes; and holds both results against the lab's truth.
# Usage: scripts/demo.sh FOLDER-OF-THE-BINARIES
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-target/debug}
work=$(mktemp -d)
# Its own folder, made anew each time; nobody's real data.
data=data/demo
# The same for the second scan: a run of its own, so that the first report stays the one of the whole portfolio.
consent=data/demo-consent
lab=

stop() {
    if [ -n "$lab" ]; then kill "$lab" 2>/dev/null || true; wait "$lab" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap stop EXIT

# The lab says where it listens in one line of JSON; reading it waits until it does.
mkfifo "$work/ready"
"$bin/earshot-lab" serve --demo --ca-dir "$work" >"$work/ready" &
lab=$!
read -r ready <"$work/ready"
field() { python3 -c 'import json, sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$ready" "$1"; }
"$bin/earshot-lab" portfolio --demo >"$work/portfolio.txt"

rm -rf "$data" "$consent"
"$bin/earshot" scan "$work/portfolio.txt" --data-dir "$data" --pages 3 \
    --proxy "$(field proxy)" --dns "$(field dns)" --ca-cert "$(field ca)"
"$bin/earshot" runs show --data-dir "$data" --format json >"$work/report.json"
echo
"$bin/earshot-lab" check --demo "$work/report.json"

# These pages are done after four seconds; the usual seven, three times for each choice, would only take longer.
"$bin/earshot-lab" portfolio --consent >"$work/consent.txt"
EARSHOT_DWELL__MIN=4s EARSHOT_DWELL__MAX=7s EARSHOT_DWELL__QUIET=1s \
    "$bin/earshot" scan "$work/consent.txt" --data-dir "$consent" --pages 1 --profiles all \
    --proxy "$(field proxy)" --dns "$(field dns)" --ca-cert "$(field ca)"
"$bin/earshot" runs show --data-dir "$consent" --format json >"$work/consent.json"
echo
"$bin/earshot-lab" check --consent "$work/consent.json"

cat <<END

The lab is a synthetic web with the vendors' real SDKs; nothing left this machine. What next:
  $bin/earshot scan example.com                    your own site, three pages
  $bin/earshot scan portfolio.txt --format csv     your own list
  $bin/earshot runs show --data-dir $data      this report again
  $bin/earshot runs show --data-dir $consent   what a choice changes
  $bin/earshot up --data-dir $data             the same as pages, at http://127.0.0.1:8750/ until Ctrl-C
  $bin/earshot sql --data-dir $data "SELECT vendor, uniqExact(site) AS sites FROM findings FINAL WHERE rule = 'pre_consent_contact' GROUP BY vendor ORDER BY sites DESC"
END
