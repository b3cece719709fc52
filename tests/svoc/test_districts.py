"""Councils that become one: settings, the gazetteers of districts, and nights over two systems of one kind."""

from pathlib import Path

import polars as pl
import pytest

from svoc.binding import policy_of, read_gazetteer
from svoc.checking import check
from svoc.errors import SettingsError
from svoc.settings import CouncilSettings
from tests.districts import lived, says
from tests.worlds import groups, person_of

COUNCIL = """
[council]
name = "Barset"
[[gazetteers]]
council = "north"
path = "north.csv"
[[gazetteers]]
council = "south"
path = ["south.csv"]
columns = { uprn = "PROPERTY" }
[[sources]]
name = "north_tax"
kind = "council_tax"
council = "north"
path = "north_tax.csv"
columns = { account_reference = "account", liable_parties = "names", address = "address" }
[[sources]]
name = "south_tax"
kind = "council_tax"
council = "south"
path = "south_tax.csv"
columns = { account_reference = "account", liable_parties = "names", address = "address" }
[[sources]]
name = "county_tax"
kind = "council_tax"
path = "county_tax.csv"
columns = { account_reference = "account", liable_parties = "names", address = "address" }
"""
NORTH = 'UPRN,ADDRESS,POSTCODE\n1,"12 King Street, Barchester",BA1 1AA\n2,"3 Hill Road, Barchester",BA1 1AB\n'
SOUTH = 'PROPERTY,ADDRESS,POSTCODE\n2,"7 Mill Lane, Oakham",OA1 1AA\n1,"12 King Street, Barchester",BA1 1AA\n'
TAX = "account,names,address\n600,MR JOHN SMITH,12 King Street\n"


@pytest.fixture
def council(tmp_path: Path) -> Path:
    (tmp_path / "north.csv").write_text(NORTH)
    (tmp_path / "south.csv").write_text(SOUTH)
    for name in ("north", "south", "county"):
        (tmp_path / f"{name}_tax.csv").write_text(TAX)
    file = tmp_path / "council.toml"
    file.write_text(COUNCIL)
    return file


def changed(council: Path, before: str, after: str) -> Path:
    text = council.read_text()
    assert before in text
    council.write_text(text.replace(before, after, 1))
    return council


# --- settings


def test_each_source_looks_its_references_up_in_its_own_council(council: Path) -> None:
    codes = policy_of(CouncilSettings.read(council)).codes

    assert codes == {"north_tax": "north/CT", "south_tax": "south/CT", "county_tax": "CT"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('name = "Barset"', 'name = "Barset"\n[gazetteer]\npath = "x.csv"', "expected none"),
        ('council = "south"\npath = ["', 'council = "north"\npath = ["', "north: expected each council once"),
        ('council = "south"\npath = ["', 'council = "so/uth"\npath = ["', "so/uth: expected each council once"),
        ('kind = "council_tax"\ncouncil = "north"', 'kind = "council_tax"\ncouncil = "nroth"', r"did you mean north\?"),
    ],
)  # fmt: skip
def test_a_council_that_does_not_add_up_is_refused(council: Path, before: str, after: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        CouncilSettings.read(changed(council, before, after))


def test_without_any_gazetteer_it_says_so(council: Path) -> None:
    text = council.read_text()
    council.write_text(text[: text.index("[[gazetteers]]")] + text[text.index("[[sources]]") :])

    with pytest.raises(SettingsError, match=r"\[gazetteer\] path is missing"):
        CouncilSettings.read(council)


def test_a_file_that_is_not_there_is_named_with_its_council(council: Path) -> None:
    settings = CouncilSettings.read(changed(council, "south.csv", "sout.csv"))

    with pytest.raises(SettingsError, match=r"sout\.csv"):
        policy_of(settings)
    with pytest.raises(SettingsError, match=r"south: not there: sout\.csv"):
        read_gazetteer(settings)


def test_the_gazetteers_are_one_and_a_clash_is_counted(council: Path) -> None:
    gazetteer = read_gazetteer(CouncilSettings.read(council))

    assert gazetteer.properties["uprn"].to_list() == [1, 2]
    assert (gazetteer.supply.counts["boundary"], gazetteer.supply.counts["clash"]) == (1, 1)


def test_a_check_counts_what_stands_in_two_gazetteers(council: Path) -> None:
    figures = check(council)

    assert (figures["gazetteer_properties"], figures["gazetteer_boundary"], figures["gazetteer_clash"]) == (2, 1, 1)


def test_another_name_of_a_council_places_everybody_anew(council: Path) -> None:
    was = policy_of(CouncilSettings.read(council)).gazetteer
    text = council.read_text().replace('council = "north"', 'council = "n"')
    council.write_text(text)

    assert policy_of(CouncilSettings.read(council)).gazetteer != was


# --- nights over two registers and two Council Tax systems


def test_one_reference_in_two_systems_is_two_records() -> None:
    plan = lived(
        [
            says("north_council_tax", "600 | MR JOHN SMITH | 1"),
            says("south_council_tax", "600 | MISS RUTH HILL | 2"),
            says("north_electoral_register", "AA1-1 | JOHN SMITH | 1"),
            says("south_electoral_register", "AA1-1 | RUTH HILL | 2"),
        ]
    )

    assert groups(plan.reading.state.members) == {
        frozenset({"north_council_tax/600/1", "north_electoral_register/AA1-1/1"}),
        frozenset({"south_council_tax/600/1", "south_electoral_register/AA1-1/1"}),
    }


def test_one_register_names_nobody_twice_at_one_place_but_two_registers_may() -> None:
    here = "AA1-1 | JOHN SMITH | 1", "AA1-2 | JOHN SMITH | 1"
    alone = lived([says("north_electoral_register", *here)])
    both = lived([says("north_electoral_register", here[0]), says("south_electoral_register", here[1])])

    assert alone.reading.state.persons.height == 2
    assert both.reading.state.persons.height == 1


def test_who_moves_from_one_district_to_the_other_is_one_person_where_the_evidence_says_so() -> None:
    left = "600 | MR AUGUSTUS PEMBERLEY | 1 | 2015-04-01..2026-10-20 | dob=1961-02-03 forwarding_address=5_KING_STREET"
    came = "600 | MR AUGUSTUS PEMBERLEY | 5 | 2026-10-20.. | dob=1961-02-03"
    plan = lived([says("north_council_tax", left), says("south_council_tax", came)])

    assert person_of(plan, "north_council_tax/600/1") == person_of(plan, "south_council_tax/600/1")


def test_a_new_edition_of_one_register_leaves_the_other_as_it_is() -> None:
    """South numbers everybody anew, so that each of its numbers now names somebody else; North does not."""
    people = ["JOHN SMITH | 1", "RUTH HILL | 2", "PETER DALE | 3"]
    turned = [people[2], people[0], people[1]]
    north = [f"AA1-{n} | {who}" for n, who in enumerate(people, start=1)]
    south = [f"AA1-{n} | {who.replace('| ', '| 1')}" for n, who in enumerate(people, start=0)]
    anew = [f"AA1-{n} | {who.replace('| ', '| 1')}" for n, who in enumerate(turned, start=0)]
    evening = [says("north_electoral_register", *north), says("south_electoral_register", *south)]
    plan = lived(evening, [says("north_electoral_register", *north), says("south_electoral_register", *anew)])

    assert plan.reading.changes.filter(pl.col("kind") != "members").is_empty()
    now = dict(plan.mentions.select("mention", "record").iter_rows())
    assert [now[f"south_electoral_register/AA1-{n}/1"] for n in range(3)] == ["AA1-1", "AA1-2", "AA1-0"]
    assert all(now[f"north_electoral_register/AA1-{n}/1"] == f"AA1-{n}" for n in (1, 2, 3))


def test_the_second_council_joins_a_store_that_knows_the_first_and_nobody_is_told() -> None:
    first = [
        says("north_council_tax", "600 | MR JOHN SMITH | 1"),
        says("north_electoral_register", "A1 | JOHN SMITH | 1"),
    ]
    joins = [
        says("south_council_tax", "600 | MR JOHN SMITH | 1"),
        says("south_electoral_register", "A1 | ANN DALE | 4"),
    ]
    before, plan = lived(first), lived(first, [*first, *joins])

    assert person_of(plan, "north_council_tax/600/1") == person_of(before, "north_council_tax/600/1")
    assert plan.reading.notices.is_empty()
