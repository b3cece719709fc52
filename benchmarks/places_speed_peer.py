"""Run uk_address_matcher for `places_speed.py`, in an environment of its own.

    ENV/bin/python benchmarks/places_speed_peer.py prepare|match FOLDER

`prepare` makes its prepared folder of FOLDER/canonical.parquet; `match` asks it FOLDER/messy.parquet with its usual
stages and every thread that the machine has, and writes FOLDER/peer.parquet. Ends with a line of JSON.
"""

import json
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path


def prepare(folder: Path) -> dict[str, object]:
    """Prepare the gazetteer once, as the guide recommends for one that is asked often."""
    import duckdb
    from uk_address_matcher import prepare_canonical_folder

    con = duckdb.connect()
    began = time.perf_counter()
    canonical = con.read_parquet(str(folder / "canonical.parquet"))
    prepare_canonical_folder(canonical, output_folder=str(folder / "prepared"), con=con, overwrite=True)
    return {"seconds": round(time.perf_counter() - began, 2)}


def match(folder: Path) -> dict[str, object]:
    """Match the addresses; the seconds are those of loading what was prepared and of matching."""
    import duckdb
    from uk_address_matcher import AddressMatcher

    con = duckdb.connect()
    began = time.perf_counter()
    messy = con.read_parquet(str(folder / "messy.parquet"))
    matcher = AddressMatcher(canonical_addresses=str(folder / "prepared"), addresses_to_match=messy, con=con)
    matcher.match().matches().write_parquet(str(folder / "peer.parquet"))
    return {"seconds": round(time.perf_counter() - began, 2)}


if __name__ == "__main__":
    stage, where = sys.argv[1], Path(sys.argv[2])
    told = prepare(where) if stage == "prepare" else match(where)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    memory = {
        "cpu_seconds": round(spent.ru_utime + spent.ru_stime, 2),
        "peak_megabytes": round(spent.ru_maxrss / 1000),
    }
    print(json.dumps({**told, **memory, "version": version("uk_address_matcher")}))
