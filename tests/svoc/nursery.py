"""A nursery of processes that are started, meet with something, and end: what faults are tried with.

Starting Python and reading svoc takes two seconds of each short run. The nursery reads it once, in a process that never
does anything else, and each run is a copy of that process (`fork`): a real process of its own, with its own memory,
locks and files, that can be killed as any other.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.svoc.conftest import clean_environment

__all__ = ["COMMIT", "Met", "Nursery", "nursery"]

ROOM = """
import json, os, signal, sys, time, traceback
exec(sys.argv[1])
import svoc.cli.start, svoc.running, svoc.evaluating, alembic.command, sqlalchemy.dialects.sqlite
from pathlib import Path
from sqlalchemy import Engine, event

def live(job, told, *files):
    for name, file in enumerate(files, start=1):
        os.dup2(file, name)
    seen = 0
    def count(*_):
        nonlocal seen
        seen += 1
        if seen == job["at"]:
            exec(job["then"], {})
    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    os.write(told, b"begun\\n")
    sys.argv, code = ["svoc", *job["args"]], 0
    try:
        exec(job["first"], {})
        svoc.cli.start.main() if not job["does"] else exec(job["does"], {"args": job["args"]})
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush(), sys.stderr.flush()
    os.write(told, f"{seen}\\n".encode())
    os._exit(code)

for line in sys.stdin:
    job = json.loads(line)
    ears, mouths = zip(*(os.pipe() for _ in range(3)))
    pid = os.fork()
    if not pid:
        live(job, *mouths)
    for mouth in mouths:
        os.close(mouth)
    with os.fdopen(ears[0]) as said, os.fdopen(ears[1]) as out, os.fdopen(ears[2]) as err:
        said.readline()
        began = time.perf_counter()
        if job["after"] is not None:
            time.sleep(job["after"])
            os.kill(pid, signal.SIGKILL)
        seen, out, err = said.readline(), out.read(), err.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(json.dumps([code, int(seen or 0), time.perf_counter() - began, out, err]), flush=True)
"""

COMMIT = """
import pickle
from pathlib import Path
from svoc.council import Council
settings, plan = args
with Council.open(settings) as council, council.night():
    council.commit(pickle.loads(Path(plan).read_bytes()))
    council.deliver()
"""
"""Commits a plan that lies in a file, and delivers, as `svoc night` does once it has planned."""


@dataclass(frozen=True, slots=True)
class Met:
    """How a run ended: its exit code or minus its signal, statements and commits it began, seconds, what it said."""

    code: int
    statements: int
    seconds: float
    out: str
    err: str

    @property
    def told(self) -> list[str]:
        """Give what it told people on standard error, log lines left out."""
        return [line for line in self.err.splitlines() if not line.startswith("{")]


class Nursery:
    """Runs what it is asked to, each time in a new process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def __call__(
        self,
        *args: str | Path,
        does: str = "",
        first: str = "",
        at: int = 0,
        then: str = "import os; os.kill(os.getpid(), 9)",
        after: float | None = None,
    ) -> Met:
        """Run `svoc ARGS`, or the Python that `does` something with `args`.

        `first` is Python that it does before; `then` is what it meets with when it begins its `at`-th statement or
        commit in the database, and `after` so many seconds it is killed.
        """
        asked: dict[str, Any] = {
            "args": [str(arg) for arg in args], "does": does, "first": first, "at": at, "then": then, "after": after,
        }  # fmt: skip
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return Met(*json.loads(self.process.stdout.readline()))


@contextmanager
def nursery(before: str = "") -> Iterator[Nursery]:
    """Open a nursery, which runs the Python of `before` before it imports anything, and close it."""
    with subprocess.Popen(
        [sys.executable, "-c", ROOM, before],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=clean_environment(),
    ) as process:
        yield Nursery(process)
        assert process.stdin
        process.stdin.close()
