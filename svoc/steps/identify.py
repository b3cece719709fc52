"""Give each cluster its person: yesterday's identifier where there is one, by overlap, else a new one."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from svoc.words.persons import FORWARDS, MEMBERS

__all__ = [
    "ALPHABET",
    "Identified",
    "Naming",
    "check_sign",
    "checks",
    "identifier",
    "identify",
    "is_identifier",
    "signs_of",
]

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs without look-alikes (no 0 O 1 I L); a prime count, so that the check sign finds every single wrong sign
and every swap of two neighbours."""
LENGTH = 8
SPLIT: dict[str, pl.DataType] = {"person": pl.String(), "came_from": pl.String()}


class Naming(Protocol):
    """Makes an identifier from a seed and a secret: the same from the same."""

    def __call__(self, seed: str, *, key: str) -> str:
        """Make one."""
        ...


@dataclass(frozen=True, slots=True)
class Identified:
    """Who is who tonight.

    `members`: frame of `MEMBERS`; `forwards`: frame of `FORWARDS`, every retired identifier ever, in one hop;
    `retired`: those retired tonight (`retired`, `current`); `split`: new identifiers taken out of an older person
    (`person`, `came_from`).
    """

    members: pl.DataFrame
    forwards: pl.DataFrame
    retired: pl.DataFrame
    split: pl.DataFrame


def identify(
    clusters: pl.DataFrame,
    yesterday: pl.DataFrame,
    forwards: pl.DataFrame,
    founded: pl.DataFrame,
    *,
    key: str,
    run: int,
    naming: Naming | None = None,
    former: pl.DataFrame | None = None,
    given_over: pl.DataFrame | None = None,
) -> Identified:
    """Allot identifiers to clusters by their overlap with yesterday's persons.

    `clusters`: `mention`, `cluster` String; `yesterday`: frame of `MEMBERS`; `forwards`: frame of `FORWARDS`;
    `founded`: `person` String, `run` Int64, one row for every identifier ever given, retired ones too. Overlaps are
    allotted globally, the largest first, then the oldest person, then the smallest identifier, never greedily by
    row. Who was on no list any more and returns has the identifier of before again: `former` (`mention`, `person`) says
    whose the mentions were last that are not in `yesterday`. `key` is the council's secret, `run` the number of this
    night: the same key, run and clusters give the same identifiers, in any order of rows. `naming` makes what is new;
    `identifier` unless given. `given_over` (`mention`, `instead`): keys in the place of which others stand tonight;
    who comes back by such a key has the identifier of before, and that of the meantime leads to it.
    """
    tombs = _tombstoned(former, yesterday, forwards)
    yesterday = _as_given_over(yesterday, given_over)
    again = pl.col("mention").is_in(tombs["mention"].implode())
    kept = _allotted(clusters, yesterday.filter(~again) if tombs.height else yesterday, founded)
    rest = clusters.join(kept, on="cluster", how="anti")
    returned = _allotted(rest, tombs, founded)
    if returned.height:
        forwards = forwards.join(returned, left_on="retired", right_on="person", how="anti")
        rest = rest.join(returned, on="cluster", how="anti")
    new = _founded(
        rest,
        set(founded["person"]),
        key=key,
        run=run,
        naming=naming or identifier,
    )
    persons = pl.concat([kept, returned, new])
    members = clusters.join(persons, on="cluster").select(MEMBERS.keys()).sort("mention")
    retired = _retired(yesterday, members)
    return Identified(members, _in_one_hop(forwards, retired), retired, _split(yesterday, members, new))


def _overlaps(clusters: pl.DataFrame, yesterday: pl.DataFrame) -> pl.DataFrame:
    if clusters.is_empty() or yesterday.is_empty():
        return pl.DataFrame(schema={"cluster": pl.String(), "person": pl.String(), "overlap": pl.UInt32()})
    return clusters.join(yesterday, on="mention").group_by("cluster", "person").agg(overlap=pl.len())


def _allotted(clusters: pl.DataFrame, yesterday: pl.DataFrame, founded: pl.DataFrame) -> pl.DataFrame:
    """Match clusters with persons one to one; only those that are contested are gone through one by one."""
    overlaps = _overlaps(clusters, yesterday)
    if overlaps.is_empty():
        return overlaps.select("cluster", "person")
    overlaps = overlaps.join(founded, on="person", how="left")
    alone = (pl.len().over("cluster") == 1) & (pl.len().over("person") == 1)
    plain = overlaps.filter(alone).select("cluster", "person")
    contested = overlaps.filter(~alone).sort(
        "overlap", "run", "person", "cluster", descending=[True, False, False, False]
    )
    clusters_done: set[str] = set()
    persons_done: set[str] = set()
    won: list[tuple[str, str]] = []
    for cluster, person in contested.select("cluster", "person").iter_rows():
        if cluster not in clusters_done and person not in persons_done:
            clusters_done.add(cluster)
            persons_done.add(person)
            won.append((cluster, person))
    schema = {"cluster": pl.String(), "person": pl.String()}
    return pl.concat([plain, pl.DataFrame(won, schema=schema, orient="row")])


def _as_given_over(yesterday: pl.DataFrame, given_over: pl.DataFrame | None) -> pl.DataFrame:
    """Say of yesterday's members which keys they have tonight."""
    if given_over is None or given_over.is_empty():
        return yesterday
    told = yesterday.join(given_over, on="mention", how="left", maintain_order="left")
    return told.select(mention=pl.coalesce("instead", "mention"), person="person")


def _tombstoned(former: pl.DataFrame | None, yesterday: pl.DataFrame, forwards: pl.DataFrame) -> pl.DataFrame:
    """Keep the mentions that were nobody's yesterday and whose person, when they last had one, leads to nobody now."""
    if former is None or former.is_empty():
        return yesterday.clear()
    tombs = forwards.filter(pl.col("current").is_null())
    away = former.join(yesterday, on="mention", how="anti")
    return away.join(tombs, left_on="person", right_on="retired", how="semi").select(MEMBERS.keys())


def _founded(clusters: pl.DataFrame, taken: set[str], *, key: str, run: int, naming: Naming) -> pl.DataFrame:
    """Make an identifier for each cluster that has none, from its founding mention (the smallest key) and the run."""
    if clusters.is_empty():
        return pl.DataFrame(schema={"cluster": pl.String(), "person": pl.String()})
    founding = clusters.group_by("cluster").agg(pl.col("mention").min()).sort("mention")
    made: list[str] = []
    for mention in founding["mention"]:
        person = naming(f"{mention}@{run}", key=key)
        turn = 0
        while person in taken:
            turn += 1
            person = naming(f"{mention}@{run}#{turn}", key=key)
        taken.add(person)
        made.append(person)
    return founding.select("cluster").with_columns(person=pl.Series(made, dtype=pl.String))


def identifier(seed: str, *, key: str) -> str:
    """Make a sayable identifier with a check sign from a seed and a secret.

    >>> identifier("council_tax/1/1@1", key="secret")
    'MC78-RZ8Y-S'
    """
    signs = signs_of(seed, key=key)
    return f"{signs[:4]}-{signs[4:]}-{check_sign(signs)}"


def signs_of(seed: str, *, key: str) -> str:
    """Make the eight signs of an identifier, without the check sign."""
    digest = hmac.new(key.encode(), seed.encode(), hashlib.blake2b).digest()
    number = int.from_bytes(digest[:16], "big")
    signs: list[str] = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[rest])
    return "".join(signs)


def is_identifier(text: str) -> bool:
    """Say whether a text is an identifier whose check sign agrees; a slip of the tongue is found at once.

    >>> is_identifier("MC78-RZ8Y-S"), is_identifier("MC78-RZ8Y-T")
    (True, False)
    """
    return checks(text.strip().upper().replace("-", "").replace(" ", ""))


def checks(signs: str, *, of: str = ALPHABET[0]) -> bool:
    """Say whether eight signs and a check sign agree."""
    well_formed = len(signs) == LENGTH + 1 and all(s in ALPHABET for s in signs)
    return well_formed and check_sign(signs[:LENGTH], of=of) == signs[LENGTH]


def check_sign(signs: Iterable[str], *, of: str = ALPHABET[0]) -> str:
    """Work out the check sign; identifiers `of` another kind, named by a sign, have another for the same signs."""
    total = ALPHABET.index(of) + sum((place + 2) * ALPHABET.index(sign) for place, sign in enumerate(signs))
    return ALPHABET[total % len(ALPHABET)]


def _retired(yesterday: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Find the persons of yesterday that nobody is today, and where most of their mentions went."""
    gone = yesterday.join(members.select("person").unique(), on="person", how="anti")
    if gone.is_empty():
        return pl.DataFrame(schema=FORWARDS)
    moved = gone.join(members.rename({"person": "current"}), on="mention", how="left")
    heirs = moved.drop_nulls("current").group_by("person", "current").agg(overlap=pl.len())
    heir = heirs.sort("overlap", "current", descending=[True, False]).unique(
        "person", keep="first", maintain_order=True
    )
    return (
        gone.select("person")
        .unique()
        .join(heir.select("person", "current"), on="person", how="left")
        .select(retired="person", current="current")
        .sort("retired")
    )


def _in_one_hop(forwards: pl.DataFrame, retired: pl.DataFrame) -> pl.DataFrame:
    """Point older forwards past the persons retired tonight, and add tonight's."""
    if retired.is_empty():
        return forwards.select(FORWARDS.keys()).sort("retired")
    further = retired.rename({"retired": "current", "current": "next"}).with_columns(moved=pl.lit(value=True))
    older = (
        forwards.join(further, on="current", how="left")
        .with_columns(current=pl.when(pl.col("moved")).then("next").otherwise("current"))
        .select(FORWARDS.keys())
    )
    return pl.concat([older, retired]).sort("retired")


def _split(yesterday: pl.DataFrame, members: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """List the identifiers made tonight for mentions that were another person's yesterday."""
    if new.is_empty():
        return pl.DataFrame(schema=SPLIT)
    came = members.join(new.select("person"), on="person").join(yesterday.rename({"person": "came_from"}), on="mention")
    return came.select("person", "came_from").unique().sort("person", "came_from")
