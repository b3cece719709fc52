"""Every example runs as a user runs it, with warnings as errors, and tells what it promises; so does the tour."""

import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

TOP = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((TOP / "examples").glob("*.py"))

TELLING = {
    "01_link_a_frame.py": ["200 records, ", "one person (probability"],
    "02_place_addresses.py": ["DTF 7.3 of 2026-11-02: ", "What was not written as the gazetteer writes it", " bits  "],
    "03_one_night.py": [
        "night 1, as of 2026-11-02",
        "night 2, as of 2026-11-03",
        "0 when asked again",
        "A quiet night",
    ],
    "04_a_stewards_morning.py": ["cases wait this morning", "they are one person: True", "the ledger keeps it: same"],
    "05_tell_us_once.py": ["2 notices went out", "council_tax is told of its", "Told twice: 0 more notices"],
    "07_receive_notices.py": [
        "a notice                 200",
        "a replay of yesterday's  401",
        "kept: a1b2c3 acknowledged",
    ],
    "08_staff_api.py": [
        "found: one resident, of ",
        "told; sent again it is the same",
        "something else under the same key: another-request",
        "for another purpose: purpose-refused",
    ],
    "06_beside_recordlinkage.py": [" pairs of 90000 are compared", "matches, ", "of them right, of 300 people"],
}
"""For each example, what its story must say."""


def run(script: Path | str, folder: Path) -> str:
    """Run Python in a folder of its own, warnings as errors, and give what it prints."""
    given = [str(script)] if isinstance(script, Path) else ["-c", script]
    done = subprocess.run(
        [sys.executable, "-W", "error", *given],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_every_example_says_how_it_is_run() -> None:
    assert {file.name for file in EXAMPLES} >= set(TELLING)
    for file in EXAMPLES:
        assert f"python examples/{file.name}" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.name for file in EXAMPLES])
def test_an_example_runs_and_leaves_nothing_behind(file: Path, tmp_path: Path) -> None:
    story = run(file, tmp_path)
    for part in TELLING.get(file.name, []):
        assert part in story
    assert len(story) > 100
    assert list(tmp_path.iterdir()) == []


# --- the tour: what a developer, a batch job and a steward type

DEVELOPER = """
import polars as pl
from matchers import Close, Model, Same, SameDate, block_on, explain, link      # developer

people = pl.read_parquet("people.parquet")
model = Model(comparisons=[Close("forename"), Close("surname"), SameDate("dob"), Same("uprn")],
              blocks=[block_on("uprn"), block_on("surname", "dob")]).trained_on(people)
pairs = link(people, model, id="id")
print(explain(pairs.sort("weight").tail(1), model))
"""

PLACING = """
from gazetteer import Gazetteer, resolve

llpg = Gazetteer.read("llpg.csv")                      # DTF 7.3, AddressBase or a flat view; it finds out
placed = resolve(addresses, llpg)                      # adds outcome, uprn, rung, certainty, rivals
"""

BATCH = """
from svoc import Council                               # nightly batch

council = Council.open("barchester.toml")
plan = council.plan()                                  # reads the extracts, writes nothing
print(plan.summary())                                  # 412 amended, 6 joined, 1 parted, 9 for a steward
council.commit(plan); council.deliver()
"""

STEWARD = """
from svoc import Council, Death, Desk
desk = Desk(council, steward="j.okafor", purpose="data-quality")     # steward; from svoc import Council, Death, Desk
case = desk.next_case(); print(case.evidence)
desk.decide(case, "different", because="father and son, both John"); desk.undo()
person = council.find("jon smith", near="PL4 8AA", purpose="council-tax")[0]     # staff-facing system
council.tell(Death(person.id, on="2026-11-02", evidence="registrar"))            # Tell Us Once
"""

SETTINGS = """
[council]
name = "Barchester"
database = "sqlite:///barchester.db"
purpose = "canvass-match"
actor = "nightly"

[gazetteer]
path = "llpg.csv"

[[sources]]
name = "council_tax"
kind = "council_tax"
path = "council_tax.csv"
layout = "columns"
mode = "full"
[sources.columns]
account_reference = "account_ref"
liable_parties = "liable_party"
address = ["address_1", "address_2", "address_3", "address_4"]
postcode = "postcode"
uprn = "uprn"
liability_start = "liability_start"
liability_end = "liability_end"

[[sources]]
name = "electoral_register"
kind = "electoral_register"
path = "register.csv"
layout = "columns"
[sources.columns]
elector = "ElectorKey"
title = "ElectorTitle"
surname = "ElectorSurname"
forename = "ElectorForename"
middle_names = "ElectorMiddleName"
dob = "ElectorDOB"
markers = "Markers"
address = ["Address1", "Address2", "Address3", "Address4", "Address5", "Address6"]
postcode = "Postcode"
uprn = "UPRN"
"""

CLOSING = """
council.commit(council.settle())
print(council.deliver(), "notice")
council.close()
"""


@pytest.fixture
def barchester(tmp_path: Path) -> Path:
    """Give a folder with five properties, three accounts and four electors, and the settings that read them."""
    for file in (TOP / "tests" / "docs" / "barchester").iterdir():
        shutil.copy(file, tmp_path)
    (tmp_path / "barchester.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def test_a_developer_links_a_frame(tmp_path: Path) -> None:
    rows = [
        (f"{copy}{n}", f"Given{n % 10}", f"Family{n // 10}", f"{1940 + n % 60}-02-{1 + n % 28:02d}", n // 2)
        for copy in "ab"
        for n in range(100)
    ]
    people = pl.DataFrame(rows, schema=["id", "forename", "surname", "dob", "uprn"], orient="row")
    people.write_parquet(tmp_path / "people.parquet")
    story = run(DEVELOPER, tmp_path)
    assert "one person (probability" in story.splitlines()[0]
    assert "The smallest change" in story


def test_a_developer_places_addresses(barchester: Path) -> None:
    asked = """
import polars as pl
addresses = pl.DataFrame({"address": ["flat 2, 14 king st", "9 King Street"], "postcode": ["PL4 8AA", "PL4 8AA"]})
"""
    story = run(f'{asked}{PLACING}print(placed.select("outcome", "uprn").rows(), placed.columns[2:7])', barchester)
    assert story.splitlines()[0] == (
        "[('exact', 990000000142), ('street', None)] ['outcome', 'uprn', 'rung', 'certainty', 'rivals']"
    )


def test_a_batch_job_a_steward_and_staff_at_a_counter(barchester: Path) -> None:
    story = run(BATCH + STEWARD + CLOSING, barchester)
    assert story.startswith("night 1, as of ")
    assert "name: MR J SMITH & MRS A SMITH | Mr John Smith | Mr John Smith" in story
    assert story.endswith("1 notice\n")
    assert len(list((barchester / "outbox").glob("*/*.json"))) == 1
