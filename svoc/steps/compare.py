"""Tell what is different from yesterday, and why."""

from collections.abc import Iterable

import polars as pl

from svoc.survivorship.policy import GROUPS
from svoc.words.changes import CHANGES, Cause, ChangeKind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS

__all__ = ["compare"]

STAY = ("since", "until")
ADDRESS = ("address", "postcode", "supplied_uprn", "property_reference")
NOTHING = pl.DataFrame(schema=CHANGES)
SAID = {group: (*facts, *STAY) for group, facts in GROUPS.items()} | {"home": (*ADDRESS, *STAY)}
"""What a record says of each group of facts; of a home that is the address, never the pin that we put it on."""


def compare(
    persons: pl.DataFrame,
    before: pl.DataFrame,
    members: pl.DataFrame,
    members_before: pl.DataFrame,
    mentions: pl.DataFrame,
    *,
    mentions_before: pl.DataFrame,
    withdrawn: pl.DataFrame,
    retired: pl.DataFrame,
    split: pl.DataFrame,
    first_sight: frozenset[str],
    policy_changed: bool = False,
) -> pl.DataFrame:
    """Give tonight's changes as a frame of `CHANGES`, from which `svoc.steps.replay` makes today of yesterday.

    `persons`, `before`: frames of `PERSONS`, today's and yesterday's; `members`, `members_before`: frames of
    `MEMBERS`; `mentions`, `mentions_before`: frames of `PLACED`; `withdrawn`: `mention`; `retired`: `retired`,
    `current`; `split`: `person`, `came_from`; `first_sight`: sources seen for the first time tonight.

    The cause of a changed fact is the world where the record that says so, or the one that did, came, went or now says
    another thing of that fact; identity where a standing record changed hands, or a life event is another's than
    yesterday, or nobody's, or was taken back; placement where only a pin moved; else policy where that changed; else
    the world, as for a stay that ends with the day, or a death that was taken back.
    """
    voices = _voices(mentions, mentions_before, withdrawn, first_sight)
    touched = _touched(members, members_before, voices)
    rows = [
        _arrivals(persons, before, members, mentions, split, first_sight),
        _departures(retired, members_before, withdrawn),
        _splits(persons, split),
        _memberships(members, members_before, touched),
        _facts(persons, before, _heard(voices, members, members_before), touched, policy_changed=policy_changed),
    ]
    return pl.concat([r.select(pl.col(n).cast(t) for n, t in CHANGES.items()) for r in rows]).sort(
        "person", "kind", "field", "before", nulls_last=False
    )


def _voices(
    mentions: pl.DataFrame, mentions_before: pl.DataFrame, withdrawn: pl.DataFrame, first_sight: frozenset[str]
) -> pl.DataFrame:
    """Say of every mention, those that went too, of which facts it says another thing than yesterday.

    Columns: `mention`, `source`, `state` (new, standing, gone, or sighted where its source is new), `repinned`, and
    `spoke_<group>` Boolean.
    """
    columns = sorted({c for said in SAID.values() for c in said} | {"uprn", "place"})
    both = mentions.join(mentions_before.select("mention", *columns), on="mention", how="left", suffix="_before")
    new, elsewhere = pl.col("change") == "new", _differ(both, ADDRESS)
    state = (
        pl.when(new & pl.col("source").is_in(list(first_sight))).then(pl.lit("sighted"))
        .when(new).then(pl.lit("new"))
        .when(pl.col("change") == "standing").then(pl.lit("standing"))
        .otherwise(pl.lit("amended"))
    )  # fmt: skip
    here = both.select(
        "mention", "source", state=state, repinned=~new & ~elsewhere & _differ(both, ("uprn", "place")),
        **{f"spoke_{group}": new | _differ(both, said) for group, said in SAID.items()},
    )  # fmt: skip
    gone = mentions_before.join(withdrawn, on="mention").select(
        "mention", "source", state=pl.lit("gone"), repinned=pl.lit(value=False),
        **{f"spoke_{group}": pl.lit(value=True) for group in SAID},
    )  # fmt: skip
    return pl.concat([here, gone.join(here, on="mention", how="anti")])


def _heard(voices: pl.DataFrame, members: pl.DataFrame, members_before: pl.DataFrame) -> pl.DataFrame:
    """Add to the voices whose each was and is: `owner_before`, `owner`."""
    then = members_before.rename({"person": "owner_before"})
    return voices.join(then, on="mention", how="left").join(
        members.rename({"person": "owner"}), on="mention", how="left"
    )


def _differ(both: pl.DataFrame, columns: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_before")) for c in columns)


def _touched(members: pl.DataFrame, members_before: pl.DataFrame, voices: pl.DataFrame) -> pl.DataFrame:
    """Say of each person whether the membership changed, and if so, whether a standing record changed hands.

    Columns: `person`; `regrouped`; `repinned`: a member's pin moved; `fresh`: a member came, went or was amended;
    `sighted`: a member came from a source that is new; `met`: the membership changed.
    """
    came = members.join(members_before, on=["mention", "person"], how="anti").with_columns(moved=pl.lit(value=True))
    went = members_before.join(members, on=["mention", "person"], how="anti").with_columns(moved=pl.lit(value=True))
    stayed = members.join(came, on=["mention", "person"], how="anti").with_columns(moved=pl.lit(value=False))
    is_event = pl.col("mention").str.starts_with(f"{EVENTS_SOURCE}/")
    handed = pl.col("moved") & pl.col("state").is_in(["standing", "amended"]) & ~is_event
    return (
        pl.concat([came, went, stayed])
        .join(voices.select("mention", "state", "repinned"), on="mention", how="left")
        .with_columns(pl.col("state").fill_null("standing"))
        .group_by("person")
        .agg(
            regrouped=handed.any(),
            repinned=pl.col("repinned").any(),
            fresh=pl.col("state").is_in(["new", "amended", "gone"]).any() | (is_event & pl.col("moved")).any(),
            sighted=(pl.col("state") == "sighted").any(),
            met=pl.col("moved").any(),
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
    if new.is_empty():
        return NOTHING
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
        .join(new.select("person", told=_told()), on="person")
    )
    cause = (
        pl.when("sight").then(pl.lit(Cause.FIRST_SIGHT.value))
        .when("fresh").then(pl.lit(Cause.WORLD.value))
        .otherwise(pl.lit(Cause.IDENTITY.value))
    )  # fmt: skip
    return _row(
        founding, ChangeKind.NEW, cause, source=pl.col("source"), mention=pl.col("mention"), after=pl.col("told")
    )


def _told() -> pl.Expr:
    """Write all that is known of a person as JSON, a fact that is not known left out."""
    written = [
        pl.when(pl.col(fact).is_not_null()).then(pl.struct(fact).struct.json_encode().str.head(-1).str.tail(-1))
        for fact in FACTS
    ]
    return "{" + pl.concat_str(written, separator=", ", ignore_nulls=True) + "}"


def _departures(retired: pl.DataFrame, members_before: pl.DataFrame, withdrawn: pl.DataFrame) -> pl.DataFrame:
    if retired.is_empty():
        return NOTHING
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


def _splits(persons: pl.DataFrame, split: pl.DataFrame) -> pl.DataFrame:
    if split.is_empty():
        return NOTHING
    parted = split.join(persons.select("person", told=_told()), on="person")
    cause = pl.lit(Cause.IDENTITY.value)
    return _row(parted, ChangeKind.SPLIT, cause, before=pl.col("came_from"), after=pl.col("told"))


def _memberships(members: pl.DataFrame, members_before: pl.DataFrame, touched: pl.DataFrame) -> pl.DataFrame:
    """Tell whose records came or went, as JSON lists of mention keys; of whoever is gone that goes without saying."""
    met = touched.filter("met").select("person", "regrouped", "sighted", "fresh")
    if met.is_empty():
        return NOTHING
    now, then = _listed(members, met), _listed(members_before, met)
    both = now.join(then, on="person", how="left", suffix="_before").join(met, on="person")
    cause = (
        pl.when("regrouped").then(pl.lit(Cause.IDENTITY.value))
        .when(pl.col("sighted") & ~pl.col("fresh")).then(pl.lit(Cause.FIRST_SIGHT.value))
        .otherwise(pl.lit(Cause.WORLD.value))
    )  # fmt: skip
    return _row(both, ChangeKind.MEMBERS, cause, before=pl.col("keys_before"), after=pl.col("keys"))


def _listed(members: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    listed = members.join(of.select("person"), on="person").group_by("person").agg(keys=pl.col("mention").sort())
    as_json = pl.struct("keys").struct.json_encode().str.strip_prefix('{"keys":').str.head(-1)
    return listed.select("person", keys=as_json)


def _facts(
    persons: pl.DataFrame, before: pl.DataFrame, voices: pl.DataFrame, touched: pl.DataFrame, *, policy_changed: bool
) -> pl.DataFrame:
    both = persons.join(before, on="person", suffix="_before").join(touched, on="person")
    both = both.filter(pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_before")) for c in (*FACTS, "provenance")))
    if both.is_empty():
        return NOTHING
    anybody = both.select(_differs(fact).any().alias(fact) for facts in GROUPS.values() for fact in facts)
    other = [(group, fact) for group, facts in GROUPS.items() for fact in facts if anybody[fact].item()]
    changed = {(group, fact): _differing(both, group, fact) for group, fact in other}
    rows = [
        _changed(told, group, fact, voices, policy_changed=policy_changed)
        for (group, fact), told in changed.items()
        if not told.is_empty()
    ]
    return pl.concat([NOTHING, *rows], how="vertical_relaxed")


def _differing(both: pl.DataFrame, group: str, fact: str) -> pl.DataFrame:
    """Keep whose fact changed; a death that was a system's word and is now a confirmed life event counts as one.

    Adds `now` and `then`, the mentions that say so and said so.
    """
    told = both.filter(_differs(fact)).with_columns(
        now=pl.col("provenance").str.json_path_match(f"$.{group}.mention"),
        then=pl.col("provenance_before").str.json_path_match(f"$.{group}.mention"),
    )
    confirmed = _of_event("now") & ~_of_event("then")
    return told.filter(pl.col(fact).ne_missing(pl.col(f"{fact}_before")) | confirmed) if fact == "deceased" else told


def _differs(fact: str) -> pl.Expr:
    differs = pl.col(fact).ne_missing(pl.col(f"{fact}_before"))
    return differs | pl.col("deceased").is_not_null() if fact == "deceased" else differs


def _changed(told: pl.DataFrame, group: str, fact: str, voices: pl.DataFrame, *, policy_changed: bool) -> pl.DataFrame:
    voice = voices.select("mention", "source", "state", "owner", "owner_before", spoke=f"spoke_{group}")
    heard = told.join(voice.rename({"mention": "now"}), on="now", how="left").join(
        voice.rename({"mention": "then"}), on="then", how="left", suffix="_then"
    )
    return _row(
        heard,
        ChangeKind.CHANGED,
        _cause(group, policy_changed=policy_changed),
        field=pl.lit(fact),
        before=pl.col(f"{fact}_before").cast(pl.String),
        after=pl.col(fact).cast(pl.String),
        source=pl.coalesce("source", "source_then"),
        mention=pl.coalesce("now", "then"),
    )


def _of_event(mention: str) -> pl.Expr:
    return pl.col(mention).str.starts_with(f"{EVENTS_SOURCE}/").fill_null(value=False)


def _cause(group: str, *, policy_changed: bool) -> pl.Expr:
    spoke = pl.col("spoke").fill_null(value=False) | pl.col("spoke_then").fill_null(value=False)
    world = pl.lit(Cause.WORLD.value)
    return (
        pl.when(_handed_over(group)).then(pl.lit(Cause.IDENTITY.value))
        .when(pl.coalesce("source", "source_then") == EVENTS_SOURCE).then(world)
        .when(pl.col("state") == "sighted").then(pl.lit(Cause.FIRST_SIGHT.value))
        .when(spoke).then(world)
        .when("regrouped").then(pl.lit(Cause.IDENTITY.value))
        .when(pl.col("repinned") & pl.lit(group == "home")).then(pl.lit(Cause.PLACEMENT.value))
        .when(pl.lit(policy_changed)).then(pl.lit(Cause.POLICY.value))
        .when(pl.col("sighted") & ~pl.col("fresh")).then(pl.lit(Cause.FIRST_SIGHT.value))
        .otherwise(world)
    )  # fmt: skip


def _handed_over(group: str) -> pl.Expr:
    """Say whether a fact changed because a life event is somebody else's than yesterday, or nobody's, or taken back.

    Whoever was told by it hears so by what they were told (`svoc.amending`), and nobody else does.
    """
    is_now, was_then = (pl.col(c) == EVENTS_SOURCE for c in ("source", "source_then"))
    elsewhere = pl.col("owner_before") != pl.col("person")  # and not because somebody said anew whose it is
    came = is_now & (pl.col("state") == "standing") & elsewhere & pl.col("regrouped")
    of_another = pl.col("owner_then").is_not_null() | pl.lit(group != "deceased")
    silent = ~is_now.fill_null(value=False) & ~pl.col("spoke").fill_null(value=False)
    fell = was_then & (pl.col("state_then") == "gone") & silent & pl.lit(group != "deceased")
    went = was_then & (pl.col("state_then") != "gone") & pl.col("owner_then").ne_missing(pl.col("person")) & of_another
    return pl.any_horizontal(each.fill_null(value=False) for each in (came, fell, went))
