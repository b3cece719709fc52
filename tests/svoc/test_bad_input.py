"""Whatever is wrong with what a council gives, one clear message names it, and nothing is written.

Everything here runs in a town whose names and addresses all bear a mark: the command line is held to showing none.
"""

import csv
import hashlib
import re
import shlex
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

CANARY = "zyx"
CT, ER = "extracts/council_tax_2026-11-02.csv", "extracts/electoral_register_2026-11-02.csv"
SETTINGS = "council.toml"


class Ran(Protocol):
    code: int
    out: str
    err: str


Svoc = Callable[..., Ran]
Spoil = Callable[[Path], object]


# ---------------------------------------------------------------- ways to spoil a town


def edit(name: str, old: str, new: str, *, count: int = 1) -> Spoil:
    def spoil(town: Path) -> None:
        text = (town / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old}"
        (town / name).write_text(text.replace(old, new, count), encoding="utf-8")

    return spoil


def setting(old: str, new: str) -> Spoil:
    return edit(SETTINGS, old, new)


def lines(name: str, change: Callable[[list[str]], list[str]]) -> Spoil:
    def spoil(town: Path) -> None:
        kept = (town / name).read_text(encoding="utf-8").splitlines()
        (town / name).write_text("\n".join(change(kept)) + "\n", encoding="utf-8")

    return spoil


def content(name: str, data: bytes) -> Spoil:
    return lambda town: (town / name).write_bytes(data)


def cell(name: str, line: int, column: str, value: str) -> Spoil:
    """Put a value into a cell of a file none of whose first cells is quoted."""

    def change(kept: list[str]) -> list[str]:
        at = kept[0].split(",").index(column)
        cells = kept[line - 1].split(",")
        assert len(cells) == len(kept[0].split(",")), "a quoted cell stands in the way"
        cells[at] = value
        return [*kept[: line - 1], ",".join(cells), *kept[line:]]

    return lines(name, change)


def without(name: str) -> Spoil:
    return lambda town: (town / name).unlink()


def both(*spoils: Spoil) -> Spoil:
    return lambda town: [spoil(town) for spoil in spoils]


def plain_line(town: Path, name: str, *, after: int = 1) -> int:
    """Find a line without a quoted cell, that its cells may be counted by commas."""
    kept = (town / name).read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(kept[after:], after + 1) if '"' not in line)


def dates(*values: str) -> Spoil:
    """Put values in place of the first dates of liability of plain lines."""

    def spoil(town: Path) -> None:
        line = 1
        for value in values:
            line = plain_line(town, CT, after=line)
            cell(CT, line, "liability_start", value)(town)

    return spoil


PROPERTIES = (
    b"Property_URN,AddressLine1,AddressLine2,PostCode,UPRN,Polling_Place_Id\n"
    b"1,1 Zyx Street,Town,ZQ1 0AA,100012345678,4\n"
)

CUT_XML = (
    b'<?xml version="1.0"?>\n<deaths>\n<death><entry>12</entry>\n<surname>Zyxmarlow</surname><forename>Zyxjane</fore'
)


# ---------------------------------------------------------------- what is wrong, and what is said


@dataclass(frozen=True)
class Bad:
    """A town spoilt, the exit code, and what the message must say."""

    name: str
    spoil: Spoil
    code: int
    says: tuple[str, ...]
    env: Mapping[str, str] | None = None


CASES = [
    # settings and paths: 2
    Bad("no settings", without(SETTINGS), 2, (r"council\.toml: no such file",)),
    Bad(
        "settings that are not TOML",
        setting('kind = "council_tax"', "kind = council_tax"),
        2,
        (r"council\.toml.*not TOML.*line",),
    ),
    Bad("settings that are not text", content(SETTINGS, b"\xff\xfe\x00"), 2, (r"council\.toml: cannot be read",)),
    Bad(
        "empty settings",
        content(SETTINGS, b""),
        2,
        (r"\[council\] is missing", r"\[gazetteer\] is missing", r"\[sources\]"),
    ),
    Bad(
        "an unknown setting",
        setting('actor = "nightly"', 'acter = "nightly"'),
        2,
        (r"\[council\] acter is not a setting; did you mean actor\?",),
    ),
    Bad(
        "a setting of the wrong kind",
        setting("[life_events]", '[guards]\nlost = "much"\n[life_events]'),
        2,
        (r"\[guards\] lost: .*number",),
    ),
    Bad(
        "a source without a kind",
        setting('kind = "council_tax"\n', ""),
        2,
        (r"\[\[sources\]\] council_tax: kind is missing",),
    ),
    Bad(
        "two sources of one name",
        setting('name = "electoral_register"', 'name = "council_tax"'),
        2,
        ("council_tax: .*twice",),
    ),
    Bad(
        "an unknown kind",
        setting('kind = "council_tax"', 'kind = "counciltax"'),
        2,
        ("council_tax: kind counciltax is not known; did you mean council_tax",),
    ),
    Bad(
        "an unknown layout",
        setting('layout = "columns"', 'layout = "acadmy"'),
        2,
        ("layout acadmy is not known; did you mean academy",),
    ),
    Bad(
        "an unknown purpose",
        setting("canvass-match", "canvas-match"),
        2,
        ("there is no purpose 'canvas-match'; did you mean canvass-match",),
    ),
    Bad(
        "an unknown purpose in the environment",
        lambda _: None,
        2,
        ("no purpose 'nosuch'; there are registration, canvass-match, ",),
        {"SVOC_COUNCIL__PURPOSE": "nosuch"},
    ),
    Bad(
        "an unknown database", setting("sqlite:///", "sqlight:///"), 2, (r"\[council\.database\].*expected sqlite:///",)
    ),
    Bad(
        "no such model",
        setting("[life_events]", '[matching]\nmodel = "our_model.json"\n[life_events]'),
        2,
        (r"our_model\.json",),
    ),
    Bad(
        "a model that is none",
        both(setting("[life_events]", '[matching]\nmodel = "truth.csv"\n[life_events]')),
        2,
        (r"truth\.csv|\[matching\] model",),
    ),
    Bad("no such routes", setting("[life_events]", '[notices]\nroutes = "routes.toml"\n[life_events]'), 2, ("routes",)),
    Bad("no gazetteer", without("llpg.csv"), 2, (r"\[gazetteer\] path: no such file: llpg\.csv",)),
    Bad(
        "no extract",
        setting('path = "extracts/council_tax_*.csv"', 'path = "extracts/counciltax_2026-11-02.csv"'),
        2,
        (r"\[sources\.council_tax\] counciltax_2026-11-02\.csv: no such file; did you mean council_tax_2026-11-0",),
    ),
    Bad(
        "no life events",
        setting('"life_events/*"', '"lifeevents/*"'),
        2,
        (r"\[life_events\] path: lifeevents/\*: no such file",),
    ),
    Bad(
        "a wrong column",
        setting('uprn = "uprn"', 'uprn = "uprm"'),
        2,
        (r"council_tax_2026-11-0\d\.csv: has no column uprm \(\[sources\.columns\] uprn\); did you mean uprn\?",),
    ),
    Bad(
        "wrong columns in two sources",
        both(setting('uprn = "uprn"', 'uprn = "uprm"'), setting("ElectorSurname", "ElecterSurname")),
        2,
        ("did you mean uprn", "did you mean ElectorSurname"),
    ),
    Bad(
        "a register in another layout",
        lambda town: lay_out(town, "electoral_register", "xpress"),
        2,
        (r"electoral_register_2026-11-0\d\.csv",),
    ),
    Bad(
        "a list of properties in place of a register",
        content(ER, PROPERTIES),
        3,
        (r"electoral_register_2026-11-02\.csv", "propert"),
    ),
    Bad(
        "a Council Tax extract in place of a register",
        lambda town: shutil.copy(town / CT, town / ER),
        2,
        (r"electoral_register_2026-11-02\.csv: has no column ElectorKey",),
    ),
    Bad(
        "no header",
        lines(ER, lambda kept: kept[1:]),
        2,
        (r"^electoral_register_2026-11-02\.csv: has no column ElectorKey, .*; its first row does not look like he",),
    ),
    # faults of the input: 3
    Bad("a gazetteer that was cut off", lambda town: cut(town / "llpg.csv"), 3, (r"llpg\.csv, line \d+",)),
    Bad("an empty gazetteer", content("llpg.csv", b""), 3, (r"llpg\.csv",)),
    Bad(
        "a gazetteer that is none",
        lambda town: shutil.copy(town / CT, town / "llpg.csv"),
        3,
        (r"llpg\.csv", "expected"),
    ),
    Bad(
        "a key twice",
        lambda town: repeat(town, CT),
        3,
        (r"council_tax_2026-11-02\.csv, line \d+, column account_re\w+: expected",),
    ),
    Bad(
        "dates of another form",
        dates("2nd of May", "2023-13-01", "45000.5.1"),
        3,
        (r"3 faults", r"line \d+, column liability_start: expected a date"),
    ),
    Bad(
        "a row that is too short",
        lines(CT, lambda kept: [*kept[:4], "60100007,MR", *kept[5:]]),
        3,
        (r"council_tax_2026-11-02\.csv, line 5: expected 16 columns, found 2",),
    ),
    Bad(
        "NUL bytes",
        edit(CT, ",", "\0"),
        3,
        (r"council_tax_2026-11-02\.csv, line 1: expected text, found NUL bytes",),
    ),
    Bad(
        "an empty extract",
        content(CT, b""),
        3,
        (r"council_tax_2026-11-02\.csv: expected a header and rows, found an empty file",),
    ),
    Bad(
        "two spoilt files",
        both(content(CT, b""), content(ER, b"\n\n")),
        3,
        (r"2 faults", r"council_tax_2026-11-02\.csv", r"electoral_register_2026-11-02\.csv"),
    ),
    Bad(
        "a column twice",
        edit(CT, "address_1,address_2", "address_1,address_1"),
        3,
        (r"council_tax_2026-11-02\.csv, line 1, column address_1: expected each column once",),
    ),
    Bad(
        "life events that were cut off",
        content("life_events/deaths_2026-11-02.xml", CUT_XML),
        3,
        (r"deaths_2026-11-02\.xml",),
    ),
]


def lay_out(town: Path, source: str, layout: str) -> None:
    text = (town / SETTINGS).read_text(encoding="utf-8")
    before, _, rest = text.partition(f'name = "{source}"')
    text = before + f'name = "{source}"' + rest.replace('layout = "columns"', f'layout = "{layout}"', 1)
    (town / SETTINGS).write_text(text, encoding="utf-8")


def cut(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: data.rindex(b"\n24,") + 40])


def repeat(town: Path, name: str) -> None:
    lines(name, lambda kept: [*kept, kept[1]])(town)


@pytest.mark.parametrize("bad", CASES, ids=lambda bad: bad.name.replace(" ", "_"))
def test_check_says_what_is_wrong_and_writes_nothing(svoc: Svoc, canary_town: Path, bad: Bad) -> None:
    bad.spoil(canary_town)
    before = everything(canary_town)
    ran = svoc("check", canary_town / SETTINGS, env=bad.env)
    assert (ran.code, ran.out) == (bad.code, ""), ran.err
    for words in bad.says:
        assert re.search(words, ran.err), ran.err
    assert everything(canary_town) == before


NIGHTLY = {
    "a wrong column",
    "an unknown purpose",
    "no gazetteer",
    "no extract",
    "a gazetteer that was cut off",
    "dates of another form",
    "an empty extract",
    "life events that were cut off",
    "an unknown layout",
}


@pytest.mark.parametrize(
    "bad", [bad for bad in CASES if bad.name in NIGHTLY], ids=lambda bad: bad.name.replace(" ", "_")
)
def test_a_night_says_the_same_and_keeps_nothing(svoc: Svoc, canary_town: Path, bad: Bad) -> None:
    bad.spoil(canary_town)
    before = everything(canary_town)
    ran = svoc("night", canary_town / SETTINGS, "--json", env=bad.env)
    assert (ran.code, ran.out) == (bad.code, ""), ran.err
    for words in bad.says:
        assert re.search(words, ran.err), ran.err
    assert rows_in(canary_town / "barchester.db") == 0
    after = {name: sum_ for name, sum_ in everything(canary_town).items() if not name.startswith("barchester.db")}
    assert after == before, "no outbox, no report"


def test_a_bad_night_after_good_ones_changes_no_row(svoc: Svoc, canary_town: Path) -> None:
    settings = canary_town / SETTINGS
    assert svoc("night", settings).code == 0
    before = dump(canary_town / "barchester.db")
    content("extracts/electoral_register_2026-11-03.csv", b"\0")(canary_town)
    assert svoc("night", settings).code == 3
    assert dump(canary_town / "barchester.db") == before


# ---------------------------------------------------------------- what must simply work


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf"])
def test_a_byte_order_mark_is_no_fault(svoc: Svoc, canary_town: Path, mark: bytes) -> None:
    for name in (SETTINGS, CT, ER, "llpg.csv"):
        file = canary_town / name
        file.write_bytes(mark + file.read_bytes())
    marked = svoc("check", canary_town / SETTINGS, "--json")
    assert marked.code == 0, marked.err


def test_windows_line_ends_and_utf16_are_no_fault(svoc: Svoc, canary_town: Path) -> None:
    ct, er = canary_town / CT, canary_town / ER
    plain = svoc("check", canary_town / SETTINGS, "--json").out
    ct.write_bytes(ct.read_bytes().replace(b"\n", b"\r\n"))
    er.write_bytes(er.read_text(encoding="utf-8").encode("utf-16"))
    assert svoc("check", canary_town / SETTINGS, "--json").out == plain


# ---------------------------------------------------------------- other commands


with (Path(__file__).parents[1] / "cases" / "bad_commands.csv").open(encoding="utf-8", newline="") as opened:
    COMMANDS = list(csv.DictReader(opened))
"""Commands that lack something, with the exit code and a regular expression that finds what is said."""


@pytest.fixture(scope="module")
def shown_town(canary_master: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a marked town that every command below leaves as it was."""
    folder = Path(shutil.copytree(canary_master, tmp_path_factory.mktemp("shown") / "town"))
    (folder / "empty.csv").write_bytes(b"")
    (folder / "cut.xml").write_bytes(CUT_XML)
    lines(CT, lambda kept: kept[1:])(folder)
    (folder / CT).rename(folder / "headless.csv")
    shutil.copy(canary_master / CT, folder / CT)
    (folder / "odd_truth.csv").write_text(
        "source,record,party,person,uprn\nct,1,1,p1,\nct,1,one,p2,7\nct,1,3,Zyxname,none\n"
    )
    return folder


@pytest.mark.parametrize("case", COMMANDS, ids=lambda case: case["case"])
def test_a_command_says_what_it_lacks(svoc: Svoc, shown_town: Path, case: dict[str, str]) -> None:
    before = everything(shown_town)
    args = shlex.split(case["command"].replace("TOWN", shown_town.as_posix()))
    ran = svoc(*args)
    assert ran.code == int(case["exit_code"]), ran.err + ran.out
    assert re.search(case["says"], ran.err), ran.err
    assert args == [] or not ran.out
    assert rows_in(shown_town / "barchester.db") == 0
    databases = ("barchester.db", "barchester-audit.db")  # the trail notes what was asked, though nothing is given
    after = {name: sum_ for name, sum_ in everything(shown_town).items() if not name.startswith(databases)}
    assert after == {name: sum_ for name, sum_ in before.items() if not name.startswith(databases)}


# ---------------------------------------------------------------- helpers


def everything(folder: Path) -> dict[str, str]:
    """Give every file's name and the hash of its content; no name bears the mark."""
    found = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    assert not [name for name in found if CANARY in name.casefold()]
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()}


def rows_in(database: Path) -> int:
    """Count the rows of all tables but the migrations' own."""
    if not database.exists():
        return 0
    connection = sqlite3.connect(database)
    try:
        names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = [connection.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names if "alembic" not in n]
        return sum(counts)
    finally:
        connection.close()


def dump(database: Path) -> list[Any]:
    connection = sqlite3.connect(database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
