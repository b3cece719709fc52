"""Our settings for any set of people, drawn up from what its columns are; no labels, nothing about one set."""

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from matchers import (
    BirthDate,
    Close,
    GarbledName,
    Home,
    Model,
    Postcode,
    Trait,
    affordable,
    block_on,
    by_average,
    first_letters,
    last_letters,
    link,
    prepare,
    sounds_like,
)  # fmt: skip
from matchers.blocking import Block
from matchers.comparisons.base import Comparison
from people_sets.measured import Run
from people_sets.sets import Nature

PAIRS_A_RECORD, MOST_PAIRS = 10, 500_000
"""How many pairs one block may add: so many for each record, and no more than that."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a run leaves: prepared records, the trained model, scored pairs, the threshold in millibits, clusters."""

    records: pl.DataFrame
    model: Model
    pairs: pl.DataFrame
    threshold: int
    clusters: pl.DataFrame


def settings(nature: Nature) -> Model:
    """Draw up the model that suits columns of this nature."""
    home = nature.postcode is not None and nature.address is not None
    comparisons: list[Comparison] = [GarbledName("forename", "middle_names", "surname"), BirthDate("born")]
    if home:
        comparisons.append(Home("postcode", "address", "town"))
    elif nature.postcode:
        comparisons.append(Postcode("postcode"))
    comparisons += [Close(town) for town in nature.towns if not home]
    comparisons += [Trait(trait, by_rarity=True) for trait in nature.traits]
    if nature.identifier:
        comparisons.append(Close("identifier", by_rarity=False))
    return Model(comparisons=comparisons, blocks=_blocks(nature), household=("postcode", "address") if home else ())


def _blocks(nature: Nature) -> list[Block]:
    """Any two of name, date and place, in several spellings of each; what is too common is left out by its cap.

    Where no home is known, less is to be had from places, and half a date or the sound of a name must do.
    """
    year, day = first_letters("born", 4), last_letters("born", 4)
    sound, initial = sounds_like("surname"), first_letters("forename", 1)
    found = [
        block_on("forename", "surname", year), block_on("forename", "surname", day), block_on("born", initial),
        block_on("born", first_letters("surname", 1)),
    ]  # fmt: skip
    if nature.postcode:
        found += [block_on("postcode", key) for key in ("born", "forename", sound)]
    if nature.address:
        found += [block_on("address", key) for key in ("born", "forename", sound)]
        found += [block_on("town", "forename", "surname"), block_on("town", "born")]
    else:
        found += [block_on("forename", sound), block_on(first_letters("forename", 3), first_letters("surname", 4))]
        found += [block_on(part, half) for part in ("forename", sound) for half in (year, day)]
        found += [block_on(town, "born") for town in nature.towns]
        found += [block_on("postcode"), block_on("postcode", year)] if nature.postcode else []
    if nature.identifier:
        found.append(block_on("identifier"))
    return found


def _narrower() -> dict[Block, list[Block]]:
    """What gives way to what in a list so long that half a name beside a date or a home is common."""
    year, day = first_letters("born", 4), last_letters("born", 4)
    sound, initial, letter = sounds_like("surname"), first_letters("forename", 1), first_letters("surname", 1)
    homes = ("postcode", "address")
    return {
        block_on("born", initial): [block_on("born", first_letters("forename", 3))],
        block_on("born", letter): [block_on("born", sound), block_on("born", letter, initial)],
        **{block_on(home, sound): [block_on(home, sound, key) for key in (initial, year, day)] for home in homes},
    }


def prepared(records: pl.DataFrame, nature: Nature) -> pl.DataFrame:
    """Write the columns under the names that the settings use."""
    born = pl.concat_str([pl.col(part).str.pad_start(2, "0") for part in nature.born])
    found = {"forename": pl.col(nature.forename), "surname": pl.col(nature.surname), "born": born}
    found["middle_names"] = pl.lit(None, pl.String)
    if nature.postcode:
        found["postcode"] = pl.col(nature.postcode)
    if nature.address:
        line = [pl.col(column) for column in (nature.number, nature.address) if column]
        found["address"] = pl.concat_str(line, separator=" ")
        found["town"] = pl.col(nature.towns[0])
    if nature.identifier:
        found["identifier"] = pl.col(nature.identifier)
    kept = [column for column in ("id", "file", *nature.towns, *nature.traits) if column in records.columns]
    return records.select(*dict.fromkeys(c for c in kept if c not in found), *(e.alias(n) for n, e in found.items()))


def linked(records: pl.DataFrame, nature: Nature, run: Run) -> Done:
    """Train, score and cluster, closing a lap after each."""
    records = prepared(records, nature)
    between = "file" in records.columns
    told: dict[str, Any] = {"source": "file", "link_type": "between"} if between else {}
    model = settings(nature)
    most = min(PAIRS_A_RECORD * records.height, MOST_PAIRS)
    ready = prepare(records)
    model = replace(model, blocks=affordable(ready, model.blocks, most, instead=_narrower()))
    run.lap("block")
    model = model.trained_on(ready, **told)
    run.lap("train")
    pairs = link(ready, model, **told)
    run.lap("score")
    del ready  # the clusters need the records no more, nor what was worked out about them
    groups = by_average(records["id"], pairs)
    run.lap("cluster")
    return Done(records, model, pairs, 0, groups)
