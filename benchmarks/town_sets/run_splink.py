"""Splink on the parsed records of a town, in an environment of its own: run_splink.py FOLDER.

Reads `FOLDER/in/SOURCE.parquet` for each source (id, title, forename, middle_names, surname, dob, phone, email,
postcode, uprn, all text, the UPRN as `svoc` placed the record) and writes `FOLDER/WAY.parquet`: threshold, id, cluster.

Two ways, each with a model of its own. "connected" links and deduplicates, and takes connected components;
"one-to-one" links only, two records that are each other's single best. Settings follow Splink's guides:
term frequencies on names, an initial as a level of its own, one comparison for the place because UPRN and postcode
stand and fall together, the prior from deterministic rules, u from random pairs, m by EM under two blocks.
"""

import json
import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999)
HELD = 0.05
"""Share of records that must hold a value, and in two sources for a link, before it is worth a comparison."""


def _name(column: str) -> cl.CustomComparison:
    """Compare a name by Jaro-Winkler, rare ones counting for more, an initial as what it is."""
    initial = (
        f"(length({column}_l) = 1 or length({column}_r) = 1) and substr({column}_l, 1, 1) = substr({column}_r, 1, 1)"
    )
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.NullLevel(column),
            cll.CustomLevel(initial, label_for_charts="the initial"),
            cll.ExactMatchLevel(column).configure(tf_adjustment_column=column),
            cll.JaroWinklerLevel(column, 0.92),
            cll.JaroWinklerLevel(column, 0.88),
            cll.JaroWinklerLevel(column, 0.7),
            cll.ElseLevel(),
        ],
    )


def _middle_names() -> cl.CustomComparison:
    first = "substr(middle_names_l, 1, 1) = substr(middle_names_r, 1, 1)"
    return cl.CustomComparison(
        output_column_name="middle_names",
        comparison_levels=[
            cll.NullLevel("middle_names"),
            cll.CustomLevel("length(middle_names_l) > 1 and middle_names_l = middle_names_r", label_for_charts="same"),
            cll.CustomLevel(first, label_for_charts="the initial"),
            cll.ElseLevel(),
        ],
    )


def _place() -> cl.CustomComparison:
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


def _facts(connection: duckdb.DuckDBPyConnection, sources: list[str], *, within: bool) -> list[object]:
    """Compare dates of birth, telephones and mail addresses where sources hold them."""
    asked = {
        "dob": cl.DateOfBirthComparison("dob", input_is_string=True),
        "phone": cl.ExactMatch("phone"),
        "email": cl.ExactMatch("email"),
    }
    kept = []
    for column, comparison in asked.items():
        counted = [connection.table(f"in_{source}").aggregate(f"count({column}) / count(*)") for source in sources]
        shares = [share.fetchall()[0][0] for share in counted]
        if sum(share >= HELD for share in shares) >= (1 if within else 2):
            kept.append(comparison)
    return kept


def linked(folder: Path, sources: list[str], way: str) -> duckdb.DuckDBPyRelation:
    """Train, predict and cluster; give threshold, id, cluster."""
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar=false")
    connection.execute("set threads=2")
    connection.execute(f"set temp_directory='{folder}'")  # what it spills goes when the town goes
    api = DuckDBAPI(connection=connection)
    tables = []
    for name in sources:
        connection.execute(f"create table in_{name} as select * from read_parquet('{folder / name}.parquet')")  # noqa: S608
        tables.append(api.register(connection.table(f"in_{name}"), dataset_display_name=name))
    one_to_one = way == "one-to-one"
    settings = SettingsCreator(
        link_type="link_only" if one_to_one else "link_and_dedupe",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[
            block_on("uprn"),
            block_on("forename", "surname"),
            block_on("postcode", "surname"),
            block_on("postcode", "forename"),
        ],
        comparisons=[
            _name("forename"),
            _middle_names(),
            cl.NameComparison("surname"),
            cl.ExactMatch("title"),
            _place(),
            *_facts(connection, sources, within=not one_to_one),
        ],
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(tables, settings)
    sure = [block_on("forename", "surname", "uprn"), block_on("forename", "surname", "postcode")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in (block_on("uprn"), block_on("forename", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    if one_to_one:
        return _best_links(connection, found.as_duckdbpyrelation())
    parts = []
    for number, threshold in enumerate(THRESHOLDS):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            found, threshold_match_probability=threshold
        )
        clusters.as_duckdbpyrelation().to_view(f"found_{number}")
        parts.append(f"select cast({threshold} as double) as threshold, id, cluster_id as cluster from found_{number}")  # noqa: S608
    return connection.sql(" union all ".join(parts))


def _best_links(connection: duckdb.DuckDBPyConnection, found: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Keep the pairs whose two ends are each other's best, at each threshold.

    It is what Splink's `cluster_using_single_best_links` gives for two sources without duplicates; that one had
    not ended after two minutes on a town of 20,000 dwellings.
    """
    found.to_view("found")
    order = "order by match_weight desc, id_l, id_r"
    thresholds = ", ".join(f"({threshold})" for threshold in THRESHOLDS)
    return connection.sql(f"""
        with ranked as (
            select *, row_number() over (partition by source_dataset_l, id_l {order}) as of_left,
                row_number() over (partition by source_dataset_r, id_r {order}) as of_right
            from found
        ), kept as (
            select id_l, id_r, threshold from ranked join (values {thresholds}) as t(threshold)
                on match_probability >= threshold
            where of_left = 1 and of_right = 1
        )
        select cast(threshold as double) as threshold, id_l as id, id_l as cluster from kept
        union all select cast(threshold as double), id_r, id_l from kept
    """)  # noqa: S608


def main(folder: Path) -> None:
    """Link both ways and say how long either took."""
    sources = sorted(file.stem for file in folder.glob("in/*.parquet"))
    seconds = {}
    for way in ("connected", "one-to-one"):
        began = time.perf_counter()
        linked(folder / "in", sources, way).write_parquet(str(folder / f"{way}.parquet"))
        seconds[way] = round(time.perf_counter() - began, 1)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
