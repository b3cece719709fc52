"""A year of telling once: who is found, who is told, and whether the verdicts on arrival are true.

    python benchmarks/tell_us_once.py --dwellings 20000 --nights 365 --seed 71 --kills 20

Rehearses a town and lets it live: each evening its three systems write their extracts, having done (late, now and then
wrongly or never) what they were told; a registrar's list comes in, with slips, repetitions and cancellations, in no
order; `svoc night` runs, and is killed and run again on some nights; a steward who knows the truth judges what waits,
and a second one where two are wanted. Nobody else confirms anything. With `--webhook` the library is a service in its
own process that fails at random, is away for two nights and acknowledges late. At the end every notice that went is
held against the person it was about, and every verdict on arrival against what the system did. Writes
`benchmarks/results/DATE-tell-us-once.json`, anew every thirty nights.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from told_year.stories import Somebody, Story, evenings, happen
from told_year.systems import CouncilTax, Home, Library, Register, System
from told_year.wire import Wire, wired

from svoc.confirming import Claims
from svoc.council import Council
from svoc.night import TELLING
from svoc.reconciling import arrivals_of
from svoc.rehearsal.address_styles import write_address
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.place_schema import generator, night_date
from svoc.rehearsal.town import Town, rehearse
from svoc.rehearsal.truth import person_code
from svoc.steps.triage import said_to_match

RESULTS = Path(__file__).parent / "results"
KEYS = {"council_tax": "account_ref", "electoral_register": "ElectorKey", "library": "CardNo"}
KINDS = {"council_tax": CouncilTax, "electoral_register": Register, "library": Library}
ROUTE = {"death": "death", "address": "address", "name": "name", "birth": "birth"}
STEWARDS = ("j.okafor", "a.bell")
TRUTH = "the truth is known"
A_MONTH = 30
WIRED = "library"
"""Who is told by a webhook, with `--webhook`."""
SHOWN = 60
"""How many of each kind of trouble are named in the results."""


def homes_of(town: Town) -> dict[int, Home]:
    """Give every dwelling by its UPRN, as somebody writes it who writes well."""
    numbers = town.world.dwellings["dwelling"]
    written = write_address(town.world, numbers, "electoral", generator(71, "homes"), Noise())
    rows = written.with_columns(own=town.world.dwellings["uprn"]).iter_rows(named=True)
    return {
        row["own"]: Home(
            row["own"], tuple(row[f"address_{n}"] for n in range(1, 7) if row[f"address_{n}"]), row["postcode"] or ""
        )
        for row in rows
    }


def systems_of(town: Town, homes: list[Home], seed: int) -> dict[str, System]:
    """Take up the three systems as their first extracts have them."""
    made: dict[str, System] = {}
    names = {row["code"]: row for row in town.people.persons.with_columns(code=person_code()).iter_rows(named=True)}
    day = night_date(0).isoformat()
    for name, key in KEYS.items():
        frame = pl.read_csv(town.folder / "extracts" / f"{name}_{day}.csv", infer_schema_length=0)
        own = town.truth.filter(pl.col("source") == name).sort("record", "party")
        people: dict[str, list[str]] = {}
        for record, person in own.select("record", "person").iter_rows():
            people.setdefault(str(record), []).append(person or "")
        rows = {row[key]: _plainly(row, people.get(row[key], []), names) for row in frame.iter_rows(named=True)}
        made[name] = KINDS[name](name, rows, people, np.random.default_rng([seed, len(made)]), homes)
    return made


def _plainly(row: dict[str, Any], people: list[str], names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Write an account's parties one by one where it names them as MR & MRS J SMITH, so that one can be taken off."""
    parties = str(row.get("liable_party") or "").upper().split(" & ")
    told = [names[p] for p in people if p in names]
    last = [t["surname"].upper().split()[-1] for t in told]
    whole = len(parties) == len(told) and all(
        len(words) > 2 and words[-1] == own for words, own in zip(map(str.split, parties), last, strict=True)
    )
    if len(people) < 2 or whole:
        return row
    return {**row, "liable_party": " & ".join(f"{t['title']} {t['forename']} {t['surname']}".upper() for t in told)}


def residents(town: Town, homes: Mapping[int, Home]) -> list[Somebody]:
    """Give everybody whom a system that the service purpose may use has on record at one home."""
    held = town.truth.filter(pl.col("source").is_in(["council_tax", "library"]) & pl.col("person").is_not_null())
    of = held.group_by("person").agg(pl.col("uprn").n_unique().alias("n"), pl.col("uprn").first())
    known = of.filter((pl.col("n") == 1) & pl.col("uprn").is_not_null())
    people = town.people.persons.with_columns(code=person_code()).join(known, left_on="code", right_on="person")
    return [
        Somebody(
            row["code"], row["title"], row["forename"], row["middle_names"], row["surname"], row["dob"],
            homes[row["uprn"]],
        )
        for row in people.sort("code").iter_rows(named=True)
        if row["uprn"] in homes
    ]  # fmt: skip


class Year:
    """The town while it lives, and what was seen of it."""

    def __init__(self, folder: Path, dwellings: int, nights: int, seed: int, kills: int, times: float) -> None:
        """Rehearse the town and draw its year."""
        self.wire: Wire | None = None
        self.late: set[str] = set()
        self.town = rehearse(folder / "town", dwellings=dwellings, seed=seed, nights=1, library=True)
        self.nights, self.rng = nights, np.random.default_rng(seed)
        self.first = night_date(0)
        homes = homes_of(self.town)
        people = residents(self.town, homes)
        share = times * dwellings / 20_000 * nights / 365
        self.stories = happen(people, list(homes.values()), nights, share, self.first, self.rng)
        self.by_mention = {story.mention: story for story in self.stories}
        self.lists = evenings(self.stories, nights, self.first, self.rng)
        self.systems = systems_of(self.town, list(homes.values()), seed)
        self.killed = set(
            self.rng.choice(np.arange(2, nights + 1), size=min(kills, nights - 1), replace=False).tolist()
        )
        self.found: dict[str, str] = {}
        self.confirmed: set[str] = set()
        self.parted: set[str] = set()
        self.known_of, self.heard = 0, {name: set[Path]() for name in KEYS}
        self.laid: list[list[Path]] = []
        self.seconds: list[float] = []
        self.whose: dict[str, set[str]] = {}
        self.odd: list[str] = []
        official = self.town.people.persons.select("forename", "title", code=person_code())
        self.official = {code: ((f or "").upper(), (t or "").upper()) for f, t, code in official.iter_rows()}

    def live(self, kept: Callable[[dict[str, Any]], None]) -> None:
        """Live through all nights, the first included; what was seen so far is `kept` every month."""
        for file in (self.town.folder / "extracts").iterdir():
            file.unlink()
        shutil.rmtree(self.town.folder / "life_events", ignore_errors=True)
        (self.town.folder / "life_events").mkdir()
        for night in range(self.nights + 1):
            if self.wire:
                self.wire.evening(night)
            at = [time.perf_counter()]
            for part in (self._evening, self._night, self._morning):
                part(night)
                at.append(time.perf_counter())
            self.seconds.append(round(at[2] - at[1], 2))
            evening, own, morning = (round(end - start, 1) for start, end in pairwise(at))
            said = f"night {night}: evening {evening} s, night {own} s, morning {morning} s"
            print(f"{said}; {len(self.found)} found, {len(self.confirmed)} confirmed", flush=True)
            if night and night % A_MONTH == 0 and night < self.nights:
                kept(self.figures(night))
        self._settle()
        kept(self.figures(self.nights))

    def _evening(self, night: int) -> None:
        day = self.first + timedelta(days=night)
        written = []
        for system in self.systems.values():
            system.evening(night, day)
            written.append(system.write(self.town.folder / "extracts", day))
        self.laid.append(written)
        for old in self.laid[:-2]:
            for file in old:
                file.unlink(missing_ok=True)
        self.laid = self.laid[-2:]
        if night in self.lists:
            self.lists[night].write_csv(self.town.folder / "life_events" / f"registrar_{day.isoformat()}.csv")

    def _night(self, night: int) -> None:
        command = [sys.executable, "-m", "svoc", "night", str(self.town.settings), "--json"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        if night in self.killed:
            wait = float(self.rng.uniform(0.3, 1.1)) * (self.seconds[-1] if self.seconds else 5)
            with subprocess.Popen(command, **quiet) as run:  # type: ignore[call-overload]
                try:
                    run.communicate(timeout=wait)
                except subprocess.TimeoutExpired:
                    run.send_signal(signal.SIGKILL)
                    run.communicate()
        ran = subprocess.run(command, check=False, **quiet)  # type: ignore[call-overload]
        if ran.returncode:
            sys.exit(f"night {night} ended with {ran.returncode}: {ran.stderr[-900:]}")

    def _morning(self, night: int) -> None:
        """Let the systems hear, and the stewards judge."""
        for name, told in self._told():
            system, kind = self.systems[name], told["type"].removeprefix("svoc.")
            if told["id"] not in system.did and kind in {"death", "address", "name"}:
                system.hears(told["id"], kind, told["subject"], told["data"]["facts"], night)
        if self.wire:
            self._a_day_passes()
        self._judge()

    def _told(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give what each system was told since yesterday: laid in its folder, or sent to its service."""
        for name, heard in self.heard.items():
            for file in sorted(set((self.town.folder / "outbox" / name).glob("*.json")) - heard):
                heard.add(file)
                yield name, json.loads(file.read_text(encoding="utf-8"))
        for told in self.wire.fresh() if self.wire else []:
            yield WIRED, told

    def _a_day_passes(self) -> None:
        """Let what waits some hours to be tried again be due: nights follow one another within seconds here."""
        with Council.open(self.town.settings) as council, council.store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE notice SET next_try = NULL WHERE sent IS NULL")

    def _settle(self) -> None:
        """After the last night, let the service be well, and what still waits be carried and acknowledged."""
        if self.wire:
            with Council.open(self.town.settings) as council, council.store.engine.connect() as connection:
                unsent = connection.exec_driver_sql("SELECT notice FROM notice WHERE sent IS NULL")
                self.late = set(unsent.scalars())
            self.wire.well()
            for _ in range(3):
                self._a_day_passes()
                with Council.open(self.town.settings) as council:
                    council.carry()

    def _judge(self) -> None:
        """Answer the cases about life events as they stand on the desk, as far as the person meant is among them."""
        with Council.open(self.town.settings) as council:
            self._learn_whose(council)
            lane = council.policy.purposes.lanes[council.policy.purposes.named(TELLING).lane].name
            claims = Claims.of(council.store)
            for reason, (event, *mentions) in self._cases(council, lane):
                story = self.by_mention.get(event)
                if story is None:
                    continue
                right = [mention for mention in mentions if self.whose.get(mention) == {story.who.person}]
                if event not in self.found:
                    plainly = said_to_match(reason)
                    sure = plainly and right[:1] == mentions[:1]
                    self.found[event] = (
                        "alone" if sure else "wrong" if plainly else "among" if right else "missed"
                    )  # fmt: skip
                if right and not self._part(council, lane, right[0], story.who.person):
                    stewards = STEWARDS if story.kind == "death" else STEWARDS[:1]
                    for steward in stewards:
                        council.confirm(event, right[0], steward=steward, because=TRUTH, claims=claims)
                    self.confirmed.add(event)

    @staticmethod
    def _cases(council: Council, lane: str) -> list[tuple[str, list[str]]]:
        asked = "SELECT reason, mentions FROM open_case WHERE kind = 'life_event' AND lane = ? AND to_run IS NULL"
        with council.store.engine.connect() as connection:
            return [(reason, json.loads(keys)) for reason, keys in connection.exec_driver_sql(asked, (lane,))]

    def _part(self, council: Council, lane: str, record: str, person: str) -> bool:
        """Say that a record is another's where svoc holds it for this person's, and wait for the next night.

        A steward who looks at all of a person's records sees the father's and the son's; the notice must not go before.
        """
        own = council.store.person_of(record, lane)
        records = council.store.mentions_of(own, lane) if own else []
        others = [m for m in records if self.whose.get(m) and person not in self.whose[m]]
        for other in others:
            council.store.decide("different", *sorted((record, other)), steward=STEWARDS[0], because=TRUTH)
            self.parted.add(other)
        return bool(others)

    def _learn_whose(self, council: Council) -> None:
        """Say of each new record whose it is: of an account as it first was by place, else by forename and title."""
        asked = "SELECT mention, source, record, party, forename, title, from_run FROM mention WHERE from_run > ?"
        with council.store.engine.connect() as connection:
            rows = connection.exec_driver_sql(asked, (self.known_of,)).all()
        parties = Counter((row.source, row.record) for row in rows)
        for row in rows:
            self.known_of = max(self.known_of, row.from_run)
            if row.source not in KEYS or row.mention in self.whose:
                continue
            people = self.systems[row.source].people.get(row.record, [])
            if len(people) == parties[row.source, row.record]:
                self.whose[row.mention] = {people[row.party - 1]}
                continue
            named = [p for p in people if p in self.official and self.official[p][0].startswith(row.forename or "-")]
            titled = [p for p in named if self.official[p][1] == (row.title or "")]
            self.whose[row.mention] = set(titled if len(named) > 1 and titled else named)

    # ------------------------------------------------------------ what came of it

    def figures(self, night: int) -> dict[str, Any]:
        """Hold what went out, and what svoc says of it, against the truth."""
        self.odd.clear()
        with Council.open(self.town.settings) as council:
            with council.store.engine.connect() as connection:
                names = ("notice", "kind", "recipient", "reference", "person", "because", "lane", "id", "acknowledged")
                asked = f"SELECT {', '.join(names)} FROM notice WHERE sent IS NOT NULL"  # noqa: S608
                sent = [dict(zip(names, row, strict=True)) for row in connection.exec_driver_sql(asked)]
                waits = "SELECT count(*) FROM notice WHERE sent IS NULL AND withdrawn_by IS NULL"
                waiting = connection.exec_driver_sql(waits).scalar_one()
            verdicts = pl.concat([arrivals_of(council.store, lane) for lane in ("service", "statutory")])
        told_of = [row for row in sent if str(row["because"]).startswith("life_events/")]
        strangers = [row for row in told_of if not self._is_of(row)]
        twice = Counter((r["because"], r["kind"], r["recipient"], r["reference"]) for r in told_of)
        found = Counter(self.found.values())
        told = [s for s in self.stories if s.mention in self.found]
        plain = [s for s in told if not s.wrong]
        alone = sum(self.found[s.mention] == "alone" for s in told)
        rest = [self.found[s.mention] for s in told if self.found[s.mention] != "alone"]
        return {
            "nights_lived": night,
            "stories": dict(Counter(s.kind for s in self.stories)),
            "told": len(told), "told_wrongly": len(told) - len(plain), "found": dict(found),
            "found_alone": round(alone / max(1, len(told)), 4),
            "found_alone_of_those_told_well": round(
                sum(self.found[s.mention] == "alone" for s in plain) / max(1, len(plain)), 4
            ),
            "right_among_the_rest": round(sum(r == "among" for r in rest) / max(1, len(rest)), 4),
            "confirmed": len(self.confirmed), "records_parted": len(self.parted),
            "notices_sent": len(sent), "of_events": len(told_of),
            "to_a_wrong_person": len(strangers), "sent_twice": sum(count > 1 for count in twice.values()),
            "never_sent": waiting, "retractions": self._retractions(sent, night), "webhook": self._wired(sent),
            "verdicts": self._verdicts(verdicts, sent, night),
            "seconds": {"median": float(np.median(self.seconds[1:])), "most": max(self.seconds[1:])},
            "killed": len(self.killed),
            "looked_at": {
                "to_a_wrong_person": [_shown(row) for row in strangers[:SHOWN]],
                "sent_twice": [" ".join(map(str, key)) for key, count in twice.items() if count > 1][:SHOWN],
                "not_alone": [
                    f"{s.mention} {s.kind} {self.found[s.mention]} wrong={s.wrong} {s.who.person}"
                    for s in told
                    if self.found[s.mention] != "alone"
                ][:SHOWN],
                "verdicts": self.odd[:SHOWN],
            },
        }  # fmt: skip

    def _is_of(self, row: Mapping[str, Any]) -> bool:
        story: Story | None = self.by_mention.get(str(row["because"]))
        people = self.systems[row["recipient"]].people.get(str(row["reference"]), [])
        return story is not None and story.who.person in people

    def _wired(self, sent: list[dict[str, Any]]) -> dict[str, int]:
        """Count what went by webhook, what the service kept of it, and what it has not acknowledged."""
        if not self.wire:
            return {}
        of_it = [row for row in sent if row["recipient"] == WIRED]
        unheard = sum(row["acknowledged"] is None for row in of_it)
        return {"sent": len(of_it), "not_acknowledged": unheard, **self.wire.figures()}

    def _retractions(self, sent: list[dict[str, Any]], night: int) -> dict[str, int]:
        """Count, of all who were told of what was taken back, how many have heard so since: once, never, or more often.

        Who was told of a move or a new name has heard where a later notice of that kind came under their reference.
        """
        came: Counter[str] = Counter()
        for story in self.stories:
            told = [row for row in sent if row["because"] == story.mention and not row["kind"].endswith("-retracted")]
            if story.gone is None or story.gone >= night:
                continue
            for row in told:
                since = [
                    other
                    for other in sent
                    if other["id"] > row["id"]
                    and (other["recipient"], other["reference"]) == (row["recipient"], row["reference"])
                    and other["kind"].split("-")[0] == row["kind"]
                ]
                came[f"{row['kind']} {('never', 'once')[len(since)] if len(since) < 2 else 'more often'}"] += 1
        return dict(sorted(came.items()))

    def _verdicts(self, verdicts: pl.DataFrame, sent: list[dict[str, Any]], night: int) -> dict[str, Any]:
        """Compare each verdict with what the system did, as far as an extract since could show it.

        Who is told again, of something else or because they got it wrong, is judged by none of it: the last shows.
        """
        agreed: Counter[str] = Counter()
        again = Counter(verdicts.select("recipient", "person").iter_rows())
        of = {row["notice"]: (row["recipient"], row["because"]) for row in sent}
        threads = Counter(of.values())
        for row in verdicts.iter_rows(named=True):
            did = self.systems[row["recipient"]].did.get(row["notice"])
            if did is None or did.what == "gone" or did.heard >= night or row["notice"] in self.late:
                continue
            if again[row["recipient"], row["person"]] > 1 or threads[of[row["notice"]]] > 1:
                agreed["told again"] += 1
                continue
            agreed[f"{did.what} told as {row['verdict']}"] += 1
            if did.what != row["verdict"]:
                self.odd.append(f"{did.what} told as {row['verdict']}: {_shown(row)} on night {did.night}")
        return dict(sorted(agreed.items()))


def _shown(row: Mapping[str, Any]) -> str:
    """Name a notice: the town is made up, and so are its references."""
    return f"{row['kind']} {row['recipient']} {row['reference']} {row['person']} {row['notice']}"


def main() -> None:
    """Live the year and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dwellings", type=int, default=20_000)
    asked.add_argument("--nights", type=int, default=365)
    asked.add_argument("--seed", type=int, default=71)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--times", type=float, default=1.0, help="so many times the yearly numbers, for a short trial")
    asked.add_argument("--name", default="tell-us-once")
    asked.add_argument("--webhook", action="store_true", help=f"tell the {WIRED} by a webhook that fails and is away")
    asked.add_argument("--keep", type=Path, help="live in this folder, and leave it there")
    chosen = asked.parse_args()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{date.today().isoformat()}-{chosen.name}.json"  # noqa: DTZ011

    def kept(found: dict[str, Any]) -> None:
        figures = {
            "command": "python benchmarks/tell_us_once.py " + " ".join(sys.argv[1:]),
            "date": datetime.now(UTC).date().isoformat(), "cores": os.cpu_count(), "python": platform.python_version(),
            "polars": version("polars"), **found,
        }  # fmt: skip
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")

    with tempfile.TemporaryDirectory() as folder:
        year = Year(
            chosen.keep or Path(folder), chosen.dwellings, chosen.nights, chosen.seed, chosen.kills, chosen.times
        )
        with ExitStack() as stack:
            if chosen.webhook:
                year.wire = stack.enter_context(wired(year.town.folder, year.town.settings, WIRED, chosen.nights))
            year.live(kept)
    print(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
