"""Compute each person's golden facts from the member records: nothing is copied, so an un-merge loses nothing."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from svoc.survivorship.policy import GROUPS, Survivorship
from svoc.survivorship.rules import RULES
from svoc.words.events import STEWARD
from svoc.words.mentions import EVENTS_SOURCE, lasting
from svoc.words.persons import PERSONS
from svoc.words.records import NEW

__all__ = ["merge", "speaking"]

PUT_RIGHT = "put_right"
"""The rule of a fact that a steward put right; of several the last word counts."""


def merge(
    members: pl.DataFrame, mentions: pl.DataFrame, policy: Survivorship, kinds: Mapping[str, str], *, as_of: date
) -> pl.DataFrame:
    """Give the golden persons.

    `members`: frame of `MEMBERS`; `mentions`: frame of `PLACED`; `kinds`: source name -> kind; `as_of`: the day of
    the night, on which a stay lasts or does not. Returns a frame of `PERSONS` sorted by person, where every fact
    stands in a member record and `provenance` says in which and by which rule it was chosen. What a life event says is
    so from now on outranks every record that is older than its day; where somebody moved, the new address is theirs.
    """
    of = {**kinds, EVENTS_SOURCE: EVENTS_SOURCE}
    trust = {source: policy.trust_of(source, kind) for source, kind in of.items()}
    records = members.join(mentions, on="mention").with_columns(
        trust=pl.col("source").replace_strict(trust, default=0, return_dtype=pl.Int32),
        put_right=pl.when(put_right()).then(pl.col("record").str.extract(r"(\d+)$").cast(pl.Int64)).otherwise(0),
    )
    persons = records.group_by("person").agg(records=pl.len().cast(pl.Int32)).sort("person")
    at_large, at_home = speaking(records, "", as_of=as_of), speaking(records, "home", as_of=as_of)
    for group, facts in GROUPS.items():
        said = at_home if group == "home" else at_large
        persons = persons.join(_survivors(said, group, facts, policy.facts[group]), on="person", how="left")
    why = [f"why_{group}" for group in GROUPS]
    provenance = "{" + pl.concat_str(why, separator=", ", ignore_nulls=True) + "}"
    return persons.with_columns(provenance=provenance).select(PERSONS.keys()).sort("person")


def speaking(records: pl.DataFrame, group: str, *, as_of: date) -> pl.DataFrame:
    """Give records (frame of `PLACED`) as they speak of a group of facts on a day: who has moved is elsewhere then.

    Adds `lasting`, whether the stay lasts on the day, and `renews`, the day from which a life event is heard before
    what is older.
    """
    told = records.with_columns(renews=_renews(as_of), lasting=lasting(as_of))
    return _moved_in(told) if group == "home" else told


def put_right() -> pl.Expr:
    """Say of each record whether it is a steward's word on what is right, before which every other record is silent."""
    return (pl.col("source") == EVENTS_SOURCE) & pl.col("record").str.starts_with(f"{STEWARD}:")


def _survivors(records: pl.DataFrame, group: str, facts: tuple[str, ...], rules: tuple[str, ...]) -> pl.DataFrame:
    """Choose one record a person for facts that go together, and say why."""
    first = facts[0]
    ranks = [RULES[rule](first).alias(f"rank_{n}") for n, rule in enumerate(rules)]
    names = [f"rank_{n}" for n in range(len(rules))]
    given = pl.any_horizontal(pl.col(facts).is_not_null())
    said = pl.col("deceased") | (given & (pl.col("put_right") > 0)) if first == "deceased" else given
    candidates = records.filter(said)
    if candidates.is_empty():
        return candidates.select("person", *facts, pl.lit(None, dtype=pl.String).alias(f"why_{group}"))
    candidates = candidates.with_columns(*ranks, told_anew=_told_anew(group))
    order = ["put_right", "told_anew", *names]
    ordered = candidates.sort(["person", *order, "mention"], descending=[False, *[True] * len(order), False])
    chosen = ordered.unique("person", keep="first", maintain_order=True)
    return chosen.select("person", *facts, _why(group, rules).alias(f"why_{group}"))


def _renews(as_of: date) -> pl.Expr:
    """Give the day from which a life event that gives facts anew is heard; null for other records and before it."""
    anew = (pl.col("source") == EVENTS_SOURCE) & (pl.col("markers").list.len() > 0)
    day = pl.coalesce("since", "until", pl.lit(date.min))
    return pl.when(anew & (day <= as_of)).then(day)


def _moved_in(records: pl.DataFrame) -> pl.DataFrame:
    """Let who has moved be at the new address: a move is heard of both, before its day and after."""
    moved = pl.col("renews").is_not_null() & pl.col("markers").list.contains(f"{NEW}home")
    now = {
        "address": pl.col("forwarding_address"),
        "postcode": pl.col("forwarding_postcode"),
        "uprn": pl.col("forwarding_place"),
        "place": pl.col("forwarding_place"),
        "since": pl.col("until"),
        "lasting": pl.lit(value=True),
    }
    return records.with_columns(pl.when(moved).then(value).otherwise(name).alias(name) for name, value in now.items())


def _told_anew(group: str) -> pl.Expr:
    """Rank what a life event told last of a group of facts, and what began no earlier, before all that is older."""
    tells = pl.col("markers").list.contains(f"{NEW}{group}").fill_null(value=False)
    last = pl.when(tells).then("renews").max().over("person")
    of_event = pl.col("source") == EVENTS_SOURCE
    newest = pl.when(of_event).then(tells & (pl.col("renews") == last)).otherwise(pl.col("since") >= last)
    return newest.fill_null(value=False).cast(pl.Int64)


def _why(group: str, rules: tuple[str, ...]) -> pl.Expr:
    """Write one fact's provenance as JSON; keys and sources are a council's own words, so they are escaped."""
    told = pl.struct(
        pl.col("mention"),
        pl.col("source"),
        pl.col("since").cast(pl.String),
        pl.when(pl.col("put_right") > 0).then(pl.lit(PUT_RIGHT)).otherwise(pl.lit(", ".join(rules))).alias("rule"),
    ).struct.json_encode()
    return pl.concat_str(pl.lit(f'"{group}": '), told)
