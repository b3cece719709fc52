"""The electoral register: every layout, every door, every month."""

import csv
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.errors import InputFaults, SettingsError
from svoc.settings import SourceSettings
from svoc.sources.base import Extract
from svoc.sources.elector_numbers import elector_key, normal_key
from svoc.sources.electoral_register import ELECTORAL_REGISTER
from svoc.sources.register_layouts import LAYOUTS, XPRESS_UPDATE
from svoc.sources.register_rows import split_surname_first
from svoc.sources.register_updates import operated
from svoc.words.records import RECORDS, SORTED_BY, UNDER_16

FIXTURES = Path(__file__).parent / "fixtures"
CASES = Path(__file__).parents[2] / "cases"
DECEMBER = date(2026, 12, 1)

COLUMNS: dict[str, str | list[str]] = {
    "elector": "ElectorKey",
    "title": "ElectorTitle",
    "surname": "ElectorSurname",
    "forename": "ElectorForename",
    "middle_names": "ElectorMiddleName",
    "dob": "ElectorDOB",
    "markers": "Markers",
    "address": [f"Address{n}" for n in range(1, 7)],
    "postcode": "Postcode",
    "uprn": "UPRN",
}
HEADER = "ElectorKey,ElectorTitle,ElectorSurname,ElectorForename,ElectorMiddleName,ElectorDOB,Markers,"
HEADER += "Address1,Address2,Address3,Address4,Address5,Address6,Postcode,UPRN"

Write = Callable[..., Path]


def cases(name: str) -> list[dict[str, str]]:
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settings_for(layout: str = "columns", **more: object) -> SourceSettings:
    values = {"name": "er", "kind": "electoral_register", "layout": layout, "content_date": DECEMBER, **more}
    return SourceSettings.model_validate(values)


def read(layout: str, file: Path | str, **more: object) -> Extract:
    path = FIXTURES / file if isinstance(file, str) else file
    return ELECTORAL_REGISTER.layouts[layout].read(settings_for(layout, **more), path)


def columns(file: Path | str, **more: object) -> Extract:
    return read("columns", file, **{"columns": COLUMNS, **more})


def values(extract: Extract, *names: str) -> list[tuple[object, ...]]:
    return extract.records.select(names).rows()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*rows: str, name: str = "register.csv", header: str = HEADER, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
        return path

    return written


def elector(key: str = "AB-1", surname: str = "Marlow", **more: str) -> str:
    cells = {
        "key": key,
        "title": "",
        "surname": surname,
        "forename": "Jane",
        "middle": "",
        "dob": "",
        "markers": "",
        "a1": "1 Mill Lane",
        "a2": "Barchester",
        "a3": "",
        "a4": "",
        "a5": "",
        "a6": "",
        "postcode": "ZZ1 1AA",
        "uprn": "",
        **more,
    }
    return ",".join(cells.values())


# --- elector numbers


@pytest.mark.parametrize("case", cases("register_numbers"), ids=lambda c: c["why"])
def test_elector_numbers(case: dict[str, str]) -> None:
    parts = [pl.lit(case[name] or None, pl.String) for name in ("prefix", "number", "suffix")]
    key = pl.select(elector_key(parts[0], parts[1], parts[2], roll=case["roll"] == "yes")).item()
    assert (key or "") == case["key"]


@given(
    st.from_regex(r"[A-Z]{1,3}(?:[-/][0-9A-Z]{1,2})?", fullmatch=True),
    st.integers(1, 99_999),
    st.integers(0, 99),
)
@settings(deadline=None, max_examples=60)
def test_a_whole_number_comes_apart_as_it_was_put_together(prefix: str, number: int, suffix: int) -> None:
    parts = elector_key(pl.lit(prefix), pl.lit(str(number)), pl.lit(str(suffix)))
    whole = pl.lit(f"{prefix}-{number}/{suffix}")
    made, normal = pl.select(made=parts, normal=normal_key(whole)).row(0)
    assert made == normal
    assert made == f"{prefix}-{number}" + (f"/{suffix}" if suffix else "")


# --- full registers


def test_xpress_13_columns_has_the_surname_first_in_one_field() -> None:
    extract = read("xpress", "register_xpress_13.csv")
    assert values(extract, "record", "surname", "forename", "middle_names", "postcode", "dob") == [
        ("KD-2/2-289/1", "O'DOWD", "NIAMH", "ROSE", "ZZ1 1AA", None),
        ("KD-2/2-290", "DE SILVA", "MARIA", None, "ZZ1 1AA", date(2009, 5, 14)),
        ("KD-2/2-293", "FARAWAY", "ANN", None, None, None),
        ("KD-2/2-295", "SAUNDERS", "RENEE", None, "ZZ1 1AC", None),
    ]
    assert values(extract, "address")[0] == ("1 Mill Lane, Barchester",)
    assert values(extract, "markers")[1] == (["retained-rights-eu-citizen", "attainer"],)
    assert dict(extract.counts) == {
        "rows": 7,
        "persons": 4,
        "organisations": 0,
        "executors": 0,
        "voids": 0,
        "anonymous": 1,
        "anonymous_refused": 1,
        "under_16": 1,
        "nameless": 0,
        "opted_out": 1,
        "overseas": 2,
        "attainers": 1,
    }


def test_xpress_14_columns_has_surname_and_forename_below_a_banner() -> None:
    extract = read("xpress", "register_xpress_14.csv")
    assert values(extract, "record", "surname", "forename", "middle_names", "open_register") == [
        ("AB-1", "MARLOW", "JANE", "ANN", True),
        ("AB-10/2", "AP RHYS", "IFAN", None, True),
        ("AB-2", "MARLOW", "THOMAS", None, False),
    ]


def test_a_shifted_address_keeps_every_line_and_finds_its_postcode() -> None:
    shifted = read("xpress", "register_xpress_14.csv").records.filter(pl.col("record") == "AB-10/2")
    assert shifted["postcode"].to_list() == ["ZZ1 1AD"]
    assert set(shifted["address"].item().split(", ")) == {"16", "Barchester", "High Street"}


def test_idox_by_position_with_tabs_and_a_stray_comma_row() -> None:
    extract = read("idox", "register_idox.txt")
    assert values(extract, "record", "surname", "forename", "open_register", "dob") == [
        ("AB-1", "MARLOW", "JANE", False, None),
        ("AB-2/1", "MARLOW", "THOMAS", True, None),
        ("AB-3", "PIKE", "UNA", True, date(2009, 5, 14)),
        ("AB-4", "REED", "COMMA", True, None),
    ]
    assert values(extract, "name")[0] == ("Jane Ann Marlow",)
    assert extract.counts["anonymous"] == 1


def test_eros_with_uprns_in_its_last_column() -> None:
    extract = read("eros", "register_eros.csv")
    assert values(extract, "record", "title", "forename", "supplied_uprn", "open_register") == [
        ("AB-1", "MRS", "JANE", 100_000_000, None),
        ("AB-2", "MR", "T", 100_000_000_001, None),
        ("AB-3", "MISS", "UNA", None, None),
    ]


def test_eros_without_status_and_with_opt_out_flags_under_an_unknown_heading() -> None:
    extract = read("eros", "register_eros_opt_out.csv")
    assert values(extract, "record", "open_register", "supplied_uprn") == [
        ("AB-1", False, None),
        ("AB-2", True, None),
        ("AB-3", True, None),
    ]


def test_pdcode_has_suffixes_as_decimals() -> None:
    extract = read("pdcode", "register_pdcode.csv")
    assert values(extract, "record", "dob") == [("AB-5", None), ("AB-5/1", None), ("AB-6/10", date(2009, 5, 14))]


def test_newer_pdcode_has_elector_ids_uprns_and_days_of_attainment() -> None:
    extract = read("pdcode", "register_pdcode_newer.csv")
    assert values(extract, "record", "party_reference", "supplied_uprn", "dob") == [
        ("AB-5", "700123", 100_000_000_001, None),
        ("AB-6", "700124", 100_000_000_001, date(2009, 5, 14)),
    ]


def test_named_columns_keep_the_sources_own_reference() -> None:
    extract = columns("register_columns.csv")
    assert values(extract, "record", "surname", "forename", "supplied_uprn", "address", "markers") == [
        ("AB-0001/0", "O'DOWD", "NIAMH", 100_000_001, "1 Mill Lane, Barchester", []),
        ("AB-2", "MARLOW-PIKE", "J", None, "2 Mill Lane, Barchester", ["opted-out"]),
        ("AB-3", "FARAWAY", "ANN", None, None, ["overseas"]),
    ]
    assert extract.content_date == DECEMBER
    assert extract.mode == "full"


def test_named_columns_are_recognised_without_any_mapping() -> None:
    unaided = read("columns", "register_columns.csv").records
    assert unaided.equals(columns("register_columns.csv").records)


@pytest.mark.parametrize("postcode", ["PostCode", "Post Code", "Postcode", "POSTCODE", "Property Post Code"])
@pytest.mark.parametrize("line", ["Address 1", "Address1", "RegisteredAddress1", "PropertyAddress1", "ADDRESS_1"])
def test_suppliers_spell_their_headings_differently(write: Write, postcode: str, line: str) -> None:
    path = write("AB,7,Marlow,1 Mill Lane,zz11aa", header=f"PDCode,RollNo,ElectorSurname,{line},{postcode}")
    assert values(read("pdcode", path), "address", "postcode") == [("1 Mill Lane", "ZZ1 1AA")]


def test_prefix_number_and_suffix_may_be_named_instead_of_the_elector(write: Write) -> None:
    path = write("AB,7,1,Marlow", "AB,8,0,Pike", header="District,No,Part,Family")
    mapping = {"prefix": "District", "number": "No", "suffix": "Part", "surname": "Family"}
    assert values(read("columns", path, columns=mapping), "record") == [("AB-7/1",), ("AB-8",)]


def test_an_opaque_key_is_a_key(write: Write) -> None:
    assert values(columns(write(elector("E0000123"))), "record") == [("E0000123",)]


@pytest.mark.parametrize(
    "file", ["register_xpress_13.csv", "register_eros.csv", "register_pdcode.csv", "register_idox.txt"]
)
def test_every_full_register_gives_sorted_records_of_one_shape(file: str) -> None:
    layout = file.split("_")[1].split(".", maxsplit=1)[0]
    records = read(layout, file).records
    assert dict(records.schema) == RECORDS
    assert records.equals(records.sort(SORTED_BY))
    assert records["content"].is_unique().all()
    assert set(records["role"]) == {"elector"}
    assert set(records["kind"]) == {"person"}


def test_a_register_without_a_header_is_read_by_position(tmp_path: Path) -> None:
    with_header = FIXTURES / "register_xpress_13.csv"
    bare = tmp_path / "bare.csv"
    bare.write_bytes(with_header.read_bytes().split(b"\n", 1)[1])
    kept = [name for name in RECORDS if name not in ("line",)]
    assert read("xpress", bare).records.select(kept).equals(read("xpress", with_header).records.select(kept))


def test_every_layout_says_in_words_what_it_is() -> None:
    assert set(ELECTORAL_REGISTER.layouts) == {layout.name for layout in LAYOUTS}
    assert all(layout.words for layout in ELECTORAL_REGISTER.layouts.values())


# --- the door: anonymous entries, children, nobody


SECRET = "Whisperton"


def test_an_anonymous_entry_with_a_name_is_refused_counted_and_never_told(write: Write) -> None:
    extract = columns(write(elector(), elector("AB-2", SECRET, markers="N", a1="9 Hidden Row")))
    assert extract.records["record"].to_list() == ["AB-1"]
    assert extract.counts["anonymous_refused"] == 1
    told = " ".join(map(str, extract.warnings)) + str(dict(extract.counts))
    assert SECRET not in told
    assert "Hidden" not in told


@pytest.mark.parametrize(
    "entry",
    [
        {"surname": SECRET, "markers": "N"},
        {"surname": SECRET, "markers": "n"},
        {"surname": SECRET, "markers": "N Z"},
        {"surname": SECRET, "markers": "GN"},
        {"surname": "", "forename": "", "markers": "N"},
        {"surname": "", "forename": "", "a1": "", "a2": "", "markers": "N"},
        {"surname": "ANONYMOUS", "forename": "", "markers": ""},
        {"surname": "Anonymous Elector", "forename": "", "a1": "", "a2": "", "postcode": "", "markers": ""},
    ],
)
def test_whatever_an_anonymous_entry_carries_it_is_not_held(write: Write, entry: dict[str, str]) -> None:
    extract = columns(write(elector(), elector("AB-2", **entry)))
    assert extract.records.height == 1
    assert SECRET.upper() not in str(extract.records.to_dicts())
    assert extract.counts["anonymous"] + extract.counts["anonymous_refused"] == 1


def test_an_anonymous_entry_that_is_bare_is_counted_without_a_warning(write: Write) -> None:
    bare = {"surname": "", "forename": "", "a1": "", "a2": "", "postcode": "", "markers": "N"}
    extract = columns(write(elector(), elector("AB-2", **bare)))
    assert extract.counts["anonymous"] == 1
    assert extract.warnings == ()


def test_a_councils_own_letter_for_anonymous_entries_is_obeyed(write: Write) -> None:
    extract = columns(write(elector(), elector("AB-2", SECRET, markers="Q")), markers={"Q": "anonymous"})
    assert extract.counts["anonymous_refused"] == 1
    assert extract.records.height == 1


@pytest.mark.parametrize(
    ("dob", "kept", "born", "attains"),
    [
        ("01/12/2010", True, date(2010, 12, 1), True),  # sixteen today
        ("02/12/2010", False, None, False),  # sixteen tomorrow
        ("14/05/2027", True, date(2009, 5, 14), True),  # the day of attaining 18
        ("01/12/2008", True, date(2008, 12, 1), False),  # eighteen today
        ("01/01/1900", True, None, False),  # a placeholder
        ("03/04/1951", True, date(1951, 4, 3), False),
    ],
)
def test_under_16s_are_left_at_the_door(write: Write, dob: str, kept: bool, born: date | None, attains: bool) -> None:
    extract = columns(write(elector(), elector("AB-2", dob=dob)))
    assert extract.counts["under_16"] == (0 if kept else 1)
    found = extract.records.filter(pl.col("record") == "AB-2")
    assert found.height == int(kept)
    assert found["dob"].to_list() == [born] * kept
    assert extract.counts["attainers"] == int(attains)


def test_children_are_kept_only_where_the_officer_says_so_and_are_marked(write: Write) -> None:
    file = write(elector(), elector("AB-2", dob="02/12/2010"))
    assert columns(file).records["record"].to_list() == ["AB-1"]
    kept = columns(file, keeps_under_16=True).records
    marked = {row["record"]: UNDER_16 in (row["markers"] or ()) for row in kept.iter_rows(named=True)}
    assert marked == {"AB-1": False, "AB-2": True}


def test_an_elector_without_a_name_is_no_person(write: Write) -> None:
    extract = columns(write(elector(), elector("AB-2", "", forename="")))
    assert extract.records.height == 1
    assert extract.counts["nameless"] == 1
    assert [(w.line, w.column) for w in extract.warnings] == [(3, "surname")]


# --- the open register


def test_nobody_is_known_to_be_open_where_nothing_tells(write: Write) -> None:
    assert values(columns(write(elector())), "open_register") == [(None,)]


def test_opt_outs_show_who_is_open(write: Write) -> None:
    extract = columns(write(elector(), elector("AB-2", markers="Z"), elector("AB-3", "(z) Pike")))
    assert values(extract, "open_register") == [(True,), (False,), (False,)]
    assert values(extract, "surname")[2] == ("PIKE",)
    assert extract.counts["opted_out"] == 2


def test_a_source_that_is_the_open_register_leaves_opt_outs_out(write: Write) -> None:
    extract = columns(write(elector(), elector("AB-2", markers="Z")), open_register_only=True)
    assert values(extract, "record", "open_register") == [("AB-1", True)]


def test_a_column_may_say_who_is_open(write: Write) -> None:
    path = write("AB-1,Marlow,Y", "AB-2,Pike,N", "AB-3,Reed,", header="Key,Surname,Open")
    extract = read("columns", path, columns={"elector": "Key", "surname": "Surname", "open_register": "Open"})
    assert values(extract, "open_register") == [(True,), (False,), (True,)]


# --- updates


@pytest.mark.parametrize("case", cases("register_update_months"), ids=lambda c: c["why"])
def test_months_say_what_an_update_does(case: dict[str, str]) -> None:
    row = {name: case[name] or None for name in ("created", "changed", "deleted")}
    frame = pl.DataFrame([row], schema=dict.fromkeys(row, pl.String)).with_columns(status=pl.lit(None, pl.String))
    assert (operated(frame, XPRESS_UPDATE)["operation"].item() or "") == case["operation"]


def test_an_xpress_update() -> None:
    extract = read("xpress_update", "register_xpress_update.csv")
    assert extract.mode == "update"
    assert values(extract, "record", "forename", "middle_names") == [
        ("AB-2", "THOMAS", "JAMES"),
        ("AB-20/1", "UNA", None),
        ("AB-23", "DORA", None),
        ("AB-24", "NIL", None),
    ]
    assert extract.withdrawn["record"].to_list() == ["AB-1", "AB-10/2", "AB-22"]
    told = {name: extract.counts[name] for name in ("added", "amended", "deleted", "ignored", "anonymous_refused")}
    assert told == {"added": 2, "amended": 3, "deleted": 2, "ignored": 1, "anonymous_refused": 1}


def test_an_elector_who_becomes_anonymous_is_withdrawn() -> None:
    assert "AB-10/2" in read("xpress_update", "register_xpress_update.csv").withdrawn["record"].to_list()


def test_an_idox_update_is_applied_in_the_order_of_its_months() -> None:
    extract = read("idox_update", "register_idox_update.txt")
    assert values(extract, "record", "forename", "open_register") == [("AB-2/1", "TOM", True), ("AB-9", "FLORA", True)]
    assert extract.withdrawn["record"].to_list() == ["AB-1"]


def test_an_eros_update_has_heading_lines_between() -> None:
    extract = read("eros_update", "register_eros_update.csv")
    assert values(extract, "record", "forename", "open_register") == [("AB-2", "TOM", True), ("AB-4", "FLORA", False)]
    assert extract.withdrawn["record"].to_list() == ["AB-1"]


def test_a_pdcode_update() -> None:
    extract = read("pdcode_update", "register_pdcode_update.csv")
    assert values(extract, "record", "forename") == [("AB-5", "JANET"), ("AB-7", "FLORA")]
    assert extract.withdrawn["record"].to_list() == ["AB-5/1"]


def test_named_columns_may_be_an_update_with_a_status(write: Write) -> None:
    path = write("AB-1,Marlow,A", "AB-2,Pike,D", "AB-3,Reed,", header="Key,Surname,What")
    mapping = {"elector": "Key", "surname": "Surname", "status": "What"}
    extract = read("columns", path, columns=mapping, mode="update")
    assert extract.records["record"].to_list() == ["AB-1", "AB-3"]
    assert extract.withdrawn["record"].to_list() == ["AB-2"]


def test_an_update_that_says_nothing_clear_is_a_fault(write: Write) -> None:
    path = write("AB-1,Marlow,perhaps", header="Key,Surname,What")
    mapping = {"elector": "Key", "surname": "Surname", "status": "What"}
    with pytest.raises(InputFaults) as told:
        read("columns", path, columns=mapping, mode="update")
    assert [(f.line, f.column) for f in told.value.faults] == [(2, "status")]
    assert "perhaps" not in str(told.value)


MONTH = st.integers(0, 12).map(str)


@given(st.lists(st.tuples(st.integers(1, 4), MONTH, MONTH, MONTH), max_size=12), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_an_update_either_holds_or_withdraws_an_elector_never_both(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, str, str]], random: object
) -> None:
    header = (FIXTURES / "register_xpress_update.csv").read_text(encoding="utf-8").splitlines()[0]
    lines = [f"C,9,AB,S,1 Mill Lane,,,,,ZZ1 1AA,,,AB-{n},Jane,Marlow,,{c},{ch},{d},,1,1,3" for n, c, ch, d in rows]
    path = tmp_path_factory.mktemp("update") / "update.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    extract = read("xpress_update", path)
    held, gone = set(extract.records["record"]), set(extract.withdrawn["record"])
    assert not held & gone
    assert held | gone == {f"AB-{n}" for n, c, _, d in rows if not (c == d != "0")}
    assert sum(extract.counts[name] for name in ("added", "amended", "deleted", "ignored")) == len(rows)


# --- faults and settings


def test_all_faults_of_a_register_are_told_together(write: Write) -> None:
    path = write(elector("AB-1"), elector("AB-1"), elector(""), elector("AB-4", dob="13/13/2009"))
    with pytest.raises(InputFaults) as told:
        columns(path)
    assert [(f.line, f.column) for f in told.value.faults] == [(3, "ElectorKey"), (4, "ElectorKey"), (5, "ElectorDOB")]
    assert "also on line 2" in str(told.value)
    assert "13/13" not in str(told.value)
    assert "Marlow" not in str(told.value)


def test_a_suffix_of_nought_does_not_hide_a_repeated_elector(write: Write) -> None:
    with pytest.raises(InputFaults, match="each reference once"):
        columns(write(elector("AB-1"), elector("AB-1/0")))


def test_a_number_that_is_none_is_a_fault(tmp_path: Path) -> None:
    text = (FIXTURES / "register_pdcode.csv").read_text(encoding="utf-8").replace("6.010", "six")
    path = tmp_path / "register.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputFaults) as told:
        read("pdcode", path)
    assert [(f.line, f.column) for f in told.value.faults] == [(4, "RollNo")]


def test_a_column_that_is_not_there_is_named_with_the_nearest(write: Write) -> None:
    with pytest.raises(SettingsError, match="did you mean Postcode"):
        columns(write(elector()), columns={**COLUMNS, "postcode": "PostalCode"})


def test_a_name_that_svoc_does_not_know_is_named_with_the_nearest(write: Write) -> None:
    with pytest.raises(SettingsError, match="did you mean surname"):
        columns(write(elector()), columns={**COLUMNS, "surnam": "ElectorSurname"})


def test_a_register_of_another_layout_is_told_which(write: Write) -> None:
    with pytest.raises(SettingsError, match="it looks like layout xpress"):
        read("pdcode", "register_xpress_13.csv")


def test_a_register_without_a_header_is_refused_without_telling_whom_it_lists(write: Write) -> None:
    path = write("AB,2,,,Pike Una,ZZ1 1AA,2 Mill Lane", header="AB,1,,,Whisperton Hester,ZZ1 1AA,1 Mill Lane")
    for layout in ELECTORAL_REGISTER.layouts:
        with pytest.raises(SettingsError) as told:
            read(layout, path)
        assert not {"Whisperton", "Hester", "Mill", "ZZ1"} & set(re.split(r"\W+", str(told.value)))


def test_a_register_without_anybody_is_refused(write: Write) -> None:
    with pytest.raises(InputFaults, match="at least one row"):
        columns(write())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "register.csv").touch()
    with pytest.raises(SettingsError, match=r"did you mean register\.csv"):
        columns(tmp_path / "registers.csv")


# --- names of one field


@pytest.mark.parametrize("case", cases("register_names"), ids=lambda c: c["why"])
def test_names_that_begin_with_the_surname(case: dict[str, str]) -> None:
    surname, forenames = split_surname_first(pl.lit(case["name"]))
    assert pl.select(s=surname, f=forenames).row(0) == (case["surname"], case["forenames"] or None)


# --- laws


@given(st.permutations(range(5)))
@settings(deadline=None, max_examples=15)
def test_the_order_of_rows_does_not_matter(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    rows = [elector(f"AB-{n}", markers="Z" if n == 3 else "") for n in range(1, 6)]
    path = tmp_path_factory.mktemp("order") / "register.csv"
    path.write_text("\n".join([HEADER, *(rows[n] for n in order)]) + "\n", encoding="utf-8")
    read_ = columns(path).records.drop("line")
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    assert read_.equals(columns(path).records.drop("line"))
