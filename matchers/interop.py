"""Our comparisons and blocks inside a recordlinkage pipeline that exists: its `Index`, its `Compare`, its classifiers.

recordlinkage works on pandas frames and is imported only when these functions are called. Its frames' index holds the
records' ids; columns bear the names that our comparisons and blocks read.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matchers.blocking import Block, LinkType, candidates
from matchers.comparisons.base import MISSING, Comparison
from matchers.errors import ModelFault, require_columns

if TYPE_CHECKING:
    import pandas as pd
    from recordlinkage.base import BaseCompareFeature, BaseIndexAlgorithm

SHARED = "_file"


def feature(
    comparison: Comparison, *, agrees_from: int | None = None, missing: float = 0.0, label: str | None = None
) -> "BaseCompareFeature":
    """Make a comparison a feature for `recordlinkage.Compare`.

    The feature is the grade as it stands (0 differs, higher agrees more). With `agrees_from` it is 1.0 from that grade
    on and 0.0 below, which is what recordlinkage's `ECMClassifier` takes; grades do not rise with agreement in every
    comparison, so see its `levels`. A missing grade becomes `missing`: recordlinkage has no notion of its own.
    `label` names the column of the result, the comparison's name by default.

    >>> import pandas as pd, recordlinkage
    >>> from matchers import SameDate
    >>> people = pd.DataFrame({"dob": ["1980-03-04", "1980-04-03"]}, index=["a", "b"])
    >>> pairs = pd.MultiIndex.from_tuples([("a", "b")])
    >>> recordlinkage.Compare([feature(SameDate("dob"))]).compute(pairs, people)["dob"].tolist()
    [2.0]
    """
    from recordlinkage.base import BaseCompareFeature

    if agrees_from is not None and not 0 < agrees_from < len(comparison.levels):
        raise ModelFault(f"{comparison.name} has the grades 0 to {len(comparison.levels) - 1}; none is {agrees_from}")

    class Feature(BaseCompareFeature):  # type: ignore[misc]
        """A comparison of matchers, as recordlinkage knows features."""

        name, description = comparison.name, "a comparison of matchers"

        def _compute_vectorized(self, *columns: Any) -> Any:
            sides = np.split(np.arange(len(columns)), 2)
            left, right = (_frame(dict(zip(comparison.columns, [columns[i] for i in s], strict=True))) for s in sides)
            grades = comparison.grade(left, right).to_numpy()
            worth = grades.astype(np.float64) if agrees_from is None else (grades >= agrees_from).astype(np.float64)
            return np.where(grades == MISSING, missing, worth)

    columns = list(comparison.columns)
    return Feature(columns, columns, label=label or comparison.name)


def index(blocks: Sequence[Block]) -> "BaseIndexAlgorithm":
    """Make blocks an algorithm for `recordlinkage.Index().add(...)`, for one frame or two.

    >>> import pandas as pd, recordlinkage
    >>> from matchers import block_on, sounds_like
    >>> people = pd.DataFrame({"surname": ["Reid", "Khan", "Reed"]}, index=["a", "b", "c"])
    >>> indexer = recordlinkage.Index()
    >>> indexer.add(index([block_on(sounds_like("surname"))]))
    >>> indexer.index(people).tolist()
    [('c', 'a')]
    """
    from recordlinkage.base import BaseIndexAlgorithm

    class Blocks(BaseIndexAlgorithm):  # type: ignore[misc]
        """Blocks of matchers, as recordlinkage knows ways to index."""

        name, description = "matchers", "blocks of matchers"

        def _link_index(self, df_a: "pd.DataFrame", df_b: "pd.DataFrame") -> "pd.MultiIndex":
            return _paired(blocks, [df_a, df_b], "between")

        def _dedup_index(self, df_a: "pd.DataFrame") -> "pd.MultiIndex":
            return _paired(blocks, [df_a], "within")

    return Blocks()


def _paired(blocks: Sequence[Block], frames: Sequence["pd.DataFrame"], link_type: LinkType) -> "pd.MultiIndex":
    """The pairs as positions in the frames, then as their labels; later first within one frame, as recordlinkage has
    it.
    """
    import pandas as pd

    columns = list(dict.fromkeys(column for block in blocks for column in block.columns))
    for frame in frames:
        require_columns(columns, [str(column) for column in frame.columns], where="the frame")
    records = pl.concat(
        [
            _frame({column: frame[column] for column in columns}).with_columns(pl.lit(number).alias(SHARED))
            for number, frame in enumerate(frames)
        ],
        how="vertical_relaxed",
    ).with_row_index("id")
    pairs = candidates(records, blocks, source=SHARED, link_type=link_type).pairs
    first, second = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    if len(frames) == 1:
        return pd.MultiIndex.from_arrays([frames[0].index[second], frames[0].index[first]])
    return pd.MultiIndex.from_arrays([frames[0].index[first], frames[1].index[second - len(frames[0])]])


def _frame(columns: dict[str, "pd.Series[Any]"]) -> pl.DataFrame:
    """Take columns of pandas over, with its several ways of missing as null; text, dates and numbers as such."""
    return pl.DataFrame([_series(name, column) for name, column in columns.items()])


def _series(name: str, column: "pd.Series[Any]") -> pl.Series:
    values = column.astype(object).where(column.notna(), None).tolist()
    if column.dtype.kind == "M":
        return pl.Series(name, [value and value.date() for value in values], dtype=pl.Date)
    if not any(value is not None for value in values):
        return pl.Series(name, values, dtype=pl.String)
    return pl.Series(name, values)
