"""Draw pairs for stewards to judge, and reckon from their answers how good the nights are, with intervals.

Pairs are drawn at random within groups of like certainty, joined and not, so that the few doubtful pairs are looked at
far more often than the many easy ones; each group then counts by how many pairs it holds. Who judges does not see what
the night made of a pair.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from matchers import Model, PairFault, candidates
from matchers.estimate import Estimate, precision_by_review, recall_by_recapture, recall_by_review
from svoc.errors import Fault, InputFaults, SettingsError
from svoc.formulas import harmless
from svoc.sources.tables import pick, read_table
from svoc.steps.pair import features
from svoc.whole_files import write_whole

__all__ = ["GROUPS", "SHOWN", "Reviewed", "drawn", "groups_beside", "read_review", "recaptured", "write_review"]

EDGES = (0.0, 0.01, 0.1, 0.5, 0.9, 0.99)
"""Where groups of stated certainty begin."""
SHOWN = ("source", "title", "forename", "middle_names", "surname", "dob", "address", "postcode", "since", "until")
GROUPS = pl.Schema({"group": pl.Int64(), "joined": pl.Boolean(), "from": pl.Float64(), "pairs": pl.Int64()})
ANSWERS = {"yes": True, "y": True, "no": False, "n": False}


def drawn(
    told: pl.DataFrame, mentions: pl.DataFrame, *, each: int = 50, seed: int = 1, hidden: tuple[str, ...] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw pairs to be judged, and count the groups that they were drawn from.

    `told`: `left`, `right`, `stated` (Float64) and `joined` (Boolean) of every pair that was looked at; `mentions`:
    frame of `PLACED`; `hidden`: what the purpose may not read of them. Gives the sample (`group` Int64, `left`,
    `right`, what is known of either, and an empty `same`), in an order that tells nothing, and a frame of `GROUPS`.
    The same pairs and seed give the same sample.
    """
    begins = np.searchsorted(EDGES, told["stated"].to_numpy(), side="right") - 1
    banded = told.with_columns(band=pl.Series(np.array(EDGES)[begins]))
    counted = banded.group_by("joined", "band").len("pairs").sort("joined", "band").with_row_index("group", 1)
    groups = counted.select(pl.col("group", "pairs").cast(pl.Int64), "joined", pl.col("band").alias("from"))
    lot = pl.concat_str("left", "right", separator="\x1f").hash(seed)
    numbered = banded.join(counted.drop("pairs"), on=["joined", "band"]).with_columns(lot=lot)
    chosen = numbered.sort("lot", "left", "right").group_by("group", maintain_order=True).head(each)
    sides = [name for name in SHOWN if name not in hidden]
    shown = chosen.sort("lot", "left", "right").select(pl.col("group").cast(pl.Int64), "left", "right")
    for end in ("left", "right"):
        known = mentions.select(pl.col("mention").alias(end), pl.col(sides).name.prefix(f"{end}_"))
        shown = shown.join(known, on=end, how="left", maintain_order="left")
    return shown.with_columns(same=pl.lit(None, dtype=pl.String)), groups.select(GROUPS.names())


def groups_beside(sample: Path) -> Path:
    """Name the file that the groups of a sample lie in."""
    return sample.with_name(f"{sample.stem}.groups.csv")


def write_review(sample: pl.DataFrame, groups: pl.DataFrame, out: Path) -> None:
    """Write the sample, readable by its owner only, and its groups beside it."""
    write_whole(out, lambda file: harmless(sample).write_csv(file))
    write_whole(groups_beside(out), partial(pl.DataFrame.write_csv, groups))


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the answers say: precision and recall with 95% intervals, of the pairs that are looked at."""

    precision: Estimate
    recall: Estimate
    answers: int
    unsure: int


def read_review(sample: Path) -> Reviewed:
    """Read a sample with its `same` filled in (yes, no, or nothing where it cannot be told), and estimate.

    Pairs that nobody can tell are left out of their group. Raises `SettingsError` where a file or column is not there
    or a group has no answer, `InputFaults` for every answer that is none and every group that there is not.
    """
    text = pick(read_table(sample), {"group": "group", "same": "same"}, setting="reviewed")
    counts = read_table(groups_beside(sample))
    known = pick(counts, {name: name for name in GROUPS}, setting="reviewed").select(
        pl.col("group", "pairs").cast(pl.Int64), pl.col("joined") == "true"
    )
    said = text.with_columns(
        pl.col("same").str.strip_chars().str.to_lowercase(), number=pl.col("group").cast(pl.Int64, strict=False)
    )
    wrong = [Fault(sample.name, n, "same", "yes, no or nothing") for n in _lines(said, ~pl.col("same").is_in(ANSWERS))]
    lost = ~pl.col("number").is_in(known["group"].implode()).fill_null(value=False)
    wrong += [Fault(sample.name, n, "group", "a number from its groups' file") for n in _lines(said, lost)]
    if wrong:
        raise InputFaults(sorted(wrong))
    answered = said.drop_nulls("same").with_columns(right=pl.col("same").replace_strict(ANSWERS))
    by_group = answered.group_by(group="number").agg(reviewed=pl.len(), right=pl.col("right").sum())
    strata = known.join(by_group, on="group", how="left").fill_null(0).rename({"pairs": "links"})
    try:
        precision = precision_by_review(strata.filter("joined"))
        recall = recall_by_review(strata)
    except PairFault as fault:
        raise SettingsError(f"{sample.name}: {fault}") from None
    return Reviewed(precision, recall, answered.height, said.height - answered.height)


def recaptured(mentions: pl.DataFrame, joined: pl.DataFrame, model: Model) -> Estimate:
    """Estimate, without labels, which share of the pairs that are one person any rule of the model proposes.

    `mentions`: frame of `PLACED`; `joined`: `left` and `right` of the pairs that became one person. Each rule by which
    pairs are looked at is a pass; from pairs that one or two of them found are reckoned those that none did
    (`matchers.estimate.recall_by_recapture`). Raises `SettingsError` where that cannot be told.
    """
    people, found = features(mentions), joined.select("left", "right")
    passes = [str(block) for block in model.blocks]
    for name, block in zip(passes, model.blocks, strict=True):
        proposed = candidates(people, [block]).pairs.select("left", "right", pl.lit(value=True).alias(name))
        found = found.join(proposed, on=["left", "right"], how="left").with_columns(pl.col(name).fill_null(value=False))
    try:
        return recall_by_recapture(found, passes)
    except PairFault as fault:
        raise SettingsError(str(fault)) from None


def _lines(rows: pl.DataFrame, wrong: pl.Expr) -> list[int]:
    return rows.filter(wrong)["line"].to_list()
