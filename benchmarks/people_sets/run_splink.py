"""Splink on one set, in a process and an environment of its own: run_splink.py SET FOLDER [--pairs=PAIRS] FILE...

PAIRS (`left`, `right`) are another engine's; they are scored by the same trained model after the run.

Settings follow Splink's own demonstrations of the sets that it has; the made-up sets follow the same patterns, with
one comparison for the place, because address, postcode and town stand and fall together. Fuzzy functions are hoisted
into the null level, its documented way to have DuckDB compute them once.
"""

import sys

import duckdb
import splink
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from measured import Run
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_analysis import count_comparisons_from_blocking_rules

FLOOR, CLUSTER_AT, THREADS, SEED = 0.001, 0.95, 2, 1


def name(column):
    """Compare a name by Jaro-Winkler, rare ones counting for more."""
    both = f'"{column}_l","{column}_r"'
    null = f'jaro_winkler_similarity({both}) = -100 or "{column}_l" is null or "{column}_r" is null'
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.CustomLevel(null, label_for_charts="null").configure(is_null_level=True),
            cll.ExactMatchLevel(column).configure(tf_adjustment_column=column),
            *(cll.JaroWinklerLevel(column, edge) for edge in (0.92, 0.88, 0.7)),
            cll.ElseLevel(),
        ],
    )


def by_rarity(column):
    """Compare for equality, rare values counting for more."""
    return cl.ExactMatch(column).configure(term_frequency_adjustments=True)


def rules(*texts):
    """Read blocking rules written as columns, `column:letters` for their first letters."""

    def key(text):
        column, _, letters = text.partition(":")
        first, _, count = letters.partition("-")
        return f"substr({column},{first},{count})" if letters else column

    return [block_on(*(key(part) for part in text.split())) for text in texts]


def febrl3():
    """The demonstration's blocks and comparisons."""
    return {
        "blocks": rules("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode"),
        "comparisons": [
            name("given_name"),
            name("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            by_rarity("street_number"),
            by_rarity("postcode"),
        ],
        "certain": [
            *rules("soc_sec_id", "given_name surname date_of_birth"),
            "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
        ],
        "recall": 0.9,
        "train_under": rules("date_of_birth", "postcode"),
    }


def febrl4():
    """The demonstration's detailed model."""
    dates = cl.DateOfBirthComparison(
        "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
    )
    return {
        "blocks": [
            *rules("given_name surname", "date_of_birth", "soc_sec_id", "state address_1", "street_number address_1"),
            *rules("postcode"),
            "l.given_name = r.surname and l.surname = r.given_name",
        ],
        "comparisons": [
            name("given_name"),
            name("surname"),
            dates,
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            by_rarity("street_number"),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
        "certain": rules("soc_sec_id", "given_name surname date_of_birth"),
        "recall": 0.8,
        "train_under": rules("date_of_birth", "postcode"),
        "em": {"estimate_without_term_frequencies": True},
    }


def historical_50k():
    """The demonstration's blocks and comparisons."""
    return {
        "columns": "*, first_name || ' ' || surname as both_names",
        "blocks": rules(
            "first_name:1-3 surname:1-4", "surname dob", "first_name dob", "postcode_fake first_name",
            "postcode_fake surname", "dob birth_place", "postcode_fake:1-3 dob", "postcode_fake:1-3 first_name",
            "postcode_fake:1-3 surname", "first_name:1-2 surname:1-2 dob:1-4",
        ),
        "comparisons": [
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="both_names"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            by_rarity("birth_place"),
            by_rarity("occupation"),
        ],
        "certain": rules("first_name surname dob", "first_name:1-2 surname postcode_fake:1-2", "dob postcode_fake"),
        "recall": 0.6,
        "train_under": rules("first_name surname", "dob"),
        "em": {"estimate_without_term_frequencies": True},
    }  # fmt: skip


def rldata10000():
    """Names and the three parts of the date of birth; Splink cannot read a column called `by`."""
    return {
        "columns": '* exclude ("by", bm, bd), "by" as born, bm as month, bd as day',
        "blocks": rules(
            "fname_c1 lname_c1", "born month day", "fname_c1 born", "lname_c1 born", "fname_c1 month day",
            "lname_c1 month day",
        ),
        "comparisons": [
            name("fname_c1"), name("lname_c1"), by_rarity("born"), cl.ExactMatch("month"), cl.ExactMatch("day")
        ],
        "certain": rules("fname_c1 lname_c1 born month", "lname_c1 born month day", "fname_c1 born month day"),
        "recall": 0.9,
        "train_under": rules("fname_c1 lname_c1", "born month day"),
    }  # fmt: skip


def made_up():
    """Sixteen blocks, two names, date, sex, and one comparison of the place."""
    place = cl.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            cll.CustomLevel(
                "(postcode_l is null or postcode_r is null) and (address_l is null or address_r is null)",
                label_for_charts="null",
            ).configure(is_null_level=True),
            *(
                cll.CustomLevel(rule, label_for_charts=rule)
                for rule in (
                    "postcode_l = postcode_r and address_l = address_r",
                    "postcode_l = postcode_r and levenshtein(address_l, address_r) <= 4",
                    "address_l = address_r and town_l = town_r",
                    "address_l = address_r and levenshtein(postcode_l, postcode_r) <= 2",
                    "postcode_l = postcode_r",
                    "town_l = town_r",
                )
            ),
            cll.ElseLevel(),
        ],
    )
    dates = cl.DateOfBirthComparison("dob", input_is_string=True)
    return {
        "blocks": [
            *rules(
                "dob forename:1-1", "dob surname:1-1", "postcode forename", "postcode dob", "dob town",
                "address forename", "address dob", "forename surname dob:1-4", "forename surname dob:6-5",
                "forename surname postcode:1-3", "forename surname town", "surname postcode forename:1-1",
                "surname address forename:1-1", "surname address dob:1-4", "surname postcode dob:1-4",
            ),
            "l.forename = r.surname and l.surname = r.forename and l.dob = r.dob",
        ],
        "comparisons": [name("forename"), name("surname"), dates, place, cl.ExactMatch("sex")],
        "certain": rules("forename surname dob", "surname dob postcode", "forename dob postcode"),
        "recall": 0.75,
        "train_under": rules("forename surname", "dob"),
        "em": {"estimate_without_term_frequencies": True},
        "most_random": 5e6,
    }  # fmt: skip


SETS = {
    "febrl3": febrl3, "febrl4": febrl4, "historical_50k": historical_50k, "rldata10000": rldata10000,
    "made_up_200k": made_up, "made_up_1m": made_up,
}  # fmt: skip


def main(name_of_set, folder, *files):
    """Run, and write pairs.parquet (left, right, score), clusters.parquet (id, cluster) and run.json."""
    given = [file.removeprefix("--pairs=") for file in files if file.startswith("--pairs=")]
    files = [file for file in files if not file.startswith("--pairs=")]
    con = duckdb.connect()
    con.execute(f"set threads={THREADS}")
    con.execute("set enable_progress_bar=false")
    run = Run(f"splink {splink.__version__}, duckdb {duckdb.__version__}", name_of_set, folder)
    told = SETS[name_of_set]()
    api = DuckDBAPI(connection=con)
    tables = []
    for number, file in enumerate(files):
        con.read_parquet(file).select(told.get("columns", "*")).create(f"read_{number}")
        tables.append(api.register(con.table(f"read_{number}"), dataset_display_name=f"set_{number}"))
    one = len(tables) == 1
    tables = tables[0] if one else tables
    settings = SettingsCreator(
        unique_id_column_name="id", link_type="dedupe_only" if one else "link_only",
        blocking_rules_to_generate_predictions=told["blocks"], comparisons=told["comparisons"],
        retain_intermediate_calculation_columns=False, retain_matching_columns=False,
    )  # fmt: skip
    linker = Linker(tables, settings)
    run.lap("read")
    linker.training.estimate_probability_two_random_records_match(told["certain"], recall=told["recall"])
    linker.training.estimate_u_using_random_sampling(max_pairs=told.get("most_random", 1e6), seed=SEED)
    for rule in told["train_under"]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, **told.get("em", {}))
    run.lap("train")
    predicted = linker.inference.predict(threshold_match_probability=FLOOR)
    run.lap("predict")
    clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=CLUSTER_AT
    )
    run.lap("cluster")
    run.done(threads=THREADS, seed=SEED, threshold=CLUSTER_AT)
    written(con, folder, predicted, clustered)
    counted = count_comparisons_from_blocking_rules(
        tables, blocking_rules=told["blocks"], link_type="dedupe_only" if one else "link_only",
        unique_id_column_name="id", record_sample_proportion=1.0,
        **({} if one else {"source_dataset_column_name": "source_dataset"}),
    )  # fmt: skip
    run.facts["candidates"] = int(sum(row["marginal_comparison_count"] for row in counted))
    run.write()
    if given:
        blocked = api.register(given_pairs(con, given[0], len(files)))
        linker.table_management.register_blocked_pairs_for_predict(blocked)
        predicted = linker.inference.predict()
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=CLUSTER_AT
        )
        written(con, folder, predicted, clustered, "given", "given-clusters")


def written(con, folder, predicted, clustered, pairs="pairs", clusters="clusters"):
    """Write scored pairs and clusters; DuckDB reads the two by their names."""
    found, groups = predicted.as_duckdbpyrelation(), clustered.as_duckdbpyrelation()  # noqa: F841
    con.sql("select id_l as left, id_r as right, match_probability as score from found").write_parquet(
        f"{folder}/{pairs}.parquet"
    )
    con.sql("select id, cluster_id as cluster from groups").write_parquet(f"{folder}/{clusters}.parquet")


def given_pairs(con, path, files):
    """Lay another engine's pairs out as Splink's table of blocked pairs: of two files, the first file's end left."""
    con.read_parquet(path).project('"left" as one, "right" as other').create("given")
    if files == 1:
        return con.sql("select '0' as match_key, one as join_key_l, other as join_key_r from given")
    con.execute("create table turned as select one, other from given union all select other, one from given")
    return con.sql(
        "select '0' as match_key, 'set_0-__-' || one as join_key_l, 'set_1-__-' || other as join_key_r from turned "
        "where one in (select id from read_0) and other in (select id from read_1)"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
