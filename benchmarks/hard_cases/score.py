"""Scores the answers of any tool by one measure.

Each row gets one verdict:

- right: the wanted UPRN, or one that is as right; a superseded property counts as the one that replaced it
- building: the building of the wanted unit, or of a unit that is absent: neither right nor a wrong flat
- missed: no answer where one is wanted
- wrong: another UPRN where one is wanted
- accepted: any UPRN where none is wanted, a false accept
- held: no answer where none is wanted

Recall is right / wanted rows. Precision is right / (right + wrong + accepted). A false accept rate is accepted / rows
that want none.
"""

from collections.abc import Mapping, Sequence

import polars as pl

VERDICTS = ("right", "building", "missed", "wrong", "accepted", "held")
ANSWERS: dict[str, pl.DataType] = {"row": pl.String(), "uprn": pl.Int64(), "level": pl.String()}


def judged(
    rows: pl.DataFrame,
    answers: pl.DataFrame,
    *,
    buildings: Mapping[int, Sequence[int]],
    parents: Mapping[int, int],
    heirs: Mapping[int, int],
) -> pl.DataFrame:
    """Adds to rows, with the columns of `kinds.base.ROWS`, answer Int64, level and verdict String.

    `answers` has row and uprn, and level (exact, building or none) where the tool tells it; else the level of a UPRN
    that has children (`buildings`) is building. `parents` and `heirs` lead from a UPRN to its building and to what
    replaced it. A row that is not answered counts as answered by nothing. The level changes no verdict: a UPRN is
    right or it is not, for every tool.
    """
    given = dict(answers.select("row", "uprn").iter_rows())
    told = dict(answers.select("row", "level").iter_rows()) if "level" in answers.columns else {}
    answer, level, verdict = [], [], []
    for row in rows.iter_rows(named=True):
        uprn = given.get(row["row"])
        uprn = heirs.get(uprn, uprn) if uprn is not None else None
        answer.append(uprn)
        derived = "none" if uprn is None else "building" if uprn in buildings else "exact"
        level.append(told.get(row["row"]) or derived)
        verdict.append(_verdict(row, uprn, parents))
    return rows.with_columns(
        pl.Series("answer", answer, pl.Int64),
        pl.Series("level", level, pl.String),
        pl.Series("verdict", verdict, pl.String),
    )


def _verdict(row: Mapping[str, object], uprn: int | None, parents: Mapping[int, int]) -> str:
    also, wanted = row["also"], row["uprn"]
    assert isinstance(also, list)
    if row["want"] == "none":
        return "held" if uprn is None else "building" if uprn in also else "accepted"
    if uprn is None:
        return "missed"
    if uprn == wanted or uprn in also:
        return "right"
    if row["want"] == "exact":
        above = parents.get(wanted) if isinstance(wanted, int) else None
        while above is not None:
            if uprn == above:
                return "building"
            above = parents.get(above)
    return "wrong"


def by_kind(judgements: pl.DataFrame) -> pl.DataFrame:
    """Counts verdicts by kind.

    Columns: kind, rows, wanted (rows that want a UPRN), the VERDICTS, and recall, precision, wrong_rate (wrong and
    accepted, of all rows) and false_accepts (of the rows that want none) Float64, null where nothing is to be shared.
    """
    wanted = pl.col("want") != "none"
    counts = judgements.group_by("kind").agg(
        pl.len().cast(pl.Int64).alias("rows"),
        wanted.sum().cast(pl.Int64).alias("wanted"),
        *((pl.col("verdict") == verdict).sum().cast(pl.Int64).alias(verdict) for verdict in VERDICTS),
    )
    bad, claimed = pl.col("wrong") + pl.col("accepted"), pl.col("right") + pl.col("wrong") + pl.col("accepted")
    return counts.sort("kind").with_columns(
        _share(pl.col("right"), pl.col("wanted")).alias("recall"),
        _share(pl.col("right"), claimed).alias("precision"),
        _share(bad, pl.col("rows")).alias("wrong_rate"),
        _share(pl.col("accepted"), pl.col("rows") - pl.col("wanted")).alias("false_accepts"),
    )


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)


def totals(kinds: pl.DataFrame, weights: Mapping[int, float] | None = None) -> dict[str, float]:
    """Sums `by_kind` up: every kind counting alike, or by its weight, whatever the number of its rows.

    Gives recall, precision, false_accepts (of the rows that want none), building (of all rows) and wrong (of all rows).

    >>> one = pl.DataFrame({"row": ["a"], "kind": [1], "want": ["exact"], "uprn": [7], "also": [[]]})
    >>> done = judged(one, pl.DataFrame({"row": ["a"], "uprn": [7]}), buildings={}, parents={}, heirs={})
    >>> totals(by_kind(done))["recall"]
    1.0
    """
    sums = dict.fromkeys((*VERDICTS, "wanted", "all"), 0.0)
    for row in kinds.iter_rows(named=True):
        weight = (1.0 if weights is None else weights[row["kind"]]) / row["rows"]
        for name in (*VERDICTS, "wanted"):
            sums[name] += weight * row[name]
        sums["all"] += weight * row["rows"]
    claimed, none = sums["right"] + sums["wrong"] + sums["accepted"], sums["all"] - sums["wanted"]
    return {
        "recall": sums["right"] / sums["wanted"] if sums["wanted"] else 0.0,
        "precision": sums["right"] / claimed if claimed else 1.0,
        "false_accepts": sums["accepted"] / none if none else 0.0,
        "building": sums["building"] / sums["all"] if sums["all"] else 0.0,
        "wrong": (sums["wrong"] + sums["accepted"]) / sums["all"] if sums["all"] else 0.0,
    }
