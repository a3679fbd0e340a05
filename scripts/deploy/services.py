"""deploy/: Compose, the image, NATS, ClickHouse, systemd and who watches, held against linters, the real nats-server and the real Chromium."""

import http.server
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import tempfile
import threading
import tomllib
import xml.etree.ElementTree as xml
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

from tools import EARSHOT, PARTS, ROOT, TOOLS, answer, earshot_reads, hold, run

import yaml

DEPLOY = ROOT / "deploy"
NATS = os.environ.get("EARSHOT_NATS") or PARTS / "bin/nats-server"
ROLES = ["coordinator", "crawler", "browser", "recorder", "web"]
VISIT_S = int(tomllib.loads((ROOT / "crates/earshot/default.toml").read_text())["limit"]["visit"].removesuffix("s"))


def checks():
    place = Path(tempfile.mkdtemp(prefix="earshot-deploy-"))
    place.chmod(0o755)
    copy = place / "deploy"
    shutil.copytree(DEPLOY, copy, ignore=shutil.ignore_patterns("secrets"))
    yield "compose", lambda: compose(copy)
    yield "image", image
    yield "image: its sources are all there", lambda: sources(place / "context")
    yield "nats", lambda: nats(place, copy)
    yield "clickhouse", lambda: clickhouse(copy)
    yield "chromium under the seccomp profile", lambda: confined(place)
    yield "systemd", lambda: systemd(place)
    yield "prometheus and the collector", watchers
    yield "shell scripts", shell
    shutil.rmtree(place)


def compose(copy):
    run("python3", "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", copy / "docker/compose.yaml")
    run(copy / "docker/secrets.sh")
    run(copy / "docker/secrets.sh")
    file = yaml.safe_load((copy / "docker/compose.yaml").read_text())
    for kind in ("configs", "secrets"):
        for name, entry in file[kind].items():
            hold((copy / "docker" / entry["file"]).stat().st_size > 0, f"{kind}: {name} has no file")
    used = {"configs": set(), "secrets": set()}
    for name, service in file["services"].items():
        for kind in used:
            used[kind] |= {entry if isinstance(entry, str) else entry["source"] for entry in service.get(kind, [])}
        hold("no-new-privileges:true" in service.get("security_opt", []) or name == "clickhouse", f"{name}: may rise")
        hold(all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), f"{name}: is open to everybody")
        hold("mem_limit" in service, f"{name}: may take all memory")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            hold(source in file["volumes"] or (copy / "docker" / source).exists(), f"{name}: no volume {source}")
        if "EARSHOT_CONFIG" not in service.get("environment", {}):
            continue
        hold(service["read_only"] and service["cap_drop"] == ["ALL"], f"{name}: may write or has capabilities")
        env = {key: secret_here(copy, value) for key, value in service["environment"].items()} | {"EARSHOT_DATA_DIR": "/nonexistent"}
        toml = (copy / "docker/earshot.toml").read_text().replace("/run/secrets/ca", str(copy / "docker/secrets/ca.pem"))
        (copy / "docker/here.toml").write_text(toml)
        earshot_reads(copy / "docker/here.toml", {key: value for key, value in env.items() if key != "EARSHOT_CONFIG"}, name)
        hold({f"bus_{env['EARSHOT_BUS__USER']}", f"store_{env['EARSHOT_CLICKHOUSE_USER'].removeprefix('earshot_')}"} <= set(service["secrets"]), name)
        flags(service["command"], name)
    for kind, names in used.items():
        hold(names == set(file[kind]), f"{kind}: used {names}, defined {set(file[kind])}")
    grace = int(file["services"]["browser"]["stop_grace_period"].removesuffix("s"))
    hold(grace > VISIT_S, f"browser: is ended after {grace} s, before its visits")
    hold("seccomp=seccomp.json" in file["services"]["browser"]["security_opt"], "browser: no seccomp profile of its own")


def secret_here(copy, value):
    """A path below /run/secrets as the file that stands behind it here."""
    names = yaml.safe_load((DEPLOY / "docker/compose.yaml").read_text())["secrets"]
    name = value.removeprefix("/run/secrets/")
    return str(copy / "docker" / names[name]["file"]) if name != value else value


def flags(command, what):
    """The program has this command, with these flags."""
    words = []
    for word in command:
        if word.startswith("-"):
            break
        words.append(word)
    text = run(EARSHOT, *words, "--help")
    for word in command:
        hold(not word.startswith("--") or re.search(rf"^\s+(-\w, )?{word}\b", text, re.M), f"{what}: {words} has no {word}")
    for role in [after for flag, after in zip(command, command[1:]) if flag == "--role"]:
        hold(role in [*ROLES, "%i"], f"{what}: there is no role {role}")


def image():
    dockerfile = (DEPLOY / "docker/Dockerfile").read_text()
    run(TOOLS / "bin/hadolint", DEPLOY / "docker/Dockerfile")
    last = dockerfile.split("\nFROM ")[-1]
    hold("\nUSER 10001:10001\n" in last and "tini" in last, "the image runs as root, or without somebody who buries children")
    shell = json.loads(re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", last, re.S).group(1))
    for status, well in ((200, True), (503, False)):
        with answering(status) as port:
            done = answer(*(word.replace("9090", str(port)) for word in shell))
            hold((done.returncode == 0) == well, f"the health check takes {status} for {done.returncode}: {done.stderr}")


@contextmanager
def answering(status):
    class Livez(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/livez" else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Livez) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()


def sources(context):
    """What .dockerignore lets through is a workspace that cargo can read, and code of the program includes nothing from outside it."""
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    ignored = shutil.ignore_patterns("target", "node_modules")
    for name in kept:
        source = ROOT / name
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, context / name, ignore=ignored) if source.is_dir() else shutil.copy(source, context / name)
    run("cargo", "metadata", "--offline", "--locked", "--no-deps", "--format-version", "1", cwd=context)
    for source in (context / "crates").glob("*/src/**/*.rs"):
        if source.name == "tests.rs":
            continue
        for path in re.findall(r'include_(?:str|bytes)!\("([^"]+)"\)', source.read_text().split("#[cfg(test)]\nmod tests {")[0]):
            hold((source.parent / path).exists() and (source.parent / path).resolve().is_relative_to(context.resolve()), f"{source}: {path}")
    for path in re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "docker/Dockerfile").read_text(), re.M):
        for name in path.split():
            hold((context / name).exists(), f"Dockerfile: {name} is not sent to whoever builds it")


def nats(place, copy):
    """The server's configuration, with the certificates and passwords that secrets.sh makes: each user is let in, nobody else is."""
    secrets, port = copy / "docker/secrets", free_port()
    text = (copy / "nats/server.conf").read_text()
    for here, there in (
        ("/etc/nats/server.pem", secrets / "nats.pem"), ("/etc/nats/server-key.pem", secrets / "nats-key.pem"),
        ("/etc/nats/ca.pem", secrets / "ca.pem"), ("/var/lib/nats", place / "nats"), ("0.0.0.0:4222", f"127.0.0.1:{port}"),
        ("127.0.0.1:8222", f"127.0.0.1:{free_port()}"),
    ):
        hold(here in text or here == "/etc/nats/ca.pem", f"server.conf: no {here}")
        text = text.replace(here, str(there))
    (copy / "nats/here.conf").write_text(text)
    start = f"set -a; . {secrets}/nats.env; exec {NATS} --config {copy}/nats/here.conf"
    cluster = (copy / "nats/cluster.conf").read_text()
    for name in ("server.pem", "server-key.pem", "ca.pem"):
        cluster = cluster.replace(f"/etc/nats/{name}", str(secrets / name.replace("server", "nats")))
    (copy / "nats/cluster.conf").write_text(cluster)
    (copy / "nats/node.conf").write_text(text + "\ninclude ./cluster.conf\n")
    for name in ("here.conf", "node.conf"):
        run("sh", "-c", start.replace("here.conf", name) + " -t")
    server = Popen(["sh", "-c", start], stdout=DEVNULL, stderr=DEVNULL)
    try:
        for user in [*ROLES, "admin"]:
            password = (secrets / f"bus_{user}").read_text().strip()
            hold(knock(port, secrets / "ca.pem", user, password) == "PONG", f"NATS does not let {user} in")
        hold(knock(port, secrets / "ca.pem", "browser", "guess").startswith("-ERR 'Authorization"), "NATS lets anybody in")
    finally:
        server.terminate()
        server.wait()


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def knock(port, ca, user, password):
    """How NATS receives somebody, over TLS, whose certificate is held against `ca`."""
    for _ in range(200):
        try:
            plain = socket.create_connection(("127.0.0.1", port), timeout=10)
            break
        except ConnectionRefusedError:
            threading.Event().wait(0.05)
    else:
        raise AssertionError("NATS does not come")
    with plain:
        told = json.loads(plain.recv(65536).split(b" ", 1)[1].split(b"\r\n")[0])
        hold(told.get("tls_required"), "NATS does without TLS")
        with ssl.create_default_context(cafile=ca).wrap_socket(plain, server_hostname="nats") as line:
            greeting = {"user": user, "pass": password, "verbose": False, "pedantic": False, "tls_required": True}
            line.sendall(f"CONNECT {json.dumps(greeting)}\r\nPING\r\n".encode())
            return line.makefile().readline().strip()


def clickhouse(copy):
    for path in copy.glob("clickhouse/*/*.xml"):
        hold(xml.parse(path).getroot().tag == "clickhouse", f"{path.name}: is no ClickHouse configuration")
    secrets = copy / "docker/secrets"
    env = {"USERS_SQL": str(copy / "clickhouse/users.sql"), "SECRETS": str(secrets), "CLIENT": "cat"}
    sql = run(copy / "docker/clickhouse-users.sh", env=env)
    hold("change-me" not in sql, "a password of users.sql is not replaced")
    for user in ("migrator", "writer", "reader"):
        hold((secrets / f"store_{user}").read_text().strip() in sql, f"{user} has another password")


def confined(place):
    """Chromium starts with its sandbox under the profile and under the service's filter, and without the namespaces it does not."""
    profile = json.loads((DEPLOY / "docker/seccomp.json").read_text())
    namespaces, plain = profile["syscalls"]
    hold(profile["defaultAction"] == "SCMP_ACT_ERRNO" and "chroot" in namespaces["names"], "the profile lets everything through")
    for name in ("mount", "ptrace", "bpf", "kexec_load", "init_module", "keyctl", "perf_event_open", "io_uring_setup", "userfaultfd", "reboot"):
        hold(name not in plain["names"], f"the profile lets {name} through")
    if os.geteuid() != 0:
        return
    program = place / "earshot"
    shutil.copy(EARSHOT, program)
    program.chmod(0o755)
    without = {**profile, "syscalls": [{**plain, "names": [*plain["names"], "clone", "clone3"]}]}
    cases = [("seccomp.json", profile, "ok"), ("without namespaces", without, "absent")]
    if shutil.which("systemd-analyze"):
        cases.append(("earshot.service", {**profile, "syscalls": [{"names": unit_calls()}]}, "ok"))
    for name, rules, expected in cases:
        (place / "profile.json").write_text(json.dumps(rules))
        words = ["env", "-i", "PATH=/usr/bin:/bin", f"HOME={place}/nobody", "python3", ROOT / "scripts/deploy/confined.py", place / "profile.json",
                 program, "doctor", "--format", "json", "--data-dir", "/tmp", "--nats", "nats://x:1", "--clickhouse", "http://x:1"]
        done = answer(*words, cwd="/")
        found = {line["part"]: line for line in json.loads(done.stdout or "[]")}
        hold(found.get("sandbox", {}).get("status") == expected, f"{name}: {found.get('sandbox')} {done.stderr}")


def unit_calls():
    """What SystemCallFilter of earshot.service lets through."""
    words = re.search(r"^SystemCallFilter=(.*)$", (DEPLOY / "systemd/earshot.service").read_text(), re.M).group(1).split()
    calls = set()
    while words:
        word = words.pop()
        if not word.startswith("@"):
            calls.add(word)
            continue
        text = run("systemd-analyze", "syscall-filter", word)
        words += [line.strip() for line in text.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return sorted(calls)


def systemd(place):
    units = sorted((DEPLOY / "systemd").iterdir())
    folder = place / "units"
    folder.mkdir()
    for unit in units:
        text = unit.read_text()
        for command in re.findall(r"^ExecStart=/usr/local/bin/earshot (.*)$", text, re.M):
            flags(shlex.split(command), unit.name)
        if stop := re.search(r"^TimeoutStopSec=(\d+)s$", text, re.M):
            hold(int(stop.group(1)) > VISIT_S, f"{unit.name}: is ended before its visits")
        name = unit.name.replace("@.", "@browser.")
        (folder / name).write_text(text.replace("/usr/local/bin/earshot", "/bin/true"))
    if not shutil.which("systemd-analyze"):
        return
    done = answer("systemd-analyze", "verify", *folder.iterdir())
    hold(done.returncode == 0 and not done.stderr.strip(), done.stderr)
    for service in folder.glob("*.service"):
        run("systemd-analyze", "security", "--offline=yes", "--threshold=30", service)


def watchers():
    services = yaml.safe_load((DEPLOY / "docker/compose.yaml").read_text())["services"]
    (job,) = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    hold(found["names"] == ROLES and set(ROLES) <= set(services) and found["port"] == 9090, f"Prometheus scrapes {found}")
    collector = yaml.safe_load((DEPLOY / "otel/collector.yaml").read_text())
    for name in collector["service"]["extensions"]:
        hold(name in collector["extensions"], f"the collector has no extension {name}")
    for pipeline in collector["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            hold(set(names) <= set(collector[kind]), f"the collector has not all {kind} of {names}")


def shell():
    scripts = [path for folder in ("scripts", "deploy") for path in (ROOT / folder).rglob("*.sh") if "secrets" not in path.parts[-2:]]
    run(TOOLS / "bin/shellcheck", *scripts)
