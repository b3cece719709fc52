"""Lays protection on a person and lifts it again: one asks for that, and another confirms it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl
from sqlalchemy import Connection

from svoc.errors import SettingsError, nearest
from svoc.protecting.who import day_of
from svoc.steps.identify import is_identifier
from svoc.store.flags import write
from svoc.store.opening import told_plainly, writing
from svoc.store.protections import (
    ever_together,
    flagged,
    last_held_by,
    marked_by_their_source,
    standing_together,
    whose,
)
from svoc.store.standing import all_protection
from svoc.store.store import Store
from svoc.words.protection import LAYS, Act, Protection, same_actor, same_words

__all__ = ["Laid", "Waiting", "ask", "confirm", "lay", "refuse_unknown", "waiting"]

NOBODY = "there is no person {} that the purpose {!r} may read"


@dataclass(frozen=True, slots=True)
class Laid:
    """What an act came to: its number in the ledger, how many records it is about, the kinds, and whose they are.

    `records`: as far as they are in the lane of whoever acted, for the number of all would tell of other lanes;
    `persons`: identifiers in that lane, for the audit.
    """

    number: int
    records: int
    kinds: tuple[str, ...]
    persons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request to lift protection that nobody has confirmed; why it was made is kept from whoever is to confirm it."""

    number: int
    person: str
    kinds: tuple[str, ...]
    records: int
    actor: str
    at: datetime


def lay(
    store: Store, person: str, kind: str, *, lane: str, actor: str, because: str, until: date | None = None
) -> Laid:
    """Lay protection on a person of a lane: on every record that is theirs today, in any lane, or ever was.

    It holds before the day `until`, or until two people lift it. Raises `SettingsError` for no such person or kind, and
    where there is no reason, no actor or no day that is still to come.
    """
    _said(actor, because)
    refuse_unknown(kind)
    if until is not None and until <= datetime.now(UTC).date():
        raise SettingsError(f"until {until.isoformat()}: expected a day that is still to come")
    with told_plainly(), writing(store.engine) as connection:
        mine = _mentions(connection, lane, person)
        found = ever_together(connection, standing_together(connection, mine)["mention"].to_list() + mine.to_list())
        said = {"act": Act.SET.value, "kind": kind, "actor": actor, "because": because, "until": until, "about": None}
        number = write(connection, [{**said, "mention": mention} for mention in found])
        return Laid(number, _records(connection, lane, found), (kind,), _persons(connection, lane, found))


def ask(store: Store, person: str, *, lane: str, actor: str, because: str, kind: str | None = None) -> Laid:
    """Ask for protection of a person to be lifted, of one kind or of all; until another confirms it, it holds."""
    _said(actor, because)
    with told_plainly(), writing(store.engine) as connection:
        mine = _mentions(connection, lane, person)
        flags = _standing(connection, mine)
        if kind is not None:
            flags = flags.filter(pl.col("kind") == kind)
        if flags.is_empty():
            raise SettingsError(f"{person} is under no protection" + (f" of the kind {kind}" if kind else ""))
        _refuse_what_a_source_says(connection, flags)
        said = {"act": Act.ASK.value, "actor": actor, "because": because, "until": None, "about": None}
        number = write(connection, [{**said, **flag} for flag in flags.to_dicts()])
        return Laid(number, _records(connection, lane, flags["mention"]), _kinds(flags), (person,))


def confirm(store: Store, number: int, *, lane: str, actor: str, because: str) -> Laid:
    """Confirm, as a second person and for a reason of one's own, that protection is lifted; from then on it is.

    Raises `SettingsError` where nothing about a person of the lane waits under that number, where it is the same person
    who asked, and where more has been said or more records have come since: then it has to be asked anew.
    """
    _said(actor, because)
    with told_plainly(), writing(store.engine) as connection:
        ledger = all_protection(connection)
        asked = _unconfirmed(ledger).filter(pl.col("number") == number)
        if not _persons(connection, lane, asked["mention"]):
            raise SettingsError(f"no request {number} to lift protection waits to be confirmed")
        if same_actor(asked["actor"][0], actor):
            raise SettingsError("whoever asked cannot confirm it: a second person has to")
        if same_words(asked["because"][0], because):
            raise SettingsError("say in your own words why it may be lifted")
        flags = asked.select("mention", "kind")
        stands = _standing(connection, flags["mention"]).filter(pl.col("kind").is_in(flags["kind"].implode()))
        since = ledger.filter((pl.col("id") > asked["id"].max()) & pl.col("act").is_in(LAYS))
        if (
            stands.join(flags, on=["mention", "kind"], how="anti").height
            or since.join(flags, on=["mention", "kind"], how="semi").height
        ):
            raise SettingsError(f"more is known of this person since request {number}: ask anew")
        _refuse_what_a_source_says(connection, flags)
        said = {"act": Act.CLEAR.value, "actor": actor, "because": because, "until": None, "about": number}
        done = write(connection, [{**said, **flag} for flag in flags.to_dicts()])
        theirs = flags["mention"]
        return Laid(done, _records(connection, lane, theirs), _kinds(flags), _persons(connection, lane, theirs))


def waiting(store: Store, *, lane: str) -> list[Waiting]:
    """List the requests about persons of a lane that wait for a second person, the oldest first."""
    with told_plainly(), store.engine.connect() as connection:
        open_ones = _unconfirmed(all_protection(connection))
        found = []
        for (number,), rows in open_ones.group_by("number", maintain_order=True):
            ids, row = _persons(connection, lane, rows["mention"]), rows.row(0, named=True)
            if ids:
                records = _records(connection, lane, rows["mention"])
                found.append(Waiting(int(str(number)), ids[0], _kinds(rows), records, row["actor"], row["at"]))
    return found


def _mentions(connection: Connection, lane: str, person: str) -> pl.Series:
    """Give the records of a person of a lane, or of whom a retired identifier leads to, or who is on no list now."""
    found = last_held_by(connection, lane, [person])
    if found.is_empty():
        raise SettingsError(f"there is no person {person} in this lane: use an identifier that svoc find shows")
    return found


def _standing(connection: Connection, mentions: pl.Series) -> pl.DataFrame:
    """Give the flags that hold of all that belongs together with these mentions, withdrawn records too (`HELD`)."""
    together = standing_together(connection, mentions)
    theirs = [
        last_held_by(connection, str(lane), of["person"].unique().to_list())
        for (lane,), of in together.group_by("lane")
    ]
    keys = pl.concat([mentions.rename("mention"), together["mention"], *theirs]).unique()
    return flagged(connection, day_of(connection)).filter(pl.col("mention").is_in(keys.implode()))


def _unconfirmed(ledger: pl.DataFrame) -> pl.DataFrame:
    asked = ledger.filter(pl.col("act") == Act.ASK.value)
    return asked.join(ledger.select("about").drop_nulls().unique(), left_on="number", right_on="about", how="anti")


def _refuse_what_a_source_says(connection: Connection, flags: pl.DataFrame) -> None:
    sources = marked_by_their_source(connection, flags["mention"].unique())
    if sources:
        raise SettingsError(
            f"{', '.join(sources)} still marks a record of this person: have it put right there first, and let a "
            "night read it"
        )


def refuse_unknown(kind: str | None, person: str | None = None) -> None:
    """Refuse what is no kind of protection or no identifier: what is typed by mistake may be a name."""
    if kind is not None and kind not in set(Protection):
        hint = nearest(kind, Protection) or ", ".join(Protection)
        raise SettingsError(f"{kind!r} is no kind of protection; did you mean {hint}?")
    if person is not None and not is_identifier(person):
        raise SettingsError(f"there is no person {person}: use an identifier that svoc find shows")


def _said(actor: str, because: str) -> None:
    if not actor.strip():
        raise SettingsError("say who does it: protection is laid and lifted by somebody")
    if not because.strip():
        raise SettingsError("say why: the reason is kept with it")


def _persons(connection: Connection, lane: str, mentions: Iterable[str]) -> tuple[str, ...]:
    """Name the persons of a lane whose these records are, or were last."""
    return tuple(whose(connection, lane, _keys(mentions), ever=False)["person"].unique().sort())


def _records(connection: Connection, lane: str, mentions: Iterable[str]) -> int:
    """Count those of some records that are, or ever were, somebody's in a lane."""
    return whose(connection, lane, _keys(mentions), ever=True)["mention"].n_unique()


def _keys(mentions: Iterable[str]) -> pl.Series:
    return pl.Series("mention", sorted(set(mentions)), dtype=pl.String)


def _kinds(flags: pl.DataFrame) -> tuple[str, ...]:
    return tuple(flags["kind"].unique().sort())
