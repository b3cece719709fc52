"""How long a resident takes to be found over the staff API, and a case to be shown, while night follows night.

    svoc rehearse TOWN --dwellings 205000 --seed 83 --nights 16
    python benchmarks/desk_load.py TOWN --seconds 600
    python benchmarks/desk_load.py TOWN --seconds 600 --database postgresql+psycopg://svoc@/svoc?host=/run/postgresql

Copies the town, lives its first night, protects some people, and starts `svoc desk`. A second process then asks over
loopback for made-up residents, fifty times a second at moments that are laid down beforehand: who has to wait for a
worker or for an earlier answer waits in the figures too. Once a second a signed-in steward opens a case. All the while
`svoc night` runs, one night after another, at the priority at which `docs/operation/svoc-night.service` runs it
(`--priority`), and without nights for the same time where `--quiet` says so. Every answer has to be 200. Writes
`benchmarks/results/DATE-desk-load-DATABASE.json`; times are in milliseconds.
"""

import argparse
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from svoc import Council

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PURPOSE = "council-tax"
PROTECTED = 60
ASKED, CASES = 2000, 200
WARM = 100
Due = tuple[float, Any, Any]
"""The moment at which something is asked, the way to ask it, and what it is asked of."""
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


# ---------------------------------------------------------------- the second process, which asks


class Asking:
    """One desk's address, and what is asked of it; each thread keeps a connection of its own."""

    def __init__(self, told: dict[str, Any]) -> None:
        """Take what the first process says of the desk."""
        self.told, self.own = told, threading.local()
        self.took: dict[str, list[float]] = {"find": [], "case": []}
        self.answers: Counter[str] = Counter()
        self.cookie = self._sign_in()

    def find(self, text: str, due: float) -> None:
        """Find a resident."""
        head = {
            "Authorization": f"Bearer {self.told['key']}", "Svoc-Purpose": PURPOSE, "Content-Type": "application/json",
        }  # fmt: skip
        self._timed("find", due, "POST", "/api/v1/find", json.dumps({"text": text}), head)

    def case(self, case: str, due: float) -> None:
        """Open a case."""
        self._timed("case", due, "GET", f"/desk/case/{case}", None, {"Cookie": self.cookie})

    def _timed(self, what: str, due: float, *asked: Any) -> None:
        try:
            status = str(self._ask(*asked)[0])
        except OSError as fault:
            status = type(fault).__name__
            self.own.connection = None
        self.took[what].append(1000 * (time.perf_counter() - due))
        self.answers[f"{what} {status}"] += 1

    def _ask(self, method: str, path: str, body: str | None, head: dict[str, str]) -> tuple[int, str, Any]:
        if getattr(self.own, "connection", None) is None:
            self.own.connection = HTTPConnection("127.0.0.1", self.told["port"], timeout=60)
        self.own.connection.request(method, path, body, head)
        answer = self.own.connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers

    def _sign_in(self) -> str:
        _, page, headers = self._ask("GET", "/desk/sign-in", None, {})
        cookie = headers["Set-Cookie"].split(";")[0]
        form = urlencode({"csrf": (TOKEN.search(page) or [""])[1], "name": "j.okafor"})
        head = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", **self._same_place}
        status, _, headers = self._ask("POST", "/desk/sign-in", form, head)
        if status not in {302, 303}:
            sys.exit(f"signing in was answered with {status}")
        return str((headers["Set-Cookie"] or cookie).split(";")[0])

    @property
    def _same_place(self) -> dict[str, str]:
        return {"Origin": f"http://127.0.0.1:{self.told['port']}"}


def ask(told: dict[str, Any]) -> dict[str, Any]:
    """Ask at the moments that were laid down, however long the answers take."""
    asking = Asking(told)
    for text in told["texts"][:WARM]:
        asking.find(text, time.perf_counter())
    for times in asking.took.values():
        times.clear()
    asking.answers.clear()
    began = time.perf_counter() + 0.5
    finds: list[Due] = [
        (began + n / told["rate"], asking.find, told["texts"]) for n in range(int(told["seconds"] * told["rate"]))
    ]
    cases: list[Due] = [(began + n + 0.5, asking.case, told["cases"]) for n in range(int(told["seconds"]))]
    with ThreadPoolExecutor(32) as workers:
        for number, (due, way, given) in enumerate(sorted(finds + cases, key=lambda one: one[0])):
            time.sleep(max(0.0, due - time.perf_counter()))
            workers.submit(way, given[number % len(given)], due)
    return {"took": asking.took, "answers": asking.answers}


# ---------------------------------------------------------------- the first process: town, desk and nights


def evenings(folder: Path) -> list[list[Path]]:
    """Give the town's extracts, evening by evening, by the day in their names."""
    files = sorted(folder.iterdir(), key=lambda file: file.stem[-10:])
    return [list(some) for _, some in groupby(files, key=lambda file: file.stem[-10:])]


def night(settings: Path, priority: int) -> dict[str, Any]:
    """Run the command for one night; give how long it took and how many had changed."""
    began = time.perf_counter()
    command = ["nice", "-n", str(priority), sys.executable, "-m", "svoc", "night", str(settings), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the night ended with {done.returncode}: {done.stdout[-600:]}{done.stderr[-600:]}")
    told = json.loads(done.stdout)
    counts = {name: told[name] for name in ("run", "mentions", "new", "amended", "withdrawn", "persons")}
    return {**counts, "wall": round(time.perf_counter() - began, 1)}


def made_of(town: Path, folder: Path, database: str | None) -> tuple[Path, list[list[Path]]]:
    """Copy a town, with the first evening's extracts alone, and lift the limit of requests; give the others too."""
    shutil.copytree(town, folder, ignore=shutil.ignore_patterns("extracts", "*.db*", "cache", "reports"))
    (folder / "extracts").mkdir()
    settings = folder / "council.toml"
    text = settings.read_text(encoding="utf-8")
    if database:
        text = re.sub(r'^database = ".*"$', f'database = "{database}"', text, count=1, flags=re.MULTILINE)
    settings.write_text(text + "\n[sign_in]\na_minute = 1000000\n", encoding="utf-8")
    first, *others = evenings(town / "extracts")
    for file in first:
        shutil.copy2(file, folder / "extracts")
    return settings, others


def prepared(settings: Path) -> dict[str, Any]:
    """Protect some people, make a key, and draw whom to ask for: with slips, half with a postcode."""
    rng = random.Random(5)
    with Council.open(settings) as council:
        persons = council.store.persons("service").drop_nulls(["forename", "surname", "postcode"])
        for person in persons.sample(PROTECTED, seed=7)["person"]:
            council.protect(person, "safe-address", purpose=PURPOSE, actor="j.okafor", because="asked for it")
        names = persons.select("forename", "surname", "postcode").sample(ASKED, seed=9).rows()
        cases = (
            council.store.yesterday()
            .lane("service")
            .cases.sample(CASES, seed=11, with_replacement=True)["case"]
            .to_list()
        )
        height = council.store.persons("service").height
    return {"texts": [said(rng, *name) for name in names], "cases": cases, "persons": height}


def said(rng: random.Random, forename: str, surname: str, postcode: str) -> str:
    """Say a name as an officer types it."""
    if len(surname) > 4 and rng.random() < 0.4:
        at = rng.randrange(1, len(surname) - 1)
        surname = surname[:at] + surname[at + 1 :]
    return f"{forename} {surname}" + (f" {postcode}" if rng.random() < 0.5 else "")


def key_for(settings: Path) -> str:
    """Make a key of the staff API."""
    until = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    command = ["key", "add", str(settings), "--for", "load", "--purposes", PURPOSE, "--roles", "officer", "--json"]
    asked = [*command, "--until", until, "--because", "a benchmark"]
    done = subprocess.run([sys.executable, "-m", "svoc", *asked], capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout)["key"])


@contextmanager
def desk(settings: Path, port: int) -> Iterator[None]:
    """Serve the desk in a process of its own."""
    command = [sys.executable, "-m", "svoc", "desk", str(settings), "--port", str(port)]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert serving.stdout is not None
        serving.stdout.readline()
        time.sleep(1)
        yield
    finally:
        serving.terminate()
        serving.wait(30)


def loaded(settings: Path, others: list[list[Path]], told: dict[str, Any], priority: int) -> dict[str, Any]:
    """Ask for so many seconds while nights run; give how long what took."""
    nights: list[dict[str, Any]] = []
    with _file(told) as file:
        command = [sys.executable, __file__, "--of", str(file)]
        asking = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for files in others:
            if asking.poll() is not None:
                break
            for path in files:
                shutil.copy2(path, settings.parent / "extracts")
            nights.append(night(settings, priority))
            print(json.dumps(nights[-1]), flush=True)
        out, _ = asking.communicate()
    if asking.returncode:
        sys.exit("the second process failed")
    found = json.loads(out)
    return {
        **{what: summed(times) for what, times in found["took"].items()},
        "answers": found["answers"],
        "nights": nights,
    }


@contextmanager
def _file(told: dict[str, Any]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "asked.json"
        file.write_text(json.dumps(told), encoding="utf-8")
        yield file


def summed(times: list[float]) -> dict[str, float]:
    """Sum up how long answers took."""
    parts = dict(zip(("p50", "p90", "p99", "p999", "max"), np.quantile(times, [0.5, 0.9, 0.99, 0.999, 1]), strict=True))
    return {"requests": len(times), **{name: round(float(value), 1) for name, value in parts.items()}}


def main() -> None:
    """Run what is asked for and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("town", type=Path, nargs="?")
    asked.add_argument("--seconds", type=int, default=600)
    asked.add_argument("--rate", type=int, default=50)
    asked.add_argument("--database", help="of PostgreSQL, and empty; SQLite unless given")
    asked.add_argument("--priority", type=int, default=10, help="of the nights, as `nice` counts")
    asked.add_argument("--quiet", action="store_true", help="without nights")
    asked.add_argument("--port", type=int, default=8899)
    asked.add_argument("--name")
    asked.add_argument("--of", type=Path, help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.of:
        print(json.dumps(ask(json.loads(told.of.read_text(encoding="utf-8")))))
        return
    kind = "postgresql" if told.database else "sqlite"
    with tempfile.TemporaryDirectory() as folder:
        settings, others = made_of(told.town, Path(folder) / "town", told.database)
        first = night(settings, 0)
        print(json.dumps(first), flush=True)
        drawn = prepared(settings)
        drawn |= {"key": key_for(settings), "port": told.port, "rate": told.rate, "seconds": told.seconds}
        with desk(settings, told.port):
            found = loaded(settings, [] if told.quiet else others, drawn, told.priority)
    figures = {
        "command": "python benchmarks/desk_load.py " + " ".join(sys.argv[1:]),
        "date": datetime.now(UTC).date().isoformat(), "cores": os.cpu_count(), "python": platform.python_version(),
        "versions": {name: version(name) for name in ("svoc", "polars", "sqlalchemy", "fastapi", "uvicorn")},
        "database": kind, "persons": drawn["persons"], "protected": PROTECTED, "first_night": first, **found,
    }  # fmt: skip
    file = RESULTS / f"{figures['date']}-{told.name or f'desk-load-{kind}'}.json"
    file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: figures[name] for name in ("find", "case", "answers")}), file)


if __name__ == "__main__":
    main()
