"""Lists of properties: found out, read for placing, and never mistaken for a register."""

import os
from pathlib import Path

import pytest

from svoc.errors import InputFaults, SettingsError
from svoc.settings import SourceSettings
from svoc.sources.electoral_register import ELECTORAL_REGISTER
from svoc.sources.property_lists import PROPERTY_LISTS, PropertyLayout, recognise_property_list

FIXTURES = Path(__file__).parent / "fixtures"
SUPPLIERS = {
    "ems-dcounts-districts.csv": "Democracy Counts",
    "ems-halarose.csv": "Halarose",
    "ems-idox-eros.csv": "Idox Eros",
    "ems-xpress-dc.csv": "Civica Xpress (polling stations by property)",
    "ems-xpress-weblookup.CSV": "Civica Xpress (polling district lookup)",
}


def sample(name: str) -> Path:
    folder = os.environ.get("SVOC_SAMPLES")
    if not folder:
        pytest.skip("SVOC_SAMPLES is not set: it names the folder with samples of real formats")
    return Path(folder) / "electoral" / name


@pytest.mark.parametrize(("name", "supplier"), SUPPLIERS.items())
def test_real_exports_are_recognised_and_read(name: str, supplier: str) -> None:
    path = sample(name)
    found = recognise_property_list(path)
    assert found is not None
    assert found.supplier == supplier
    frame = found.read()
    assert frame.columns == ["address", "postcode", "supplied_uprn", "line"]
    assert frame.height == len([line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]) - 1
    assert frame["address"].null_count() == 0
    assert frame["postcode"].str.contains(r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$").all()
    assert frame["supplied_uprn"].null_count() == 0


@pytest.mark.parametrize("layout", [each.name for each in ELECTORAL_REGISTER.layouts.values()])
@pytest.mark.parametrize("name", SUPPLIERS)
def test_as_a_register_each_is_refused_with_one_message(name: str, layout: str) -> None:
    settings = SourceSettings(name="er", kind="electoral_register", layout=layout)
    with pytest.raises(InputFaults, match="holds properties, not electors") as told:
        ELECTORAL_REGISTER.layouts[layout].read(settings, sample(name))
    assert len(told.value.faults) == 1
    assert told.value.exit_code == 3


@pytest.mark.parametrize("layout", PROPERTY_LISTS, ids=lambda layout: layout.supplier)
def test_each_known_export_is_read_by_its_headings_alone(tmp_path: Path, layout: PropertyLayout) -> None:
    lines = [cell for group in layout.lines for cell in group]
    headings = list(dict.fromkeys([*layout.signs, *lines, layout.postcode, layout.uprn]))
    cells = {
        layout.lines[0][0]: "Mill House",
        lines[-1]: "Barchester",
        layout.postcode: "zz11aa",
        layout.uprn: "000100000001",
    }
    path = tmp_path / "list.csv"
    path.write_text(",".join(headings) + "\n" + ",".join(cells.get(h, "") for h in headings) + "\n", encoding="utf-8")
    found = recognise_property_list(path)
    assert found is not None
    assert found.supplier == layout.supplier
    assert found.read().rows() == [("Mill House, Barchester", "ZZ1 1AA", 100_000_001, 2)]


def test_a_house_number_stands_before_its_street(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "HouseID,HouseName,HouseNumber,HousePostCode,UPRN,SubStreetName,StreetNumber,StreetName,Locality,Town,AdminArea\n"
        "1,,8,ZZ1 1AA,100000000001,,,MILL LANE,,BARCHESTER,\n"
        "2,Flat 2,3,ZZ1 1AA,100000000002,MEWS COURT,14,HIGH STREET,,BARCHESTER,\n",
        encoding="cp1252",
    )
    found = recognise_property_list(path)
    assert found is not None
    assert found.read()["address"].to_list() == [
        "8 MILL LANE, BARCHESTER",
        "Flat 2, 3 MEWS COURT, 14 HIGH STREET, BARCHESTER",
    ]


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("register_*")), ids=lambda path: path.name)
def test_a_register_is_no_list_of_properties(file: Path) -> None:
    assert recognise_property_list(file) is None


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        recognise_property_list(tmp_path / "list.csv")
