"""Looking a resident up, and their page: as far as the purpose sees, through the same examination as every page."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from svoc.web.app import application
from tests.svoc.web.conftest import HERE, Paper
from tests.svoc.web.examining import examined

LINK = "https://tax.example/account/{record}"
ROLES = f"""
[actors]
"j.okafor" = "steward"
"c.lowe" = "officer"
"b.hart" = ["officer", "steward"]
[desk.links]
council_tax = "{LINK}"
"""
IDENTIFIER = r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]"
NOBODY = "0000-0000-0"


@pytest.fixture(scope="module")
def app(settings: Path) -> Iterator[FastAPI]:
    """Give the application over the module's town, where roles are named and Council Tax has pages of its own."""
    named = settings.with_name("named.toml")
    named.write_text(settings.read_text(encoding="utf-8") + ROLES, encoding="utf-8")
    made = application(named, development=True, secure=False)
    yield made
    made.state.house.council.close()


@pytest.fixture
def officer(browser: Callable[[], Paper]) -> Paper:
    """Give a browser at which c.lowe, who answers the telephone, has signed in to bill Council Tax."""
    return working(browser(), "c.lowe", "council-tax")


def working(person: Paper, name: str, purpose: str) -> Paper:
    person.sign_in(name)
    person.get("/desk/purpose")
    person.post("/desk/purpose", purpose=purpose)
    return person


def row_of(app: FastAPI, lane: str = "service", *where: Any) -> dict[str, Any]:
    """Give the person of a lane with most records."""
    persons: pl.DataFrame = app.state.house.shared.yesterday().lane(lane).persons.filter(*where)
    return persons.sort("records", "person", descending=True).row(0, named=True)


def ids(answer: Any) -> list[str]:
    return re.findall(rf'href="/desk/person/({IDENTIFIER})"', answer.text)


# ---------------------------------------------------------------- looking up


def test_an_officer_begins_with_looking_somebody_up_and_sees_no_cases(officer: Paper) -> None:
    begun = officer.get("/desk")
    assert begun.url.path == "/desk/find"
    examined(begun)
    assert "/desk/decisions" not in begun.text
    assert officer.get("/desk/decisions").status_code == 403
    assert officer.get("/desk/next").status_code == 403


def test_a_resident_is_found_by_name_however_it_is_spelt(officer: Paper, app: FastAPI) -> None:
    there = row_of(app, "service", pl.col("forename").str.len_chars() > 4, pl.col("postcode").is_not_null())
    misspelt = f"{there['surname'].lower()} {there['forename'][:-1].lower()}"
    answer = officer.post("/desk/find", name=misspelt, place=there["postcode"])
    examined(answer)
    assert there["person"] in ids(answer)
    assert str(answer.url).endswith("/desk/find"), "what was typed stands in no address"


@pytest.mark.parametrize("written", ["{postcode}", "{tight}", "{address}"])
def test_a_resident_is_found_by_postcode_or_address(officer: Paper, app: FastAPI, written: str) -> None:
    there = row_of(app, "service", pl.col("address").is_not_null(), pl.col("postcode").is_not_null())
    typed = written.format(tight=there["postcode"].replace(" ", "").lower(), **there)
    answer = officer.post("/desk/find", place=typed)
    assert "resident" in examined(answer)
    assert ids(answer)
    persons = app.state.house.shared.yesterday().lane("service").persons
    same = persons.filter(pl.col("person").is_in(ids(answer)))
    assert set(same["postcode"]) == {there["postcode"]}


def test_a_resident_is_found_by_the_reference_of_a_record_or_by_identifier(officer: Paper, app: FastAPI) -> None:
    lane = app.state.house.shared.yesterday().lane("service")
    mention, person = lane.members.filter(pl.col("mention").str.starts_with("council_tax/")).row(0)
    for typed in (mention.split("/")[1], f" {person.lower()} "):
        answer = officer.post("/desk/find", reference=typed)
        examined(answer)
        assert person in ids(answer)


def test_nothing_typed_is_asked_again_and_nobody_is_nobody(officer: Paper) -> None:
    assert "Enter a name, an address or a reference" in examined(officer.post("/desk/find"), 400)
    nobodys: list[dict[str, Any]] = [
        {"name": "xqzzyx"},
        {"place": "ZZ99 9ZZ"},
        {"place": "."},
        {"reference": "%' OR 1=1"},
    ]
    for typed in nobodys:
        answer = officer.post("/desk/find", **typed)
        assert "0 residents found" in examined(answer)
    hostile = officer.post("/desk/find", name="<script>alert(1)</script>")
    assert "<script>alert" not in hostile.text
    examined(hostile)


def test_a_purpose_that_may_not_look_by_name_finds_nobody_by_anything(browser: Callable[[], Paper]) -> None:
    person = working(browser(), "b.hart", "statistics")
    anybodys: list[dict[str, Any]] = [{"name": "smith"}, {"place": "ZQ1 0AJ"}, {"reference": "60100000"}]
    for typed in anybodys:
        answer = person.post("/desk/find", **typed)
        assert answer.status_code == 403
        assert ids(answer) == []


# ---------------------------------------------------------------- the person


def test_a_persons_page_has_the_source_and_rule_of_each_fact_and_their_records(officer: Paper, app: FastAPI) -> None:
    there = row_of(app, "service", pl.col("provenance").str.contains("council_tax/"))
    answer = officer.get(f"/desk/person/{there['person']}")
    text = examined(answer)
    for fact in ("forename", "surname", "address", "postcode"):
        assert there[fact] is None or there[fact] in text
    assert "placed for certain, then the latest" in text
    assert f"Records ({there['records']})" in text
    assert "First known" in text
    led = re.findall(r'href="(https://tax\.example/account/\w+)"', answer.text)
    assert led
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_who_lives_with_somebody_is_named_and_leads_to_their_page(officer: Paper, app: FastAPI) -> None:
    homes = app.state.house.shared.yesterday().lane("service").households
    household = homes.group_by("household").len().filter(pl.col("len") > 1).sort("household")["household"][0]
    one, *others = homes.filter(pl.col("household") == household)["person"].sort()
    answer = officer.get(f"/desk/person/{one}")
    examined(answer)
    assert sorted(ids(answer)) == sorted(others)
    assert officer.get(f"/desk/person/{others[0]}").status_code == 200


def test_what_systems_were_told_and_what_changed_is_shown(browser: Callable[[], Paper], app: FastAPI) -> None:
    told = next(n for n in app.state.house.council.store.outbox() if n["kind"] == "address")
    person = working(browser(), "b.hart", "canvass-match" if told["lane"] == "statutory" else "council-tax")
    text = examined(person.get(f"/desk/person/{told['person']}"))
    assert "a change of address Waiting" in text
    assert re.search(r"Address became .+, and was .+ before", text)
    assert "a source says something new" in text


def test_a_person_stands_as_the_nights_had_them_on_a_day(officer: Paper, app: FastAPI) -> None:
    first, *_ = (run["as_of"] for run in reversed(app.state.house.council.store.runs()))
    there = row_of(app)["person"]
    officer.get(f"/desk/person/{there}")
    answer = officer.post(f"/desk/person/{there}/on", day=str(first.day), month=str(first.month), year=str(first.year))
    assert f"on={first.isoformat()}" in str(answer.url)
    assert "As the nights had it on" in examined(answer)
    no_days: list[dict[str, Any]] = [{"day": "31", "month": "2", "year": "2026"}, {"day": "x"}, {}]
    for said in no_days:
        assert "Enter a day that there is" in examined(officer.post(f"/desk/person/{there}/on", **said), 400)
    before = officer.get(f"/desk/person/{there}?on=1999-01-01")
    assert "bore it on 1 January 1999" in examined(before, 404)


@pytest.mark.parametrize("path", [NOBODY, "0000-0000-0?on=2026-11-02", "<script>", "x" * 300, "..%2f..%2fetc"])
def test_nobody_is_told_plainly(officer: Paper, path: str) -> None:
    examined(officer.get(f"/desk/person/{path}"), 404)


def test_another_lanes_person_does_not_exist_for_a_purpose(officer: Paper, app: FastAPI) -> None:
    stands = app.state.house.shared.yesterday()
    own = set(stands.lane("service").persons["person"])
    other = next(p for p in stands.lane("statutory").persons["person"] if p not in own)
    assert "Nobody bears this identifier" in examined(officer.get(f"/desk/person/{other}"), 404)
    found = officer.post("/desk/find", reference=other)
    assert ids(found) == []


def test_what_a_purpose_may_not_see_stands_on_no_page(browser: Callable[[], Paper], app: FastAPI) -> None:
    there = row_of(app, "service", pl.col("dob").is_not_null())
    seen = working(browser(), "b.hart", "council-tax").get(f"/desk/person/{there['person']}")
    born = f"{there['dob'].day} {there['dob']:%B %Y}"
    assert born in examined(seen)
    narrow = working(browser(), "b.hart", "vacant-homes")
    assert born not in examined(narrow.get(f"/desk/person/{there['person']}"))
    assert "Date of birth" not in narrow.pages[-1].text
    assert born not in narrow.post("/desk/find", name=there["surname"]).text


def test_protection_is_told_to_who_sees_the_protected_and_to_nobody_else(
    browser: Callable[[], Paper], settings: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(settings.parent, tmp_path / "town"))
    app = application(folder / "named.toml", development=True, secure=False)
    council = app.state.house.council
    there = row_of(app, "statutory", pl.col("address").is_not_null(), pl.col("postcode").is_not_null())
    council.protect(there["person"], "safe-address", purpose="canvass-match", actor="b.hart", because="asked")
    with TestClient(app, base_url=HERE, client=("127.0.0.1", 50000)) as client:
        person = working(Paper(client), "b.hart", "registration")
        text = examined(person.get(f"/desk/person/{there['person']}"))
        assert "Where they live must not be told to anybody" in text
        assert there["address"] in text
        person.get("/desk/purpose")
        person.post("/desk/purpose", purpose="canvass-match")
        answer = person.get(f"/desk/person/{there['person']}")
        text = examined(answer)
        assert "protection" not in text
        assert there["address"] not in text
        assert there["postcode"] not in text
        assert ids(answer) == [], "nobody leads to where they live"
        assert there["person"] not in ids(person.post("/desk/find", place=there["address"]))


def test_each_look_is_noted_with_the_persons_and_the_purpose(officer: Paper, app: FastAPI) -> None:
    there = row_of(app)["person"]
    officer.get(f"/desk/person/{there}")
    last = [event for event in app.state.house.council.audit.events() if event.actor == "c.lowe"][-7:]
    assert {"view", "history", "households", "list"} <= {event.kind for event in last}
    assert {event.purpose for event in last} == {"council-tax"}


def test_who_answers_the_telephone_takes_nobody_apart(officer: Paper, app: FastAPI) -> None:
    person = row_of(app)["person"]
    shown = officer.get(f"/desk/person/{person}")
    assert "/split" not in shown.text
    assert "/move" not in shown.text
    assert "/fact/" not in shown.text
    for how in ("split", "move", "fact/surname"):
        examined(officer.get(f"/desk/person/{person}/{how}"), 403)
        examined(officer.post(f"/desk/person/{person}/{how}"), 403)
        examined(officer.post(f"/desk/person/{person}/{how}/preview"), 403)
