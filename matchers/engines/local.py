"""The engine for one machine: pairs by polars and numpy, scored in batches so that memory stays bounded."""

from dataclasses import dataclass

import polars as pl

from matchers.blocking import LinkType, candidates
from matchers.errors import require_columns
from matchers.kernel import laid_out, score
from matchers.model import Model

BATCH = 1_000_000


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Scores on this machine, `batch` pairs at a time."""

    batch: int = BATCH

    def scored(
        self,
        records: pl.DataFrame,
        model: Model,
        *,
        id: str = "id",  # noqa: A002
        source: str | None = None,
        link_type: LinkType = "both",
        touching: pl.Series | None = None,
    ) -> pl.DataFrame:
        """Return the candidate pairs, scored, as `Engine.scored` promises."""
        require_columns(model.columns, records.columns, where="the records")
        found = candidates(records, model.blocks, id=id, source=source, link_type=link_type, touching=touching)
        return self.scored_pairs(records, found.pairs, model, id=id)

    def scored_pairs(
        self,
        records: pl.DataFrame,
        pairs: pl.DataFrame,
        model: Model,
        *,
        id: str = "id",  # noqa: A002
        bits: bool = False,
    ) -> pl.DataFrame:
        """Score these pairs of ids (`left`, `right`), sorted by left and right."""
        pairs = pairs.select("left", "right").sort("left", "right")
        starts = range(0, max(pairs.height, 1), self.batch)
        return pl.concat([
            score(laid_out(records, pairs.slice(start, self.batch), model, id=id), model, bits=bits) for start in starts
        ])  # fmt: skip
