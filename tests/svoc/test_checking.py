"""A check reads all that waits, of every source, and leaves no trace."""

from collections.abc import Callable
from pathlib import Path

import pytest

from svoc.checking import check
from svoc.council import Council
from svoc.errors import InputFaults, SettingsError, StoreUnavailable

SETTINGS = "council.toml"


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_sound_town_is_counted_and_nothing_is_written(town: Path) -> None:
    before = files(town)
    figures = check(town / SETTINGS)
    assert figures["council_tax_extracts"] == figures["electoral_register_extracts"] == 3
    assert figures["gazetteer_properties"] > 90
    assert figures["life_events"] > 0
    last = (town / "extracts" / "electoral_register_2026-11-04.csv").read_text().count("\n") - 1
    assert figures["electoral_register_rows"] == last
    assert files(town) == before


def test_every_extract_that_waits_is_read_not_the_first_alone(town: Path) -> None:
    (town / "extracts" / "council_tax_2026-11-04.csv").write_bytes(b"")
    (town / "extracts" / "electoral_register_2026-11-03.csv").write_bytes(b"\0")
    with pytest.raises(InputFaults) as told:
        check(town / SETTINGS)
    assert {fault.file for fault in told.value.faults} == {
        "council_tax_2026-11-04.csv",
        "electoral_register_2026-11-03.csv",
    }


def test_what_a_night_took_is_not_checked_again(town: Path) -> None:
    with Council.open(town / SETTINGS) as council:
        council.commit(council.plan())
    assert check(town / SETTINGS)["council_tax_extracts"] == 2
    first = town / "extracts" / "council_tax_2026-11-02.csv"
    second = town / "extracts" / "council_tax_2026-11-03.csv"
    third = town / "extracts" / "council_tax_2026-11-04.csv"
    first.rename(town / "aside.csv")
    for file in (second, third):
        file.unlink()
    (town / "aside.csv").rename(first)
    before = files(town)
    assert check(town / SETTINGS)["council_tax_extracts"] == 1, "where none waits, the last shows that columns fit"
    assert files(town) == before


def test_an_extract_that_has_come_too_late_is_named_and_not_counted(town: Path) -> None:
    held = (town / "extracts" / "council_tax_2026-11-02.csv").rename(town / "held.csv")
    with Council.open(town / SETTINGS) as council:
        council.commit(council.plan())
    held.rename(town / "extracts" / "council_tax_2026-11-02.csv")
    figures = check(town / SETTINGS)
    assert figures["council_tax_too_late"] == "extracts/council_tax_2026-11-02.csv"
    assert figures["council_tax_extracts"] == 1
    assert "electoral_register_too_late" not in figures


def edited(town: Path, old: str, new: str) -> Path:
    settings = town / SETTINGS
    text = settings.read_text(encoding="utf-8")
    assert old in text
    settings.write_text(text.replace(old, new, 1), encoding="utf-8")
    return settings


def test_wrong_settings_and_faults_are_told_together(town: Path) -> None:
    (town / "extracts" / "electoral_register_2026-11-02.csv").write_bytes(b"")
    (town / "llpg.csv").rename(town / "gazetteer.csv")
    settings = edited(town, 'uprn = "uprn"', 'uprn = "uprm"')
    with pytest.raises(SettingsError) as told:
        check(settings)
    assert not isinstance(told.value, InputFaults)
    for words in (
        "no such file: llpg.csv",
        "did you mean uprn?",
        "electoral_register_2026-11-02.csv: expected a header",
    ):
        assert words in str(told.value)


def test_a_kind_that_is_unknown_is_told_once(town: Path) -> None:
    with pytest.raises(SettingsError) as told:
        check(edited(town, 'kind = "council_tax"', 'kind = "counciltax"'))
    assert str(told.value).count("counciltax is not known") == 1


@pytest.mark.parametrize("spoil", [lambda file: file.write_bytes(b"x" * 5000), lambda file: file.mkdir()])
def test_a_database_that_cannot_be_read_is_told_before_the_night(town: Path, spoil: Callable[[Path], object]) -> None:
    spoil(town / "barchester.db")
    with pytest.raises(StoreUnavailable):
        check(town / SETTINGS)


def test_a_channel_that_no_notice_could_go_by_shows_before_one_waits(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = town / SETTINGS
    webhook = '[notices.recipients.{}]\nchannel = "webhook"\nurl = "https://{}.example/svoc"\n{}\n'
    more = [webhook.format("estates", "estates", 'ca = "none.pem"'), webhook.format("parks", "parks", "")]
    settings.write_text(settings.read_text() + "\n" + "\n".join(more))
    with pytest.raises(SettingsError) as told:
        check(settings)
    assert "[notices.recipients.estates] secret: a webhook wants one" in str(told.value)
    assert "SVOC_NOTICE_SECRET_PARKS" in str(told.value)
    for name in ("ESTATES", "PARKS"):
        monkeypatch.setenv(f"SVOC_NOTICE_SECRET_{name}", "quartz")
    with pytest.raises(SettingsError, match=r"estates\] ca: there is no file none.pem") as told:
        check(settings)
    assert "quartz" not in str(told.value)
