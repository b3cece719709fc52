"""What council.toml names becomes the things themselves, or is refused with everything that is wrong."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from svoc.binding import Complaints, policy_of, read_extracts, read_gazetteer
from svoc.errors import Fault, InputFaults, PurposeRefused, SettingsError, SvocError
from svoc.settings import CouncilSettings
from svoc.words.plan import TAKEN

NOTHING = pl.DataFrame(schema=TAKEN)


def settings_of(town: Path, *edits: tuple[str, str]) -> CouncilSettings:
    file = town / "council.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return CouncilSettings.read(file)


def test_the_first_night_takes_the_first_extract_of_each_source(town: Path) -> None:
    first = read_extracts(settings_of(town), NOTHING)
    taken = first.taken
    assert [e.source for e in first.extracts] == ["council_tax", "electoral_register"]
    assert taken["file"].to_list() == [
        "extracts/council_tax_2026-11-02.csv",
        "extracts/electoral_register_2026-11-02.csv",
    ]
    assert dict(taken.schema) == TAKEN
    assert taken["rows"].to_list() == [e.records.height for e in first.extracts]
    again = read_extracts(settings_of(town), taken)
    assert "council_tax_2026-11-03.csv" in [p.name for e in again.extracts for p in e.files]
    two = pl.concat([taken, again.taken])
    everything = pl.concat([two, read_extracts(settings_of(town), two).taken])
    assert read_extracts(settings_of(town), everything).extracts == []


def test_what_is_wrong_in_several_extracts_is_told_at_once(town: Path) -> None:
    (town / "extracts" / "council_tax_2026-11-02.csv").write_bytes(b"")
    (town / "extracts" / "electoral_register_2026-11-02.csv").write_bytes(b"\0")
    with pytest.raises(InputFaults) as told:
        read_extracts(settings_of(town), NOTHING)
    assert len(told.value.faults) == 2


@pytest.mark.parametrize(
    ("wrongs", "kind", "says"),
    [
        ([SettingsError("a")], SettingsError, "a"),
        ([SettingsError("a"), PurposeRefused("b")], SettingsError, "a\nb"),
        ([InputFaults([Fault("f", 1)]), InputFaults([Fault("g", 2)])], InputFaults, "2 faults"),
        ([InputFaults([Fault("f", 1)]), SettingsError("a")], SettingsError, "a\n1 fault in the input"),
    ],
)
def test_complaints_are_gathered(wrongs: Sequence[SvocError], kind: type[SvocError], says: str) -> None:
    found = Complaints()
    for wrong in wrongs:
        with found.gathered():
            raise wrong
    with pytest.raises(kind) as told:
        found.tell()
    assert str(told.value).startswith(says)


def test_without_complaints_nothing_is_said_and_other_errors_go_on() -> None:
    found = Complaints()
    with pytest.raises(ZeroDivisionError), found.gathered():
        _ = 1 // 0
    found.tell()


def test_a_gazetteer_is_a_file_several_or_a_glob(town: Path) -> None:
    named = read_gazetteer(settings_of(town))
    listed = '["llpg.csv", "llpg_changes_2026-11-03.csv", "llpg_changes_2026-11-04.csv"]'
    globbed = read_gazetteer(settings_of(town, (listed, '"llpg*.csv"')))
    assert globbed.properties.height == named.properties.height
    alone = read_gazetteer(settings_of(town, ('"llpg*.csv"', '"addressbase.csv"')))
    assert alone.properties.height > 0


def test_a_policy_rests_on_what_the_gazetteer_holds(town: Path) -> None:
    before = policy_of(settings_of(town))
    assert policy_of(settings_of(town)).gazetteer == before.gazetteer
    with (town / "llpg_changes_2026-11-04.csv").open("a") as file:
        file.write("\n")
    assert policy_of(settings_of(town)).gazetteer != before.gazetteer


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("canvass-match", "canvas"), "there is no purpose 'canvas'"),
        (("[life_events]", '[purposes.fun]\nlane = "nosuch"\nwords = ""\npower = ""\n[life_events]'), "nosuch"),
        (("[life_events]", '[purposes.fun]\nlain = "service"\n[life_events]'), "lain"),
        (("[life_events]", '[matching]\nmodel = "nosuch.json"\n[life_events]'), r"\[matching\] model: nosuch\.json"),
        (("llpg.csv", "lpg.csv"), r"\[gazetteer\] path: no such file: lpg\.csv"),
    ],
)
def test_what_cannot_be_bound_is_refused(town: Path, edit: tuple[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        policy_of(settings_of(town, edit))


def test_a_gazetteer_comes_with_the_councils_figures_and_feedback(town: Path) -> None:
    before = policy_of(settings_of(town)).gazetteer
    assert read_gazetteer(settings_of(town)).tuning is None
    (town / "told.csv").write_text("address,uprn\nThe Old Forge,\n", encoding="utf-8")
    (town / "ours.json").write_text('{"version": 1, "enough": 9}', encoding="utf-8")
    named = '[gazetteer]\nfeedback = "told.csv"\ntuning = "ours.json"\nwanted = 0.99'
    settings = settings_of(town, ("[gazetteer]", named))
    gazetteer = read_gazetteer(settings)
    assert gazetteer.tuning is not None
    assert (gazetteer.tuning.enough, gazetteer.tuning.wanted) == (9, 0.99)
    assert len(gazetteer.confirmed or ()) == 1
    told = policy_of(settings).gazetteer
    assert told != before
    (town / "told.csv").write_text("address,uprn\nThe New Forge,\n", encoding="utf-8")
    assert policy_of(settings).gazetteer != told  # what is confirmed anew is placed anew


@pytest.mark.parametrize("name", ["feedback", "tuning"])
def test_feedback_or_figures_that_are_not_there_are_named(town: Path, name: str) -> None:
    settings = settings_of(town, ("[gazetteer]", f'[gazetteer]\n{name} = "none.csv"'))
    for read in (policy_of, read_gazetteer):
        with pytest.raises(SettingsError, match=r"\[gazetteer\].*: none\.csv"):
            read(settings)


def council_tax_of(town: Path, day: int) -> Path:
    return town / "extracts" / f"council_tax_2026-11-{day:02}.csv"


def test_an_older_extract_that_comes_late_is_set_aside_and_said_to_be(town: Path) -> None:
    held = council_tax_of(town, 3).read_bytes()
    council_tax_of(town, 3).unlink()
    settings, taken = settings_of(town), NOTHING
    while (found := read_extracts(settings, taken)).extracts:
        taken = pl.concat([taken, found.taken])
    council_tax_of(town, 3).write_bytes(held)

    late = read_extracts(settings, taken)

    assert late.extracts == []
    assert late.taken.is_empty()
    (told,) = late.warnings
    assert told == (
        "extracts/council_tax_2026-11-03.csv: expected an extract of council_tax of 2026-11-04 or later, "
        "as one of that day has been taken; this one is of 2026-11-03 and is set aside"
    )


def test_a_day_that_only_the_content_tells_sets_a_file_aside_too_and_holds_nothing_up(tmp_path: Path) -> None:
    """The files bear no date, and all were written today: a column says of which day they are."""
    head = "ref,who,where,extracted\n"
    (tmp_path / "council.toml").write_text(
        '[council]\nname = "X"\ndatabase = "sqlite://"\n[gazetteer]\npath = "g.csv"\n[[sources]]\nname = "permits"\n'
        'kind = "generic"\npath = "permits_*.csv"\n[sources.columns]\nrecord = "ref"\nname = "who"\naddress = "where"\n'
        'extract_date = "extracted"\n',
        encoding="utf-8",
    )
    settings = CouncilSettings.read(tmp_path / "council.toml")
    (tmp_path / "permits_b.csv").write_text(f"{head}1,Ann Oak,1 King Street,2026-11-04\n")
    first = read_extracts(settings, NOTHING)
    (tmp_path / "permits_a.csv").write_text(f"{head}1,Ann Elm,1 King Street,2026-11-03\n")
    (tmp_path / "permits_c.csv").write_text(f"{head}1,Ann Ash,1 King Street,2026-11-05\n")

    then = read_extracts(settings, first.taken)

    assert then.taken["file"].to_list() == ["permits_c.csv"]
    assert [e.records["surname"].to_list() for e in then.extracts] == [["ASH"]]
    assert [w.partition(":")[0] for w in then.warnings] == ["permits_a.csv"]


def test_a_latest_stay_that_goes_back_does_not_make_a_file_late(tmp_path: Path) -> None:
    """A stay that was mistyped and is mended may be the latest there was: a guess at a day sets nothing aside."""
    (tmp_path / "council.toml").write_text(
        '[council]\nname = "X"\ndatabase = "sqlite://"\n[gazetteer]\npath = "g.csv"\n[[sources]]\nname = "permits"\n'
        'kind = "generic"\npath = "permits.csv"\n[sources.columns]\nrecord = "ref"\nname = "who"\naddress = "where"\n'
        'since = "since"\n',
        encoding="utf-8",
    )
    settings = CouncilSettings.read(tmp_path / "council.toml")
    file = tmp_path / "permits.csv"
    file.write_text("ref,who,where,since\n1,Ann Oak,1 King Street,2020-11-04\n")
    first = read_extracts(settings, NOTHING)
    file.write_text("ref,who,where,since\n1,Ann Oak,1 King Street,2020-10-04\n")

    assert read_extracts(settings, first.taken).warnings == ()
    assert len(read_extracts(settings, first.taken).extracts) == 1
