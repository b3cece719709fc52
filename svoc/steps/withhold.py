"""Take out of notices what could lead somebody to a person who has left them.

Two things are never told. Where a person under protection is: no notice of an address is made of them, and every other
goes without. And a new address to those who were left behind: a record that still names somebody who lives elsewhere is
theirs too, whoever asked for nothing; what is sent to it may be opened by them. So it learns that the person moved, and
whoever may know the address looks it up.
"""

import json
from collections.abc import Collection
from datetime import date

import polars as pl

from svoc.notices.routes import TAKEN_BACK
from svoc.words.mentions import EVENTS_SOURCE, lasting
from svoc.words.notices import NOTICES, OF_A_RIGHT
from svoc.words.plan import LaneState
from svoc.words.protection import WHERE, Protection

__all__ = ["ADDRESS", "may_be_told", "withhold"]

NOBODY = pl.Series("mention", [], dtype=pl.String)
ADDRESS = "address"
"""The kind of notice that tells a new address."""


def withhold(
    notices: pl.DataFrame,
    state: LaneState,
    mentions: pl.DataFrame,
    flags: pl.DataFrame,
    *,
    as_of: date,
    doubted: pl.Series = NOBODY,
) -> pl.DataFrame:
    """Give the notices of a lane (frame of `NOTICES`) as they may be sent.

    `state`: what the lane holds tonight; `mentions`: frame of `PLACED`; `flags`: all that is under protection tonight,
    in any lane (frame of `svoc.words.protection.FLAGS`); `doubted`: the records that may be one with those, of whose
    persons it is told that they moved, and not where to.
    """
    if notices.is_empty():
        return notices
    theirs = state.members.join(flags, on="mention").group_by("person").agg(kinds=pl.col("kind").unique())
    kinds = dict(theirs.iter_rows())
    known = pl.concat([flags["mention"], doubted])
    perhaps = state.members.filter(pl.col("mention").is_in(doubted.implode()))["person"].unique()
    hidden = _homes(state, mentions, pl.concat([theirs["person"], perhaps]), known)
    left_behind = _left_behind(notices, state, mentions, as_of)
    told = state.persons.join(notices.select("person").unique(), on="person", how="semi")
    home = dict(told.select("person", "uprn").iter_rows())
    rows, may_be = [], set(perhaps)
    for row in notices.iter_rows(named=True):
        person = row["person"]
        exposed = (row["notice"] in left_behind) or (home.get(person) in hidden) or person in may_be
        payload = may_be_told(row["kind"], row["payload"], kinds.get(person, ()), exposed=exposed)
        if payload is not None:
            rows.append({**row, "payload": payload})
    return pl.DataFrame(rows, schema=NOTICES, orient="row")


def may_be_told(kind: str, payload: str, kinds: Collection[str], *, exposed: bool = False) -> str | None:
    """Give what of a notice's payload (JSON) may be sent of a person under protection of some kinds; None for nothing.

    `exposed`: a place in it would reach somebody who was left, or lead to a protected person. That something was told
    in error is always taken back, if need be with no fact at all.

    >>> may_be_told("death", '{"surname": "SMITH", "uprn": 103}', ["safe-address"])
    '{"surname": "SMITH"}'
    >>> may_be_told("address", '{"surname": "SMITH", "uprn": 103}', ["safe-address"]) is None
    True
    """
    if kind in OF_A_RIGHT:
        return "{}"
    takes_back = kind.endswith(TAKEN_BACK)
    if Protection.NO_DISCLOSURE.value in kinds:
        return "{}" if takes_back else None
    if kinds and kind == ADDRESS:
        return None
    if not (kinds or exposed):
        return payload
    told = {fact: value for fact, value in json.loads(payload).items() if fact not in WHERE}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _homes(state: LaneState, mentions: pl.DataFrame, persons: pl.Series, known: pl.Series) -> set[int]:
    """Give the UPRNs where any of these persons is by a golden fact, or by one of these records."""
    golden = state.persons.filter(pl.col("person").is_in(persons.implode()))["uprn"]
    lying = mentions.filter(pl.col("mention").is_in(known.implode()))
    return set(pl.concat([golden, lying["uprn"], lying["forwarding_place"]]).drop_nulls())


def _left_behind(notices: pl.DataFrame, state: LaneState, mentions: pl.DataFrame, as_of: date) -> set[str]:
    """Name the notices whose recipient's record still names somebody who does not live at the person's new home."""
    standing = mentions.filter(lasting(as_of) & (pl.col("source") != EVENTS_SOURCE) & (pl.col("kind") == "person"))
    named = standing.select("mention", recipient="source", reference="record").join(
        notices.select("recipient", "reference").unique(), on=["recipient", "reference"], how="semi"
    )
    living = named.join(state.members, on="mention", how="left").join(
        state.persons.select("person", "uprn", "deceased"), on="person", how="left"
    )
    others = living.filter(~pl.col("deceased").fill_null(value=False)).rename({"person": "other", "uprn": "lives_at"})
    homes = state.persons.join(notices, on="person", how="semi").select("person", "uprn")
    beside = notices.join(others, on=["recipient", "reference"]).join(homes, on="person", how="left")
    another = pl.col("other").is_null() | (pl.col("other") != pl.col("person"))
    elsewhere = pl.col("lives_at").is_null() | pl.col("uprn").is_null() | (pl.col("lives_at") != pl.col("uprn"))
    return set(beside.filter(another & elsewhere)["notice"])
