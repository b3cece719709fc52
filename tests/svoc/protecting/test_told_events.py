"""Files of life events that name protected people: where they are is in no message, report, log, notice or list."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from svoc.cli import app
from svoc.words.protection import WHERE
from tests.scenes import Scene, key, opened

EVENTS = '[life_events]\npath = "events_*.csv"\n'
HEAD = (
    "Event,Entry No,Title,Forenames,Surname,Date of Event,Address 1,Postcode,New Surname,New Address 1,New Postcode\n"
)
HOME, NEW = "9 King Street", "8 King Street"
ROWS = (
    f'Death,1,Mrs,Ann,Smith,2026-11-02,"{HOME}, Barchester",PL4 8AA,,,\n'
    f'Change of address,2,Ms,Ruth,Hill,2026-11-02,"{HOME}, Barchester",PL4 8AA,,"{NEW}, Barchester",PL4 8AA\n'
    f'Death,3,Mrs,Ann,Smith,the ninth of never,"{HOME}, Barchester",PL4 8AA,,,\n'
    f'Christening,4,Mrs,Ann,Smith,2026-11-02,"{HOME}, Barchester",PL4 8AA,,,\n'
)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """Give a council that was told of the death of one protected person and the move of another, with two faults."""
    with opened(EVENTS) as scene:
        scene.fall(
            council_tax="A1 MRS ANN SMITH at 9; A2 MS RUTH HILL at 9; A3 MR OWEN OAK at 4",
            library="L1 MRS ANN SMITH at 9; L2 MS RUTH HILL at 9",
        )
        for record in ("A1", "A2"):
            scene.council.protect(
                scene.members()[key(record)],
                "safe-address",
                purpose="registration",
                actor="j.okafor",
                because="asked by the refuge",
            )
        (scene.folder / "events_2026-11-03.csv").write_text(HEAD + ROWS, encoding="utf-8")
        (scene.folder / "told.csv").write_text(HEAD + ROWS.replace(",2,", ",12,"), encoding="utf-8")
        yield scene


def run(scene: Scene, *command: str) -> str:
    done = CliRunner().invoke(app, [command[0], str(scene.folder / "council.toml"), *command[1:]])
    return done.output


def places(text: str) -> list[str]:
    return [place for place in (HOME, NEW, "990000000009", "990000000008") if place.upper() in text.upper()]


@pytest.fixture(scope="module")
def said(scene: Scene) -> list[str]:
    """Give what a night that heard of it said, and the commands after it: whichever test is the first of a worker."""
    scene.night += 1
    scene._write("library", "L1 MRS ANN SMITH at 9; L2 MS RUTH HILL at 9; L3 MR OWEN OAK at 4")
    told = [run(scene, "night"), run(scene, "tell", str(scene.folder / "told.csv")), run(scene, "runs")]
    return [*told, run(scene, "tell", str(scene.folder / "told.csv"), "--json"), run(scene, "runs", "2", "--json")]


def test_no_message_and_no_report_of_a_night_tells_where_they_are(scene: Scene, said: list[str]) -> None:
    assert "events_2026-11-03.csv, line" in said[0], "the faults are told"
    reports = [file for file in scene.folder.rglob("*") if file.suffix in {".html", ".json", ".prom"}]
    assert reports
    assert not places("\n".join([*said, *(file.read_text(encoding="utf-8") for file in reports)]))


@pytest.mark.usefixtures("said")
def test_no_surface_tells_where_the_events_say_that_they_are(scene: Scene) -> None:
    events = scene.council.store.yesterday().mentions.filter(source="life_events")
    assert events.height >= 2
    for purpose in ("canvass-match", "data-quality", "tell-us-once-death"):
        reader = scene.council.reader(purpose)
        told = [str(frame.to_dicts()) for frame in (*reader.frames().values(), reader.cases())]
        told += [str(reader.find(name)) for name in ("ann smith", "ruth hill")]
        told += [str(reader.candidates(scene.council.gazetteer).to_dicts())]
        assert not places("\n".join(told)), purpose
    desk = scene.desk
    cases = [desk.open(case.id) for case in desk.cases()]
    assert cases
    assert not places("\n".join(case.evidence + str(case) for case in cases))


@pytest.mark.usefixtures("said")
def test_what_is_sent_once_it_is_confirmed_is_without_a_place(scene: Scene) -> None:
    events = scene.council.store.yesterday().mentions.filter(source="life_events")
    for name, record in (("ANN", "A1"), ("RUTH", "A2")):
        event = events.filter(forename=name)["mention"][0]
        for mention in (key(record), key(record.replace("A", "L"))):
            scene.council.store.decide("confirmed", event, mention, steward="j.okafor", because="the registrar rang")
    plan = scene.council.settle()
    scene.council.commit(plan)
    sent = [notice["payload"] for lane in plan.lanes.values() for notice in lane.notices.iter_rows(named=True)]
    assert sent, "her death is told"
    assert {kind for lane in plan.lanes.values() for kind in lane.notices["kind"]} == {"death"}, "the move is not"
    assert not [payload for payload in sent if set(WHERE) & set(json.loads(payload))]
    scene.council.deliver()
    files = [file for folder in ("outbox", "notices") for file in Path(scene.folder / folder).rglob("*.json")]
    assert files
    assert not places("\n".join(file.read_text(encoding="utf-8") for file in files))
