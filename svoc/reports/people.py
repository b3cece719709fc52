"""Who the persons of one lane are made of: how many records, of which sources, how many at one place."""

from typing import Any

import polars as pl

from svoc.reports.counting import counted, rows, share
from svoc.reports.wording import spaced
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS
from svoc.words.plan import LaneState

__all__ = ["held_by", "living_at", "people"]

MOST_RECORDS, MOST_SOURCES, MOST_AT_A_PLACE = 6, 5, 12
MOST_COMBINATIONS = 12


def people(
    state: LaneState, mentions: pl.DataFrame, before: LaneState | None, mentions_before: pl.DataFrame
) -> dict[str, Any]:
    """Tell of a lane's persons what they are made of; `mentions`: frame of `PLACED`, tonight's."""
    held = held_by(state, mentions)
    held_before = None if before is None else held_by(before, mentions_before)
    return {
        "persons": state.persons.height,
        "persons_before": None if before is None else before.persons.height,
        "records": rows(_records(state), None if before is None else _records(before), order=_upto(MOST_RECORDS)),
        "sources": rows(
            _sources(held), None if held_before is None else _sources(held_before), order=_upto(MOST_SOURCES)
        ),
        "combinations": _combinations(held, held_before),
        "coverage": _coverage(held),
        "electors": _electors(held),
        "places": rows(_places(held), None if held_before is None else _places(held_before), order=_upto(12)),
        "facts": _facts(state, before),
    }


def held_by(state: LaneState, mentions: pl.DataFrame) -> pl.DataFrame:
    """Give the records behind each person, life events left out: `person`, `source`, `role`, `place`, `until`."""
    records = mentions.filter(pl.col("source") != EVENTS_SOURCE)
    return state.members.join(records.select("mention", "source", "role", "place", "until"), on="mention")


def living_at(held: pl.DataFrame) -> pl.DataFrame:
    """Count the persons with a stay that lasts at each place: `place`, `persons`, and one `mention` to find it by."""
    here = held.filter(pl.col("place").is_not_null() & pl.col("until").is_null())
    counts = here.group_by("place").agg(persons=pl.col("person").n_unique(), mention=pl.col("mention").min())
    return counts.sort("persons", "mention", descending=[True, False])


def _upto(most: int) -> list[str]:
    return [*(str(n) for n in range(1, most + 1)), f"{most + 1} or more"]


def _records(state: LaneState) -> dict[str, int]:
    return counted(state.persons["records"], most=MOST_RECORDS)


def _sources(held: pl.DataFrame) -> dict[str, int]:
    return counted(held.group_by("person").agg(n=pl.col("source").n_unique())["n"], most=MOST_SOURCES)


def _places(held: pl.DataFrame) -> dict[str, int]:
    return counted(living_at(held)["persons"], most=MOST_AT_A_PLACE)


def _combinations(held: pl.DataFrame, before: pl.DataFrame | None) -> list[dict[str, Any]]:
    """Count persons by the very sources that know them, the rarest taken together."""
    now = _by_sources(held)
    kept = sorted(now, key=lambda name: (-now[name], name))[:MOST_COMBINATIONS]
    then = None if before is None else _folded(_by_sources(before), kept)
    return rows(_folded(now, kept), then, order=[*kept, "other combinations"])


def _by_sources(held: pl.DataFrame) -> dict[str, int]:
    together = held.group_by("person").agg(names=pl.col("source").unique().sort().str.join(" + "))
    return dict(together.group_by("names").agg(n=pl.len()).sort("names").iter_rows())


def _folded(counts: dict[str, int], kept: list[str]) -> dict[str, int]:
    rest = sum(n for name, n in counts.items() if name not in kept)
    return {name: counts.get(name, 0) for name in kept} | ({"other combinations": rest} if rest else {})


def _coverage(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Tell for each source how many of its persons each other source knows too."""
    known = held.select("person", "source").unique()
    both = known.join(known, on="person", suffix="_other").group_by("source", "source_other").agg(n=pl.len())
    counts = {(one, other): int(n) for one, other, n in both.iter_rows()}
    names = sorted({one for one, _ in counts})
    return [
        {
            "name": one,
            "persons": counts[one, one],
            "known_to": {
                other: {
                    "count": counts.get((one, other), 0),
                    "share": share(counts.get((one, other), 0), counts[one, one]),
                }
                for other in names
                if other != one
            },
        }
        for one in names
    ]


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
    return [
        {
            "name": fact,
            "words": spaced(fact),
            "count": (count := _known(state, fact)),
            "share": share(count, state.persons.height),
            "before": None if before is None else _known(before, fact),
            "share_before": None if before is None else share(_known(before, fact), before.persons.height),
        }
        for fact in FACTS
    ]


def _known(state: LaneState, fact: str) -> int:
    return int(state.persons[fact].is_not_null().sum())
