"""Change-only files in every format that can hold them: what an officer expects to stand is what stands."""

import csv
from pathlib import Path

import pytest

from gazetteer import FormatError, MissingInput
from gazetteer.formats import Tables, read_tables
from tests.gazetteer.products import LAYOUTS, text_of

CASES = Path(__file__).parents[1] / "cases" / "gazetteer_changes.csv"
FORMATS = ("plus", "core", "standard", "flat", "dtf")
Change = tuple[str, str, str]


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def changes_in(text: str) -> list[Change]:
    """Reads "U 1 at 6; D 2" as (code, UPRN, number)."""
    found = []
    for part in text.split(";"):
        words = part.replace(" at ", " ").split()
        code = words.pop(0) if words[0] in "IUD" else "I"
        found.append((code, words[0], words[1] if len(words) > 1 else ""))
    return found


def columns_of(product: str) -> tuple[str, str, str]:
    upper = ("CHANGE_TYPE", "UPRN", "PAO_START_NUMBER" if product == "plus" else "BUILDING_NUMBER")
    return ("change_code", "uprn", "building_number") if product == "core" else upper


def places_of(product: str) -> dict[str, str]:
    return {
        "plus": {"STREET_DESCRIPTION": "FERN ROAD"},
        "core": {"street_name": "FERN ROAD", "classification_code": "RD"},
        "standard": {"THOROUGHFARE": "FERN ROAD", "UDPRN": "51000001"},
    }[product]


def file_of(product: str, changes: list[Change]) -> str:
    if product == "flat":
        rows = [f"{uprn},{number and number + ' FERN ROAD'},{code}" for code, uprn, number in changes]
        return "\n".join(["UPRN,ADDRESS,CHANGE_TYPE", *rows])
    if product == "dtf":
        return "\n".join(line for order, change in enumerate(changes) for line in lines_of(*change, order))
    names = columns_of(product)
    return text_of(product, [{**places_of(product), **dict(zip(names, change, strict=True))} for change in changes])


def lines_of(code: str, uprn: str, number: str, order: int) -> list[str]:
    # Nothing was updated since long before the full supply: the order of the files is all there is to go by.
    blpu = f'21,"{code}",{order},{uprn},1,2,,"RD04",,1,1,1,9910,,,2001-01-01,,"","","","","",""'
    lpi = (
        f'24,"{code}",{order},{uprn},"L{uprn}","ENG",1,,,,2001-01-01,,"",,"","",{number},"",,"","",' + '"",' * 8 + '""'
    )
    return [blpu] if code == "D" else [blpu, lpi]


def read(folder: Path, product: str, *files: str) -> Tables:
    paths = []
    for i, text in enumerate(files):
        paths.append(folder / f"{i}.csv")
        paths[-1].write_text(file_of(product, changes_in(text)), encoding="utf-8")
    return read_tables(paths)


def standing(tables: Tables, product: str) -> list[tuple[int, str]]:
    if product == "flat":
        return [(uprn, text.split()[0]) for uprn, text in tables.addresses["uprn", "text"].rows()]
    return [(uprn, str(number)) for uprn, number in tables.addresses["uprn", "pao_start"].rows()]


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["what"]))
@pytest.mark.parametrize("product", FORMATS)
def test_what_stands_after_changes(product: str, case: dict[str, str], tmp_path: Path) -> None:
    tables = read(tmp_path, product, *case["full"].split("|"), *case["changes"].split("|"))
    wanted = [(int(uprn), number) for _, uprn, number in changes_in(case["stands"])]
    assert standing(tables, product) == wanted
    assert tables.properties["uprn"].to_list() == [uprn for uprn, _ in wanted]
    assert tables.supply.change_only is False


@pytest.mark.parametrize("product", FORMATS)
def test_changes_alone_say_so(product: str, tmp_path: Path) -> None:
    tables = read(tmp_path, product, "U 1 at 6; D 2")
    assert tables.supply.change_only is True
    assert standing(tables, product) == [(1, "6")]


@pytest.mark.parametrize("product", ["plus", "core", "standard", "flat"])
def test_a_full_supply_after_its_changes_is_refused(product: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"1\.csv: 1 fault\n.*inserts alone.*expected the full supply first"):
        read(tmp_path, product, "U 1 at 6", "1 at 5")


def test_in_a_folder_the_full_supply_is_read_first_and_changes_by_their_dates(tmp_path: Path) -> None:
    files = {"FULL_2026-10-01": "1 at 5; 2 at 7", "COU_2026-11-01": "U 1 at 6", "COU_2026-12-01": "U 1 at 8; D 2"}
    for name, text in files.items():
        path = tmp_path / f"AddressBaseCore_{name}_001.csv"
        path.write_text(file_of("core", changes_in(text)), encoding="utf-8")
    assert standing(read_tables(tmp_path), "core") == [(1, "8")]


@pytest.mark.parametrize("product", FORMATS)
def test_a_property_twice_in_the_full_supply_is_refused(product: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="was given before"):
        read(tmp_path, product, "1 at 5; 1 at 6", "U 1 at 7")


@pytest.mark.parametrize("product", ["plus", "core", "standard"])
def test_a_delete_need_say_no_more_than_what_goes(product: str, tmp_path: Path) -> None:
    (tmp_path / "0.csv").write_text(file_of(product, changes_in("1 at 5; 2 at 7")), encoding="utf-8")
    code, uprn, _ = columns_of(product)
    (tmp_path / "1.csv").write_text(text_of(product, [{code: "D", uprn: "2"}]), encoding="utf-8")
    assert standing(read_tables(tmp_path), product) == [(1, "5")]


def flat(folder: Path, *texts: str) -> Tables:
    for i, text in enumerate(texts):
        (folder / f"{i}.csv").write_text(text, encoding="utf-8")
    return read_tables([folder / f"{i}.csv" for i in range(len(texts))])


KEYED = "UPRN,LPI_KEY,ADDRESS,STATUS,CHANGE\n1,L1,5 FERN ROAD,1,I\n1,L2,IVY COTTAGE FERN ROAD,3,I\n".replace(
    "CHANGE", "CHANGE_CODE"
)


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ("1,L2,HOLLY COTTAGE FERN ROAD,3,U", ["5 FERN ROAD", "HOLLY COTTAGE FERN ROAD"]),
        ("1,L2,,,D", ["5 FERN ROAD"]),
        ("1,L3,OLD FERN ROAD,8,I\n2,L9,,,D", ["5 FERN ROAD", "IVY COTTAGE FERN ROAD", "OLD FERN ROAD"]),
        ("1,,,,D", []),
        ("1,L1,,,D\n1,L2,,,D", []),
    ],
)
def test_a_view_with_lpi_keys_changes_one_address_at_a_time(change: str, stands: list[str], tmp_path: Path) -> None:
    tables = flat(tmp_path, KEYED, f"{KEYED.splitlines()[0]}\n{change}\n")
    assert tables.addresses["text"].to_list() == stands


def test_a_view_without_keys_gives_a_changed_property_whole(tmp_path: Path) -> None:
    full = "UPRN,ADDRESS,STATUS\n1,5 FERN ROAD,1\n1,IVY COTTAGE,3\n2,7 FERN ROAD,1\n"
    change = "UPRN,ADDRESS,STATUS,CHANGE_CODE\n1,6 FERN ROAD,1,U\n1,HOLLY COTTAGE,3,U\n"
    assert flat(tmp_path, full, change).addresses["text"].to_list() == ["6 FERN ROAD", "HOLLY COTTAGE", "7 FERN ROAD"]


def test_codes_may_be_words_and_others_are_told(tmp_path: Path) -> None:
    full, header = "UPRN,ADDRESS\n1,5 FERN ROAD\n", "UPRN,ADDRESS,CHANGE_TYPE\n"
    assert flat(tmp_path, full, header + "1,,Delete\n").addresses.is_empty()
    with pytest.raises(FormatError, match="CHANGE: cannot be read; expected I, U or D"):
        flat(tmp_path, full, header + "1,,gone\n")


def test_columns_that_a_view_has_beside_ours_are_kept(tmp_path: Path) -> None:
    text = "UPRN,ADDRESS,BIN DAY,,uprn\n2,7 FERN ROAD,Monday,a,\n1,5 FERN ROAD,,b,\n"
    more = flat(tmp_path, text).more
    assert more.columns == ["uprn", "BIN DAY", "column 4"]
    assert more.rows() == [(1, None, "b"), (2, "Monday", "a")]
    assert flat(tmp_path, "UPRN,ADDRESS\n1,5 FERN ROAD\n").more.columns == ["uprn"]


def test_a_view_with_a_mistyped_column_still_names_it(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="did you mean ADRESS"):
        flat(tmp_path, "UPRN,ADRESS,CHANGE_TYPE\n1,5 FERN ROAD,I\n")


def test_every_product_has_changes_under_test() -> None:
    # Those of the NGD are told by versions, not by codes.
    assert {name for name in LAYOUTS if not name.startswith("ngd")} < {*FORMATS}
