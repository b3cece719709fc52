"""Whether files are a gazetteer, in which format, and which columns of a flat view need a name."""

from collections.abc import Mapping
from pathlib import Path

from gazetteer.errors import GazetteerError
from gazetteer.formats.flat import FLAT
from gazetteer.formats.headings import word_list
from gazetteer.formats.lines import read_lines
from gazetteer.formats.open_uprn import is_open_uprn
from gazetteer.formats.read import FORMATS
from svoc.beginning.found import GAZETTEER, Found, Line
from svoc.beginning.headings import heading_of, meanings
from svoc.beginning.mapping import Certainty, columns_of
from svoc.beginning.shapes import Shape
from svoc.sources.tables import Table, fold_heading

__all__ = ["flat_view", "published"]

WANTED = ("uprn", "address", "postcode", "usrn")
LONGEST = 6
"""Address lines that a flat view may have."""


def published(path: Path) -> Found | None:
    """Recognise a gazetteer in a published format by its records; nothing where it is none."""
    try:
        if is_open_uprn(path):
            return Found((path,), GAZETTEER, Certainty.SURE, "OS Open UPRN, for coordinates")
        lines = read_lines(path)
        counted = [(each.understands([lines], None), each.name) for each in FORMATS if each is not FLAT]
    except (GazetteerError, OSError):
        return None
    most, name = max(counted, key=lambda each: each[0])
    if most * 2 < lines.frame.height:
        return None
    return Found((path,), GAZETTEER, Certainty.SURE, f"{name}: its records say so")


def flat_view(table: Table, shapes: Mapping[str, Shape]) -> Found | None:
    """Recognise a list of properties, with a UPRN and an address each and no people; map what has another name."""
    mapped = columns_of(shapes, GAZETTEER, WANTED)
    if not {"uprn", "address"} <= set(mapped.columns) or _names_people(table):
        return None
    known = word_list("flat_columns.csv")
    unaided = {known.get(fold_heading(heading)) for heading in table.headings}
    lines = [
        Line.of(name, mapped.columns[name][:1], needed=True)
        for name in ("uprn", "postcode", "usrn")
        if name in mapped.columns and name not in unaided
    ]
    if not {"address", "address_1", "street", "pao_text"} & unaided:
        each = enumerate(mapped.columns["address"][:LONGEST], 1)
        lines += [Line.of(f"address_{n}", (column,), needed=True) for n, column in each]
    properties = {m.name for h in table.headings for m in meanings(heading_of(h)) if m.share == 1}
    signs = properties & {"usrn", "coordinate", "standing"}
    sure = Certainty.SURE if signs else Certainty.LIKELY
    return Found(
        (table.path,), GAZETTEER, sure, "a UPRN and an address in each row, and no people", "flat",
        lines=tuple(lines), headings=tuple(table.headings),
    )  # fmt: skip


def _names_people(table: Table) -> bool:
    """Tell whether a heading names people: a surname in any words, a name in these alone (a ward has one too)."""
    said = [(heading_of(h), m) for h in table.headings for m in meanings(heading_of(h))]
    told = [m for heading, m in said if not heading.of_others]
    return any(m.name in ("surname", "forename", "dob") or (m.name == "name" and m.share == 1) for m in told)
