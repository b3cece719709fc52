"""Says what the columns of each kind of record are; one layout a kind."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of record: its name, its columns in order, and which of them must be filled.

    `key` finds the record that a change replaces; `unique` may not occur twice in a full supply. A layout
    without a key is counted and checked for width, not read.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()


def layout(name: str, columns: str, *, required: str = "", key: str = "", unique: str = "") -> Layout:
    """Writes a layout as words; the three columns that every record begins with are understood."""
    every = ("record_identifier", "change_type", "pro_order", *columns.split())
    must = ("change_type", *required.split()) if key else ()
    return Layout(name, every, must, tuple(key.split()), tuple(unique.split()))


def bare(name: str, columns: str) -> Layout:
    """Writes the layout of a record that stands around the others: a header, metadata or a trailer."""
    return Layout(name, ("record_identifier", *columns.split()))
