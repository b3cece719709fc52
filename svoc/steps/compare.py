"""Tell what is different from yesterday, and why."""

import polars as pl

from svoc.words.changes import CHANGES, Cause, ChangeKind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS

__all__ = ["compare"]

GROUP_OF = {
    "title": "title", "forename": "name", "middle_names": "name", "surname": "surname",
    "previous_surname": "previous_surname", "dob": "dob", "address": "home", "postcode": "home", "uprn": "home",
    "phone": "phone", "email": "email", "deceased": "deceased", "died": "deceased",
}  # fmt: skip


def compare(
    persons: pl.DataFrame,
    before: pl.DataFrame,
    members: pl.DataFrame,
    members_before: pl.DataFrame,
    mentions: pl.DataFrame,
    *,
    withdrawn: pl.DataFrame,
    retired: pl.DataFrame,
    split: pl.DataFrame,
    first_sight: frozenset[str],
    policy_changed: bool = False,
) -> pl.DataFrame:
    """Give tonight's changes as a frame of `CHANGES`.

    `persons`, `before`: frames of `PERSONS`, today's and yesterday's; `members`, `members_before`: frames of
    `MEMBERS`; `mentions`: frame of `PLACED`; `withdrawn`: `mention`; `retired`: `retired`, `current`; `split`:
    `person`, `came_from`; `first_sight`: sources seen for the first time tonight. The cause of a changed fact is the
    world where the record that now says so, or the one that did, was amended, came or went; identity where only the
    membership changed; placement where only the pin moved; else policy.
    """
    touched = _touched(members, members_before, mentions, withdrawn)
    rows = [
        _arrivals(persons, before, members, mentions, split, first_sight),
        _departures(retired, members_before, withdrawn),
        _splits(split),
        _facts(persons, before, mentions, touched, first_sight, policy_changed=policy_changed),
    ]
    return pl.concat([r.select(pl.col(n).cast(t) for n, t in CHANGES.items()) for r in rows]).sort(
        "person", "kind", "field", nulls_last=False
    )


def _touched(
    members: pl.DataFrame, members_before: pl.DataFrame, mentions: pl.DataFrame, withdrawn: pl.DataFrame
) -> pl.DataFrame:
    """Say of each person whether the membership changed, and whether a record of theirs was withdrawn."""
    came = members.join(members_before, on=["mention", "person"], how="anti")
    went = members_before.join(members, on=["mention", "person"], how="anti")
    standing = mentions.filter(pl.col("change") != "new").select("mention")
    regrouped = pl.concat([came.join(standing, on="mention"), went.join(withdrawn, on="mention", how="anti")])
    lost = went.join(withdrawn, on="mention")
    return (
        pl.concat([members.select("person"), members_before.select("person")])
        .unique()
        .with_columns(
            regrouped=pl.col("person").is_in(regrouped["person"].to_list()),
            lost=pl.col("person").is_in(lost["person"].to_list()),
        )
    )


def _row(frame: pl.DataFrame, kind: ChangeKind, cause: pl.Expr, **columns: pl.Expr) -> pl.DataFrame:
    empty = {n: pl.lit(None, dtype=t) for n, t in CHANGES.items()}
    made = {**empty, "person": pl.col("person"), "kind": pl.lit(kind.value), "cause": cause, **columns}
    return frame.select(**made)


def _arrivals(
    persons: pl.DataFrame,
    before: pl.DataFrame,
    members: pl.DataFrame,
    mentions: pl.DataFrame,
    split: pl.DataFrame,
    first_sight: frozenset[str],
) -> pl.DataFrame:
    new = persons.join(before, on="person", how="anti").join(split, on="person", how="anti")
    founding = (
        members.join(new.select("person"), on="person")
        .join(mentions.select("mention", "source", "change"), on="mention")
        .sort("person", "mention")
        .group_by("person", maintain_order=True)
        .agg(
            pl.col("source").first(),
            pl.col("mention").first(),
            sight=pl.col("source").is_in(list(first_sight)).all(),
            fresh=(pl.col("change") == "new").any(),
        )
    )
    cause = (
        pl.when("sight").then(pl.lit(Cause.FIRST_SIGHT.value))
        .when("fresh").then(pl.lit(Cause.WORLD.value))
        .otherwise(pl.lit(Cause.IDENTITY.value))
    )  # fmt: skip
    return _row(founding, ChangeKind.NEW, cause, source=pl.col("source"), mention=pl.col("mention"))


def _departures(retired: pl.DataFrame, members_before: pl.DataFrame, withdrawn: pl.DataFrame) -> pl.DataFrame:
    gone = retired.rename({"retired": "person"})
    lost = members_before.join(withdrawn, on="mention").select("person").unique()
    world = pl.col("person").is_in(lost["person"].to_list())
    cause = pl.when(world).then(pl.lit(Cause.WORLD.value)).otherwise(pl.lit(Cause.IDENTITY.value))
    merged = _row(
        gone.filter(pl.col("current").is_not_null()),
        ChangeKind.MERGED,
        pl.lit(Cause.IDENTITY.value),
        after=pl.col("current"),
    )
    return pl.concat([merged, _row(gone.filter(pl.col("current").is_null()), ChangeKind.GONE, cause)])


def _splits(split: pl.DataFrame) -> pl.DataFrame:
    return _row(split, ChangeKind.SPLIT, pl.lit(Cause.IDENTITY.value), before=pl.col("came_from"))


def _facts(
    persons: pl.DataFrame,
    before: pl.DataFrame,
    mentions: pl.DataFrame,
    touched: pl.DataFrame,
    first_sight: frozenset[str],
    *,
    policy_changed: bool,
) -> pl.DataFrame:
    both = persons.join(before, on="person", suffix="_before").join(touched, on="person", how="left")
    records = mentions.select("mention", "source", "change", moved=pl.col("was_place").ne_missing(pl.col("place")))
    rows = []
    for fact in FACTS:
        changed = both.filter(pl.col(fact).ne_missing(pl.col(f"{fact}_before")))
        told = changed.with_columns(
            mention=pl.col("provenance").str.json_path_match(f"$.{GROUP_OF[fact]}.mention"),
        ).join(records, on="mention", how="left")
        rows.append(
            _row(
                told,
                ChangeKind.CHANGED,
                _cause(first_sight, is_home=GROUP_OF[fact] == "home", policy_changed=policy_changed),
                field=pl.lit(fact),
                before=pl.col(f"{fact}_before").cast(pl.String),
                after=pl.col(fact).cast(pl.String),
                source=pl.col("source"),
                mention=pl.col("mention"),
            )
        )
    return pl.concat(rows)


def _cause(first_sight: frozenset[str], *, is_home: bool, policy_changed: bool) -> pl.Expr:
    from_first_sight = pl.col("source").is_in(list(first_sight))
    otherwise = pl.lit(Cause.POLICY.value if policy_changed else Cause.WORLD.value)
    placement = pl.col("moved").fill_null(value=False) & (pl.col("change") == "standing") & pl.lit(is_home)
    return (
        pl.when(pl.col("source") == EVENTS_SOURCE).then(pl.lit(Cause.WORLD.value))
        .when(from_first_sight).then(pl.lit(Cause.FIRST_SIGHT.value))
        .when(pl.col("change").is_in(["new", "amended"])).then(pl.lit(Cause.WORLD.value))
        .when("regrouped").then(pl.lit(Cause.IDENTITY.value))
        .when(placement).then(pl.lit(Cause.PLACEMENT.value))
        .when("lost").then(pl.lit(Cause.WORLD.value))
        .otherwise(otherwise)
    )  # fmt: skip
