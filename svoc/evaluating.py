"""Measure what the night made of a town whose truth is known."""

from pathlib import Path

import polars as pl

from matchers import Evaluation, by_subgroup, evaluate, name_structures
from svoc.errors import Fault, InputFaults
from svoc.sources.tables import pick, read_table

__all__ = ["evaluation", "fairness", "fairness_words", "read_truth"]

TRUTH = ("source", "record", "party", "person", "uprn")
KEY = pl.concat_str("source", "record", "party", separator="\x1f").alias("id")


def read_truth(path: Path) -> pl.DataFrame:
    """Read `source,record,party,person,uprn`; an empty person is nobody (a company, a void).

    Raises `SettingsError` where the file or a column is not there, `InputFaults` with every line whose party is no
    number, whose UPRN is none or whose key stands before it.
    """
    table = read_table(path, known=TRUTH)
    text = pick(table, {name: name for name in TRUTH}, setting="truth")
    numbers = text.with_columns(
        pl.col("party").cast(pl.Int16, strict=False).alias("ordinal"),
        pl.col("uprn").cast(pl.Int64, strict=False).alias("number"),
        pl.struct("source", "record", "party").is_duplicated().alias("twice"),
    )
    faults = [
        *_faults(path, numbers, pl.col("ordinal").is_null(), "party", "a number from 1"),
        *_faults(path, numbers, pl.col("number").is_null() & pl.col("uprn").is_not_null(), "uprn", "a UPRN or nothing"),
        *_faults(path, numbers, pl.col("twice"), "party", "each source, record and party once"),
    ]
    if faults:
        raise InputFaults(sorted(faults))
    return numbers.select("source", "record", party="ordinal", person="person", uprn="number")


def _faults(path: Path, rows: pl.DataFrame, wrong: pl.Expr, column: str, expected: str) -> list[Fault]:
    return [Fault(path.name, line, column, expected) for line in rows.filter(wrong)["line"]]


def evaluation(members: pl.DataFrame, truth: pl.DataFrame) -> tuple[Evaluation, dict[str, float | int]]:
    """Compare an export's members with the truth: pairs of people, and placements.

    `members`: as `svoc.exporting.exported` gives them; `truth`: as `read_truth` gives it. The figures count mentions
    that the truth holds: `placed` is the share with a UPRN, `placed_right` the share of those whose UPRN is the true
    one.
    """
    made = members.with_columns(KEY)
    true = truth.with_columns(KEY)
    measured = evaluate(
        made.drop_nulls("person_id").select("id", cluster="person_id"), true.select("id", "person", "source")
    )
    both = made.join(true.select("id", true_uprn="uprn"), on="id")
    placed = both.filter(pl.col("uprn").is_not_null())
    sure = placed.filter(pl.col("outcome").is_in(["exact", "historic"]))
    figures: dict[str, float | int] = {
        "mentions": true.height,
        "mentions_read": both.height,
        "placed": _share(placed.height, both.height),
        "placed_right": _share(_right(placed), placed.height),
        "sure": _share(sure.height, both.height),
        "sure_right": _share(_right(sure), sure.height),
        "without_rung": made["rung"].null_count(),
    }
    return measured, figures


FEWEST_PAIRS = 20


def fairness(members: pl.DataFrame, truth: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Measure how people fare by how their name is built, by how many live with them, and by which systems hold them.

    `members` and `truth` as for `evaluation`; `mentions`: source, record, party and the parts of the name. Gives the
    frame `matchers.evaluate.SUBGROUPS`, without groups of fewer than 20 true pairs, of which nothing can be said. No
    name is in it, and no group stands for an origin.
    """
    made, true = members.with_columns(KEY), truth.with_columns(KEY)
    clusters = made.drop_nulls("person_id").select("id", cluster="person_id")
    groups = pl.concat([name_structures(mentions.with_columns(KEY)), _household_sizes(true)])
    table = by_subgroup(clusters, true.select("id", "person", "source"), groups)
    return table.filter(pl.col("true") >= FEWEST_PAIRS)


def _household_sizes(truth: pl.DataFrame) -> pl.DataFrame:
    """How many people the truth knows at each mention's property."""
    size = pl.col("person").drop_nulls().n_unique().over("uprn")
    group = (
        pl.when(pl.col("uprn").is_null()).then(pl.lit("place unknown"))
        .when(size <= 1).then(pl.lit("1 person"))
        .when(size == 2).then(pl.lit("2 people"))
        .when(size <= 4).then(pl.lit("3 or 4 people"))
        .otherwise(pl.lit("5 people or more"))
    )  # fmt: skip
    return truth.select("id", trait=pl.lit("household"), group=group)


def fairness_words(table: pl.DataFrame) -> str:
    """Write the table for a reader: a line for each group, and which are behind all others beyond chance."""
    head = f"{'':44} {'pairs':>7} {'precision':>10} {'recall':>8}  behind in"
    lines = [
        f"{row['trait'] + ': ' + row['group']:44} {row['true']:7} {_figure(row['precision']):>10} "
        f"{_figure(row['recall']):>8}  {row['behind'] or ''}".rstrip()
        for row in table.to_dicts()
    ]
    return "\n".join([head, *lines])


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _right(placed: pl.DataFrame) -> int:
    return placed.filter(pl.col("uprn") == pl.col("true_uprn")).height


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0
