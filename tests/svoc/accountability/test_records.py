"""The records say what council.toml and the night say, name nobody, and leave to the officer what is the officer's."""

import json
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from svoc.accountability import RECORDS, Known, known_of, write_records
from svoc.accountability.records import ASK
from svoc.accountability.written import as_markdown, as_page
from svoc.council import Council
from svoc.errors import PurposeRefused, SettingsError
from svoc.running import run_night
from svoc.words.audit import Kind
from tests.svoc.conftest import CANARY

OWN = (
    '\n[purposes.parking]\nwords = "<b>Permits</b> | x"\nlane = "service"\npower = "RTRA 1984"\nexpires = 2020-01-01\n'
)


@pytest.fixture(scope="module")
def known(canary_master: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """Give what is known of a town of marked names after its first night."""
    folder = Path(shutil.copytree(canary_master, tmp_path_factory.mktemp("accountable") / "town"))
    toml = folder / "council.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + OWN, encoding="utf-8")
    with Council.open(toml) as council, pytest.raises(SettingsError, match="run a night first"):
        known_of(council)
    run_night(toml)
    with Council.open(toml) as council:
        given = known_of(council)
        noted = list(council.audit.events())[-1]
        assert (noted.kind, noted.about) == (Kind.REPORT, {"surface": "accountability"})
        known_of(council, purpose="registration", actor="a.bell")
        noted = list(council.audit.events())[-1]
        assert (noted.actor, noted.purpose) == ("a.bell", "registration"), "who draws it up, and what for, is noted"
        with pytest.raises(PurposeRefused):
            known_of(council, purpose="gossip", actor="a.bell")
        yield given


@pytest.mark.parametrize("name", RECORDS)
def test_each_is_written_for_people_for_members_and_for_machines(known: Known, tmp_path: Path, name: str) -> None:
    record = RECORDS[name](known)
    files = write_records([record], tmp_path, on="2026-11-23")
    assert [file.name for file in files] == [f"{name}.html", f"{name}.md", f"{name}.json"]
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert not [text for text in texts if CANARY.casefold() in text.casefold()]
    assert all("not" in text and "legal advice" in text for text in texts)
    assert json.loads(texts[2])["open"] == record.open
    assert record.open, "something is always the officer's to say"
    if sys.platform != "win32":
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize("name", RECORDS)
def test_a_page_needs_nothing_else_and_escapes_the_councils_words(known: Known, name: str) -> None:
    page = as_page(RECORDS[name](known), on="2026-11-23")
    assert not re.search(r"(?i)https?:|@import|url\((?!#)|javascript:|data:|<script|<link|<img|<form| on\w+=", page)
    assert "default-src 'none'" in page
    assert "<b>Permits" not in page


def test_every_purpose_route_source_and_time_limit_stands_in_the_record_of_processing(known: Known) -> None:
    text = as_markdown(RECORDS["processing"](known), on="2026-11-23")
    for purpose in known.purposes.values():
        assert purpose.power.replace("|", r"\|") in text
    for route in known.routes:
        assert route.basis in text
    assert all(words in text for words in known.kinds.values())
    assert "730 days" in text
    assert "for good" in text


def test_a_purpose_that_has_expired_is_shown_as_such(known: Known) -> None:
    (section,) = (s for s in RECORDS["processing"](known).sections if s.heading == "Purposes")
    (row,) = (row for row in section.rows if row[1] == "parking")
    assert row[-1] == "expired"


def test_a_councils_words_cannot_break_out_of_a_table_of_markdown(known: Known) -> None:
    text = as_markdown(RECORDS["processing"](known), on="2026-11-23")
    assert r"\<b\>Permits\</b\> \| x" in text


def test_the_transparency_record_has_the_fields_of_the_standard(known: Known) -> None:
    fields = {field for section in RECORDS["transparency"](known).sections for field, _ in section.said}
    assert {
        "Name", "Description", "Website", "Contact email", "Senior responsible owner", "Detailed description", "Scope",
        "Benefit", "Alternatives considered", "Human decisions and review", "Appeals and review", "System architecture",
        "Model performance", "Sensitive attributes", "Data sharing agreements", "Impact assessments",
    } <= fields  # fmt: skip


def test_what_only_the_council_can_say_is_left_open(known: Known) -> None:
    for draft in RECORDS.values():
        for section in draft(known).sections:
            for field, words in section.said:
                assert words
                if field in {"Senior responsible owner", "Residual risk", "Reference of the assessment"}:
                    assert words.startswith(ASK)
