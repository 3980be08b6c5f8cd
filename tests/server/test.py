#!/usr/bin/env python3
"""The single machine, with the real binary, Caddy and SQLite.

    python3 tests/server/test.py BINARY [NAME …]

Ends with a line "N passed, N failed". Needs caddy, sqlite3, systemd, strace, curl, util-linux and
tzdata; no root, no running systemd.
"""

import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

import support  # noqa: E402

NEEDED = ["caddy", "sqlite3", "systemd-analyze", "strace", "curl", "flock", "setpriv"]


def main():
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_file():
        print(f"usage: {sys.argv[0]} BINARY [NAME …]", file=sys.stderr)
        return 2
    missing = [command for command in NEEDED if not shutil.which(command)]
    if missing:
        print(f"not installed: {', '.join(missing)}", file=sys.stderr)
        return 2
    support.BINARY = Path(sys.argv[1]).resolve()
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{name}*" for name in sys.argv[2:]] or None
    tests = loader.discover(str(Path(__file__).parent), pattern="*_test.py")
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(tests)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
