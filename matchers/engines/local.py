"""The engine for one machine: pairs by polars and numpy, scored in batches so that memory stays bounded."""

from dataclasses import dataclass

import polars as pl

from matchers.blocking import LinkType, row_pairs
from matchers.errors import require_columns
from matchers.evidence import Rows, rows_of
from matchers.kernel import Scales
from matchers.model import Model
from matchers.prepared import Prepared, Records, as_it_stands, plain_frame, prepare
from matchers.threads import each

BATCH = 250_000


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Scores on this machine, `batch` pairs at a time."""

    batch: int = BATCH

    def scored(
        self,
        records: Records,
        model: Model,
        *,
        id: str = "id",  # noqa: A002
        source: str | None = None,
        link_type: LinkType = "both",
        touching: pl.Series | None = None,
    ) -> pl.DataFrame:
        """Return the candidate pairs, scored, as `Engine.scored` promises."""
        require_columns(model.columns, plain_frame(records).columns, where="the records")
        ordered = prepare(records, id)
        rows = row_pairs(ordered, model.blocks, source=source, link_type=link_type, touching=touching)
        return self._scored_rows(ordered, rows, model, id=id, bits=False)

    def scored_pairs(
        self,
        records: Records,
        pairs: pl.DataFrame,
        model: Model,
        *,
        id: str = "id",  # noqa: A002
        bits: bool = False,
    ) -> pl.DataFrame:
        """Score these pairs of ids (`left`, `right`), sorted by left and right."""
        pairs = pairs.select("left", "right").sort("left", "right")
        standing = as_it_stands(records)
        return self._scored_rows(standing, rows_of(standing.records[id], pairs), model, id=id, bits=bits)

    def _scored_rows(
        self,
        records: Prepared,
        rows: tuple[Rows, Rows],
        model: Model,
        *,
        id: str,  # noqa: A002
        bits: bool,
    ) -> pl.DataFrame:
        ids = records.records[id]
        named, renamed = records.only(rows)
        scales = Scales.of(named, model)
        starts = range(0, max(len(rows[0]), 1), self.batch)
        weighed = each(lambda start: scales.weighed(_part(renamed, start, self.batch), bits=bits), starts)
        ends = pl.DataFrame({"left": ids.gather(rows[0]), "right": ids.gather(rows[1])})
        return pl.concat([ends, pl.concat(weighed)], how="horizontal")


def _part(rows: tuple[Rows, Rows], start: int, height: int) -> tuple[Rows, Rows]:
    return rows[0][start : start + height], rows[1][start : start + height]
