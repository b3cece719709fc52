"""A council's nights from the command line: what each verb answers, changes, and leaves alone."""

import json
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import pytest
import typer

from svoc.cli import app
from svoc.cli.verbs import told
from svoc.errors import AnotherNight, GuardRefused, InputFaults, SettingsError

MEMBERS = ["source", "record", "party", "person_id", "uprn", "outcome", "rung"]
MENTION = ["source", "record", "party"]
SETTINGS = "council.toml"
CANARY = "zyx"


class Ran(Protocol):
    code: int
    out: str
    err: str
    figures: dict[str, Any]


class Lived(Protocol):
    folder: Path
    settings: Path
    nights: list[Ran]
    exports: list[Path]


Svoc = Callable[..., Ran]


def members(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "members.csv", infer_schema=False)


def dump(folder: Path) -> list[str]:
    """Give all that the database holds, but for the note of a plan that was refused."""
    connection = sqlite3.connect(folder / "barchester.db")
    try:
        return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "refused_plan"')]
    finally:
        connection.close()


def outbox(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (folder / "outbox").rglob("*") if p.is_file()}


@pytest.fixture
def lived(lived_town: Lived, tmp_path: Path) -> Path:
    """Give a town of one's own that has lived through its nights."""
    return Path(shutil.copytree(lived_town.folder, tmp_path / "town"))


# ---------------------------------------------------------------- nights


def test_every_night_ends_well_and_answers_with_json(lived_town: Lived) -> None:
    for number, night in enumerate(lived_town.nights, start=1):
        assert night.code == 0, night.err
        assert night.figures["run"] == number
        assert night.figures["persons"] > 0
        assert Path(night.figures["report"]).is_file()
        events = [json.loads(line)["event"] for line in night.err.splitlines()]
        assert set(events) == {"step", "committed"}
        assert events[-1] == "committed"
    first, *later = lived_town.nights
    assert first.figures["notices"] == 0, "a first night announces nothing"
    assert first.figures["new"] == first.figures["mentions"]
    assert all(0 < night.figures["new"] + night.figures["amended"] < 60 for night in later)


def test_members_have_a_row_for_each_person_named_and_exactly_these_columns(lived_town: Lived) -> None:
    for number, folder in enumerate(lived_town.exports, start=2):
        made = members(folder)
        assert made.columns == MEMBERS
        assert made.select(MENTION).is_unique().all()
        truth = pl.read_csv(lived_town.folder / f"truth_2026-11-{number:02}.csv", infer_schema=False)
        people = truth.filter(pl.col("person").is_not_null() & (pl.col("person") != ""))
        missing = people.join(made, on=MENTION, how="anti")
        assert missing.is_empty(), missing.select(MENTION)
        assert made["person_id"].null_count() == 0
        assert made["rung"].null_count() == 0
        assert made["person_id"].str.contains(r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$").all()
        assert made.equals(made.sort("source", "record", pl.col("party").cast(pl.Int64)))


def rows_of_night(folder: Path, day: int) -> set[tuple[str, str, str]]:
    """Give source, record and line of every row of a night's extracts."""
    found = set()
    for source in ("council_tax", "electoral_register"):
        text = (folder / "extracts" / f"{source}_2026-11-{day:02}.csv").read_text(encoding="utf-8")
        found |= {(source, line.split(",")[0], line) for line in text.splitlines()[1:]}
    return found


def test_those_who_stay_keep_their_identifiers(lived_town: Lived) -> None:
    """Whoever is made of the same records, and these say the same, is the same person on both nights."""
    for night in (1, 2):
        then, now = (members(lived_town.exports[at]) for at in (night - 1, night))
        same = rows_of_night(lived_town.folder, night + 1) & rows_of_night(lived_town.folder, night + 2)
        unchanged = {(source, record) for source, record, _ in same}
        made_of: list[dict[tuple[tuple[str, str, str], ...], str]] = []
        for frame in (then, now):
            of: dict[str, list[tuple[str, str, str]]] = {}
            for source, record, party, person in frame.select(*MENTION, "person_id").iter_rows():
                of.setdefault(person, []).append((source, record, party))
            made_of.append({tuple(sorted(keys)): person for person, keys in of.items()})
        stayers = [
            keys for keys in made_of[0].keys() & made_of[1].keys() if all((s, r) in unchanged for s, r, _ in keys)
        ]
        assert len(stayers) > 0.8 * len(made_of[0])
        assert [keys for keys in stayers if made_of[0][keys] != made_of[1][keys]] == []


def test_an_identifier_is_never_given_to_another(lived_town: Lived) -> None:
    """Nobody bears an identifier that was another's: the two would share no record that says the same."""
    for night in (1, 2):
        then, now = (members(lived_town.exports[at]) for at in (night - 1, night))
        both = now.join(then, on="person_id", suffix="_then")
        shared = both.filter((pl.col("source") == pl.col("source_then")) & (pl.col("record") == pl.col("record_then")))
        kept = set(now["person_id"]) & set(then["person_id"])
        assert kept == set(shared["person_id"])


def test_a_quiet_night_changes_nothing(svoc: Svoc, lived: Path, lived_town: Lived) -> None:
    before = outbox(lived)
    quiet = svoc("night", lived / SETTINGS, "--json")
    assert quiet.code == 0
    still = ("new", "amended", "withdrawn", "joined", "parted", "changed", "notices")
    assert {name: quiet.figures[name] for name in still} == dict.fromkeys(still, 0)
    assert outbox(lived) == before
    assert svoc("export", lived / SETTINGS, "--to", lived / "again").code == 0
    for name in ("members", "persons", "households", "cases", "placements"):
        assert (lived / "again" / f"{name}.csv").read_bytes() == (lived_town.exports[-1] / f"{name}.csv").read_bytes()


def test_a_dry_run_changes_nothing_but_reports(svoc: Svoc, town: Path) -> None:
    assert svoc("night", town / SETTINGS).code == 0
    before = dump(town), outbox(town)
    dry = svoc("night", town / SETTINGS, "--dry-run", "--json")
    assert dry.code == 0
    assert (dump(town), outbox(town)) == before
    assert "notices_sent" not in dry.figures
    assert Path(dry.figures["report"]).is_file()
    words = svoc("night", town / SETTINGS, "--dry-run").out
    assert "a dry run: nothing was changed" in words
    real = svoc("night", town / SETTINGS, "--json").figures
    assert {k: v for k, v in dry.figures.items() if k != "seconds"} == {
        k: v for k, v in real.items() if k not in {"seconds", "notices_sent", "forgotten", "audit"}
    }


def test_half_a_file_is_refused_and_nothing_is_changed(svoc: Svoc, town: Path) -> None:
    assert svoc("night", town / SETTINGS).code == 0
    extract = town / "extracts" / "council_tax_2026-11-03.csv"
    (town / "extracts" / "council_tax_2026-11-04.csv").unlink()  # a whole file beside it would be taken instead
    rows = extract.read_text(encoding="utf-8").splitlines(keepends=True)
    extract.write_text("".join(rows[: len(rows) // 3]), encoding="utf-8")
    before = dump(town), outbox(town)
    refused = svoc("night", town / SETTINGS, "--json")
    assert refused.code == 4
    assert re.search(r"council_tax holds \d+ mentions and held \d+", " ".join(refused.figures["refused"]))
    assert (dump(town), outbox(town)) == before
    in_words = svoc("night", town / SETTINGS)
    assert in_words.code == 4
    assert in_words.out.startswith("The plan was refused and nothing was changed:\n- ")
    assert (dump(town), outbox(town)) == before
    extract.write_text("".join(rows), encoding="utf-8")
    mended = svoc("night", town / SETTINGS, "--json")
    assert (mended.code, mended.figures["run"]) == (0, 2)


def test_another_night_at_work_is_told(svoc: Svoc, town: Path) -> None:
    hold = (
        "import sys; from pathlib import Path; from svoc.store.store import Store\n"
        "with Store.open('sqlite:///barchester.db', Path(sys.argv[1])).night():\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", hold, str(town)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout
    assert other.stdout.readline() == "held\n"
    busy = svoc("night", town / SETTINGS)
    assert (busy.code, busy.out) == (5, "")
    assert busy.err.splitlines()[-1].startswith("another night is at work")
    assert svoc("find", town / SETTINGS, "nobody", "--purpose", "council-tax").code == 0, "a reader does not wait"
    other.kill()
    other.communicate()
    assert svoc("night", town / SETTINGS).code == 0


def test_the_real_entry_ends_as_the_others_do(town: Path) -> None:
    """`python -m svoc` in a process of its own, once well and once not."""
    command = [sys.executable, "-m", "svoc"]
    good = subprocess.run([*command, "check", town / SETTINGS, "--json"], capture_output=True, check=False)
    assert good.returncode == 0
    assert json.loads(good.stdout)["council_tax_persons"] > 0
    bad = subprocess.run([*command, "check", town / "concil.toml"], capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stdout, bad.stderr) == (
        2,
        "",
        "concil.toml: no such file; did you mean council.toml?\n",
    )


@pytest.mark.parametrize("name", ["gazetteer", "matchers"])
def test_a_package_of_another_that_bears_our_name_is_refused(town: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "other" / name).mkdir(parents=True)
    (tmp_path / "other" / name / "__init__.py").write_text("")
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'other')!r}); from svoc.cli import main; main()"
    command = [sys.executable, "-c", code, "check", str(town / SETTINGS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"the package {name} is another distribution's")


# ---------------------------------------------------------------- what is read


def test_an_export_is_its_owners_and_has_what_it_says(svoc: Svoc, lived: Path) -> None:
    done = svoc("export", lived / SETTINGS, "--to", lived / "out", "--format", "parquet", "--json")
    assert done.code == 0
    files = sorted((lived / "out").iterdir())
    assert [p.name for p in files] == [
        f"{name}.parquet" for name in ("cases", "households", "members", "persons", "placements")
    ]
    assert {stat.S_IMODE(p.stat().st_mode) for p in files} == {0o600}
    frames = {p.stem: pl.read_parquet(p) for p in files}
    assert done.figures == {name: frame.height for name, frame in frames.items()}
    assert frames["members"].columns == MEMBERS
    assert frames["members"].schema["uprn"] == pl.Int64
    assert frames["members"]["person_id"].n_unique() == frames["persons"].height


def test_a_purpose_reads_its_own_lane(svoc: Svoc, lived: Path) -> None:
    """The register is open for services only as far as electors let it be; so the two lanes know other people."""
    for purpose in ("canvass-match", "council-tax"):
        assert svoc("export", lived / SETTINGS, "--to", lived / purpose, "--purpose", purpose).code == 0
    statutory, service = (members(lived / purpose) for purpose in ("canvass-match", "council-tax"))
    register = pl.col("source") == "electoral_register"
    assert service.filter(~register).height == statutory.filter(~register).height
    assert service.filter(register).height < statutory.filter(register).height
    night = svoc("night", lived / SETTINGS, "--purpose", "council-tax", "--dry-run", "--json")
    assert night.figures["persons"] == service["person_id"].n_unique()


def test_a_resident_is_found_by_name_and_place(svoc: Svoc, lived: Path) -> None:
    persons = pl.read_csv(lived / "export_3" / "persons.csv", infer_schema=False).filter(
        pl.col("forename").is_not_null() & pl.col("postcode").is_not_null()
    )
    one = persons.row(0, named=True)
    said = f"{one['forename']} {one['surname']} {one['postcode']}".lower()
    found = svoc("find", lived / SETTINGS, said, "--purpose", "canvass-match", "--json")
    assert found.code == 0
    assert found.figures["persons"][0]["person"] == one["person_id"]
    words = svoc("find", lived / SETTINGS, said, "--purpose", "canvass-match", "--most", "1").out
    assert words.startswith(f"{one['person_id']}  ")
    assert len(words.splitlines()) == 1
    nobody = svoc("find", lived / SETTINGS, "qqqq wwww", "--purpose", "canvass-match")
    assert (nobody.code, nobody.out) == (0, "nobody was found\n")


def test_a_pair_is_explained(svoc: Svoc, lived: Path) -> None:
    made = members(lived / "export_3").with_columns(mention=pl.concat_str(MENTION, separator="/"))
    pairs = made.join(made, on="person_id", suffix="_other").filter(pl.col("source") < pl.col("source_other"))
    left, right = pairs.select("mention", "mention_other").row(0)
    explained = svoc("explain", lived / SETTINGS, left, right, "--json")
    assert explained.code == 0
    assert explained.figures["same"] is True
    assert "the night made of them one person" in svoc("explain", lived / SETTINGS, left, right).out
    weighed = [step["bits"] for step in explained.figures["steps"] if step["bits"] is not None]
    assert sum(weighed) == round(explained.figures["weight_bits"] * 1000)
    page = lived / "why.html"
    assert svoc("explain", lived / SETTINGS, left, right, "--html", page).code == 0
    assert "Why these are one person" in page.read_text(encoding="utf-8")
    stranger = made.filter(pl.col("person_id") != pairs["person_id"][0])["mention"][0]
    own = svoc("explain", lived / SETTINGS, left, stranger, "--purpose", "subject-access", "--for-subject").out
    assert stranger not in own
    assert svoc("explain", lived / SETTINGS, left, stranger, "--json").figures["same"] is False


def test_a_night_is_measured_against_the_truth(svoc: Svoc, lived: Path) -> None:
    measured = svoc("evaluate", lived / SETTINGS, "--truth", lived / "truth.csv", "--json")
    assert measured.code == 0
    figures = measured.figures
    assert 0.95 <= figures["precision"] <= 1
    assert 0.5 <= figures["recall"] <= 1
    assert figures["placed_right"] > 0.95
    assert figures["without_rung"] == 0
    assert figures["mentions_read"] <= figures["mentions"]
    beside = svoc("evaluate", lived / SETTINGS, "--truth", lived / "truth.csv", "--people", lived / "people.csv")
    assert "pairs of people of one household were joined" in beside.out


def test_a_town_twice_as_untidy_is_another_town(svoc: Svoc, tmp_path: Path) -> None:
    for name, noise in (("plain", "1"), ("untidy", "2")):
        assert svoc("rehearse", tmp_path / name, "--dwellings", "60", "--noise", noise).code == 0
    told = [(tmp_path / name / "truth.csv").read_text("utf-8") for name in ("plain", "untidy")]
    assert told[0] != told[1]
    assert "0 or more times" in svoc("rehearse", tmp_path / "none", "--noise", "-1").err


# ---------------------------------------------------------------- telling


def test_a_death_is_told_once(svoc: Svoc, town: Path) -> None:
    """A file is told from the counter before any night reads it; the night after has nothing new to say."""
    assert svoc("night", town / SETTINGS).code == 0
    file = town / "life_events" / "deaths_2026-11-03.xml"
    first = svoc("tell", town / SETTINGS, file, "--confirmed-by", "j.okafor", "--json")
    assert first.code == 0, first.err
    assert first.figures["fresh"] == first.figures["events"] > 0
    assert first.figures["faults"] == []
    sent = outbox(town)
    assert len(sent) == first.figures["notices_sent"]
    again = svoc("tell", town / SETTINGS, file, "--confirmed-by", "j.okafor", "--json")
    assert (again.code, again.figures["fresh"], again.figures["notices_sent"]) == (0, 0, 0)
    assert outbox(town) == sent
    words = svoc("tell", town / SETTINGS, file).out
    assert re.match(r"\d+ life events, 0 new; 0 confirmed, \d+ wait for a steward, 0 notices went out", words)


def test_without_a_confirmation_nobody_is_told_of_a_death(svoc: Svoc, town: Path) -> None:
    assert svoc("night", town / SETTINGS).code == 0
    told_of = svoc("tell", town / SETTINGS, town / "life_events" / "deaths_2026-11-03.xml", "--json")
    assert told_of.code == 0
    assert told_of.figures["waiting"] > 0
    assert not [name for name, content in outbox(town).items() if b"svoc.death" in content]


# ---------------------------------------------------------------- nobody's name


def test_no_command_shows_anybody_where_logs_are_kept(svoc: Svoc, canary_town: Path) -> None:
    """Each command runs on a town all of whose names and addresses bear a mark; `svoc` itself looks for it."""
    settings, to = canary_town / SETTINGS, canary_town / "out"
    register = canary_town / "extracts" / "electoral_register_2026-11-02.csv"
    runs = [
        svoc("check", settings),
        svoc("night", settings),
        svoc("night", settings, "--dry-run"),
        svoc("night", settings, "--json"),
        svoc("export", settings, "--to", to),
        svoc("evaluate", settings, "--truth", canary_town / "truth.csv"),
        svoc("tell", settings, canary_town / "life_events" / "deaths_2026-11-04.xml", "--confirmed-by", "j.okafor"),
        svoc("place", canary_town / "llpg.csv", register, "--out", canary_town / "placed.csv"),
        svoc("link", register, "--id", "ElectorKey", "--out", canary_town / "pairs.csv"),
    ]
    assert [ran.code for ran in runs] == [0] * len(runs), [ran.err for ran in runs]
    assert not [ran.out for ran in runs if CANARY in ran.out.casefold()], "figures and counts name nobody either"
    found = svoc("find", settings, f"{CANARY}smith", "--purpose", "council-tax")
    persons = pl.read_csv(to / "persons.csv", infer_schema=False)
    assert CANARY in persons["surname"].str.to_lowercase().str.head(3).to_list(), "the mark is in what is read"
    assert found.code == 0
    names = [p.relative_to(canary_town).as_posix() for p in canary_town.rglob("*")]
    assert not [name for name in names if CANARY in name.casefold()]


# ---------------------------------------------------------------- ends


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        (SettingsError("a.toml: no such file"), 2, "a.toml: no such file"),
        (InputFaults([]), 3, "0 faults"),
        (GuardRefused(["too many"]), 4, "- too many"),
        (AnotherNight("busy"), 5, "busy"),
        (
            OSError(28, "No space left on device", "/somewhere/a.csv"),
            5,
            "a.csv: cannot be read or written (the disk is",
        ),
        (FileNotFoundError(2, "No such file or directory", "/somewhere/a.csv"), 2, "a.csv: cannot be read or written"),
        (PermissionError(13, "Permission denied", "/somewhere/a.csv"), 2, "Permission denied"),
        (KeyboardInterrupt(), 1, ""),
        (ValueError("JANE ZYXMARLOW, 2 KING STREET"), 1, "unexpected ValueError at "),
        (KeyError("JANE ZYXMARLOW"), 1, "unexpected KeyError at "),
    ],
)
def test_whatever_goes_wrong_has_its_code_and_shows_nobody(
    capsys: pytest.CaptureFixture[str], fault: BaseException, code: int, says: str
) -> None:
    @told
    def command() -> None:
        raise fault

    with pytest.raises(typer.Exit) as ended:
        command()
    shown = capsys.readouterr()
    assert ended.value.exit_code == code
    assert says in shown.err
    assert shown.out == ""
    assert CANARY not in shown.err.casefold()
    assert "somewhere" not in shown.err
    assert shown.err.count("\n") == (0 if code == 1 and not says else shown.err.strip().count("\n") + 1)


VERBS = sorted(c.callback.__name__.replace("_", "-") for c in app.registered_commands if c.callback)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_shows_an_example(svoc: Svoc, verb: str) -> None:
    shown = svoc(verb, "--help")
    assert shown.code == 0
    assert f"Example: svoc {verb}" in shown.out


def test_the_version_is_told(svoc: Svoc) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", svoc("--version").out)


def test_a_town_can_be_rehearsed_with_a_revised_register(svoc: Svoc, tmp_path: Path) -> None:
    assert svoc("rehearse", tmp_path / "town", "--dwellings", "40", "--revised", "2").code == 0
    first, second = (
        pl.read_csv(tmp_path / f"town/extracts/electoral_register_2026-11-0{day}.csv", infer_schema=False)
        for day in (2, 3)
    )
    both = first.join(second, on=["ElectorSurname", "ElectorForename", "Address1"], suffix="_then")
    assert both.filter(pl.col("ElectorKey") == pl.col("ElectorKey_then")).height < 0.05 * both.height
    for night in ("1", "3"):
        refused = svoc("rehearse", tmp_path / "none", "--dwellings", "40", "--revised", night)
        assert (refused.code, refused.err.strip()) == (
            2,
            f"--revised {night}: expected a night after the first and not after 2",
        )


def test_a_person_is_shown_night_by_night_and_as_of_a_day(svoc: Svoc, lived_town: Lived) -> None:
    made = members(lived_town.exports[-1])
    person = made.filter(pl.col("person_id").is_not_null())["person_id"][0]
    purpose = ("--purpose", "canvass-match")

    told = svoc("history", lived_town.settings, person, *purpose)
    assert told.code == 0
    assert told.out.startswith("2026-11-02  night 1  is new (first sight")
    figures = svoc("history", lived_town.settings, person, *purpose, "--json").figures
    assert figures["changes"][0]["kind"] == "new"

    shown = svoc("as-of", lived_town.settings, person, "2026-11-03", *purpose)
    assert shown.code == 0
    assert shown.out.startswith(f"id                 {person}\n")
    assert svoc("as-of", lived_town.settings, person, "2026-11-01", *purpose).code == 2
    assert svoc("as-of", lived_town.settings, person, "yesterday", *purpose).code == 2
