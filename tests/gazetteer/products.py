"""Writes files of the published products for tests, from the columns that a case names."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from gazetteer.formats import core, ngd, plus, standard

LAYOUTS = {
    "plus": [name.upper() for name in plus.LAYOUT.columns],
    "core": list(core.LAYOUT.columns),
    "standard": [name.upper() for name in standard.LAYOUT.columns],
    "ngd": list(ngd.ADDRESS.columns),
    "ngd_altadd": list(ngd.ALTERNATIVE.columns),
    "ngd_royalmail": list(ngd.ROYAL_MAIL.columns),
}
# What every row of the product has, unless a case says otherwise.
ALWAYS = {
    "plus": {"CHANGE_TYPE": "I", "LAST_UPDATE_DATE": "2026-10-01", "LA_START_DATE": "2001-05-10", "COUNTRY": "E"},
    "core": {"change_code": "I", "last_update_date": "2026-10-01", "toid": "osgb1000000000000001"},
    "ngd": {
        "versiondate": "2026-10-01",
        "changetype": "New",
        "description": "Built Address",
        "addressstatus": "Approved",
        "buildstatus": "Built Complete",
    },
    "ngd_altadd": {"featuretypeversiondate": "2026-10-01", "addressstatus": "Alternative"},
    "ngd_royalmail": {"versiondate": "2026-10-01", "changetype": "New", "description": "Postcode Address File"},
    "standard": {"CHANGE_TYPE": "I", "LAST_UPDATE_DATE": "2026-10-01", "OS_ADDRESS_TOID": "osgb1000000000000001"},
}
Row = Mapping[str, str]


def row_of(text: str) -> dict[str, str]:
    """Reads "NAME=value;NAME=value" as a row."""
    return dict(part.split("=", 1) for part in text.split(";"))


def text_of(product: str, rows: Sequence[Row], *, header: bool = True, more: Sequence[str] = ()) -> str:
    """Writes rows as a file of a product, with its header row or without."""
    columns = [*LAYOUTS[product], *more]
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"{product} has no column {unknown}"
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    if header:
        writer.writeheader()
    writer.writerows({**ALWAYS[product], **row} for row in rows)
    return out.getvalue()


def write(path: Path, product: str, *rows: Row, header: bool = True, more: Sequence[str] = ()) -> Path:
    """Writes a file of a product; gives its path."""
    path.write_bytes(text_of(product, rows, header=header, more=more).encode())
    return path
