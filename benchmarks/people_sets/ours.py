"""Our settings for any set of people, drawn up from what its columns are; no labels, nothing about one set."""

from dataclasses import dataclass

import polars as pl

from matchers import (
    Close,
    Model,
    PersonName,
    Same,
    SameDate,
    block_on,
    cluster,
    first_letters,
    link,
    sounds_like,
)
from matchers.blocking import Block
from matchers.comparisons.base import Comparison
from people_sets.measured import Run
from people_sets.sets import Nature


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
    return Model(comparisons=_comparisons(nature), blocks=_blocks(nature))


def _comparisons(nature: Nature) -> list[Comparison]:
    date = [SameDate(nature.born[0])] if len(nature.born) == 1 else [Same(part, by_rarity=True) for part in nature.born]
    place = [Close(column) for column in (nature.postcode, nature.address, *nature.towns) if column]
    small = [Same(column, by_rarity=True) for column in (nature.number, *nature.traits) if column]
    sure = [Close(nature.identifier)] if nature.identifier else []
    return [PersonName(nature.forename, "middle_names", nature.surname), *date, *place, *small, *sure]


def _blocks(nature: Nature) -> list[Block]:
    forename, surname, born = nature.forename, nature.surname, nature.born
    found = [
        block_on(*born, first_letters(forename, 1)),
        block_on(*born, first_letters(surname, 1)),
        block_on(sounds_like(surname), first_letters(forename, 3), born[0])
        if len(born) > 1
        else block_on(forename, surname),
    ]
    if nature.identifier:
        found.append(block_on(nature.identifier))
    if nature.postcode:
        found += [
            block_on(nature.postcode, forename),
            block_on(nature.postcode, sounds_like(surname)),
            block_on(nature.postcode, *born),
        ]
    if nature.address:
        found += [block_on(nature.address, forename), block_on(nature.address, *born)]
    return found


def linked(records: pl.DataFrame, model: Model, run: Run) -> Done:
    """Train, score and cluster, closing a lap after each."""
    records = records.with_columns(middle_names=pl.lit(None, pl.String))
    between = "file" in records.columns
    told = {"source": "file", "link_type": "between"} if between else {}
    model = model.trained_on(records, **told)
    run.lap("train")
    pairs = link(records, model, **told)
    run.lap("score")
    accepted = pairs.filter(pl.col("weight") >= 0)
    groups = cluster(records["id"], accepted.select("left", "right", "weight")).members
    run.lap("cluster")
    return Done(records, model, pairs, 0, groups)
