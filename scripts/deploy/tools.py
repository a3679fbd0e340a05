"""What the checks share: where things are, how a tool is run, how a failure is told."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = Path(os.environ.get("EARSHOT_PARTS") or ROOT / ".parts")
TOOLS = PARTS / "deploy"
EARSHOT = Path(os.environ.get("EARSHOT") or ROOT / "target/debug/earshot")

sys.path.insert(0, str(TOOLS))


class Wrong(Exception):
    """Something does not hold; the text says what."""


def hold(condition, text):
    if not condition:
        raise Wrong(text)


def run(*command, env=None, stdin=None, cwd=None):
    """Runs a command that has to succeed; gives what it prints."""
    done = answer(*command, env=env, stdin=stdin, cwd=cwd)
    hold(done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}".strip())
    return done.stdout


def answer(*command, env=None, stdin=None, cwd=None):
    """Runs a command, however it ends. A program that hangs is an error."""
    environment = {**os.environ, "PYTHONPATH": str(TOOLS), **(env or {})}
    return subprocess.run(
        [str(word) for word in command], env=environment, input=stdin, cwd=cwd, capture_output=True, text=True, timeout=120
    )


def earshot_reads(toml, env, what):
    """Holds a configuration against the program itself, which reads all of it for this command and asks no service."""
    clean = {name: "" for name in os.environ if name.startswith("EARSHOT_")}
    environment = {name: value for name, value in os.environ.items() if name not in clean}
    done = subprocess.run(
        [str(EARSHOT), "schedule", "check", "--config", str(toml)],
        env={**environment, **env}, capture_output=True, text=True, timeout=60,
    )
    hold(done.returncode == 0, f"{what}: earshot refuses it: {done.stderr.strip()}")
