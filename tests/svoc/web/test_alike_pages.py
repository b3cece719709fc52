"""Answering cases of the same evidence in one act, by pages without scripts: chosen, previewed, kept, taken back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

from svoc.desk.case import Case
from svoc.web.app import application
from tests.scenes import Scene, key, opened
from tests.svoc.web.conftest import HERE, Paper
from tests.svoc.web.examining import examined
from tests.svoc.web.test_regrouping_pages import filled

CALLED = '\n[branding]\nname = "Barchester"\n'


@contextmanager
def houses() -> Iterator[Scene]:
    """Give four houses: three with a wife beside a single woman, one where an initial agrees too."""
    with opened(CALLED) as made:
        made.fall(
            council_tax="A1 MRS SMITH at 3; A2 MRS HOLT at 4; A3 MRS HILL at 5; A5 MS M COLE at 7",
            electoral_register="E1 MISS JOAN SMITH at 3; E2 MISS KATE HOLT at 4; E3 MISS RUTH HILL at 5;"
            " E5 MRS MARY COLE at 7",
        )
        yield made


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give the houses."""
    with houses() as made:
        yield made


@pytest.fixture
def paper(scene: Scene) -> Iterator[Paper]:
    """Give a browser at which a steward has signed in to decide about those houses."""
    app = application(scene.folder / "council.toml", development=True, secure=False)
    person = Paper(TestClient(app, base_url=HERE, client=("127.0.0.1", 50000)))
    person.sign_in()
    yield person
    app.state.house.council.close()


def of_house(scene: Scene, number: int) -> Case:
    """Give the case of the record of Council Tax of that number."""
    return next(c for c in scene.desk.cases() if key(f"A{number}") in c.mentions)


def offered(text: str) -> dict[str, str]:
    """Give the boxes of a page that can be ticked, with what each sends."""
    return dict(re.findall(r'name="(case-[0-9a-f]{12})" type="checkbox" value="([0-9a-f]+)"', text))


def test_cases_of_the_same_evidence_are_answered_together(paper: Paper, scene: Scene) -> None:
    case = of_house(scene, 2).id
    at = f"/desk/case/{case}/alike"
    assert f"{at}?queue=households" in paper.get(f"/desk/case/{case}?queue=households").text
    page = paper.get(f"{at}?queue=households")
    text = examined(page)
    assert "name: surname agrees, a forename is missing" in text
    boxes = offered(page.text)
    assert set(boxes) == {f"case-{of_house(scene, n).id}" for n in (1, 2, 3)}
    said = {**filled(page, reason="document", verdict="same"), **boxes}
    shown = paper.post(f"{at}/preview", **said)
    text = examined(shown)
    assert "3 cases: same person" in text
    assert text.count("would be one person") == 3
    assert scene.desk.history().is_empty()
    after = paper.post(at, **filled(shown))
    assert "Your decision is kept: same person" in examined(after)
    assert after.url.path == "/desk"
    assert [c.id for c in scene.desk.cases()] == [of_house(scene, 5).id]
    numbers = re.search(r'name="numbers" value="([^"]+)"', after.text)
    assert numbers
    paper.post("/desk/decisions/undo", numbers=numbers[1].partition(",")[0])
    assert len(scene.desk.cases()) == 4


def test_too_little_said_or_another_evidence_keeps_nothing(paper: Paper, scene: Scene) -> None:
    case, other = of_house(scene, 1).id, of_house(scene, 5).id
    at = f"/desk/case/{case}/alike"
    page = paper.get(at)
    text = examined(paper.post(f"{at}/preview", **filled(page)), 400)
    for fault in ("Choose two cases or more", "Choose an answer", "Choose a reason"):
        assert fault in text
    mine = f"case-{case}"
    said = {**filled(page, reason="document", verdict="same"), mine: offered(page.text)[mine]}
    unlike = {**said, f"case-{other}": "0" * 32}
    assert "hese cases are not alike" in examined(paper.post(f"{at}/preview", **unlike), 409)
    assert "Something has changed since" in examined(paper.post(at, **unlike), 409)
    gone = {**said, "case-000000000000": "0" * 32}
    for path in (at, f"{at}/preview"):
        assert "not open any more" in examined(paper.post(path, **gone), 409)
    assert scene.desk.history().is_empty()


def test_where_nothing_else_is_alike_or_the_queue_is_blind_it_says_so(paper: Paper, scene: Scene) -> None:
    other = of_house(scene, 5).id
    assert "No other case" in examined(paper.get(f"/desk/case/{other}/alike"))
    examined(paper.get("/desk/case/000000000000/alike"), 404)
    house = paper.client.app.state.house  # type: ignore[attr-defined]
    blind = house.council.settings.desk.model_copy(update={"blind": ["household"]})
    house.council.settings = house.council.settings.model_copy(update={"desk": blind})
    assert "/alike" not in paper.get(f"/desk/case/{other}").text
    assert "Decide first" in examined(paper.get(f"/desk/case/{other}/alike"), 403)
    assert "Decide first" in examined(paper.post(f"/desk/case/{other}/alike/preview"), 403)
