"""Tells the demo's story and holds it to what is in the store and in the outbox."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from svoc import Council
from svoc.cli import app
from svoc.demo import demonstrate
from svoc.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Told:
    folder: Path
    report: Path
    story: str

    def chapter(self, heading: str) -> str:
        """Give what is told under a heading."""
        return self.story.split(f"\n{heading}\n{'-' * len(heading)}\n")[1].split("\n\n")[0]


def told(folder: Path, dwellings: int, seed: int) -> Told:
    lines: list[str] = []
    report = demonstrate(folder, dwellings=dwellings, seed=seed, say=lines.append)
    return Told(folder, report, "\n".join(lines))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("demo") / "town", 150, 7)


def test_the_story_has_its_chapters_in_order(demo: Told) -> None:
    headings = re.findall(r"\n([^\n]+)\n-{3,}\n", demo.story)
    assert headings == [
        "The first night",
        "The second night",
        "What the machine does not decide",
        "A death is told once",
        "Was it right?",
        "What to look at next",
    ]


def test_the_report_is_the_second_nights_and_is_there(demo: Told) -> None:
    assert demo.report.is_absolute()
    assert demo.report == (demo.folder / "reports" / "night_0002.html").resolve()
    assert demo.report.read_text(encoding="utf-8").startswith("<!")
    assert (demo.folder / "reports" / "night_0001.html").is_file()


def test_two_nights_and_one_settling_are_in_the_store(demo: Told) -> None:
    with Council.open(demo.folder / "council.toml") as council:
        yesterday = council.store.yesterday()
        decisions = council.store.decisions()
        assert council.store.outbox() == []
    assert yesterday.run == 3
    assert decisions["verdict"].to_list() == ["confirmed"]
    deceased = yesterday.lane("service").persons.filter(pl.col("deceased"))
    assert decisions["left"].item() in set(yesterday.lane("service").members["mention"])
    assert deceased.height >= 1


def test_what_came_in_is_what_the_extracts_hold(demo: Told) -> None:
    extracts = {
        name: pl.read_csv(demo.folder / "extracts" / f"{name}_2026-11-02.csv", infer_schema=False).height
        for name in ("council_tax", "electoral_register")
    }
    first = demo.chapter("The first night")
    assert re.search(rf"The electoral register sends {extracts['electoral_register']} records", first)
    sent = re.search(r"Council Tax sends (\d+) records, which name (\d+) people", first)
    assert sent
    assert 0 < int(sent[1]) <= extracts["council_tax"]


def test_a_couple_found_across_systems_is_two_people(demo: Told) -> None:
    first = demo.chapter("The first night")
    ids = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]", first)
    billed = re.search(r'Council Tax bills "([^"]+)"', first)
    assert billed
    assert "&" in billed[1]
    assert len(set(ids)) == 2
    with Council.open(demo.folder / "council.toml") as council:
        state = council.store.yesterday().lane("statutory")
    sources = state.members.filter(pl.col("person").is_in(ids)).with_columns(
        pl.col("mention").str.split("/").list.first()
    )
    assert sources.filter(pl.col("mention") == "council_tax").height >= 2
    assert sources.filter(pl.col("mention") == "electoral_register").height == 2


def test_a_doubtful_household_is_shown_with_its_evidence(demo: Told) -> None:
    doubt = demo.story.split("What the machine does not decide")[1].split("A death is told once")[0]
    assert re.search(r"\d+ cases wait for a steward", doubt)
    assert "name: " in doubt
    assert "What would turn it: " in doubt
    assert re.search(r"\d bits", doubt)


def test_the_death_reaches_the_systems_that_the_story_names(demo: Told) -> None:
    death = demo.chapter("A death is told once")
    named = re.findall(r"is told under (\S+): (.+)", death)
    notices = [json.loads(p.read_text(encoding="utf-8")) for p in (demo.folder / "outbox").glob("*/*.json")]
    sent = {n["subject"]: ", ".join(n["data"]["facts"]) for n in notices if n["type"] == "svoc.death"}
    assert named
    assert dict(named) == sent
    assert all("died" in facts for facts in sent.values())
    assert death.count("on the basis of: ") == len(sent)


def test_the_commands_that_are_suggested_work(demo: Told) -> None:
    ending = demo.story.split("What to look at next")[1]
    commands = [shlex.split(line) for line in ending.splitlines() if line.startswith("  svoc ")]
    assert {command[1] for command in commands} == {"find", "explain", "export", "evaluate"}
    for _, *arguments in commands:
        answer = CliRunner().invoke(app, arguments)
        assert answer.exit_code == 0, answer.output
        assert answer.output.strip() not in {"", "nobody was found"}


def test_the_same_seed_tells_the_same_story(tmp_path: Path) -> None:
    one, two = (told(tmp_path / name, 20, 3) for name in ("one", "two"))
    assert one.story.replace(str(one.folder), "") == two.story.replace(str(two.folder), "")
    assert one.story.replace(str(one.folder), "") != told(tmp_path / "three", 20, 4).story.replace(
        str(tmp_path / "three"), ""
    )


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for place in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(SettingsError, match="a new or empty folder"):
            demonstrate(place, dwellings=20, seed=1, say=print)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_demo_is_not_told_twice_in_one_folder(demo: Told) -> None:
    with pytest.raises(SettingsError, match="holds something"):
        demonstrate(demo.folder, dwellings=150, seed=7, say=print)


def test_a_town_that_is_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="at least 20 dwellings"):
        demonstrate(tmp_path / "town", dwellings=19, seed=1, say=lambda _: None)
