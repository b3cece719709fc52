"""Infer what nobody told: from what sources say tonight and did not say yesterday. A guess is graded as one.

An inference is a life event of the sender `inferred`, on the council's own records, verified by nobody (level 0). It
waits for a steward as every event does, is confirmed in no batch, and tells no system of anything by itself.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

import polars as pl

from svoc.words.events import EMPTY_LIFE_EVENTS, INFERRED, LIFE_EVENTS, EventAction, EventKind, Evidence, Precision
from svoc.words.mentions import EVENTS_SOURCE, lasting

__all__ = ["INFERENCES", "infer"]

CLASS_F = "exemption_f"
"""The marker of an empty home whose owner has died (Council Tax (Exempt Dwellings) Order 1992, class F)."""

Rows = list[dict[str, Any]]
RECORD = ["source", "record"]
NEW_HOME = {"new_address": "address", "new_postcode": "postcode", "new_uprn": "supplied_uprn"}


def class_f(now: pl.DataFrame, then: pl.DataFrame, members: pl.DataFrame, as_of: date) -> Rows:
    """Infer a death where an exemption of class F has begun on an account of one person."""
    exempt = pl.col("markers").list.contains(CLASS_F).fill_null(value=False)
    heard = then.filter(exempt).select("source").unique()  # a source that never spoke of exemptions has begun to
    began = now.filter(exempt).join(heard, on="source", how="semi").select(RECORD).unique()
    began = began.join(then.filter(exempt), on=RECORD, how="anti")
    held = then.filter(pl.col("kind") == "person").join(began, on=RECORD, how="semi")
    alone = held.filter(pl.len().over(RECORD) == 1, ~pl.col("deceased").fill_null(value=False))
    return [_event(EventKind.DEATH, row, None) for row in alone.iter_rows(named=True)]


def account_moved(now: pl.DataFrame, then: pl.DataFrame, members: pl.DataFrame, as_of: date) -> Rows:
    """Infer a move where one person's account has ended and another of the same source has begun elsewhere."""
    stays = now.join(members, on="mention").filter(pl.col("address").is_not_null())
    lasted = then.filter(lasting(as_of) & pl.col("until").is_null()).select("mention")
    ended = stays.filter(pl.col("until").is_not_null() & (pl.col("change") == "amended"))
    ended = ended.join(lasted, on="mention", how="semi")
    begun = stays.filter((pl.col("change") == "new") & pl.col("until").is_null())
    both = ended.join(begun, on=["person", "source"], suffix="_there").filter(
        pl.col("address") != pl.col("address_there"), pl.col("since_there") >= pl.col("until")
    )
    rows = both.sort("mention", "mention_there").unique("mention", keep="first", maintain_order=True)
    new = [{ours: row[f"{theirs}_there"] for ours, theirs in NEW_HOME.items()} for row in rows.iter_rows(named=True)]
    return [
        _event(EventKind.MOVE, row, row["until"], **more)
        for row, more in zip(rows.iter_rows(named=True), new, strict=True)
    ]


def elector_deleted(now: pl.DataFrame, then: pl.DataFrame, members: pl.DataFrame, as_of: date) -> Rows:
    """Infer a departure where an elector of the open register was taken off whom another source has there still."""
    listed = (pl.col("role") == "elector") & pl.col("open_register").fill_null(value=False)
    registered = then.filter(listed & pl.col("place").is_not_null())
    gone = registered.join(now, on="mention", how="anti")
    still = now.filter(lasting(as_of)).join(members, on="mention").select("person", "place")
    whose = gone.join(members, on="mention").join(still, on=["person", "place"], how="semi")
    return [_event(EventKind.MOVE, row, None) for row in whose.sort("mention").iter_rows(named=True)]


INFERENCES: Mapping[str, Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame, date], Rows]] = MappingProxyType(
    {"class-f": class_f, "account-moved": account_moved, "elector-deleted": elector_deleted}
)
"""What may be inferred, by the word for it in `[life_events] inferred`."""


def infer(
    now: pl.DataFrame,
    then: pl.DataFrame,
    members: pl.DataFrame,
    *,
    as_of: date,
    wanted: Iterable[str],
) -> pl.DataFrame:
    """Give what tonight's records let one infer, as a frame of `LIFE_EVENTS`.

    `now`, `then`: frames of `PLACED`, tonight's and yesterday's; `members`: of `MEMBERS`, tonight's and yesterday's
    together; `wanted`: words of `INFERENCES`. It rests on what records say anew, never on where a pin lies or who was
    joined: so a first night, another gazetteer and another model infer nothing.
    """
    said, said_then = (frame.filter(pl.col("source") != EVENTS_SOURCE) for frame in (now, then))
    own = members.unique(maintain_order=True)
    rows = [row for word in wanted for row in INFERENCES[word](said, said_then, own, as_of)]
    found = pl.DataFrame(rows, schema=LIFE_EVENTS, orient="row").unique("event", keep="first", maintain_order=True)
    return pl.concat([EMPTY_LIFE_EVENTS, found]).sort("reference")


def _event(kind: EventKind, row: Mapping[str, Any], day: date | None, **new: Any) -> dict[str, Any]:
    """Write an inference about whoever a record names; of one record and day it is the same whenever it is made."""
    said = "\x1f".join([kind.value, str(row["mention"]), str(day), str(sorted(new.items()))])
    reference = blake2b(said.encode(), digest_size=8).hexdigest()
    when = {} if day is None else {
        "happened": day, "happened_precision": Precision.DAY.value, "happened_text": day.isoformat(),
        "happened_earliest": day, "happened_latest": day,
    }  # fmt: skip
    same = ("name", "title", "forename", "middle_names", "surname", "dob", "address", "postcode", "supplied_uprn")
    return {
        **dict.fromkeys(LIFE_EVENTS),
        **{name: row[name] for name in same},
        **when,
        **new,
        "event": f"{INFERRED}:{reference}",
        "kind": kind.value,
        "action": EventAction.ASSERTED.value,
        "sender": INFERRED,
        "reference": reference,
        "evidence": Evidence.COUNCIL_RECORDS.value,
        "verification": 0,
    }
