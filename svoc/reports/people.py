"""Who the persons of one lane are made of: how many records, of which sources, how many at one place."""

from typing import Any

import polars as pl

from svoc.reports.counting import Row, counted, rows, share
from svoc.reports.wording import spaced
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS
from svoc.words.plan import LaneState

__all__ = ["held_by", "living_at", "people"]

MOST_RECORDS, MOST_SOURCES, MOST_AT_A_PLACE = 6, 5, 12
MOST_COMBINATIONS = 12
OTHERS = "other combinations"

Known = dict[tuple[str, ...], int]
"""How many persons exactly these sources, in the order of their names, know."""


def people(
    state: LaneState, mentions: pl.DataFrame, before: LaneState | None, mentions_before: pl.DataFrame
) -> dict[str, Any]:
    """Tell of a lane's persons what they are made of; `mentions`: frame of `PLACED`, tonight's."""
    number = pl.col("person").hash()  # for they are only counted
    held = held_by(state, mentions).with_columns(number)
    held_before = None if before is None else held_by(before, mentions_before).with_columns(number)
    known, known_before = _known_by(held), None if held_before is None else _known_by(held_before)
    return {
        "persons": state.persons.height,
        "persons_before": None if before is None else before.persons.height,
        "records": rows(_records(state), None if before is None else _records(before), order=_upto(MOST_RECORDS)),
        "sources": rows(
            _sources(known), None if known_before is None else _sources(known_before), order=_upto(MOST_SOURCES)
        ),
        "combinations": _combinations(known, known_before),
        "coverage": _coverage(known),
        "electors": _electors(held),
        "places": rows(
            _places(held), None if held_before is None else _places(held_before), order=_upto(MOST_AT_A_PLACE)
        ),
        "facts": _facts(state, before),
    }


def held_by(state: LaneState, mentions: pl.DataFrame) -> pl.DataFrame:
    """Give the records behind each person, life events left out.

    Columns: `mention`, `person`, `source`, `role`, `place`, `until`.
    """
    records = mentions.filter(pl.col("source") != EVENTS_SOURCE).select("mention", "source", "role", "place", "until")
    return state.members.join(records, on="mention")


def living_at(held: pl.DataFrame) -> pl.DataFrame:
    """Count the persons with a stay that lasts at each place: `place`, `persons`."""
    here = held.filter(pl.col("place").is_not_null() & pl.col("until").is_null())
    return here.select("place", "person").unique().group_by("place").agg(persons=pl.len())


def _upto(most: int) -> list[str]:
    return [*(str(n) for n in range(1, most + 1)), f"{most + 1} or more"]


def _records(state: LaneState) -> dict[str, int]:
    return counted(state.persons["records"], most=MOST_RECORDS)


def _places(held: pl.DataFrame) -> dict[str, int]:
    return counted(living_at(held)["persons"], most=MOST_AT_A_PLACE)


# Every later question about sources is answered from this small table, so that a city's persons are gone through once.
def _known_by(held: pl.DataFrame) -> Known:
    """Count the persons whom exactly these sources know."""
    if held.is_empty():
        return {}
    names = held["source"].unique().sort().to_list()
    bit = pl.col("source").replace_strict(names, [2**n for n in range(len(names))], return_dtype=pl.Int64)
    each = held.select("person", bit.alias("bit")).unique().group_by("person").agg(pl.col("bit").sum())
    counts = each.group_by("bit").agg(n=pl.len()).sort("bit").iter_rows()
    return {tuple(name for n, name in enumerate(names) if mask >> n & 1): int(count) for mask, count in counts}


def _sources(known: Known) -> dict[str, int]:
    counts = dict.fromkeys(_upto(MOST_SOURCES), 0)
    for sources, count in known.items():
        counts[_upto(MOST_SOURCES)[min(len(sources) - 1, MOST_SOURCES)]] += count
    return counts


def _combinations(known: Known, before: Known | None) -> list[Row]:
    """Count persons by the very sources that know them, the rarest taken together."""
    kept = sorted(known, key=lambda sources: (-known[sources], sources))[:MOST_COMBINATIONS]
    then = None if before is None else _folded(before, kept)
    return rows(_folded(known, kept), then, order=[*map(" + ".join, kept), OTHERS])


def _folded(known: Known, kept: list[tuple[str, ...]]) -> dict[str, int]:
    rest = sum(n for sources, n in known.items() if sources not in kept)
    return {" + ".join(sources): known.get(sources, 0) for sources in kept} | ({OTHERS: rest} if rest else {})


def _coverage(known: Known) -> list[dict[str, Any]]:
    """Tell for each source how many of its persons each other source knows too."""
    names = sorted({name for sources in known for name in sources})
    return [
        {
            "name": one,
            "persons": _with(known, one),
            "known_to": {
                other: {"count": _with(known, one, other), "share": share(_with(known, one, other), _with(known, one))}
                for other in names
                if other != one
            },
        }
        for one in names
    ]


def _with(known: Known, *wanted: str) -> int:
    return sum(count for sources, count in known.items() if set(wanted) <= set(sources))


def _electors(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Tell how many electors are known to Council Tax, anywhere and at one place with their entry, and the reverse."""
    electors, liable = (held.filter(pl.col("role") == role) for role in ("elector", "liable_party"))
    return [
        {"name": "electors known to Council Tax", **_known_to(electors, liable)},
        {"name": "liable parties on the register", **_known_to(liable, electors)},
    ]


def _known_to(these: pl.DataFrame, those: pl.DataFrame) -> dict[str, Any]:
    persons = these["person"].n_unique()
    anywhere = these.join(those, on="person", how="semi")["person"].n_unique()
    at_place = these.join(those, on=["person", "place"], how="semi")["person"].n_unique()
    return {
        "persons": persons,
        "anywhere": anywhere,
        "anywhere_share": share(anywhere, persons),
        "at_place": at_place,
        "at_place_share": share(at_place, persons),
    }


def _facts(state: LaneState, before: LaneState | None) -> list[dict[str, Any]]:
    """Tell how many persons each golden fact is known of."""
    now, then = _known(state), None if before is None else _known(before)
    return [
        {
            "name": fact,
            "words": spaced(fact),
            "count": now[fact],
            "share": share(now[fact], state.persons.height),
            "before": None if then is None else then[fact],
            "share_before": None if before is None or then is None else share(then[fact], before.persons.height),
        }
        for fact in FACTS
    ]


def _known(state: LaneState) -> dict[str, int]:
    return {fact: state.persons.height - state.persons[fact].null_count() for fact in FACTS}
