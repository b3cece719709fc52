"""What a choice of thresholds would do with a council's own pairs, shown before anybody chooses.

Every figure is expected, from what evidence of each kind has meant (`svoc.certainty`); the links and the cases are
those that the night itself would make, for the households are solved with each choice anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from svoc.certainty import Certainty, evidence_of
from svoc.errors import SettingsError
from svoc.steps.attach import CANDIDATES, Attached
from svoc.steps.group import Thresholds, group
from svoc.steps.triage import triage
from svoc.words.decisions import CaseKind

__all__ = ["CHOICES", "WANTED", "Pairs", "as_settings", "choices", "choices_words", "outcomes", "thresholds_for"]

WANTED = (0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995)
LEAST = 0.9
"""No link is less sure than this by itself, or many easy ones would pay for doubtful ones."""
NEVER = 1_000_000
"""A thousand bits: nothing weighs as much."""
ASKED = (CaseKind.HOUSEHOLD.value, CaseKind.POSSIBLE_MOVE.value)
"""The cases that thresholds make; others come from addresses, life events and decisions."""

CHOICES = pl.Schema(
    {
        "wanted": pl.Float64(),
        "margin": pl.Int32(),
        "join": pl.Int32(),
        "ask": pl.Int32(),
        "links": pl.Int64(),
        "precision": pl.Float64(),
        "least": pl.Float64(),
        "recall": pl.Float64(),
        "cases": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Pairs:
    """What a night groups: `mentions` (`PLACED`), scored `pairs`, `decisions` that hold, and who lists people once."""

    mentions: pl.DataFrame
    pairs: pl.DataFrame
    decisions: pl.DataFrame
    lists_once: Mapping[str, bool]


def choices(
    council: Pairs, thresholds: Thresholds, certainty: Certainty, *, wanted: Sequence[float] = WANTED
) -> pl.DataFrame:
    """Say what the thresholds in force are expected to do, and those for each wanted precision.

    Gives a frame of `CHOICES`, the first row being the thresholds in force (`wanted` null). `margin`, `join`, `ask` in
    thousandths of a bit, null where no pair is sure enough; `links`: pairs of records that become one person;
    `precision`: how many of them are expected to be right; `least`: how sure the least sure link that joins by itself
    is; `recall`: of all pairs looked at that are expected to be one person, how many are joined; `cases`: households
    and likely moves that a steward is asked about.
    """
    evidence = evidence_of(council.mentions, council.pairs, council.decisions, thresholds, council.lists_once)
    told = evidence.with_columns(certainty.stated(evidence))
    rows = [row for row, _ in outcomes(council, told, thresholds, wanted)]
    return pl.DataFrame(rows, schema=CHOICES)


def outcomes(
    council: Pairs, told: pl.DataFrame, thresholds: Thresholds, wanted: Sequence[float]
) -> Iterator[tuple[dict[str, float | int | None], pl.DataFrame]]:
    """Group the pairs by each choice in turn: its row of `CHOICES`, and the pairs that it makes one person.

    `told`: a frame of `svoc.certainty.EVIDENCE` with `stated`; what else it holds stands with the joined pairs too.
    """
    yield _outcome(council, told, None, thresholds)
    for share in wanted:
        yield _outcome(council, told, share, thresholds_for(told, thresholds, share))


def thresholds_for(told: pl.DataFrame, thresholds: Thresholds, wanted: float) -> Thresholds:
    """Give the lowest thresholds at which the links at one place, and those between places, are that precise.

    `told`: a frame of `svoc.certainty.EVIDENCE` with `stated`. Either kind of link reaches the wanted precision taken
    together, and none is less sure by itself than nine in ten (or than what is wanted, if that is less). Where no
    pair reaches it, the threshold is a thousand bits: nothing is joined.
    """
    if not 0 < wanted < 1:
        raise SettingsError(f"a wanted precision lies between 0 and 1, as 0.999; not {wanted}")
    margin, join = (_lowest(told.filter(kind=kind), wanted) for kind in ("household", "move"))
    return replace(thresholds, margin=max(margin, 1), join=join, ask=min(thresholds.ask, join))


def _lowest(told: pl.DataFrame, wanted: float) -> int:
    """Go down the weights as long as all above, taken together, are as precise as wanted."""
    counted = told.group_by("weight").agg(pl.len(), pl.col("stated").first()).sort("weight", descending=True)
    together = (pl.col("stated") * pl.col("len")).cum_sum() / pl.col("len").cum_sum()
    sure = (together >= wanted) & (pl.col("stated") >= min(LEAST, wanted))
    reached = counted.filter(sure)["weight"].min()
    return NEVER if reached is None else int(str(reached))


def _outcome(
    council: Pairs, told: pl.DataFrame, wanted: float | None, thresholds: Thresholds
) -> tuple[dict[str, float | int | None], pl.DataFrame]:
    grouping = group(council.mentions, council.pairs, council.decisions, thresholds, council.lists_once)
    joined = _joined(told, grouping.clusters)
    nothing = Attached(pl.DataFrame(), pl.DataFrame(schema=CANDIDATES))
    cases = triage(council.mentions, grouping, nothing, council.decisions)
    direct = joined.filter(pl.col("kind").is_in(["household", "move"]))["stated"].to_numpy()
    right, everything = float(joined["stated"].to_numpy().sum()), float(told["stated"].to_numpy().sum())
    bits = {name: getattr(thresholds, name) for name in ("margin", "join", "ask")}
    row: dict[str, float | int | None] = {
        "wanted": wanted,
        **{name: None if each == NEVER else each for name, each in bits.items()},
        "links": joined.height,
        "precision": right / joined.height if joined.height else None,
        "least": float(direct.min()) if len(direct) else None,
        "recall": right / everything if everything else None,
        "cases": cases.filter(pl.col("kind").is_in(ASKED)).height,
    }
    return row, joined


def _joined(told: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Keep the pairs whose two records are in one cluster."""
    left, right = (clusters.rename({"mention": end, "cluster": f"{end}_cluster"}) for end in ("left", "right"))
    both = told.join(left, on="left").join(right, on="right")
    return both.filter(pl.col("left_cluster") == pl.col("right_cluster"))


def choices_words(table: pl.DataFrame) -> str:
    """Write a frame of `CHOICES` for a reader, thresholds in bits."""
    columns = (("wanted", 8), ("margin", 7), ("join", 7), ("links", 9), ("precision", 10), ("least", 7), ("recall", 7))
    head = " ".join(f"{name:>{width}}" for name, width in (*columns, ("cases", 7)))
    return "\n".join([head, *map(_line, table.to_dicts())])


def _line(row: Mapping[str, float | int | None]) -> str:
    wanted = "in force" if row["wanted"] is None else f"{row['wanted']:.4f}"
    bits = (f"{_bits(row[name]):>7}" for name in ("margin", "join"))
    shares = (f"{_share(row[name]):>{width}}" for name, width in (("precision", 10), ("least", 7), ("recall", 7)))
    return f"{wanted:>8} {' '.join(bits)} {row['links']:>9} {' '.join(shares)} {row['cases']:>7}"


def _bits(millibits: float | None) -> str:
    return "none" if millibits is None else f"{millibits / 1000:.2f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def as_settings(row: Mapping[str, float | int | None]) -> str:
    """Write the thresholds of a row of `CHOICES` as council.toml takes them."""
    names = ("margin", "join", "ask")
    return "\n".join(["[matching]", *(f"{name} = {_setting(row[name])}" for name in names)])


def _setting(millibits: float | None) -> str:
    return f"{(NEVER if millibits is None else millibits) / 1000:g}"
