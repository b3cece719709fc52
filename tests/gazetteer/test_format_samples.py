import datetime as dt
import os
from pathlib import Path

import pytest

from gazetteer.formats import read_tables


@pytest.fixture(scope="module")
def samples() -> Path:
    folder = os.environ.get("SVOC_SAMPLES")
    if not folder:
        pytest.skip("SVOC_SAMPLES is not set: it names the folder of real format samples")
    return Path(folder) / "gazetteer"


def test_one_of_each_record_of_version_2(samples: Path) -> None:
    tables = read_tables(samples / "abp_v2_one_of_each_record.csv")
    records = ("10", "11", "15", "21", "23", "24", "28", "29", "30", "31", "32", "99")
    assert tables.supply.dialect == "AddressBase Premium v2"
    assert tables.supply.counts == dict.fromkeys(records, 1)
    assert (tables.supply.date, tables.supply.custodian) == (dt.date(2011, 7, 8), 6815)
    # The sample promises a million records and holds twelve.
    assert tables.supply.complete is False
    assert tables.properties.height == 1
    assert tables.addresses["origin", "language"].rows() == [("dpa", "ENG"), ("dpa", "CYM"), ("lpi", "ENG")]
    assert tables.addresses["street"].unique().to_list() == ["LLANDAFF ROAD"]
    assert tables.cross_references["source"].to_list() == ["7666VC"]


def test_version_1_by_its_record_counts(samples: Path) -> None:
    tables = read_tables(samples / "abp_v1_2014_SX9090_first3600.csv")
    assert tables.supply.dialect == "AddressBase Premium v1"
    counts = {"10": 1, "11": 1683, "15": 1683, "21": 33, "23": 107, "24": 32, "28": 25, "31": 4, "32": 32}
    assert tables.supply.counts == counts
    assert tables.properties.height == 33
    assert tables.addresses.group_by("origin").len().sort("origin").rows() == [("dpa", 25), ("lpi", 32)]
    assert tables.streets.height == 1683
    assert tables.cross_references.height == 107
    assert tables.addresses.filter(origin="dpa")["town"].unique().to_list() == ["EXETER"]
    assert tables.properties["class_code"].null_count() == 1


def test_files_split_by_record_with_header_rows(samples: Path) -> None:
    parts = [file for file in samples.glob("abp_split_*.csv") if "hierarchy" not in file.name]
    tables = read_tables(sorted(parts))
    assert tables.supply.dialect == "AddressBase Premium v2"
    counts = {"11": 3, "15": 3, "21": 4, "23": 10, "24": 9, "28": 3, "30": 3, "31": 3, "32": 4}
    assert tables.supply.counts == counts
    assert tables.properties.height == 4
    assert tables.streets["usrn"].n_unique() == 3
    assert tables.successors.height == 3


@pytest.mark.parametrize("record", ["blpu", "lpi", "crossref", "delivery_point", "street", "successor"])
def test_a_split_file_can_be_read_by_itself(samples: Path, record: str) -> None:
    assert read_tables(samples / f"abp_split_{record}_sample.csv").supply.dialect == "AddressBase Premium v2"


NGD = ("builtaddress", "builtaddress_altadd", "historicaddress", "prebuildaddress", "royalmailaddress")


def test_the_five_files_of_the_ngd_are_one_gazetteer(samples: Path) -> None:
    tables = read_tables([samples / f"ngd_add_gb_{name}.csv" for name in NGD])
    assert tables.supply.dialect == "NGD addresses"
    assert tables.supply.counts == {"address": 3, "alternative": 1, "royal mail": 1}
    assert (tables.supply.custodian, tables.supply.date) == (6815, dt.date(2024, 1, 1))
    assert tables.properties["status", "state", "class_code"].rows() == [(1, 2, "RD06"), (8, 4, "U"), (6, 1, "RD06")]
    assert tables.addresses.group_by("origin").len().sort("origin").rows() == [("dpa", 2), ("ngd", 6)]
    assert tables.addresses["language"].value_counts().sort("language").rows() == [("CYM", 4), ("ENG", 4)]
    assert tables.streets["language", "town"].rows() == [("CYM", "CAERDYDD"), ("ENG", "CARDIFF")]


@pytest.mark.parametrize("name", NGD)
def test_a_file_of_the_ngd_can_be_read_by_itself(samples: Path, name: str) -> None:
    assert read_tables(samples / f"ngd_add_gb_{name}.csv").supply.dialect == "NGD addresses"
