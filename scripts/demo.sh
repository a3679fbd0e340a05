#!/usr/bin/env bash
# Serves the lab, scans its portfolio, shows who listens before consent, and holds the result against the lab's truth.
# Usage: scripts/demo.sh FOLDER-OF-THE-BINARIES
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-target/debug}
work=$(mktemp -d)
# Its own folder, made anew each time; nobody's real data.
data=data/demo
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

rm -rf "$data"
"$bin/earshot" scan "$work/portfolio.txt" --data-dir "$data" --pages 3 \
    --proxy "$(field proxy)" --dns "$(field dns)" --ca-cert "$(field ca)"
"$bin/earshot" runs show --data-dir "$data" --format json >"$work/report.json"
echo
"$bin/earshot-lab" check --demo "$work/report.json"

cat <<END

The lab is a synthetic web with the vendors' real SDKs; nothing left this machine. What next:
  $bin/earshot scan example.com                    your own site, three pages
  $bin/earshot scan portfolio.txt --format csv     your own list
  $bin/earshot runs show --data-dir $data      this report again
  $bin/earshot sql --data-dir $data "SELECT vendor, uniqExact(site) AS sites FROM findings FINAL WHERE rule = 'pre_consent_contact' GROUP BY vendor ORDER BY sites DESC"
END
