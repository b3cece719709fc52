import pytest

from gazetteer import overseas
from gazetteer.overseas import country_of


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("Calle Mayor 3, 28013 Madrid, Spain", "Spain"),
        ("40 Elm Ave Apt 5B, Springfield, IL 62701", "United States"),
        ("40 Elm Ave, Springfield IL 62701-1234, U.S.A.", "United States"),
        ("7 Main Street, Cork, Eire", "Ireland"),
        ("1 Harbour View, St Helier, Jersey, JE2 3AB", "Jersey"),
        ("12 George Street Sydney NSW 2000 Australia", "Australia"),
    ],
)
def test_an_address_abroad_names_its_country(written: str, country: str) -> None:
    found = overseas(written)
    assert found is not None
    assert found.country == country


@pytest.mark.parametrize(
    "written",
    [
        "3 Spain Lane, Barchester",
        "12 Jersey Road, Barchester BA1 1AA",
        "5 Gibraltar Row, Barchester, England",
        "Ireland",
        "",
    ],
)
def test_a_british_address_is_not_abroad(written: str) -> None:
    assert overseas(written) is None


def test_a_british_postcode_outweighs_a_country() -> None:
    assert country_of("12 KING STREET, FRANCE, BA1 1AA") is None


def test_american_addresses_come_in_parts() -> None:
    found = overseas("40 Elm Ave Apt 5B, Springfield, IL 62701")
    assert found is not None
    parts = dict(found.parts)
    assert parts["AddressNumber"] == "40"
    assert parts["ZipCode"] == "62701"


def test_an_american_address_that_cannot_be_labelled_still_comes_in_parts() -> None:
    found = overseas("40 Elm Ave Suite 3 12 Oak Street Suite 9 40 Pine Road, Springfield, IL 62701")
    assert found is not None
    assert found.parts
