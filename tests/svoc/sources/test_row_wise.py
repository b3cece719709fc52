"""The law of reading again: yesterday's records and what is new are the whole, for every layout of one row an entry."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.errors import InputFaults
from svoc.rehearsal import rehearse
from svoc.settings import CouncilSettings, SourceSettings
from svoc.sources.base import Extract
from svoc.sources.catalogue import SOURCES, read_extract
from svoc.sources.rows import MARKED, Rows
from svoc.words.records import SORTED_BY

Row = tuple[str, ...]
DAYS = (date(2026, 11, 2), date(2026, 11, 3), date(2027, 6, 1), date(2028, 1, 1))

NAMES = ("SMITH,MR J & MRS A", "Mr Jo Khan", "ACME LTD", "EXORS OF MRS E LEE", "VOID", "")
SURNAMES = ("SMITH", "KHAN", "(z) LEE", "ANONYMOUS", "")
BIRTHS = ("", "", "14/05/1988", "01/12/2008", "20/05/2009", "01/12/2010", "14/05/2027", "03/04/1897")
STARTS, ENDS = ("", "2026-04-01", "01/05/2020"), ("", "2026-10-30", "2019-05-01", "2027-05-01", "2099-12-31")
UPRNS = ("", "100023336956", "not known")
LINES, POSTCODES = ("1 HIGH ST", "FLAT 2", "EX1 1AA", ""), ("EX1 1AA", "ex11aa", "")
MARKERS = ("", "", "", "F", "Z", "N", "K")


@dataclass(frozen=True)
class Kind:
    """A layout: how it is named in council.toml, and what each of a file's columns may hold."""

    kind: str
    layout: str
    values: Mapping[str, Sequence[str]]
    columns: Mapping[str, str | list[str]]
    key: int = 0

    def told(self, on: date | None, **own: object) -> SourceSettings:
        return SourceSettings.model_validate(
            {"name": "s", "kind": self.kind, "layout": self.layout, "columns": self.columns, "content_date": on, **own}
        )


def same(*names: str) -> dict[str, str | list[str]]:
    return {name: name for name in names}


TAX = {
    "account_reference": "", "liable_parties": NAMES, "address": LINES, "postcode": POSTCODES, "uprn": UPRNS,
    "liability_start": STARTS, "liability_end": ENDS, "exemption": ("", "CLASS F"),
}  # fmt: skip
PARTIES = {
    "account_reference": "", "party_reference": ("1", "2", ""), "surname": SURNAMES, "forename": ("JO", ""),
    "dob": BIRTHS, "address": LINES, "extract_date": ("2026-10-30", "2026-10-31", ""),
}  # fmt: skip
LIBRARY = {
    "record": "", "name": NAMES, "previous_surname": ("", "BÉLL"), "dob": BIRTHS, "address": LINES, "since": STARTS,
    "until": ENDS, "uprn": UPRNS, "phone": ("", "01234 567890"),
}  # fmt: skip
NFI = {
    "Council Tax Account Reference": "", "Surname": SURNAMES, "Forename": ("JO", ""), "Date of Birth": BIRTHS,
    "Surname of other liable person": SURNAMES, "Date of Birth of other liable person": BIRTHS,
    "Address 1": LINES, "Postcode": POSTCODES, "UPRN": UPRNS,
}  # fmt: skip
REGISTER = {
    "elector": "", "surname": SURNAMES, "forename": ("JO", ""), "dob": BIRTHS, "markers": MARKERS,
    "opt_out": ("", "", "Y", "N"), "address": LINES, "postcode": POSTCODES, "uprn": UPRNS,
}  # fmt: skip
NUMBERED = {"PD": ("AB",), "ENO": ""}
XPRESS = {
    "Elector Number Prefix": ("AB",), "Elector Number": "", "Elector Number Suffix": ("0",), "Elector Markers": MARKERS,
    "Elector DOB": BIRTHS, "Elector Name": SURNAMES, "Postcode": POSTCODES, "Address 1": LINES, "Address 2": LINES,
}  # fmt: skip
IDOX = {
    **NUMBERED, "Markers": MARKERS, "Date of Attainment": BIRTHS, "Surname": SURNAMES, "Forenames": ("JO", ""),
    "Address 1": LINES, "Address 2": LINES, "Post Code": POSTCODES,
}  # fmt: skip
EROS = {
    **NUMBERED, "Title": ("MS", ""), "First Name": ("JO", ""), "Surname": SURNAMES, "Date of Attainment": BIRTHS,
    "Markers": MARKERS, "Address 1": LINES, "PostCode": POSTCODES, "Opt out flag": ("", "Y", "100023336956"),
}  # fmt: skip
PDCODE = {
    "PDCode": ("AB",), "RollNo": "", "Title": ("MS", ""), "Surname": SURNAMES, "Forename": ("JO", ""),
    "DOB": BIRTHS, "Markers": MARKERS, "Address1": LINES, "Postcode": POSTCODES, "UPRN": UPRNS,
}  # fmt: skip
KINDS = {
    "council_tax columns": Kind("council_tax", "columns", TAX, same(*TAX)),
    "council_tax parties": Kind("council_tax", "columns", PARTIES, same(*PARTIES)),
    "council_tax nfi": Kind("council_tax", "nfi", NFI, {}),
    "generic columns": Kind("generic", "columns", LIBRARY, same(*LIBRARY)),
    "electoral_register columns": Kind("electoral_register", "columns", REGISTER, same(*REGISTER)),
    "electoral_register xpress": Kind("electoral_register", "xpress", XPRESS, {}, key=1),
    "electoral_register idox": Kind("electoral_register", "idox", IDOX, {}, key=1),
    "electoral_register eros": Kind("electoral_register", "eros", EROS, {}, key=1),
    "electoral_register pdcode": Kind("electoral_register", "pdcode", PDCODE, {}, key=1),
}


def test_every_layout_of_one_row_an_entry_is_held_to_the_law() -> None:
    can = {f"{s.kind} {each.name}" for s in SOURCES.values() for each in s.layouts.values() if each.reread}
    assert {name for name in can if not name.endswith("_update")} == set(KINDS) - {"council_tax parties"}


@st.composite
def two_files(draw: st.DrawFn, kind: Kind) -> tuple[list[Row], list[Row]]:
    """Give the rows of an extract, and those of the next: some gone, some changed, some new, some moved."""
    entry = st.tuples(*(st.sampled_from(list(pool) or ["?"]) for pool in kind.values.values()))
    numbers = st.integers(1, 12).map(str)
    keyed = st.tuples(numbers, entry).map(lambda both: _keyed(kind, *both))
    usual = st.lists(keyed, min_size=1, max_size=8, unique_by=None if "party" in str(kind.columns) else _key(kind))
    first = draw(usual)
    later = [row for row in first if draw(st.integers(0, 5))]
    later = [_altered(draw, kind, row) if not draw(st.integers(0, 4)) else row for row in later]
    taken = {_key(kind)(row) for row in later}
    later += [row for row in draw(usual) if _key(kind)(row) not in taken or not draw(st.integers(0, 9))]
    return first, draw(st.permutations(later)) if draw(st.booleans()) else later


def _key(kind: Kind) -> Callable[[Row], str]:
    return lambda row: row[kind.key]


def _keyed(kind: Kind, number: str, row: Row) -> Row:
    return (*row[: kind.key], number, *row[kind.key + 1 :])


def _altered(draw: st.DrawFn, kind: Kind, row: Row) -> Row:
    at = draw(st.integers(0, len(row) - 1).filter(lambda at: at != kind.key))
    value = draw(st.sampled_from([*kind.values[list(kind.values)[at]], "02/13/1990"]))
    return (*row[:at], value, *row[at + 1 :])


def written(path: Path, kind: Kind, rows: Sequence[Row]) -> Path:
    lines = [kind.values, *rows]
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in lines) + "\n", encoding="utf-8")
    os.utime(path, (1_793_700_000, 1_793_700_000))
    return path


def outcome(told: SourceSettings, path: Path, before: Rows | None = None) -> Extract | list[str]:
    try:
        return read_extract(told, path, before)
    except InputFaults as found:
        return [str(fault) for fault in found.faults]


def together(yesterday: pl.DataFrame, part: Extract) -> pl.DataFrame:
    """Apply what is new to yesterday's records."""
    said = pl.concat([part.withdrawn["record"], part.records["record"]]).unique()
    return pl.concat([yesterday.filter(~pl.col("record").is_in(said.implode())), part.records]).sort(SORTED_BY)


def agree(part: Extract, whole: Extract, yesterday: Extract) -> None:
    now = together(yesterday.records, part) if part.partial else part.records
    assert now.drop("line").equals(whole.records.drop("line"))
    told = ("content_date", "stated", "mode", "counts", "warnings", "size", "source", "kind")
    assert [getattr(part, name) for name in told] == [getattr(whole, name) for name in told]
    assert part.rows is not None
    assert whole.rows is not None
    kept = [each.frame.sort(list(MARKED)) for each in (part.rows, whole.rows)]
    assert kept[0].equals(kept[1])
    assert part.rows.told() == whole.rows.told()
    gone = set(yesterday.records["record"]) - set(whole.records["record"])
    assert not part.partial or set(part.withdrawn["record"]) == gone


@pytest.mark.parametrize("name", sorted(KINDS))
@settings(max_examples=30)
@given(data=st.data())
def test_yesterday_and_what_is_new_are_the_whole(name: str, data: st.DataObject) -> None:
    kind = KINDS[name]
    old, new = data.draw(two_files(kind))
    on = data.draw(st.sampled_from([None, *DAYS]))
    own = {"open_register_only": data.draw(st.booleans())} if kind.kind == "electoral_register" else {}
    with TemporaryDirectory() as folder:
        paths = [written(Path(folder) / f"{at}.csv", kind, rows) for at, rows in enumerate((old, new))]
        yesterday = outcome(kind.told(on and DAYS[0], **own), paths[0])
        whole = outcome(kind.told(on, **own), paths[1])
        if not isinstance(yesterday, Extract):
            return
        part = outcome(kind.told(on, **own), paths[1], yesterday.rows)
    if isinstance(whole, Extract) and isinstance(part, Extract):
        agree(part, whole, yesterday)
    else:
        assert part == whole


@pytest.mark.parametrize(
    ("council_tax", "register"),
    [("columns", "columns"), ("nfi", "xpress13"), ("nfi", "xpress14"), ("columns", "eros"), ("columns", "pdcode")],
)
def test_a_town_read_again_is_the_town_read_whole(tmp_path: Path, council_tax: str, register: str) -> None:
    layouts = {"council_tax": council_tax, "electoral_register": register}
    town = rehearse(tmp_path, dwellings=150, seed=3, nights=3, layouts=layouts)
    for source in CouncilSettings.read(town.settings).sources:
        first, *later = sorted(tmp_path.glob(source.path))
        before = read_extract(source, first)
        for path in later:
            part, whole = read_extract(source, path, before.rows), read_extract(source, path)
            assert part.partial
            assert part.records.height < whole.records.height / 2
            agree(part, whole, before)
            before = whole


def test_an_update_is_read_as_it_is(tmp_path: Path) -> None:
    kind = KINDS["generic columns"]
    path = written(tmp_path / "library.csv", kind, [("1", "JO KHAN", "", "", "1 HIGH ST", "", "", "", "")])
    before = read_extract(kind.told(None), path).rows
    again = read_extract(kind.told(None, mode="update"), path, before)
    assert (again.rows, again.partial, again.records.height) == (None, False, 1)


def test_rows_are_read_whole_where_the_settings_or_headings_are_others(tmp_path: Path) -> None:
    kind, row = KINDS["generic columns"], ("1", "JO KHAN", "", "", "1 HIGH ST", "", "", "", "")
    before = read_extract(kind.told(None), written(tmp_path / "a.csv", kind, [row])).rows
    assert read_extract(kind.told(None), tmp_path / "a.csv", before).partial
    fewer = {name: heading for name, heading in kind.columns.items() if name != "phone"}
    assert not read_extract(kind.told(None, columns=fewer), tmp_path / "a.csv", before).partial
    other = Kind("generic", "columns", {**kind.values, "fax": ()}, kind.columns)
    assert not read_extract(kind.told(None), written(tmp_path / "b.csv", other, [(*row, "")]), before).partial


def test_what_was_refused_at_the_door_leaves_nothing(tmp_path: Path) -> None:
    kind = KINDS["electoral_register columns"]
    hidden = ("AB-2", "ANONYMOUS", "", "", "N", "", "", "", "")
    path = written(tmp_path / "register.csv", kind, [("AB-1", "LEE", "JO", *[""] * 6), hidden])
    rows = read_extract(kind.told(DAYS[0]), path).rows
    assert rows is not None
    assert rows.frame["record"].to_list() == ["AB-1"]


def test_rows_are_kept_as_a_frame_and_a_little_text(tmp_path: Path) -> None:
    kind = KINDS["generic columns"]
    path = written(tmp_path / "library.csv", kind, [("1", "JO KHAN", "", "", "1 HIGH ST", "", "", "", "")])
    rows = read_extract(kind.told(None), path).rows
    assert rows is not None
    rows.frame.write_ipc(tmp_path / "rows.arrow")
    again = Rows.of(pl.read_ipc(tmp_path / "rows.arrow"), rows.told())
    assert again.frame.equals(rows.frame)
    assert read_extract(kind.told(None), path, again).records.is_empty()
