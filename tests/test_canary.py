"""Every command, good and bad, over a town of unique tokens: what is somebody's is only where it is meant to be.

The story below is told once. A command that it leaves out fails `test_every_command_is_in_the_story`: a new verb is
entered by a line or two, with the reason where it is meant to show people (`shows`), and with a line in `MEANT` for
each kind of file that it makes and that is meant to hold people.
"""

import json
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc.cli.start import VERBS
from svoc.council import Council
from tests.canary import MARK, SECRETS, Ears, Heard, canary_town, copied, leaks, outside, references

MEANT = {
    "*.db*": "the database",
    "cache/**": "what the last night held, for the next to begin from",
    "outbox/**": "notices: what a system may be told, for that system",
    "accounts/*": "accounts: what is held of a person, for that person",
    "out/*/*": "exports: what a purpose may read, for who asked",
    "lists/*": "the custodian's lists: addresses, for who mends them",
    "insight/*": "figures: counts in tens, of nobody",
    "canvass/*": "the canvass's lists: electors and properties, for the canvass",
    "merger/*": "lists of councils that become one, for who merges their records",
    "placed.*": "addresses that somebody gave, with their UPRNs",
    "why.html": "an explanation, for who asked",
    "sample*.csv": "pairs that stewards judge",
    "decisions.csv": "decisions, with the stewards' reasons",
    "linked.csv": "pairs of the records that somebody gave",
    "model.*": "names that ten people or more bear, and how often",
}
"""What the commands make that is meant to hold people's data, under the town's folder, and why; the owner's alone."""

BEHIND = {
    "cache/gazetteer-": "the gazetteer as an index: addresses of properties, of which none is a person's secret",
    "cache/.gazetteer-": "its draft, of a run that was killed while it saved it",
}
"""What may be read by others, were it not in a folder that only its owner can enter."""

FOR_OTHERS = {"svoc.prom": "figures that another user's collector reads"}
"""What is not its owner's alone, and why."""

PEOPLE = "it answers with people, for the purpose that was named"
MENTIONS = "it answers with what it was asked about"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is left once the story is told: the folder, what was heard, what lay there before."""

    folder: Path
    heard: list[Heard]
    given: frozenset[Path]

    @property
    def made(self) -> list[Path]:
        """Give every file and folder that a command made."""
        return sorted(path for path in self.folder.rglob("*") if path not in self.given)


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """Tell the story, with no mask for files, and with a home and a place for temporary files of its own."""
    folder = tmp_path_factory.mktemp("canary")
    toml = canary_town(folder / "town")
    _spoilt_files(folder / "bad", toml.parent)
    for name in ("faulty", "gone", "crashed", "killed", "merged", "elsewhere"):
        copied(toml.parent, folder / name)
    _spoil_extracts(folder / "faulty" / "extracts")
    given = frozenset(folder.rglob("*"))
    ears = Ears()
    with outside(folder):
        _wrong_from_the_start(ears, toml, folder / "bad")
        _nights(ears, toml)
        _readings(ears, toml)
        _life_events(ears, toml, folder / "bad")
        _looking_after(ears, toml)
        _faulty(ears, folder / "faulty" / "council.toml")
        _gone(ears, folder / "gone" / "council.toml")
        _crashes(ears, folder / "crashed" / "council.toml")
        _processes(ears, folder / "killed" / "council.toml")
        _merging(ears, folder / "merged" / "council.toml")
        _other_towns(ears, folder, folder / "elsewhere" / "council.toml")
    return Aftermath(folder, ears.heard, given)


# ---------------------------------------------------------------- the story


def _spoilt_files(bad: Path, town: Path) -> None:
    """Write files that no command can use, each with tokens where its fault is."""
    bad.mkdir()
    settings = (town / "council.toml").read_text(encoding="utf-8").replace("llpg", "../town/llpg")
    broken = {
        "syntax.toml": f"[council\nname = {MARK}marlow\n",
        "unknown.toml": settings.replace("[logging]", f'[loging]\nwords = "{MARK}marlow"'),
        "purpose.toml": settings + f'\n[purposes.fun]\nwords = "{MARK}marlow"\n',
        "type.toml": settings.replace('name = "Barchester"', f'name = ["{MARK}marlow"]'),
        "database.toml": settings.replace("sqlite:///barchester.db", f"postgresql+psycopg://svoc:{SECRETS[1]}@[/x"),
        "scheme.toml": settings.replace("sqlite:///barchester.db", f"mysql://svoc:{SECRETS[1]}@db/svoc"),
    }
    files = {
        "ragged.csv": f"address,postcode\n1 {MARK}street,ZQ1 0AA,{MARK}more,{MARK}still\n{MARK}short\n",
        "quote.csv": f'address,postcode\n"1 {MARK}street,ZQ1 0AA\n2 {MARK}street,ZQ1 0AB\n',
        "nul.csv": f"address,postcode\n1 {MARK}str\0eet,ZQ1 0AA\n",
        "long.csv": f"address,postcode\n{MARK * 700_000},ZQ1 0AA\n",
        "headless.csv": f"{MARK}marlow,1 {MARK}street,ZQ1 0AA\n",
        "feedback.csv": f"address,postcode,uprn\n1 {MARK}street,ZQ1 0AA,{MARK}\n",
        "truth.csv": f"source,record,party,person,uprn\ncouncil_tax,60100007,{MARK},P1,{MARK}\n",
        "people.csv": f"person,household,forename,surname,born\nP1,{MARK},{MARK},{MARK},{MARK}\n",
        "reviewed.csv": f"pair,same\n{MARK},{MARK}\n",
        "decisions.csv": f"id,verdict,left,right,steward,because,at\n1,{MARK},{MARK},{MARK},{MARK},{MARK},{MARK}\n",
        "cut.xml": f"<DeathRegistrationGroup><DeceasedName>{MARK}marlow",
        "bomb.xml": f'<!DOCTYPE a [<!ENTITY b "{MARK}">]><a>&b;</a>',
        "deep.xml": "<DeathRegistrationGroup>" + f"<{MARK}>" * 20_000,
        "events.json": f'[{{"id": "{MARK}", "name": "{MARK}marlow", ',
        "events.csv": f"Event,Entry No,Surname,Date of Event\n{MARK}death,1,{MARK}marlow,31/02/{MARK}\n",
        "model.json": f'{{"{MARK}": "{MARK}marlow"}}',
        "latin.csv": f"address,postcode\n1 {MARK}stra\xdfe,ZQ1 0AA\n",
    }
    for name, text in {**broken, **files}.items():
        (bad / name).write_bytes(text.encode("latin-1" if name == "latin.csv" else "utf-8"))


def _spoil_extracts(extracts: Path) -> None:
    """Put faults of every kind into extracts, tokens in each."""
    tax, register = extracts / "council_tax_2026-11-02.csv", extracts / "electoral_register_2026-11-02.csv"
    lines = tax.read_text(encoding="utf-8").splitlines()
    head, first = lines[0].split(","), lines[1].split(",")
    at = head.index("liability_start")
    dated = [*first[:at], f"{MARK}marlow", *first[at + 1 :]]
    numbered = [*first[: head.index("uprn")], f"{MARK}uprn", *first[head.index("uprn") + 1 :]]
    tax.write_text(
        "\n".join([*lines, ",".join(dated), ",".join(numbered), lines[1], lines[2] + f",{MARK}a,{MARK}b", f"{MARK}x"]),
        encoding="utf-8",
    )
    with register.open("a", encoding="utf-8") as file:
        file.write(f"{MARK},,{MARK}marlow,{MARK}ann,,{MARK},N,1 {MARK}street,,,,,,ZQ1 0AA,{MARK}\n")


def _wrong_from_the_start(svoc: Ears, toml: Path, bad: Path) -> None:
    svoc("check", toml)
    for name in ("syntax", "unknown", "purpose", "type", "database", "scheme", "nowhere"):
        for verb in ("check", "night"):
            svoc(verb, bad / f"{name}.toml", code=5 if name == "database" else 2)
    svoc("find", toml, f"{MARK}smith", "--purpose", f"{MARK}fun".lower(), code=2, shows="a purpose as it was typed")
    svoc("evaluate", toml, code=2)
    svoc("accountability", toml, "--to", bad / "records", code=2)
    svoc("train", toml, "--out", bad / "made.json", code=2)
    svoc("custodian", toml, "--out", bad / "lists", code=2)
    svoc("plan", "show", toml, code=2)
    llpg = toml.parent / "llpg.csv"
    for name, code in {"ragged": 3, "quote": 3, "nul": 3, "long": 3, "headless": 2}.items():
        svoc("place", llpg, bad / f"{name}.csv", "--out", bad / "placed.csv", code=code)
        svoc("link", bad / f"{name}.csv", "--out", bad / "linked.csv", "--id", "postcode", code=code)
        svoc("place", bad / f"{name}.csv", bad / "latin.csv", "--out", bad / "placed.csv", code=3)
    svoc("refit", llpg, bad / "feedback.csv", "--out", bad / "tuning.json", code=3)
    svoc("place", llpg, bad / "latin.csv", "--out", bad / "placed.csv", "--feedback", bad / "feedback.csv", code=3)
    svoc("place", llpg, bad / "latin.csv", "--out", bad / "placed.csv", "--tuning", bad / "model.json", code=2)
    svoc(
        "link", bad / "latin.csv", "--out", bad / "linked.csv", "--id", "address", "--model", bad / "model.json", code=2
    )


def _nights(svoc: Ears, toml: Path) -> None:
    extracts = toml.parent / "extracts"
    last = extracts / "council_tax_2026-11-04.csv"
    whole = last.read_text(encoding="utf-8")
    svoc("night", toml, "--dry-run")
    svoc("night", toml, "--json")
    svoc("night", toml)
    last.write_text("".join(whole.splitlines(keepends=True)[:5]), encoding="utf-8")
    svoc("night", toml, code=4)
    svoc("plan", "show", toml, "--json", shows="whom it would change, as far as the purpose may see")
    svoc("plan", "approve", toml, code=2)
    svoc("plan", "approve", toml, "--reason", f"{MARK}because", shows="the reason that was given")
    last.write_text(whole, encoding="utf-8")
    svoc("night", toml)
    svoc("night", toml, "--actor", "j.okafor", "--log", "plain")


def _readings(svoc: Ears, toml: Path) -> None:
    town = toml.parent
    with Council.open(toml) as council:
        person, mention, other = _known(council)
        council.store.decide("different", mention, other, steward="j.okafor", because=f"{MARK}because")
    svoc("find", toml, f"{MARK}smith", "--purpose", "council-tax", "--json", shows=PEOPLE)
    svoc("find", toml, f"{MARK}nobody-at-all 01632 000000", "--purpose", "council-tax")
    svoc("history", toml, person, "--purpose", "registration", shows=PEOPLE)
    svoc("history", toml, f"{MARK}marlow", "--purpose", "registration", code=2, shows="what it was asked about")
    svoc("as-of", toml, person, "2026-11-04", "--purpose", "registration", shows=PEOPLE)
    svoc("as-of", toml, person, "2019-11-04", "--purpose", "registration", code=2)
    svoc("arrivals", toml, "--purpose", "data-quality", "--all")
    svoc("notices", toml, "list", "--reasons", "--json")
    svoc("notices", toml, "collect")
    svoc(
        "notices",
        toml,
        "drop",
        f"{MARK}marlow",
        "--by",
        "j.okafor",
        "--because",
        f"{MARK}because",
        code=2,
        shows="the identifier that was typed",
    )
    svoc("explain", toml, mention, other, "--html", town / "why.html", shows=PEOPLE)
    svoc("explain", toml, f"{MARK}/1/1", mention, code=2, shows=MENTIONS)
    svoc("canvass", toml, "--to", town / "canvass")
    svoc("canvass", toml, "--to", town / "canvass", "--purpose", "debt", code=2)
    svoc("insight", toml, "--to", town / "insight", "--cost-per-contact", "4.5")
    svoc("insight", toml, "--to", town / "insight", "--purpose", "debt", code=2)
    for form in ("csv", "parquet"):
        svoc("export", toml, "--to", town / "out" / form, "--format", form)
    svoc("export", toml, "--to", town / "out", "--format", "xlsx", code=2)
    svoc("custodian", toml, "--out", town / "lists")
    svoc("migration", toml, "--out", town / "merger", code=2)
    svoc("accountability", toml, "--to", town / "records")
    svoc("thresholds", toml, "--wanted", "0.99")
    svoc("train", toml, "--out", town / "model.json")
    svoc("review", toml, "--out", town / "sample.csv")
    svoc("evaluate", toml)
    svoc("evaluate", toml, "--truth", town / "truth.csv", "--people", town / "people.csv")
    svoc("evaluate", toml, "--reviewed", town / "sample.csv", code=2)
    for wrong in ("truth", "people", "reviewed"):
        name = town.parent / "bad" / f"{wrong}.csv"
        given = ("--truth", town / "truth.csv", "--people", name) if wrong == "people" else (f"--{wrong}", name)
        svoc("evaluate", toml, *given, code=2 if wrong == "reviewed" else 3)
    svoc("place", town / "llpg.csv", town / "extracts" / "library_2026-11-02.csv", "--out", town / "placed.csv")
    svoc("link", town / "extracts" / "library_2026-11-02.csv", "--out", town / "linked.csv", "--id", "CardNo")
    confirmed = town.parent / "bad" / "confirmed.csv"
    placed = pl.read_csv(town / "placed.csv", infer_schema=False).filter(pl.col("outcome") == "placed")
    address = pl.concat_str([c for c in placed.columns if c.startswith("Address")], separator=", ", ignore_nulls=True)
    placed.select(address=address, postcode="Postcode", uprn="uprn").write_csv(confirmed)
    confirmed.chmod(0o600)
    svoc("refit", town / "llpg.csv", confirmed, "--out", town / "tuning.json", code=4)
    _protection(svoc, toml, person)
    svoc("audit", toml, "--person", person, "--by", "a.bell", shows="the reasons that people gave")
    svoc("audit", toml, "--lines")
    svoc("audit", toml, "--lines", "--json", code=2)
    _keys(svoc, toml)
    svoc("runs", toml)
    svoc("runs", toml, "2", "--json")
    svoc("runs", toml, "99", code=2)


def _keys(svoc: Ears, toml: Path) -> None:
    until = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    asked = ("--purposes", "council-tax", "--roles", "officer", "--until", until, "--because", f"{MARK}because")
    svoc("key", "add", toml, "--for", "crm", *asked)
    svoc("key", "add", toml, "--for", f"{MARK}marlow", *asked, code=2)
    svoc("key", "list", toml)
    svoc("key", "revoke", toml, "nothing", "--because", f"{MARK}because", code=2)


def _protection(svoc: Ears, toml: Path, person: str) -> None:
    reasons = ("--because", f"{MARK}because", "--actor")
    svoc("protect", toml, person, "--kind", "safe-address", *reasons, "j.okafor")
    svoc("protect", toml, f"{MARK}marlow", "--kind", "safe-address", *reasons, "j.okafor", code=2, shows=MENTIONS)
    svoc("protect", toml, person, "--kind", f"{MARK}kind", *reasons, "j.okafor", code=2, shows=MENTIONS)
    svoc("explain", toml, person, person, code=2)
    svoc("clear", toml, person, *reasons, "j.okafor", "--purpose", "registration")
    svoc("clear", toml)
    svoc("clear", toml, "--confirm", "99", *reasons, "m.patel", code=2)
    _rights(svoc, toml, person)
    svoc("account", "finish", toml)
    svoc("account", "free", toml, "99", *reasons, "j.okafor", code=2)


def _rights(svoc: Ears, toml: Path, person: str) -> None:
    reasons = ("--because", f"{MARK}because", "--actor", "j.okafor")
    svoc("account", "show", toml, person, *reasons)
    svoc("account", "rectify", toml, person, "--set", f"surname={MARK}arrow", *reasons)
    svoc("account", "rectify", toml, person, "--set", f"dob={MARK}", *reasons, code=2)
    svoc("account", "undo", toml, "1", *reasons)
    svoc("account", "restrict", toml, person, *reasons)
    svoc("account", "free", toml, "2", *reasons)
    svoc("account", "object", toml, person, "--against", "debt", *reasons)
    svoc("account", "answer", toml, "3", "--outcome", "refused", *reasons)
    svoc("account", "list", toml, shows="the reasons that were given")
    with Council.open(toml) as council:
        state = council.store.yesterday().lane("statutory")
        another = state.persons.filter(pl.col("person") != person)["person"].sort()[-1]
    svoc("account", "erase", toml, another, *reasons, "--untold", f"{MARK}why")


def _known(council: Council) -> tuple[str, str, str]:
    """Give a person of two records and more, and two of their mentions."""
    state = council.store.yesterday().lane("statutory")
    several = state.members.group_by("person").agg("mention").filter(pl.col("mention").list.len() > 1).sort("person")
    person, mentions = several.row(0)
    return person, *sorted(mentions)[:2]


def _life_events(svoc: Ears, toml: Path, bad: Path) -> None:
    for file in sorted((toml.parent / "life_events").iterdir()):
        svoc("tell", toml, file, "--confirmed-by", "j.okafor", "--because", f"{MARK}because")
    for name, code in {
        "cut.xml": 3,
        "bomb.xml": 3,
        "deep.xml": 3,
        "events.json": 3,
        "events.csv": 0,
        "nul.csv": 3,
    }.items():
        svoc("tell", toml, bad / name, code=code)

    svoc("events", toml, "list", "--json", shows="references of records that a claim may be of")
    svoc("events", toml, "raised", shows="references of records that a fact raised rests on")


def _looking_after(svoc: Ears, toml: Path) -> None:
    town, bad = toml.parent, toml.parent.parent / "bad"
    svoc("decisions", toml, "list", "--all", "--json", shows="decisions, with the reasons that stewards gave")
    svoc("decisions", toml, "export", town / "decisions.csv")
    svoc("decisions", toml, "import", town / "decisions.csv", "--dry-run")
    svoc("decisions", toml, "import", bad / "decisions.csv", code=3)
    svoc("decisions", toml, "preview", "1", shows=PEOPLE)
    svoc("decisions", toml, "preview", "nothing", "--verdict", f"{MARK}same", code=2, shows=MENTIONS)
    svoc("decisions", toml, "undo", "1", "--because", f"{MARK}because")
    svoc("desk", toml, "--host", "0.0.0.0", code=2)
    svoc("verify", toml)
    svoc("rollback", toml, "99", "--reason", f"{MARK}because", code=2)
    svoc("rollback", toml, "3", "--reason", f"{MARK}because", "--dry-run")
    svoc("rollback", toml, "3", "--reason", f"{MARK}because")
    with sqlite3.connect(town / "barchester.db") as connection:
        connection.execute("UPDATE person SET surname = ? WHERE id = (SELECT max(id) FROM person)", [f"{MARK}other"])
    connection.close()
    svoc("verify", toml, code=1)


def _faulty(svoc: Ears, toml: Path) -> None:
    svoc("check", toml, code=3)
    svoc("night", toml, code=3)


def _gone(svoc: Ears, toml: Path) -> None:
    away = {"SVOC_COUNCIL__DATABASE": f"postgresql+psycopg://svoc:{SECRETS[1]}@127.0.0.1:1/svoc"}
    for verb, *rest in (("night",), ("find", f"{MARK}smith", "--purpose", "council-tax"), ("verify",)):
        svoc(verb, toml, *rest, code=5, env=away)
    database = toml.parent / "barchester.db"
    svoc("night", toml)
    kept = database.read_bytes()
    database.unlink()
    svoc("night", toml, code=5)
    database.touch(0o600)
    database.write_bytes(kept[:4096] + f"{MARK}marlow".encode() * 20_000)
    svoc("night", toml, code=5)
    database.write_bytes(f"{MARK}marlow".encode() * 1_000)
    svoc("night", toml, code=5)
    svoc("export", toml, "--to", toml.parent / "out" / "csv", code=5)
    database.write_bytes(kept)


def _crashes(svoc: Ears, toml: Path) -> None:
    """Let each part of a night meet an interrupt, and a full disk."""
    for place in ("svoc.council.reconcile", "svoc.store.store.Store.commit", "svoc.running.write_report"):
        for kind in (KeyboardInterrupt, OSError(28, "No space left on device", f"/x/{toml.name}")):
            with pytest.MonkeyPatch.context() as within:
                within.setattr(place, _raiser(kind))
                svoc("night", toml, code=1 if kind is KeyboardInterrupt else 5)


def _raiser(kind: Any) -> Any:
    def fail(*_: Any, **__: Any) -> None:
        raise kind

    return fail


def _processes(svoc: Ears, toml: Path) -> None:
    """Run a few as a shell does: a night that is interrupted, one that is killed, one that ends."""
    for signed, after in ((signal.SIGINT, 1.5), (signal.SIGKILL, 2.5), (signal.SIGTERM, 3.0), (None, 0)):
        process = subprocess.Popen(
            [sys.executable, "-m", "svoc", "night", str(toml)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        if signed:
            time.sleep(after)
            process.send_signal(signed)
        out, err = process.communicate(timeout=300)
        svoc.heard.append(Heard("night", (str(signed),), process.returncode, process.returncode, out, err, "", ""))
    assert process.returncode == 0, err


def _merging(svoc: Ears, toml: Path) -> None:
    """Let two councils become one: Council Tax of the north, the register of the south."""
    head, _, rest = toml.read_text(encoding="utf-8").partition("[gazetteer]\n")
    files, _, rest = rest.partition("\n")
    two = "".join(f'[[gazetteers]]\ncouncil = "{each}"\n{files}\n' for each in ("north", "south"))
    for source, whose in (("council_tax", "north"), ("electoral_register", "south")):
        rest = rest.replace(f'name = "{source}"\n', f'name = "{source}"\ncouncil = "{whose}"\n')
    toml.write_text(head + two + rest, encoding="utf-8")
    svoc("night", toml)
    svoc("migration", toml, "--out", toml.parent / "merger", "--purpose", "registration")


def _other_towns(svoc: Ears, folder: Path, toml: Path) -> None:
    svoc("init", folder / "begun", toml.parent / "llpg.csv", toml.parent / "extracts", "--name", "Barchester")
    svoc("init", folder / "begun", toml.parent / "llpg.csv", code=2)
    svoc("init", folder / "begun2", folder / "bad" / "truth.csv", "--json", code=2)
    svoc("rehearse", folder / "rehearsed", "--dwellings", "20", "--nights", "1", shows="nobody: the town is made up")
    svoc("rehearse", folder / "rehearsed", "--dwellings", "3", code=2)
    svoc("demo", folder / "demo", "--dwellings", "40", shows="a town that is made up")
    svoc("night", toml, env={"SVOC_LOGGING__FORMAT": "plain"})


# ---------------------------------------------------------------- what is asked afterwards


def test_every_command_is_in_the_story(aftermath: Aftermath) -> None:
    told = {heard.verb for heard in aftermath.heard}
    assert {verb.__name__.replace("_", "-") for verb in VERBS} == told


def test_every_command_ends_as_it_should(aftermath: Aftermath) -> None:
    wrong = [
        f"{h.name}: {h.code}, not {h.expected}: {h.out[-200:]}{h.err[-400:]}"
        for h in aftermath.heard
        if h.code != h.expected
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_not_meant_to_show_people_shows_none(aftermath: Aftermath) -> None:
    shown = {heard.name: found for heard in aftermath.heard if not heard.shows and (found := leaks(heard.out))}
    assert not shown


def test_standard_error_names_nobody_whatever_the_command(aftermath: Aftermath) -> None:
    said = {heard.name: found for heard in aftermath.heard if not heard.shows and (found := leaks(heard.err))}
    assert not said


def test_what_was_raised_names_nobody_with_its_causes(aftermath: Aftermath) -> None:
    raised = {heard.name: found for heard in aftermath.heard if not heard.shows and (found := leaks(heard.trace))}
    assert not raised


def test_no_secret_is_told_by_any_command(aftermath: Aftermath) -> None:
    told = [heard.name for heard in aftermath.heard for s in SECRETS if s in heard.out + heard.err + heard.trace]
    assert not told


def test_log_lines_and_metrics_name_no_record(aftermath: Aftermath) -> None:
    lines = [line for heard in aftermath.heard for line in heard.err.splitlines() if line.startswith('{"')]
    assert len(lines) > 50
    assert not [json.loads(line)["event"] for line in lines if references(line) and '"reasons"' not in line]
    assert not references((aftermath.folder / "town" / "svoc.prom").read_text(encoding="utf-8"))


def _files(aftermath: Aftermath) -> Iterator[tuple[Path, str, bool]]:
    """Give each file that was made, its name under its town, and whether it is meant to hold people."""
    for path in aftermath.made:
        place = path.relative_to(aftermath.folder)
        if path.is_file() and place.parts[0] not in {"rehearsed", "demo"}:
            name = "/".join(place.parts[1:])
            yield path, name, any(fnmatch(name, each) for each in MEANT)


def test_no_file_holds_people_that_is_not_meant_to(aftermath: Aftermath) -> None:
    held = {name: found for path, name, meant in _files(aftermath) if not meant
            if (found := leaks(path.read_bytes().decode("utf-8", errors="replace")))}  # fmt: skip
    assert not held


def test_every_file_that_is_meant_to_was_made(aftermath: Aftermath) -> None:
    names = [name for _, name, _ in _files(aftermath)]
    assert not [pattern for pattern in MEANT if not any(fnmatch(name, pattern) for name in names)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_every_file_is_its_owners_alone(aftermath: Aftermath) -> None:
    wrong = {name: oct(mode) for path, name, _ in _files(aftermath)
             if (mode := _open_to_others(path)) and name not in FOR_OTHERS
             and not (name.startswith(tuple(BEHIND)) and not _open_to_others(path.parent))}  # fmt: skip
    assert not wrong


def _open_to_others(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) & 0o077


def test_no_name_of_a_file_or_folder_tells_of_anybody(aftermath: Aftermath) -> None:
    names = [str(path.relative_to(aftermath.folder)) for path in aftermath.made]
    assert not [name for name in names if leaks(name) or references(name)]


def test_nothing_is_left_where_temporary_files_are_made(aftermath: Aftermath) -> None:
    assert not list((aftermath.folder / "tmp").rglob("*"))
    assert not [path for path in (aftermath.folder / "home").rglob("*") if path.is_file()]


def test_what_is_kept_of_each_run_names_nobody(aftermath: Aftermath) -> None:
    connection = sqlite3.connect(aftermath.folder / "town" / "barchester.db")
    try:
        kept = [
            json.dumps(row) for table in ("run", "refused_plan") for row in connection.execute(f"SELECT * FROM {table}")
        ]
    finally:
        connection.close()
    assert kept
    assert not leaks("\n".join(kept).replace(f"{MARK}because", ""))


def test_the_chain_of_the_audit_names_neither_people_nor_records(aftermath: Aftermath) -> None:
    """What people wrote as their reason stands apart, where it can be erased (`audit_reason`)."""
    connection = sqlite3.connect(aftermath.folder / "town" / "barchester-audit.db")
    try:
        events = [json.dumps(row) for row in connection.execute("SELECT * FROM audit_event")]
        known_by = [person for (person,) in connection.execute("SELECT person FROM audit_person_key")]
    finally:
        connection.close()
    assert events
    assert not leaks("\n".join(events))
    assert not references("\n".join(events))
    assert not leaks("\n".join(known_by)), "what was typed in place of an identifier is not kept"
