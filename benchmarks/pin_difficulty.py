"""Pin the rehearsal town's difficulty: a careful Splink 5.0.0 user must score about P .95 and R .94 on it.

The town's noise is calibrated, not chosen: Splink links Council Tax to the register on the names as the systems hold
them (parsed without a slip), titles, postcodes and UPRNs, one best link for each Council Tax party, at 0.5. It must
come within .03 of both figures, or `svoc.rehearsal.Noise` is set anew.

Splink lives in an environment of its own, so that the project does not depend on it:

    python -m venv ENV && ENV/bin/pip install splink==5.0.0 polars pandas pyarrow
    python benchmarks/pin_difficulty.py --splink ENV/bin/python [--dwellings 2000] [--seed 1] [--doubled]

Ends with 1 where the town is too easy or too hard.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WANTED = {"precision": 0.95, "recall": 0.94}
TOLERANCE = 0.03
THRESHOLD = 0.5


def _mentions(town, holding, style: str, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """Write one row for each person that a source names on the first night, name as held, UPRN as held."""
    import polars as pl

    from svoc.rehearsal import write_address
    from svoc.rehearsal.place_schema import generator

    numbers = town.world.dwellings["dwelling"]
    addresses = write_address(town.world, numbers, style, generator(town.world.seed, f"addresses {style}"), town.noise)
    now = holding.on(0)
    parties = now.parties.filter(pl.col("person").is_not_null())
    rows = parties.join(now.records.select("record", "dwelling"), on="record").join(
        addresses.select("dwelling", "postcode", "uprn"), on="dwelling", how="left"
    )
    upper = [pl.col(name).str.to_uppercase() for name in ("title", "forename", "surname", "postcode")]
    key = pl.concat_str("record", pl.lit("#"), "party")
    rows.select(key.alias("id"), *upper, pl.col("uprn").cast(pl.String), "person").sort("id").write_parquet(
        folder / f"{holding.source}.parquet"
    )


def _town(folder: Path, dwellings: int, seed: int, *, doubled: bool) -> None:
    from svoc.rehearsal import Noise, rehearse

    noise = Noise().doubled() if doubled else Noise()
    town = rehearse(folder / "town", dwellings=dwellings, seed=seed, nights=1, noise=noise)
    _mentions(town, town.council_tax, "council_tax", folder)
    _mentions(town, town.register, "electoral", folder)


def _score(folder: Path) -> dict[str, float]:
    """Run Splink; only Splink's own environment can do this."""
    import duckdb
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection = duckdb.connect()
    connection.execute("set enable_progress_bar=false")
    api = DuckDBAPI(connection=connection)
    tables = []
    for name in ("council_tax", "electoral_register"):
        connection.execute(f"create table in_{name} as select * from read_parquet('{folder / name}.parquet')")  # noqa: S608
        tables.append(api.register(connection.table(f"in_{name}"), dataset_display_name=name))
    rules = [
        block_on("uprn"),
        block_on("forename", "surname"),
        block_on("postcode", "surname"),
        block_on("postcode", "forename"),
    ]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=rules,
        comparisons=[
            cl.NameComparison("forename"),
            cl.NameComparison("surname"),
            cl.ExactMatch("title"),
            _place(),
        ],
    )
    linker = Linker(tables, settings)
    sure = [block_on("forename", "surname", "uprn"), block_on("forename", "surname", "postcode")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("uprn"), block_on("forename", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=THRESHOLD).as_duckdbpyrelation()
    found.to_view("found")
    return _measure(connection)


def _place():  # type: ignore[no-untyped-def]
    """Compare places once: UPRN and postcode go together, so that scoring each would count one home twice."""
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl

    missing = "(uprn_l is null or uprn_r is null) and (postcode_l is null or postcode_r is null)"
    return cl.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            cll.CustomLevel(missing, label_for_charts="null").configure(is_null_level=True),
            cll.CustomLevel("uprn_l = uprn_r", label_for_charts="property"),
            cll.CustomLevel("postcode_l = postcode_r", label_for_charts="postcode"),
            cll.ElseLevel(),
        ],
    )


def _measure(connection) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """Keep each Council Tax party's best link; count it right where both are one person."""
    best = """
        with pairs as (
            select case when id_l like '%-%' then id_r else id_l end as tax,
                   case when id_l like '%-%' then id_l else id_r end as elector, match_probability as p
            from found
        ), best as (select tax, arg_max(elector, p) as elector from pairs group by tax)
        select count(*), count(*) filter (where c.person = e.person)
        from best join in_council_tax c on c.id = tax join in_electoral_register e on e.id = elector
    """
    linked, right = connection.execute(best).fetchone()
    linkable = connection.execute(
        "select count(*) from in_council_tax where person in (select person from in_electoral_register)"
    ).fetchone()[0]
    return {
        "linked": linked,
        "right": right,
        "linkable": linkable,
        "precision": round(right / max(linked, 1), 4),
        "recall": round(right / max(linkable, 1), 4),
    }


def main() -> int:
    """Make the town, have Splink link it, and say whether it is as hard as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splink", default=sys.executable, help="the Python that has splink 5.0.0")
    parser.add_argument("--dwellings", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--doubled", action="store_true", help="twice the noise")
    parser.add_argument("--score", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.score:
        print(json.dumps(_score(asked.score)))
        return 0
    with tempfile.TemporaryDirectory() as name:
        _town(Path(name), asked.dwellings, asked.seed, doubled=asked.doubled)
        begun = time.perf_counter()
        command = [asked.splink, __file__, "--score", name]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(told.strip().splitlines()[-1])
    found |= {"dwellings": asked.dwellings, "seed": asked.seed, "seconds": round(time.perf_counter() - begun, 1)}
    print(json.dumps(found))
    off = [name for name, value in WANTED.items() if abs(found[name] - value) > TOLERANCE]
    print(f"off by more than {TOLERANCE}: {', '.join(off)}" if off else "as hard as it should be")
    return 1 if off and not asked.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
