"""What the person model is shown of a mention, and what a pair says besides its names."""

import polars as pl
import pytest

from svoc.steps.pair import features, pair
from tests.worlds import placed, policy


def surnames(*lines: str) -> dict[str, str | None]:
    """Give the alternative surname of each mention."""
    return dict(features(placed(*lines)).select("id", "alternative_surname").iter_rows())


class TestAlternativeSurname:
    """The two parties of an account may each bear the other's surname."""

    def test_of_two_with_different_surnames(self) -> None:
        assert surnames("council_tax A | MR AARON JAMES & MRS HELEN CARLLEY | 3") == {
            "council_tax/A/1": "CARLLEY",
            "council_tax/A/2": "JAMES",
        }

    @pytest.mark.parametrize(
        "names", ["MR JOHN SMITH & MRS ANN SMITH", "MR JOHN SMITH", "MR A JONES & MS B REID & MS C PUGH"]
    )
    def test_not_of_one_surname_nor_of_one_or_three(self, names: str) -> None:
        assert set(surnames(f"council_tax A | {names} | 3").values()) == {None}

    def test_not_of_another_account_at_the_same_place(self) -> None:
        apart = surnames("council_tax A | MR JOHN SMITH | 3", "council_tax B | MS ANN REID | 3")
        assert set(apart.values()) == {None}


def besides(*lines: str) -> int:
    """Give what the one pair at two places says besides its names."""
    pairs = pair(placed(*lines), policy().model, policy().engine).filter(pl.col("context") == "apart")
    value: int = pairs["besides"].item()
    return value


class TestBesides:
    """Names and titles, one's own or one's household's, are no ground to join two places."""

    def test_nothing_for_a_name_and_its_title(self) -> None:
        """They are a pair at all for they came on one day, which says nothing either."""
        came = "2019-06-03.."
        assert (
            besides(
                f"library A | MRS J OKAFOR | 3 | {came}", f"library B | MRS JANE OKAFOR | 4 | {came} | postcode=EX99ZZ"
            )
            == 0
        )

    def test_something_for_a_telephone(self) -> None:
        phone = "phone=01392000001"
        assert besides(f"library A | J OKAFOR | 3 | | {phone}", f"library B | JANE OKAFOR | 4 | | {phone}") > 3_000


class TestCompany:
    """The rest of the household is in the weight, and told apart."""

    moved = (
        "council_tax A | MR DAVID OKAFOR & MRS SUSAN OKAFOR | 3 | 2015-04-01..2026-03-14",
        "council_tax B | MR DAVID OKAFOR & MRS SUSAN OKAFOR | 4 | 2026-03-14..",
    )

    def test_a_couple_who_moved(self) -> None:
        model, engine = policy().model, policy().engine
        found = pair(placed(*self.moved), model, engine).filter(pl.col("company") > 0)
        alone = engine.scored(features(placed(*self.moved)), model).join(found, on=["left", "right"], how="semi")

        assert found.select("left", "right").rows() == [
            ("council_tax/A/1", "council_tax/B/1"),
            ("council_tax/A/2", "council_tax/B/2"),
        ]
        assert (found["weight"] - found["company"]).to_list() == alone["weight"].to_list()
