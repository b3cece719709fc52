"""A PostgreSQL server for the tests: made in a temporary folder, thrown away with it.

SVOC_POSTGRES names another one, whose user may make databases. Otherwise `initdb` and `postgres` are looked for on the
path and where distributions and PostgreSQL's own installers put them. The server listens on a socket in its folder
alone, so that no port is taken and nobody else gets in; it dies with the tests, however they end.

It is made as awkward as a council's may be: its user is no superuser, its clock stands in another zone, and it writes
dates as 02/11/2026.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

__all__ = ["EITHER", "Server", "copied", "database_on", "kept_on", "server_here", "why_there_is_none"]

EITHER = ("sqlite", "postgresql")
"""The kinds of database that a council may have."""

ADDRESS = "SVOC_POSTGRES"
WANTED = (
    "no PostgreSQL to try this on: install its server (Debian: apt-get install postgresql; macOS: brew install "
    f"postgresql), or name one whose user may make databases in {ADDRESS}"
)
NO_DRIVER = "no PostgreSQL to try this on: install psycopg (svoc[postgres])"

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
)
"""Where Debian, Red Hat and PostgreSQL itself put the server's programs."""

USER = "svoc"
SECONDS = 60
DIES_WITH_ITS_PARENT = 1
"""Linux: PR_SET_PDEATHSIG."""

NUMBERS = count(1)

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum_naptime": "3600",
    "timezone": "America/St_Johns",
    "datestyle": "SQL, DMY",
}
"""What a test may lose it may write carelessly; the last two are as a council's own server may have them."""


def programs() -> Path | None:
    """Find the folder of `initdb` and `postgres`, of the newest release that is here."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for pattern in PLACES:
        found += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    return next((p for p in found if (p / "initdb").exists() and (p / "postgres").exists()), None)


def why_there_is_none(*, own: bool = False) -> str | None:
    """Say what is missing for a server to be had; `own`: one that may be stopped, which SVOC_POSTGRES is not."""
    if find_spec("psycopg") is None:
        return NO_DRIVER
    if os.environ.get(ADDRESS) and not own:
        return None
    return None if os.name == "posix" and programs() else WANTED


@dataclass
class Server:
    """A server of the tests' own: it can be stopped, roughly too, and started again."""

    programs: Path
    folder: Path
    user: str | None
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Give the address of a database of a user who may make others and little else."""
        return f"postgresql+psycopg://{USER}@/postgres?host={self.folder}"

    def start(self, **settings: str) -> None:
        """Start it and wait until it answers; `settings` are laid over the usual ones."""
        options = [f"--{name}={value}" for name, value in {**SETTINGS, **settings}.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder), *options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                preexec_fn=_dies_with_us(), **self._as_user(),  # noqa: PLW1509 (it calls the system and nothing else)
            )  # fmt: skip
        until = time.monotonic() + SECONDS
        while self._ask("SELECT 1").returncode:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it, breaking every connection; `at_once`: as a machine stops that loses its power."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
            self.process.wait(SECONDS)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def make(self) -> None:
        """Make the cluster and its one ordinary user."""
        run = [str(self.programs / "initdb"), "-D", str(self.data), "-A", "trust", "-U", "postgres"]
        options = ["-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        made = subprocess.run([*run, *options], capture_output=True, text=True, check=False, **self._as_user())
        if made.returncode:
            raise RuntimeError(f"PostgreSQL's cluster was not made:\n{made.stderr}")

    def ask(self, statement: str) -> str:
        """Let the superuser say something."""
        asked = self._ask(statement)
        if asked.returncode:
            raise RuntimeError(asked.stderr)
        return asked.stdout.strip()

    def _ask(self, statement: str) -> "subprocess.CompletedProcess[str]":
        command = [str(self.programs / "psql"), "-X", "-q", "-A", "-t", "-h", str(self.folder), "-U", "postgres"]
        asked = [*command, "-d", "postgres", "-c", statement]
        return subprocess.run(asked, capture_output=True, text=True, check=False, cwd=self.folder)

    def _as_user(self) -> dict[str, Any]:
        if self.user is None:
            return {"cwd": self.folder}
        import pwd

        group = pwd.getpwnam(self.user).pw_gid
        return {"cwd": self.folder, "user": self.user, "group": group, "extra_groups": []}


def _dies_with_us() -> Callable[[], object] | None:
    """Let Linux stop the server when the tests are killed; what is called in the child is looked up here."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(DIES_WITH_ITS_PARENT, signal.SIGQUIT)


@contextmanager
def server_here() -> Iterator[Server]:
    """Give a server of the tests' own, running; as root, which PostgreSQL refuses to be, it runs as another user."""
    found = programs()
    assert found, WANTED
    folder = Path(tempfile.mkdtemp(prefix="svoc-pg-"))
    user = _other_user() if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    server = Server(found, folder, user)
    try:
        server.make()
        server.start()
        server.ask(f"CREATE ROLE {USER} LOGIN CREATEDB")
        yield server
    finally:
        server.stop(at_once=True)
        shutil.rmtree(folder, ignore_errors=True)


def _other_user() -> str:
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@contextmanager
def database_on(address: str, *, like: str | None = None) -> Iterator[str]:
    """Give the address of a new database, empty or like another, which is dropped afterwards."""
    from sqlalchemy import NullPool, create_engine, text

    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"svoc_{os.getpid()}_{next(NUMBERS)}"
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {like or 'template0'}"))
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@contextmanager
def kept_on(kind: str, address: Callable[[], str]) -> Iterator[str]:
    """Give the address of an empty database of a kind; only for PostgreSQL is the `address` of its server asked for."""
    if kind == "sqlite":
        yield "sqlite:///council.db"
        return
    with database_on(address()) as url:
        yield url


@contextmanager
def copied(url: str, folder: Path, to: Path, address: Callable[[], str]) -> Iterator[tuple[str, Path]]:
    """Give the address of a copy of a database that nobody has open, and its folder, to do with as one likes."""
    from sqlalchemy.engine import make_url

    there = Path(shutil.copytree(folder, to / "lived"))
    if url.startswith("sqlite"):
        yield url, there
        return
    with database_on(address(), like=make_url(url).database) as copy:
        yield copy, there
