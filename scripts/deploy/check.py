#!/usr/bin/env python3
"""Holds what Earshot is deployed with (deploy/, helm/, .github/, docs/ as a book) against schemas, linters and the program itself.

Needs what scripts/setup.sh brings and a built earshot (EARSHOT names another than target/debug/earshot); asks nobody else.
"""

import sys
import time
import traceback

import book
import chart
import services
from tools import EARSHOT, TOOLS, Wrong


def main():
    if not EARSHOT.exists() or not (TOOLS / ".stamp").exists():
        sys.exit(f"needs {EARSHOT} and {TOOLS}: run `make deploy-check`, which sees to both")
    failed = passed = 0
    for part in (services, chart, book):
        for name, check in part.checks():
            begun = time.monotonic()
            try:
                check()
            except Wrong as wrong:
                failed += 1
                print(f"FAILED {name}\n  {wrong}", file=sys.stderr)
            except Exception:  # A check that breaks has found something too.
                failed += 1
                print(f"FAILED {name}\n{traceback.format_exc()}", file=sys.stderr)
            else:
                passed += 1
                print(f"ok {name} ({time.monotonic() - begun:.1f} s)")
    print(f"deploy-check: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
