"""What the scripts beside this file share: an environment of the checkout's own, made with Python alone."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
HOME = TOP / ".venv"
LOCK = TOP / "requirements" / "dev.txt"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LEAST = (3, 11)


def ready() -> None:
    """Make .venv and install exactly what the lock file names, unless that was done for this very lock file."""
    if sys.version_info < LEAST:
        sys.exit(f"svoc needs Python {'.'.join(map(str, LEAST))} or later; this is {sys.version.split()[0]}")
    stamp = HOME / "installed"
    wanted = hashlib.sha256(LOCK.read_bytes() + (TOP / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Setting up .venv (once; a few minutes) ...", flush=True)
    if not PYTHON.exists():
        venv.create(HOME, with_pip=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # The lock names everything. Left to look for what that depends on, pip takes a newer `coverage[toml]` than the one
    # that is locked, the day there is one, and then refuses it for want of a hash.
    run(*pip, "--no-deps", "--require-hashes", "-r", str(LOCK))
    run(*pip, "--no-deps", "--no-build-isolation", "-e", str(TOP))
    stamp.write_text(wanted)


def run(*command: str) -> None:
    """Run a command and stop with its exit code where it fails."""
    code = subprocess.run(command, cwd=TOP, check=False).returncode
    if code:
        sys.exit(code)


def python(*arguments: str) -> None:
    """Run the environment's Python."""
    run(str(PYTHON), *arguments)
