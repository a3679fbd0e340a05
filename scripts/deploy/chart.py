"""The chart: rendered with every ci values file, each manifest held against the API's schema and against what must be true of it."""

import json
import re
import shutil
import tempfile
import tomllib
from pathlib import Path

from tools import EARSHOT, ROOT, TOOLS, Wrong, answer, earshot_reads, hold, run

import kubernetes_validate
import yaml
from jsonschema import Draft7Validator

CHART = ROOT / "helm/earshot"
HELM = TOOLS / "bin/helm"
# The oldest Kubernetes that the chart takes, and a newer one.
VERSIONS = ["1.29", "1.34"]
ROLES = ["coordinator", "crawler", "browser", "recorder", "web"]
SPECIAL = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8"]
CRDS = json.loads((Path(__file__).parent / "crds.json").read_text())
SOURCE = {name: (ROOT / path).read_text() for name, path in {
    "topology": "crates/bus/src/topology.rs", "health": "crates/earshot/src/health.rs",
    "nats users": "deploy/nats/permissions.conf", "store users": "deploy/clickhouse/users.sql",
}.items()}


def checks():
    """Every check, by name."""
    place = Path(tempfile.mkdtemp(prefix="earshot-chart-"))
    copy_chart(place / "earshot")
    files = sorted((CHART / "ci").glob("*.yaml"))
    hold(len(files) >= 4, "the chart has too few ci value files")
    for file in files:
        yield f"chart {file.name}", lambda file=file: one(place / "earshot", file)
    yield "chart: what is refused", lambda: refusals(place / "earshot")
    yield "chart: values are all in the schema", schema_is_strict
    shutil.rmtree(place)


def copy_chart(to):
    """The chart with empty ones in the place of its dependencies, which lie where there may be no way to."""
    shutil.copytree(CHART, to)
    for dependency in yaml.safe_load((CHART / "Chart.yaml").read_text())["dependencies"]:
        folder = to / "charts" / dependency["name"]
        folder.mkdir(parents=True)
        version = dependency["version"].replace("x", "0")
        (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {dependency['name']}\nversion: {version}\n")


def template(chart, *options):
    return answer(HELM, "template", "rel", chart, "--namespace", "scans", *options)


def one(chart, file):
    run(HELM, "lint", "--strict", chart, "--values", file)
    done = template(chart, "--values", file)
    hold(done.returncode == 0, done.stderr)
    documents = [document for document in yaml.safe_load_all(done.stdout) if document]
    for document in documents:
        valid(document)
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    given = yaml.safe_load(file.read_text())
    named(documents)
    for pod, kind, name in pods(documents):
        safe(pod, f"{kind} {name}")
    configured(documents, file)
    if given.get("networkPolicy", {}).get("enabled", True):
        fenced(documents)
    found = {document["metadata"]["labels"]["app.kubernetes.io/component"] for document in documents if document["kind"] == "Deployment"}
    hold(found == set(ROLES), f"deployments of {found}")
    hold(values["roles"].keys() == set(ROLES), "values.roles")


def valid(document):
    what = f"{document['kind']} {document['metadata']['name']}"
    hold(document["kind"] != "Secret", f"{what}: secrets are named, never made")
    hold(len(document["metadata"]["name"]) <= (52 if document["kind"] == "CronJob" else 63), f"{what}: the name is too long")
    if document["kind"] in CRDS:
        errors = [error.message for error in Draft7Validator(CRDS[document["kind"]]).iter_errors(document)]
        hold(not errors, f"{what}: {errors}")
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            raise Wrong(f"{what}: Kubernetes {version}: {'/'.join(map(str, error.path))}: {error.message}") from None


def pods(documents):
    for document in documents:
        kind, name = document["kind"], document["metadata"]["name"]
        if kind in ("Deployment", "Job"):
            yield document["spec"]["template"]["spec"], kind, name
        elif kind == "CronJob":
            yield document["spec"]["jobTemplate"]["spec"]["template"]["spec"], kind, name


def named(documents):
    """Who is named exists, and who is selected is there."""
    names = {(document["kind"], document["metadata"]["name"]) for document in documents}
    hold(len(names) == len(documents), "two objects have one name")
    deployments = [document for document in documents if document["kind"] == "Deployment"]
    for document in documents:
        kind, name, spec = document["kind"], document["metadata"]["name"], document.get("spec", {})
        if kind == "Deployment":
            labels = spec["template"]["metadata"]["labels"]
            hold(spec["selector"]["matchLabels"].items() <= labels.items(), f"{name}: does not select its own pods")
        if kind in ("Service", "PodDisruptionBudget"):
            selector = spec["selector"].get("matchLabels", spec["selector"])
            chosen = [other for other in deployments if selector.items() <= other["spec"]["template"]["metadata"]["labels"].items()]
            hold(len(chosen) == 1, f"{kind} {name}: selects {len(chosen)} deployments")
        if kind == "ServiceMonitor":
            selector = spec["selector"]["matchLabels"]
            services = [other for other in documents if other["kind"] == "Service"]
            chosen = [other for other in services if selector.items() <= other["metadata"]["labels"].items()]
            hold(len(chosen) == 1, f"{kind} {name}: selects {len(chosen)} services")
        if kind in ("ScaledObject", "HorizontalPodAutoscaler"):
            hold(("Deployment", spec["scaleTargetRef"]["name"]) in names, f"{kind} {name}: no such deployment")
            scaled = next(other for other in deployments if other["metadata"]["name"] == name)
            hold("replicas" not in scaled["spec"], f"{name}: two say how many pods there are")
        for trigger in spec.get("triggers", []) if kind == "ScaledObject" else []:
            for key in ("stream", "consumer"):
                hold(f'"{trigger["metadata"][key]}"' in SOURCE["topology"], f"{name}: the bus has no {key} {trigger['metadata'][key]}")
    for pod, kind, name in pods(documents):
        hold(("ServiceAccount", pod["serviceAccountName"]) in names, f"{kind} {name}: no service account")
        for volume in pod["volumes"]:
            if "configMap" in volume:
                hold(("ConfigMap", volume["configMap"]["name"]) in names, f"{kind} {name}: no ConfigMap {volume['configMap']['name']}")


def safe(pod, what):
    """What a pod may, how long it is given, and that what its container is told exists."""
    hold(pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0, f"{what}: may be root")
    hold(pod["securityContext"]["seccompProfile"]["type"] != "Unconfined", f"{what}: no seccomp profile")
    hold(pod["automountServiceAccountToken"] is False, f"{what}: has a token of the cluster")
    hold(pod["enableServiceLinks"] is False, f"{what}: names of services would be read as configuration")
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        hold(not pod.get(key), f"{what}: {key}")
    (container,) = pod["containers"]
    context = container["securityContext"]
    hold(context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"], f"{what}: may write or rise")
    hold(context["capabilities"] == {"drop": ["ALL"]}, f"{what}: has capabilities")
    hold("memory" in container["resources"]["limits"], f"{what}: no limit of memory")
    hold(not container["image"].endswith(":latest") and re.search("[:@]", container["image"]), f"{what}: which image?")
    volumes = {volume["name"] for volume in pod["volumes"]}
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    hold(mounts.keys() == volumes, f"{what}: volumes {volumes}, mounts {mounts.keys()}")
    hold({"/tmp", "/var/lib/earshot"} <= set(mounts.values()), f"{what}: nowhere to write")
    arguments = container["args"]
    words = [argument for argument in arguments if not argument.startswith("-")]
    command = words[:2] if words[0] == "crawl" else words[:1]
    text = run(EARSHOT, *command, "--help")
    for argument in arguments:
        hold(not argument.startswith("--") or re.search(rf"^\s+{argument}\b", text, re.M), f"{what}: {command} has no {argument}")
    if command == ["run"]:
        hold(re.search(rf"^\s+- {words[1]}:", text, re.M), f"{what}: there is no role {words[1]}")
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            get = container[probe]["httpGet"]
            hold(get["port"] in ports and f'"{get["path"]}"' in SOURCE["health"], f"{what}: {probe} asks {get}")


def configured(documents, file):
    """The program reads what it is given, with the ports, the patience and the limits that the pods go by."""
    maps = {document["metadata"]["name"]: document["data"] for document in documents if document["kind"] == "ConfigMap"}
    usual = tomllib.loads((ROOT / "crates/earshot/default.toml").read_text())
    for pod, kind, name in pods(documents):
        (container,) = pod["containers"]
        env = {variable["name"]: variable.get("value", "a-secret") for variable in container["env"]}
        for user, source in (("EARSHOT_BUS__USER", "nats users"), ("EARSHOT_CLICKHOUSE_USER", "store users")):
            hold(re.search(rf"\b{env[user]}\b", SOURCE[source]) if user in env else kind == "CronJob", f"{name}: {user}")
        config = next(volume for volume in pod["volumes"] if volume["name"] == "config")
        text = maps[config["configMap"]["name"]]["earshot.toml"] if "configMap" in config else ""
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as toml:
            # Files of the pod are not here, and only looked for when they are used.
            toml.write(text)
            toml.flush()
            earshot_reads(toml.name, {**env, "EARSHOT_CONFIG": toml.name}, f"{file.name}: {name}")
        if kind != "Deployment" or not text:
            continue
        given = tomllib.loads(text)
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        hold(given["serve"]["listen"] == f"0.0.0.0:{ports['metrics']}", f"{name}: metrics")
        hold("http" not in ports or given["web"]["listen"] == f"0.0.0.0:{ports['http']}", f"{name}: web")
        limits = {**usual["limit"], **given.get("limit", {})}
        longest = {"browser": limits["visit"], "crawler": limits["crawl"]}.get(container["args"][-1], "0s")
        hold(pod["terminationGracePeriodSeconds"] > seconds(longest), f"{name}: ends before {longest} are over")
        probe = container["startupProbe"]
        patience = seconds({**usual["services"], **given["services"]}["patience"])
        hold(probe["periodSeconds"] * probe["failureThreshold"] > patience, f"{name}: is ended while it waits for services")


def seconds(text):
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


def fenced(documents):
    """Every pod has a policy; the internet is what is no special address; within the cluster there are only named peers."""
    policies = [document["spec"] for document in documents if document["kind"] == "NetworkPolicy"]
    for document in documents:
        if document["kind"] not in ("Deployment", "Job", "CronJob"):
            continue
        spec = document["spec"].get("jobTemplate", document)["spec"]
        labels, component = spec["template"]["metadata"]["labels"], document["metadata"]["labels"]["app.kubernetes.io/component"]
        own = [policy for policy in policies if policy["podSelector"]["matchLabels"].items() <= labels.items()]
        hold(len(own) == 1 and own[0]["policyTypes"] == ["Ingress", "Egress"], f"{component}: {len(own)} policies")
        wide = False
        for rule in own[0]["egress"]:
            hold(rule.get("to"), f"{component}: an egress rule to everybody")
            for peer in rule["to"]:
                block = peer.get("ipBlock")
                if block and block["cidr"] in ("0.0.0.0/0", "::/0"):
                    wide = True
                    hold(block["cidr"] == "::/0" or set(SPECIAL) <= set(block["except"]), f"{component}: reaches inward")
                    hold(block["cidr"] != "::/0" or {"fc00::/7", "fe80::/10"} <= set(block["except"]), f"{component}: reaches inward")
                if not block:
                    chosen = [peer.get(key) for key in ("podSelector", "namespaceSelector") if key in peer]
                    hold(any(chosen), f"{component}: a peer that is everybody: {peer}")
        hold(wide or component not in ("browser", "crawler"), f"{component}: has no way to the web")
        hold(not wide or component not in ("web", "migration", "nightly"), f"{component}: has a way to the internet")


def refusals(chart):
    """Values that are wrong are refused, in words that say where and what to do."""
    usual = CHART / "ci/external.yaml"
    for case in yaml.safe_load((Path(__file__).parent / "refused.yaml").read_text()):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(case["values"], file)
            file.flush()
            done = template(chart, *(["--values", usual] if case.get("over", True) else []), "--values", file.name)
        hold(done.returncode != 0, f"is not refused: {case['values']}")
        hold(case["says"] in done.stderr, f"{case['values']}: says {done.stderr.strip()}, not {case['says']}")


def schema_is_strict():
    """Every object of the schema refuses keys that it does not know, and every key of values.yaml is one that it knows."""
    schema = json.loads((CHART / "values.schema.json").read_text())

    def visit(part, path):
        if isinstance(part, dict):
            if part.get("type") == "object" and "properties" in part and path not in ("nats", "clickhouse"):
                hold(part.get("additionalProperties") is False, f"{path}: takes whatever is written")
            for key, value in part.items():
                visit(value, key if path == "properties" else path if key in ("allOf", "items") else key)
        if isinstance(part, list):
            for value in part:
                visit(value, path)

    visit(schema, "values")
    errors = list(Draft7Validator(schema).iter_errors(yaml.safe_load((CHART / "values.yaml").read_text())))
    hold(not errors, f"{errors}")
