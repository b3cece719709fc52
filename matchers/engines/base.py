"""The door for engines: where pairs are made and scored. The kernel does the scoring; an engine only carries rows
to it.
"""

from typing import Protocol

import polars as pl

from matchers.blocking import LinkType
from matchers.model import Model
from matchers.prepared import Records


class Engine(Protocol):
    """Makes and scores the pairs of a set of records.

    To add one: a class with this method that hands its pairs to `matchers.kernel.score`, and one line in the shared
    engine test. Two engines must agree to the bit.
    """

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
        """Return the candidate pairs, scored: left, right, context, grade_<comparison>..., weight, sorted by left
        and right.

        Arguments are as in `matchers.blocking.candidates`; columns as in `matchers.kernel.score`.
        """
        ...
