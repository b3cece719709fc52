"""A mixed-record format as a whole: its layouts, and the road from files to tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from gazetteer.formats.base import Columns, Tables
from gazetteer.formats.changes import combine
from gazetteer.formats.faults import raise_all
from gazetteer.formats.layouts import Layout
from gazetteer.formats.lines import Lines, fields
from gazetteer.formats.records import Records, read_records

SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """A mixed-record format: the layout of each record, and how its records become tables.

    `loose` are the records whose width is not certain, so that any is accepted. `marks` tell dialects apart
    that give one record the same width: the codes that a column of it holds.
    """

    name: str
    layouts: Mapping[str, Layout]
    tables: Callable[[Records], Tables]
    loose: frozenset[str] = frozenset()
    marks: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)

    def understands(self, files: Sequence[Lines], columns: Columns | None) -> int:
        """Counts the lines whose identifier and width this dialect knows."""
        if columns:
            return 0
        return sum(self._understands(file.frame) for file in files)

    def _understands(self, frame: pl.DataFrame) -> int:
        shapes = frame.filter(pl.col("record").is_not_null()).group_by("record", "width").len()
        return sum(
            count
            for record, width, count in shapes.iter_rows()
            if record in self.layouts and len(self.layouts[record].columns) == width and self._marked(frame, record)
        )

    def _marked(self, frame: pl.DataFrame, record: str) -> bool:
        if record not in self.marks:
            return True
        column, codes = self.marks[record]
        place = self.layouts[record].columns.index(column)
        rows = [fields(text) for text in frame["text"].filter(frame["record"] == record).head(SAMPLE)]
        return 2 * sum(len(row) > place and row[place] in codes for row in rows) >= len(rows)

    def read(self, files: Sequence[Lines], columns: Columns | None) -> Tables:
        """Reads full supplies together, applies change-only ones in the order of their dates, and makes tables."""
        del columns  # for flat files only
        read = [read_records(self.name, self.layouts, self.loose, file) for file in files]
        raise_all(records.faults for records in read)
        return self.tables(combine(self.layouts, read))
