"""Makes the shipped person model: `python -m svoc.training` writes `svoc/defaults/person_model.json`.

It rehearses the towns of `TOWNS`, places their first night's records, and learns from them without labels; the same
release makes the same bytes. The thresholds were chosen with the truth of the towns of seeds 101 to 103, 5,000
dwellings each, and are marked as assumed until a council has stewards' decisions of its own. No town that figures are
quoted for is among either.
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from matchers import Thresholds
from svoc.binding import policy_codes, read_extracts, read_gazetteer
from svoc.person_model import SHIPPED, trained_on
from svoc.rehearsal.town import rehearse
from svoc.settings import CouncilSettings
from svoc.steps.delta import delta, said_tonight
from svoc.steps.place import place
from svoc.words.events import EMPTY_LIFE_EVENTS
from svoc.words.mentions import KNOWN, PLACED
from svoc.words.plan import TAKEN

__all__ = ["placed_mentions", "shipped_model"]

TOWNS = ((1101, 10_000), (1102, 10_000))
"""Seeds and dwellings of the towns that the shipped weights are learned from."""

JOIN, ASK = 4_500, 3_000
"""Thousandths of a bit from which a pair at two places is joined, and from which a steward is asked."""


def placed_mentions(settings: CouncilSettings) -> pl.DataFrame:
    """Give the mentions of a council's first night as a frame of `PLACED`; nothing is written."""
    extracts = read_extracts(settings, pl.DataFrame(schema=TAKEN)).extracts
    before = pl.DataFrame(schema=PLACED)
    said = said_tonight(before, extracts, EMPTY_LIFE_EVENTS)
    mentions = delta(said.records, pl.DataFrame(schema=KNOWN)).mentions
    return place(mentions, read_gazetteer(settings), before=before, trusted=False, codes=policy_codes(settings))


def shipped_model() -> str:
    """Train the shipped model and give it as JSON."""
    placed = []
    for seed, dwellings in TOWNS:
        with TemporaryDirectory() as folder:
            town = rehearse(folder, dwellings=dwellings, seed=seed, nights=1)
            mentions = placed_mentions(CouncilSettings.read(town.settings))
        apart = pl.col("place") * 100 + seed % 100
        onward = pl.col("forwarding_place") * 100 + seed % 100
        key = pl.concat_str(pl.lit(f"{seed}/"), "mention")
        placed.append(mentions.with_columns(mention=key, place=apart, forwarding_place=onward))
    model = trained_on(pl.concat(placed), {"council_tax": True, "electoral_register": True})
    return replace(model, thresholds=Thresholds(same=JOIN, ask=ASK)).to_json()


if __name__ == "__main__":
    Path(__file__).with_name("defaults").joinpath(SHIPPED).write_text(shipped_model(), encoding="utf-8", newline="\n")
