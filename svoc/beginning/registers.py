"""Whether a register is in a supplier's own layout, which then needs no mapping."""

from pathlib import Path

from svoc.beginning.shapes import shapes
from svoc.errors import SvocError
from svoc.settings import SourceSettings
from svoc.sources.register_layouts import LAYOUTS, RegisterLayout
from svoc.sources.register_opening import open_register

__all__ = ["supplier_layout"]

ENOUGH = 0.8
"""Of the headings of a file, the share that a layout must know before it is believed to be of it."""


def supplier_layout(path: Path, headings: list[str]) -> RegisterLayout | None:
    """Name the supplier's layout that a register is in; nothing where it is in none, or has a header of its own.

    `headings`: those of the file; none for a file without a header, which is told by its width and its values.
    """
    fits = [(count, layout) for layout in LAYOUTS[1:] if (count := _known(layout, path))]
    count, best = max(fits, key=lambda each: (each[0], bool(each[1].change)), default=(0, None))
    return best if best and (not headings or count >= ENOUGH * len(headings)) else None


def _known(layout: RegisterLayout, path: Path) -> int:
    """Count the columns that a layout finds in a file, none where its values are not as they should be."""
    settings = SourceSettings(name="register", kind="electoral_register", layout=layout.name)
    try:
        read = open_register(layout, settings, path)
    except SvocError:
        return 0
    looks = shapes(read.table.frame.select(list(read.columns.values())))
    wanted = {name: looks[heading] for name, heading in read.columns.items()}
    wrong = [name for name, shape in wanted.items() if (fit := shape.fits(name)) is not None and fit < 0.5]
    if layout.change == "status" and not wanted["status"].filled:
        return 0
    return 0 if {"postcode", "surname", "number", "dob", "attainment"} & set(wrong) else len(read.columns)
