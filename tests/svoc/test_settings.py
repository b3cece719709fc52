"""council.toml: all its faults at once, each with what was expected and the nearest."""

from pathlib import Path

import pytest

from svoc.errors import SettingsError
from svoc.settings import CouncilSettings, GuardSettings

HEAD = '[council]\nname = "Barchester"\n\n[gazetteer]\npath = "llpg.csv"\n'
SOURCE = '\n[[sources]]\nname = "council_tax"\nkind = "council_tax"\npath = "ct.csv"\n'


def written(folder: Path, text: str) -> Path:
    file = folder / "council.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as found:
        CouncilSettings.read(written(folder, text))
    return str(found.value).splitlines()


def test_a_short_file_is_enough_and_the_rest_has_defaults(tmp_path: Path) -> None:
    own = CouncilSettings.read(written(tmp_path, HEAD + SOURCE))

    assert own.council.purpose == "canvass-match"
    assert own.sources[0].mode == "full"
    assert own.guards == GuardSettings()
    assert own.folder == tmp_path.resolve()
    assert own.at("outbox") == tmp_path.resolve() / "outbox"
    assert own.at(tmp_path / "elsewhere") == tmp_path / "elsewhere"


@pytest.mark.parametrize("theirs", ["NINO", "ni_number", "HBClaim", "NationalInsuranceNo", "Housing benefit ref"])
def test_columns_of_benefits_and_national_insurance_are_held_back(tmp_path: Path, theirs: str) -> None:
    text = f'{HEAD}{SOURCE}[sources.columns]\naccount_reference = "{theirs}"\nname = "unit"\n'
    told = f"[[sources]] council_tax: columns: {theirs} is of benefits or National Insurance, which are held back"
    assert [fault for fault in faults(tmp_path, text) if told in fault]
    allowed = text.replace('name = "Barchester"\n', 'name = "Barchester"\nbenefits_and_nino = true\n')
    assert CouncilSettings.read(written(tmp_path, allowed)).sources[0].columns["account_reference"] == theirs


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert CouncilSettings.read(written(tmp_path, "\ufeff" + HEAD + SOURCE)).council.name == "Barchester"


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = (
        '[council]\ndatabse = "x"\n\n[gazetteer]\npath = 7\n\n[guards]\nlost = 5\n\n[guard]\nlost = 0.1\n'
        + SOURCE + 'mode = "ful"\n' + SOURCE + "colums = {}\n"
    )  # fmt: skip
    told = faults(tmp_path, text)

    assert all(line.startswith("council.toml: ") for line in told)
    assert [line.removeprefix("council.toml: ") for line in sorted(told)] == sorted(
        [
            "[council] name is missing",
            "[council] databse is not a setting; did you mean database?",
            "[gazetteer] path: input should be a valid string",
            "[guards] lost: input should be less than or equal to 1",
            "[guard] is not a setting; did you mean guards?",
            "[[sources]] council_tax: mode should be 'full' or 'update'; did you mean full?",
            "[[sources]] council_tax: colums is not a setting; did you mean columns?",
            "[[sources]] council_tax: expected each source to have a name of its own; this one is there twice",
        ]
    )


def test_a_table_that_svoc_does_not_know_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    told = faults(tmp_path, HEAD + SOURCE + "\n[zzz]\n")

    assert told[0].startswith("council.toml: [zzz] is not a setting; expected one of council, gazetteer, sources,")


def test_a_source_without_a_name_is_known_by_its_number(tmp_path: Path) -> None:
    assert faults(tmp_path, HEAD + SOURCE + '\n[[sources]]\nkind = "generic"\n') == [
        "council.toml: [[sources]] number 2: name is missing"
    ]


def test_a_council_needs_a_source(tmp_path: Path) -> None:
    assert "[sources]" in faults(tmp_path, HEAD)[0]
    assert "[sources]" in faults(tmp_path, "sources = []\n" + HEAD)[0]


@pytest.mark.parametrize("name", ["a/b", "..", "../up", ".hidden", " lead", "back\\\\slash", ""])
def test_a_name_that_is_no_folder_of_its_own_is_refused(tmp_path: Path, name: str) -> None:
    """The outbox has a folder of that name, and keys of mentions begin with it."""
    assert (
        "expected a name without slashes" in faults(tmp_path, HEAD + SOURCE.replace('"council_tax"', f'"{name}"', 1))[0]
    )


@pytest.mark.parametrize("name", ["Council Tax", "ct2", "electoral_register", "Llyfrgell Tŷ", "a.b"])
def test_other_names_are_a_councils_own(tmp_path: Path, name: str) -> None:
    own = CouncilSettings.read(written(tmp_path, HEAD + SOURCE.replace('"council_tax"', f'"{name}"', 1)))

    assert own.sources[0].name == name


@pytest.mark.parametrize("which", ["name", "kind"])
def test_life_events_are_no_source_of_records(tmp_path: Path, which: str) -> None:
    """As records they would found persons and join them: a claim may do neither."""
    told = faults(tmp_path, HEAD + SOURCE.replace(f'{which} = "council_tax"', f'{which} = "life_events"'))

    assert "[life_events] path" in told[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [("[council\n", "is not TOML"), ("", "[council] is missing"), ('council = "x"\n', "[council]")],
)
def test_what_is_no_settings_file_is_told_plainly(tmp_path: Path, text: str, told: str) -> None:
    assert told in "\n".join(faults(tmp_path, text))


def test_a_file_that_is_not_there_has_a_nearest(tmp_path: Path) -> None:
    written(tmp_path, HEAD + SOURCE)

    with pytest.raises(SettingsError, match=r"^counsil\.toml: no such file; did you mean council\.toml\?$"):
        CouncilSettings.read(tmp_path / "counsil.toml")
    with pytest.raises(SettingsError, match=r"^x\.toml: no such file$"):
        CouncilSettings.read(tmp_path / "nowhere" / "x.toml")


def test_what_cannot_be_read_is_told_without_a_path(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as found:
        CouncilSettings.read(tmp_path)
    assert str(tmp_path.parent) not in str(found.value)

    (tmp_path / "council.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        CouncilSettings.read(tmp_path / "council.toml")


class TestEnvironment:
    """Every value can be overridden from outside."""

    def test_it_overrides_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SVOC_COUNCIL__DATABASE", "postgresql+psycopg://db")
        monkeypatch.setenv("SVOC_GUARDS__LOST", "0.2")
        own = CouncilSettings.read(written(tmp_path, HEAD + SOURCE))

        assert own.council.database == "postgresql+psycopg://db"
        assert own.guards.lost == 0.2

    def test_it_is_checked_like_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SVOC_GUARDS__LOST", "much")
        monkeypatch.setenv("SVOC_COUNCIL__DATABSE", "x")
        told = faults(tmp_path, HEAD + SOURCE)

        assert len(told) == 2
        assert "did you mean database?" in "".join(told)

    def test_variables_that_name_no_section_are_somebody_elses(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SVOC_SAMPLES", "x")
        monkeypatch.setenv("OTHER_COUNCIL__NAME", "x")

        assert CouncilSettings.read(written(tmp_path, HEAD + SOURCE)).council.name == "Barchester"


def test_the_secret_is_not_shown(tmp_path: Path) -> None:
    own = CouncilSettings.read(written(tmp_path, HEAD.replace("\n\n", '\nkey = "hush"\n\n', 1) + SOURCE))

    assert own.council.key == "hush"
    assert "hush" not in repr(own)
    assert "hush" not in str(own)


def test_settings_do_not_change(tmp_path: Path) -> None:
    own = CouncilSettings.read(written(tmp_path, HEAD + SOURCE))

    with pytest.raises(ValueError, match="frozen"):
        own.council.name = "Elsewhere"  # type: ignore[misc]
