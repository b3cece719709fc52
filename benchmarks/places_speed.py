"""How long a council's gazetteer takes to build, save and load, and addresses to place: all at once, and one by one.

    python benchmarks/places_speed.py [--properties 150000] [--addresses 100000] [--seed 5] [--peer PYTHON]

A made-up town of so many UPRNs is written as a DTF 7.3 file, and its addresses as three systems hold them, with four
times the usual slips, no UPRN and no repeats. Each stage runs in a process of its own, of which wall time, processor
time and the most memory (RSS) are told; `find` is asked 2,000 different addresses in one process. The machine should
have nothing else to do: the load average before each stage is written down.

uk_address_matcher lives in an environment of its own, and is asked the same rows against the same gazetteer, prepared
once beforehand as its guide recommends; both sides' seconds begin at what was prepared or saved, imports apart, and
both may use every core:

    python -m venv ENV && ENV/bin/pip install uk_address_matcher==1.5.3
    python benchmarks/places_speed.py --peer ENV/bin/python [--peer-addresses 20000]

Writes `benchmarks/results/DATE-places-speed.json`.
"""

import argparse
import gc
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
# Of a rehearsal town's properties, so many are dwellings; the rest are shells, shops and what is planned or gone.
DWELLINGS = 0.8955
STYLES = ("council_tax", "electoral", "housing")
FINDS = 2_000
PEERS_ROWS = "resolve-the-peers"


def make(folder: Path, properties: int, addresses: int, seed: int) -> dict[str, Any]:
    """Write the town's gazetteer, and its addresses: id, address, postcode and the true UPRN."""
    import polars as pl

    from svoc.rehearsal.address_styles import write_address
    from svoc.rehearsal.gazetteer_files import write_dtf
    from svoc.rehearsal.noise import Noise
    from svoc.rehearsal.place_schema import generator
    from svoc.rehearsal.places import build_world

    world = build_world(seed, round(properties * DWELLINGS), nights=1)
    write_dtf(folder / "llpg.csv", world)
    noise = Noise().doubled().doubled()
    numbers = world.on(0)["dwelling"]
    parts = [
        write_address(world, numbers, style, generator(seed, f"speed {style}"), noise).with_columns(style=pl.lit(style))
        for style in STYLES
    ]
    lines = pl.concat_str([pl.col(f"address_{n}") for n in range(1, 7)], separator=", ", ignore_nulls=True)
    written = pl.concat(parts).select("style", "postcode", "true_uprn", address=lines)
    rows = written.unique(["address", "postcode"], keep="first", maintain_order=True)
    rows = rows.sample(addresses, seed=seed, shuffle=True).with_row_index("id")
    rows.write_parquet(folder / "addresses.parquet")
    return {"properties": world.properties.height, "addresses": rows.height, "with_postcode": rows["postcode"].count()}


def build(folder: Path) -> dict[str, Any]:
    """Read the supplier's file and make of it all that placing and finding use."""
    from gazetteer import Gazetteer

    place = Gazetteer.read(folder / "llpg.csv")
    warm(place)
    return {"variants": place.variants.height}


def save(folder: Path) -> dict[str, Any]:
    """Read the supplier's file and save the gazetteer; `seconds` are those of saving alone."""
    from gazetteer import Gazetteer

    place = Gazetteer.read(folder / "llpg.csv")
    began = time.perf_counter()
    place.save(folder / "saved")
    size = sum(file.stat().st_size for file in (folder / "saved").iterdir())
    return {"seconds": round(time.perf_counter() - began, 2), "megabytes": round(size / 1e6, 1)}


def load(folder: Path) -> dict[str, Any]:
    """Load the saved gazetteer and make of it all that placing and finding use."""
    from gazetteer import Gazetteer

    began = time.perf_counter()
    place = Gazetteer.read(folder / "saved")
    read = time.perf_counter()
    warm(place)
    return {"read_seconds": round(read - began, 2), "indexes_seconds": round(time.perf_counter() - read, 2)}


def warm(place: Any) -> None:
    """Place and find one address, so that every index has been built."""
    import polars as pl

    from gazetteer import find, resolve

    resolve(pl.DataFrame({"address": ["1 No Such Street"], "supplied_uprn": [1]}), place)
    find("1 no such street", place)


def place_all(folder: Path, first: int | None = None) -> dict[str, Any]:
    """Load the saved gazetteer and place every address, or the first so many, as a night would."""
    import polars as pl

    from gazetteer import Gazetteer, resolve

    began = time.perf_counter()
    place = Gazetteer.read(folder / "saved")
    rows = pl.read_parquet(folder / "addresses.parquet", n_rows=first)
    loaded = time.perf_counter()
    placed = resolve(rows.select("id", "address", "postcode", "true_uprn"), place)
    done = time.perf_counter()
    given = placed.filter(pl.col("uprn").is_not_null())
    outcomes = dict(placed["outcome"].value_counts(sort=True).iter_rows())
    return {
        "load_seconds": round(loaded - began, 2),
        "resolve_seconds": round(done - loaded, 2),
        "rows_per_second": round(placed.height / (done - loaded)),
        "outcomes": outcomes,
        "placed_rightly": round(given.filter(pl.col("uprn") == pl.col("true_uprn")).height / given.height, 4),
    }


def find_each(folder: Path) -> dict[str, Any]:
    """Find addresses one by one, whole and as they are typed; milliseconds of wall and of the thread's processor time.

    The first 200 find cold caches, and pay for what is built when it is first asked for; all others come after them.
    """
    import polars as pl

    from gazetteer import Gazetteer, find

    place = Gazetteer.read(folder / "saved")
    warm(place)
    rows = pl.read_parquet(folder / "addresses.parquet").head(FINDS + 200)
    texts = pl.concat_str(["address", "postcode"], separator=", ", ignore_nulls=True)
    whole = rows.select(texts).to_series().to_list()
    half = [text[: 4 + at % max(1, len(text) - 4)] for at, text in enumerate(whole)]
    told = {"first 200": _times(lambda text: find(text, place), whole[FINDS:])}
    told["whole"] = _times(lambda text: find(text, place), whole[:FINDS])
    told["half typed"] = _times(lambda text: find(text, place), half[:FINDS])
    # As a service would after its start: what lives for ever is not looked through again and again.
    gc.collect()
    gc.freeze()
    return told | {"whole, start-up objects frozen": _times(lambda text: find(text, place), whole[:FINDS])}


def _times(ask: Callable[[str], object], texts: list[str]) -> dict[str, dict[str, float]]:
    wall, cpu = [], []
    for text in texts:
        began, spent = time.perf_counter(), time.thread_time()
        ask(text)
        cpu.append(1000 * (time.thread_time() - spent))
        wall.append(1000 * (time.perf_counter() - began))
    return {"wall": _shares(wall), "cpu": _shares(cpu)}


def _shares(took: list[float]) -> dict[str, float]:
    took.sort()
    shares = {"median": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(took[min(len(took) - 1, int(share * len(took)))], 2) for name, share in shares.items()}


def place_the_peers(folder: Path) -> dict[str, Any]:
    """Place the addresses that the peer is asked, and no others."""
    import polars as pl

    return place_all(folder, pl.read_parquet(folder / "messy.parquet").height)


STAGES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "build": build,
    "save": save,
    "load": load,
    "resolve": place_all,
    "find": find_each,
}


def measured(folder: Path, stage: str) -> dict[str, Any]:
    """Run one stage in a process of its own and tell what it took."""
    return run([sys.executable, __file__, "--stage", stage, "--folder", str(folder)])


def run(command: list[str]) -> dict[str, Any]:
    """Run a command that ends with a line of JSON; add its wall and processor seconds, its most memory, the load."""
    load_before = os.getloadavg()[0]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"wall_seconds": round(wall, 2), "load_before": round(load_before, 2), **answer}


def used() -> dict[str, float]:
    """Tell the processor seconds and the most memory, in megabytes, of this process."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_seconds": round(spent.ru_utime + spent.ru_stime, 2), "peak_megabytes": peak_megabytes()}


def peak_megabytes() -> int:
    """Tell the most memory of this process; Linux counts a parent's in a child's `ru_maxrss`, so ask otherwise."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return round(int(line.split()[1]) / 1e3)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))


def peer(folder: Path, python: str, addresses: int) -> dict[str, Any]:
    """Ask uk_address_matcher the first so many of the addresses, against the gazetteer's current and former texts."""
    import polars as pl

    from gazetteer import Gazetteer

    variants = Gazetteer.read(folder / "saved").variants
    texts = variants.select(unique_id=pl.col("uprn").cast(pl.String), address_concat="text", postcode="postcode")
    texts.unique(maintain_order=True).write_parquet(folder / "canonical.parquet")
    rows = pl.read_parquet(folder / "addresses.parquet").head(addresses)
    rows.select(unique_id=pl.col("id").cast(pl.String), address_concat="address", postcode="postcode").write_parquet(
        folder / "messy.parquet"
    )
    script = str(Path(__file__).with_name("places_speed_peer.py"))
    prepared = run([python, script, "prepare", str(folder)])
    matched = run([python, script, "match", str(folder)])
    told = {"version": matched.pop("version"), "addresses": rows.height, "prepare": prepared, "match": matched}
    ours = measured(folder, PEERS_ROWS)
    # Both begin at what was saved, and the first question pays for what is built by then.
    ours["seconds"] = round(ours["load_seconds"] + ours["resolve_seconds"], 2)
    for each in (matched, ours):
        each["rows_per_second"] = round(rows.height / each["seconds"], 1)
        each["rows_per_cpu_second"] = round(rows.height / each["cpu_seconds"], 1)
    given = pl.read_parquet(folder / "peer.parquet").drop_nulls("resolved_canonical_id")
    right = given.join(rows.cast({"id": pl.String}), left_on="unique_id", right_on="id").filter(
        pl.col("resolved_canonical_id") == pl.col("true_uprn").cast(pl.String)
    )
    matched |= {"placed": given.height, "placed_rightly": round(right.height / max(given.height, 1), 4)}
    times = round(matched["seconds"] / ours["seconds"], 1), round(matched["cpu_seconds"] / ours["cpu_seconds"], 1)
    return {**told, "svoc": ours, "times_as_fast": times[0], "times_less_cpu": times[1]}


def main() -> None:
    """Measure every stage and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--properties", type=int, default=150_000)
    asked.add_argument("--addresses", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=5)
    asked.add_argument("--peer", metavar="PYTHON", help="the python of an environment that has uk_address_matcher")
    asked.add_argument("--peer-addresses", type=int, default=20_000, help="ask the peer only so many")
    asked.add_argument("--stage", choices=[*STAGES, PEERS_ROWS], help=argparse.SUPPRESS)
    asked.add_argument("--folder", type=Path, help="keep the town here, and use one that is there")
    options = asked.parse_args()
    if options.stage:
        stage = place_the_peers if options.stage == PEERS_ROWS else STAGES[options.stage]
        print(json.dumps({**stage(options.folder), **used()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        kept(options, measure(options, options.folder or Path(folder)))


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Make the town, where it is not there yet, and run every stage."""
    told = folder / "town.json"
    if not told.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        told.write_text(json.dumps(make(folder, options.properties, options.addresses, options.seed)))
    result: dict[str, Any] = {"town": json.loads(told.read_text())}
    for stage in STAGES:
        result[stage] = measured(folder, stage)
        print(stage, json.dumps(result[stage]), flush=True)
    if options.peer:
        result["peer"] = peer(folder, options.peer, options.peer_addresses)
        print("peer", json.dumps(result["peer"]), flush=True)
    return result


def kept(options: argparse.Namespace, result: dict[str, Any]) -> None:
    """Write the figures with the command, the machine's cores and the versions."""
    words = [f"--{name} {getattr(options, name)}" for name in ("properties", "addresses", "seed")]
    words += [f"--peer PYTHON --peer-addresses {options.peer_addresses}"] if options.peer else []
    result = {
        "command": " ".join(["python benchmarks/places_speed.py", *words]),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "polars": version("polars"),
        "svoc": version("svoc"),
        **result,
    }
    file = RESULTS / f"{datetime.now(UTC).date().isoformat()}-places-speed.json"
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(file.name)


if __name__ == "__main__":
    main()
