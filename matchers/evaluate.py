"""How good a linkage is, against known truth, a reviewed sample, or neither.

Pairs are counted from the sizes of groups and never listed, so a town of a million mentions takes a second.
Intervals are Wilson's (1927), at 95%. They take pairs as independent draws, which pairs of one cluster are not:
read them as the least uncertainty there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import polars as pl

from matchers.errors import PairFault, require_columns

SCORES = pl.Schema(
    {
        "scope": pl.String(),
        "group": pl.String(),
        "measure": pl.String(),
        "value": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "hits": pl.Int64(),
        "total": pl.Int64(),
    }
)

SUBGROUPS = pl.Schema(
    {
        "trait": pl.String(),
        "group": pl.String(),
        "mentions": pl.Int64(),
        "joined": pl.Int64(),
        "true": pl.Int64(),
        "precision": pl.Float64(),
        "precision_low": pl.Float64(),
        "precision_high": pl.Float64(),
        "recall": pl.Float64(),
        "recall_low": pl.Float64(),
        "recall_high": pl.Float64(),
        "precision_others": pl.Float64(),
        "recall_others": pl.Float64(),
        "behind": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measures of one linkage, as a frame to read, write or plot; the main ones by name.

    `scores`: `scope`, `group`, `measure`, `value`, `low`, `high`, `hits`, `total`. Scopes: `all`; `within` and
    `between` sources, where sources are known; `by`, with its `group`, for subgroups. Measures: `precision`, `recall`
    and `f1` of pairs everywhere; for `all` also `bcubed_precision`, `bcubed_recall`, `bcubed_f1` (of mentions),
    `exact` (persons whose mentions are one cluster and nothing else) and `exact_linked` (the same, of persons with
    two mentions or more). `value` is null where there was nothing to count; `low` and `high` are given for shares.
    """

    scores: pl.DataFrame

    def value(self, measure: str, *, scope: str = "all", group: str | None = None) -> float | None:
        """Give one measure; None where there was nothing to count."""
        found = self.scores.filter(
            pl.col("scope") == scope, pl.col("measure") == measure, pl.col("group").eq_missing(pl.lit(group))
        )
        if found.is_empty():
            raise KeyError(f"no {measure!r} for scope {scope!r} here")
        value: float | None = found["value"].item()
        return value

    @property
    def precision(self) -> float | None:
        """The share of joined pairs that are one person."""
        return self.value("precision")

    @property
    def recall(self) -> float | None:
        """The share of one person's pairs that were joined."""
        return self.value("recall")

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        return self.value("f1")


def evaluate(members: pl.DataFrame, truth: pl.DataFrame, *, by: str | None = None) -> Evaluation:
    """Measure clusters against who is truly one person.

    `members`: `id`, `cluster`. `truth`: `id`, `person` (null for a mention of nobody: a company, a void), optionally
    `source`, and the column named `by` (of any type; subgroups to compare, such as the source). Only mentions
    in the truth count; one that has no cluster stands alone. A pair belongs to a subgroup when either end does.

    Raises `ColumnFault` for a missing column, `PairFault` for an id that is there twice.

    >>> members = pl.DataFrame({"id": ["a", "b", "c"], "cluster": ["a", "a", "a"]})
    >>> truth = pl.DataFrame({"id": ["a", "b", "c"], "person": ["ann", "ann", "bob"]})
    >>> evaluation = evaluate(members, truth)
    >>> evaluation.precision, evaluation.recall
    (0.3333333333333333, 1.0)
    """
    mentions = _mentions(members, truth, by)
    whole = _pair_counts(mentions, [])
    rows = [*_pair_scores("all", None, whole), *_bcubed(mentions), *_exact(mentions)]
    if "source" in mentions.columns:
        within = _pair_counts(mentions, ["source"])
        rows += _pair_scores("within", None, within)
        rows += _pair_scores("between", None, {name: whole[name] - within[name] for name in whole})
    if by is not None:
        for group in mentions["by"].unique().sort():
            outside = _pair_counts(mentions.filter(~pl.col("by").eq_missing(pl.lit(group))), [])
            rows += _pair_scores("by", group, {name: whole[name] - outside[name] for name in whole})
    return Evaluation(pl.DataFrame(rows, schema=SCORES, orient="row"))


def by_subgroup(members: pl.DataFrame, truth: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Measure subgroups, which may overlap, each beside everybody else: a table of fairness.

    `members` and `truth` as for `evaluate`; `groups`: `id`, `trait`, `group`, a row for each group that a mention is
    in, such as `matchers.structure.name_structures` makes. A pair belongs to a group when either end does. Where the
    truth has a `source`, its pairs of sources make a trait of their own, `sources`. Gives a frame of `SUBGROUPS`,
    sorted by trait and group: mentions, pairs joined and pairs true, precision and recall with their intervals, both
    measures of all other pairs, and `behind`: the measure, or both, whose interval lies below that of all others.

    >>> members = pl.DataFrame({"id": ["a", "b", "c", "d"], "cluster": [1, 1, 2, 3]})
    >>> truth = pl.DataFrame({"id": ["a", "b", "c", "d"], "person": [1, 1, 2, 2]})
    >>> groups = pl.DataFrame({"id": ["c", "d"], "trait": ["surname"] * 2, "group": ["hyphenated"] * 2})
    >>> by_subgroup(members, truth, groups).select("group", "recall", "recall_others").row(0)
    ('hyphenated', 0.0, 1.0)
    """
    require_columns(("id", "trait", "group"), groups.columns, where="the frame of groups")
    named = truth.select("id", "person", *(["source"] if "source" in truth.columns else []), key="id")
    mentions = _mentions(members, named, "key")
    whole = _pair_counts(mentions, [])
    rows: list[tuple[object, ...]] = []
    for trait, group in groups.select("trait", "group").unique().sort("trait", "group").iter_rows():
        inside = groups.filter(trait=trait, group=group)["id"].cast(pl.String).unique()
        known = pl.col("by").is_in(inside.implode())
        outside = _pair_counts(mentions.filter(~known), [])
        own = {name: whole[name] - outside[name] for name in whole}
        rows.append((trait, group, mentions.filter(known).height, *_beside(own, outside)))
    rows += _by_sources(mentions, whole) if "source" in mentions.columns else []
    return pl.DataFrame(rows, schema=SUBGROUPS, orient="row").sort("trait", "group")


def _by_sources(mentions: pl.DataFrame, whole: Mapping[str, int]) -> list[tuple[object, ...]]:
    """Pairs within each source, and between each two."""
    names = mentions["source"].drop_nulls().unique().sort().to_list()
    of = {name: mentions.filter(source=name) for name in names}
    alone = {name: _pair_counts(frame, []) for name, frame in of.items()}
    rows: list[tuple[object, ...]] = []
    for number, one in enumerate(names):
        for other in names[number:]:
            both = pl.concat([of[one], of[other]]) if other != one else of[one]
            own = _pair_counts(both, [])
            if other != one:
                own = {name: own[name] - alone[one][name] - alone[other][name] for name in own}
            others = {name: whole[name] - own[name] for name in own}
            rows.append(("sources", f"{one} with {other}", both.height, *_beside(own, others)))
    return rows


def _beside(own: Mapping[str, int], others: Mapping[str, int]) -> tuple[object, ...]:
    """A group's counts, measures and intervals, the others' measures, and what the group is behind in."""
    shown: list[object] = [own["joined"], own["true"]]
    rest: list[object] = []
    behind = []
    for measure, total in (("precision", "joined"), ("recall", "true")):
        mine, theirs = wilson(own["both"], own[total]), wilson(others["both"], others[total])
        shown += [own["both"] / own[total] if own[total] else None, *(mine or (None, None))]
        rest.append(others["both"] / others[total] if others[total] else None)
        if mine and theirs and mine[1] < theirs[0]:
            behind.append(measure)
    return (*shown, *rest, " and ".join(behind) or None)


def wilson(hits: int, total: int, *, confidence: float = 0.95) -> tuple[float, float] | None:
    """Give Wilson's interval for a share of which `hits` of `total` were seen; None when nothing was.

    >>> low, high = wilson(98, 100)
    >>> round(low, 3), round(high, 3)
    (0.93, 0.994)
    """
    if total == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = hits / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == total else middle + half)


def _mentions(members: pl.DataFrame, truth: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """Number clusters and persons; a mention without either is one of its own, with a number below nothing."""
    require_columns(("id", "cluster"), members.columns, where="the frame of members")
    require_columns(("id", "person", *([by] if by else [])), truth.columns, where="the truth")
    for name, frame in (("members", members), ("the truth", truth)):
        repeated = frame.height - frame["id"].n_unique()
        if repeated:
            raise PairFault(f"{repeated} ids are there twice in {name}")
    kept = [pl.col("source")] if "source" in truth.columns else []
    kept += [pl.col(by).cast(pl.String).alias("by")] if by else []
    known = truth.select("id", "person", *kept).join(members.select("id", "cluster"), on="id", how="left")
    alone = -1 - pl.row_index().cast(pl.Int64)
    return known.with_columns(
        pl.coalesce(pl.col(name).rank("dense").cast(pl.Int64), alone).alias(name) for name in ("cluster", "person")
    )


def _pairs_in(mentions: pl.DataFrame, keys: list[str]) -> int:
    size = pl.col("size").cast(pl.Int64)
    counted = mentions.group_by(keys).agg(size=pl.len()).select(pairs=(size * (size - 1) // 2).sum())
    return int(counted.item())


def _pair_counts(mentions: pl.DataFrame, within: list[str]) -> dict[str, int]:
    """Count the pairs that were joined, that should be, and that were and should."""
    return {
        "both": _pairs_in(mentions, ["cluster", "person", *within]),
        "joined": _pairs_in(mentions, ["cluster", *within]),
        "true": _pairs_in(mentions, ["person", *within]),
    }


Row = tuple[str, str | None, str, float | None, float | None, float | None, int | None, int | None]


def _share(scope: str, group: str | None, measure: str, hits: int, total: int) -> Row:
    low, high = wilson(hits, total) or (None, None)
    return scope, group, measure, (hits / total if total else None), low, high, hits, total


def _plain(measure: str, value: float | None, *, scope: str = "all", group: str | None = None) -> Row:
    return scope, group, measure, value, None, None, None, None


def _harmonic(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return None
    return 2 * one * other / (one + other) if one + other else 0.0


def _pair_scores(scope: str, group: str | None, counts: Mapping[str, int]) -> list[Row]:
    precision = _share(scope, group, "precision", counts["both"], counts["joined"])
    recall = _share(scope, group, "recall", counts["both"], counts["true"])
    return [precision, recall, _plain("f1", _harmonic(precision[3], recall[3]), scope=scope, group=group)]


def _bcubed(mentions: pl.DataFrame) -> list[Row]:
    """Average over mentions: how much of its cluster is its person, and how much of its person is its cluster."""
    if mentions.is_empty():
        return [_plain(f"bcubed_{name}", None) for name in ("precision", "recall", "f1")]
    cell = pl.len().over("cluster", "person")
    precision, recall = mentions.select(
        precision=(cell / pl.len().over("cluster")).mean(), recall=(cell / pl.len().over("person")).mean()
    ).row(0)
    return [
        _plain("bcubed_precision", precision),
        _plain("bcubed_recall", recall),
        _plain("bcubed_f1", _harmonic(precision, recall)),
    ]


def _exact(mentions: pl.DataFrame) -> list[Row]:
    whole = mentions.with_columns(pure=pl.col("person").n_unique().over("cluster") == 1)
    persons = (
        whole.filter(pl.col("person") >= 0)
        .group_by("person")
        .agg(exact=pl.col("pure").all() & (pl.col("cluster").n_unique() == 1), several=pl.len() > 1)
    )
    linked = persons.filter("several")
    return [
        _share("all", None, "exact", int(persons["exact"].sum()), persons.height),
        _share("all", None, "exact_linked", int(linked["exact"].sum()), linked.height),
    ]
