"""The ledger of protection: flags are laid, spread, asked to be lifted and lifted, and no row is ever changed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection, Engine, and_, func, select

from svoc.store import tables
from svoc.store.bulk import read_rows
from svoc.store.flags import write
from svoc.store.frames import decoded
from svoc.store.opening import told_plainly, writing
from svoc.store.standing import all_protection, of_table, published_run, seen_by, visible
from svoc.words.protection import HELD, Act, held
from svoc.words.records import protected

__all__ = [
    "append",
    "cases_of",
    "ever_together",
    "flagged",
    "last_held_by",
    "marked_by_their_source",
    "named_with",
    "places_of",
    "protection",
    "standing_together",
    "whose",
]

ROW, MEMBER, FORWARD, DOUBT, CASE = map(
    of_table,
    (tables.ProtectionRow, tables.MemberRow, tables.ForwardRow, tables.DoubtRow, tables.CaseRow),
)
OF_LANE: dict[str, pl.DataType] = {"lane": pl.String(), "mention": pl.String(), "person": pl.String()}
OF_RECORD: dict[str, pl.DataType] = {"mention": pl.String(), "source": pl.String(), "record": pl.String()}
MARKED: dict[str, pl.DataType] = {"source": pl.String(), "markers": pl.List(pl.String())}
ASKED: dict[str, pl.DataType] = {"kind": pl.String(), "mentions": pl.List(pl.String())}
LIES: dict[str, pl.DataType] = {"mention": pl.String(), "uprn": pl.Int64(), "forwarding_place": pl.Int64()}
HOME: dict[str, pl.DataType] = {"person": pl.String(), "uprn": pl.Int64()}
PORTION = 500


def append(
    engine: Engine,
    act: Act,
    flags: Iterable[tuple[str, str]],
    *,
    actor: str,
    because: str,
    until: date | None = None,
    about: int | None = None,
) -> int:
    """Append one act about flags, each a mention and a kind, and give its number."""
    with told_plainly(), writing(engine) as connection:
        said = {"act": act.value, "actor": actor, "because": because, "until": until, "about": about}
        return write(connection, [{**said, "mention": mention, "kind": kind} for mention, kind in flags])


def protection(engine: Engine) -> pl.DataFrame:
    """Give the whole ledger, as a frame of `svoc.words.protection.PROTECTION`."""
    with told_plainly(), engine.connect() as connection:
        return all_protection(connection)


def flagged(connection: Connection, on: date | None) -> pl.DataFrame:
    """Give what is under protection (`HELD`); with no flag at all nothing more is read."""
    if not connection.scalar(select(func.count(ROW.c.id))):
        return pl.DataFrame(schema=HELD)
    return held(all_protection(connection), on)


def standing_together(connection: Connection, mentions: pl.Series) -> pl.DataFrame:
    """Give who stands with these mentions in the published run, in any lane, over any number: `OF_LANE`."""
    run = published_run(connection)
    asked, known = mentions.unique(), pl.Series("mention", [], dtype=pl.String)
    while len(asked):
        known = pl.concat([known, asked])
        theirs = visible(connection, tables.MemberRow, OF_LANE, run, among=("mention", asked))
        persons = theirs["person"].unique()
        beside = visible(connection, tables.MemberRow, OF_LANE, run, among=("person", persons))
        asked = beside.filter(~pl.col("mention").is_in(known.implode()))["mention"].unique()
    found = visible(connection, tables.MemberRow, OF_LANE, run, among=("mention", known))
    return found.select(OF_LANE.keys())


def ever_together(connection: Connection, mentions: Iterable[str]) -> list[str]:
    """Name these mentions and all that ever shared a person with one of them, or may be one of them.

    The second are entries of a new register of which a steward is, or was, asked whether they are these of the old.
    """
    keys = sorted(set(mentions))
    run = published_run(connection)
    persons = _where(connection, MEMBER, ["person"], "mention", keys, MEMBER.c.from_run <= run)["person"].unique()
    beside = _where(connection, MEMBER, ["mention"], "person", sorted(persons), MEMBER.c.from_run <= run)
    doubted = _where(connection, DOUBT, ["mention"], "may_be", keys, DOUBT.c.run <= run)
    return sorted({*keys, *beside["mention"], *doubted["mention"]})


def whose(connection: Connection, lane: str, mentions: pl.Series, *, ever: bool) -> pl.DataFrame:
    """Give the identifiers of a lane that mentions bear, and the retired ones that lead to these: `mention`, `person`.

    Of a mention that nobody bears any more the last identifier counts; with `ever` count all that it ever bore.
    """
    run, keys = published_run(connection), sorted(mentions)
    of_lane = MEMBER.c.from_run <= run, MEMBER.c.lane == lane
    leads = seen_by(tables.ForwardRow, run), FORWARD.c.lane == lane
    bore = _where(connection, MEMBER, ["id", "mention", "person"], "mention", keys, *of_lane)
    last = bore if ever else bore.sort("id").unique("mention", keep="last")
    persons = sorted(last["person"].unique())
    led = _where(connection, FORWARD, ["retired", "current"], "current", persons, *leads)
    retired = led.join(last, left_on="current", right_on="person").select("mention", person="retired")
    return pl.concat([last.select("mention", "person"), retired]).unique()


def last_held_by(connection: Connection, lane: str, persons: list[str]) -> pl.Series:
    """Name the mentions whose last identifier of a lane is one of these, or leads to one, or is where one leads to."""
    run = published_run(connection)
    of_lane = MEMBER.c.from_run <= run, MEMBER.c.lane == lane
    leads = seen_by(tables.ForwardRow, run), FORWARD.c.lane == lane
    names = ["retired", "current"]
    onward = _where(connection, FORWARD, names, "retired", persons, *leads)["current"].drop_nulls()
    ends = sorted({*persons, *onward})
    retired = _where(connection, FORWARD, names, "current", ends, *leads)["retired"]
    wanted = sorted({*ends, *retired})
    candidates = _where(connection, MEMBER, ["mention"], "person", wanted, *of_lane)["mention"].unique()
    rows = _where(connection, MEMBER, ["id", "mention", "person"], "mention", sorted(candidates), *of_lane)
    last = rows.sort("id").unique("mention", keep="last")
    return last.filter(pl.col("person").is_in(wanted))["mention"].sort()


def named_with(connection: Connection, mentions: pl.Series) -> pl.Series:
    """Name the other mentions of the records that these are of, as they stand in the published run."""
    run = published_run(connection)
    own = visible(connection, tables.MentionRow, OF_RECORD, run, among=("mention", mentions.unique()))
    records = own.select("source", "record").unique()
    if records.is_empty():
        return pl.Series("mention", [], dtype=pl.String)
    beside = visible(connection, tables.MentionRow, OF_RECORD, run, among=("record", records["record"].unique()))
    same = beside.join(records, on=["source", "record"], how="semi")
    return same.filter(~pl.col("mention").is_in(mentions.implode()))["mention"].unique().sort()


def cases_of(connection: Connection, kinds: Iterable[str]) -> pl.DataFrame:
    """Give the open cases of some kinds, in all lanes of the published run: `kind` and `mentions` (list of keys)."""
    seen = seen_by(tables.CaseRow, published_run(connection))
    return decoded(_where(connection, CASE, list(ASKED), "kind", sorted(kinds), seen), ASKED)


def places_of(connection: Connection, lane: str, mentions: pl.Series, persons: pl.Series) -> frozenset[int]:
    """Give the UPRNs where these records lie or lead to, and the homes of these persons of a lane, as they stand."""
    run = published_run(connection)
    lying = visible(connection, tables.MentionRow, LIES, run, among=("mention", mentions))
    homes = visible(connection, tables.PersonRow, HOME, run, lanes=(lane,), among=("person", persons))
    return frozenset(pl.concat([lying["uprn"], lying["forwarding_place"], homes["uprn"]]).drop_nulls())


def marked_by_their_source(connection: Connection, mentions: pl.Series) -> list[str]:
    """Name the sources that mark one of these records as protected in the published run."""
    run = published_run(connection)
    rows = decoded(visible(connection, tables.MentionRow, MARKED, run, among=("mention", mentions)), MARKED)
    return sorted(rows.filter(protected())["source"].unique())


def _where(
    connection: Connection, table: Any, names: list[str], column: str, keys: list[str], *more: Any
) -> pl.DataFrame:
    """Read the rows of a table whose column holds one of many keys, a portion of the keys at a time."""
    portions = [keys[at : at + PORTION] for at in range(0, len(keys), PORTION)] or [[]]
    found = [read_rows(connection, table, names, and_(table.c[column].in_(portion), *more)) for portion in portions]
    return pl.concat(found)
