"""Nights of a street: what a system was told is looked for in the extracts that it sends afterwards."""

import json
from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from svoc.cli.start import app
from svoc.council import Council
from svoc.reconciling import arrivals_of, by_service
from svoc.rollback import roll_back
from svoc.running import run_night
from svoc.store.hearing import heard_of
from svoc.words.telling import Death, Move
from tests.svoc.accounts.conftest import QUILLON, YSOLDA, Street, lived, master_street

__all__ = ["lived", "master_street"]

TAX = pl.col("recipient") == "council_tax"
LIVING = f"{QUILLON.title} {QUILLON.forename} {QUILLON.surname}".upper()


def of_tax(street: Street) -> dict[str, object]:
    """Say what came of the one notice to Council Tax."""
    with Council.open(street.settings) as council:
        return arrivals_of(council.store, "service").row(by_predicate=TAX, named=True)


def lives(street: Street) -> None:
    """Live through a night with the extracts that lie there."""
    assert not run_night(street.settings).refused
    street.nights += 1


def says_of_tax(street: Street, names: str) -> None:
    """Let Council Tax say tomorrow whose the account is."""
    before = pl.read_csv(max(street.folder.glob("council_tax_*.csv")), infer_schema_length=0)
    name = before.filter(pl.col("account") == QUILLON.account)["names"].item()
    street.write_with("council_tax", "names", name, names)
    lives(street)


@pytest.fixture
def told(lived: Street) -> Street:
    """A death is told at the counter, and the systems that hold the person are sent their notices."""
    with Council.open(lived.settings) as council:
        council.tell(Death(lived.person(council, QUILLON, "service"), on="2026-11-02", evidence="registrar"))
        council.commit(council.settle())
        assert council.deliver() > 1
    return lived


def test_what_was_told_is_not_visible_until_the_next_extract_is_read(told: Street) -> None:
    row = of_tax(told)
    assert (row["verdict"], row["told"], row["days"], row["knew"]) == ("not_visible", date(2026, 11, 3), 0, False)
    assert row["reference"] == QUILLON.account


def test_it_ages_until_it_shows_and_then_says_how_long_it_took(told: Street) -> None:
    for _ in range(2):
        says_of_tax(told, LIVING)
    assert (of_tax(told)["verdict"], of_tax(told)["days"]) == ("not", 2)
    says_of_tax(told, f"{LIVING} (DECD)")
    says_of_tax(told, f"{LIVING} (DECEASED)")
    row = of_tax(told)
    assert (row["verdict"], row["shown"], row["days"]) == ("arrived", date(2026, 11, 6), 3)


def test_a_system_that_goes_back_to_what_it_said_has_not_heard_after_all(told: Street) -> None:
    says_of_tax(told, f"{LIVING} (DECD)")
    assert of_tax(told)["verdict"] == "arrived"
    says_of_tax(told, LIVING)
    assert (of_tax(told)["verdict"], of_tax(told)["shown"]) == ("not", None)


def test_a_service_is_counted_with_what_it_spared(told: Street) -> None:
    says_of_tax(told, f"{LIVING} (DECD)")
    with Council.open(told.settings) as council:
        counted = by_service(arrivals_of(council.store, "service"))
    tax = counted.row(by_predicate=TAX, named=True)
    assert (tax["told"], tax["arrived"], tax["spared"], tax["median_days"]) == (1, 1, 1, 1.0)
    assert tax["oldest_days"] is None
    assert counted.filter(~TAX)["not_visible"].sum() == counted.filter(~TAX)["told"].sum() > 0


def test_what_a_system_knew_when_it_was_told_spared_nobody_a_call(lived: Street) -> None:
    says_of_tax(lived, f"{LIVING} (DECD)")
    with Council.open(lived.settings) as council:
        council.tell(Death(lived.person(council, QUILLON, "service"), on="2026-11-02", evidence="registrar"))
        council.commit(council.settle())
        council.deliver()
    says_of_tax(lived, f"{LIVING} (DECEASED)")
    assert (of_tax(lived)["verdict"], of_tax(lived)["knew"]) == ("arrived", True)
    with Council.open(lived.settings) as council:
        assert by_service(arrivals_of(council.store, "service")).row(by_predicate=TAX, named=True)["spared"] == 0


def test_a_record_that_was_only_amended_since_is_read_as_it_ever_stood(lived: Street) -> None:
    """Or whoever stays on an account, under the initial of one who has left it, would pass for one who came since."""
    beside = f"MRS {YSOLDA.forename} {QUILLON.surname}".upper()
    says_of_tax(lived, f"{LIVING} & {beside}")
    with Council.open(lived.settings) as council:
        council.tell(Death(lived.person(council, QUILLON, "service"), on="2026-11-02", evidence="registrar"))
        council.commit(council.settle())
        council.deliver()
    says_of_tax(lived, beside)
    with Council.open(lived.settings) as council:
        versions = heard_of(council.store, "service").versions
    hers = versions.filter(pl.col("forename") == YSOLDA.forename.upper())
    assert hers.select("from_run", "to_run").rows() == [(3, 5), (5, None)]
    assert of_tax(lived)["verdict"] == "arrived"


def test_a_move_to_where_no_gazetteer_knows_of_shows_in_an_account_begun_there(lived: Street) -> None:
    """A new account is not known to be the person's, and is found by the address as it was told."""
    with Council.open(lived.settings) as council:
        who = lived.person(council, QUILLON, "service")
        council.tell(Move(who, on="2026-11-02", address="9 Unheard-of Wharf, Barchester", postcode="BA1 9ZZ"))
        council.commit(council.settle())
        council.deliver()
    tax = pl.read_csv(max(lived.folder.glob("council_tax_*.csv")), infer_schema_length=0)
    his = pl.col("account") == QUILLON.account
    where = {"address": "9 UNHEARD OF WHARF,BARCHESTER", "postcode": "BA1 9ZZ"}
    there = {"account": "8999", **where, "since": "2026-11-02"}
    begun = tax.filter(his).with_columns(**{name: pl.lit(said) for name, said in there.items()}, uprn=pl.lit(None))
    pl.concat([tax.filter(~his), begun]).write_csv(lived.folder / "council_tax_2026-11-04.csv")
    lives(lived)
    assert of_tax(lived)["verdict"] == "arrived"


def test_a_night_that_was_undone_told_nothing(told: Street) -> None:
    with Council.open(told.settings) as council:
        assert council.store.published() == 3
        roll_back(council.store, 3, actor="j.okafor", because="the wrong file")
        assert arrivals_of(council.store, "service").filter(pl.col("kind") == "death").is_empty()


def test_a_plan_says_before_it_is_committed_what_has_arrived_with_it(told: Street) -> None:
    for names in (LIVING, f"{LIVING} (DECD)"):
        latest = pl.read_csv(max(told.folder.glob("council_tax_*.csv")), infer_schema_length=0)
        before = latest.filter(pl.col("account") == QUILLON.account)["names"].item()
        told.write_with("council_tax", "names", before, names)
        told.nights += 1
        with Council.open(told.settings) as council:
            plan = council.plan()
            foretold = {lane: arrivals_of(council.store, lane, tonight=plan) for lane in plan.lanes}
            council.commit(plan)
            for lane, frame in foretold.items():
                assert_frame_equal(frame, arrivals_of(council.store, lane))
    assert foretold["service"].row(by_predicate=TAX, named=True)["verdict"] == "arrived"


def test_the_nights_report_counts_it(told: Street) -> None:
    says_of_tax(told, LIVING)
    page = max((told.folder / "reports").glob("night_*.html"))
    figures = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    row = next(row for row in figures["arrivals"] if row["recipient"] == "council_tax")
    assert (row["lane"], row["told"], row["not"], row["oldest_days"]) == ("service", 1, 1, 1)
    assert "What has arrived" in page.read_text(encoding="utf-8")


def test_the_command_lists_what_has_not_arrived_the_oldest_first(told: Street) -> None:
    says_of_tax(told, LIVING)
    asked = ["arrivals", str(told.settings), "--purpose", "data-quality"]
    answer = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert [(row["recipient"], row["verdict"], row["days"]) for row in answer["notices"]] == [("council_tax", "not", 1)]
    words = CliRunner().invoke(app, asked).stdout
    assert f"1 days  council_tax {QUILLON.account}: death of 2026-11-03, not" in words
    assert len(json.loads(CliRunner().invoke(app, [*asked, "--json", "--all"]).stdout)["notices"]) > 1


def test_reading_it_is_noted_and_a_purpose_without_references_sees_none(told: Street) -> None:
    says_of_tax(told, LIVING)
    with Council.open(told.settings) as council:
        assert council.reader("statistics").arrivals()["reference"].drop_nulls().is_empty()
        assert not council.reader("council-tax").arrivals()["reference"].drop_nulls().is_empty()
        noted = [e for e in council.audit.events() if e.kind == "list"]
    assert [(e.purpose, e.about["list"]) for e in noted] == [
        ("statistics", "arrivals"), ("council-tax", "arrivals"),
    ]  # fmt: skip


def test_where_nothing_was_told_there_is_nothing_to_look_for(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        assert arrivals_of(council.store, "service").is_empty()
        assert arrivals_of(council.store, "nowhere").is_empty()
