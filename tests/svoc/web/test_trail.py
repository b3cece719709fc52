"""An auditor's look through the trail: what is shown of it, how it is chosen, and that looking is noted."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from svoc.desk.trail import GROUPS
from svoc.store.audit_asking import Asked
from svoc.words.audit import Kind
from tests.svoc.web.conftest import Paper
from tests.svoc.web.examining import examined

ACTORS = '\n[actors]\n"a.bell" = "auditor"\n"j.okafor" = "steward"\n"c.lowe" = "officer"\n'


@pytest.fixture(scope="module")
def settings(made_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = Path(shutil.copytree(made_town, tmp_path_factory.mktemp("trail") / "town")) / "council.toml"
    own.write_text(own.read_text(encoding="utf-8") + ACTORS, encoding="utf-8")
    return own


@pytest.fixture
def auditor(browser: Callable[[], Paper]) -> Paper:
    person = browser()
    answer = person.sign_in("a.bell")
    assert answer.url.path == "/desk/audit", "an auditor begins at the trail"
    return person


def person_of(app: FastAPI) -> dict[str, Any]:
    stands = app.state.house.shared.yesterday().lane("service")
    return dict(stands.persons.sort("person").row(0, named=True))


def rows(page: Any) -> list[str]:
    """Give the lines of the table, each as its text."""
    found = re.findall(r'<tr class="govuk-table__row" role="row">\s*<td.*?</tr>', page.text, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", row)).strip() for row in found]


def noted(app: FastAPI) -> list[Any]:
    return list(app.state.house.council.audit.events(Asked(kind=Kind.AUDIT)))


def test_each_kind_of_event_is_in_one_group_that_an_auditor_can_choose() -> None:
    assert sorted(kind for kinds in GROUPS.values() for kind in kinds) == sorted(Kind)


def test_an_auditor_sees_who_looked_at_whom_for_what_and_nothing_of_the_resident(
    auditor: Paper, browser: Callable[[], Paper], app: FastAPI
) -> None:
    person = person_of(app)
    officer = browser()
    officer.sign_in("c.lowe")
    officer.get("/desk/purpose")
    officer.post("/desk/purpose", purpose="data-quality")
    officer.get(f"/desk/person/{person['person']}")

    page = auditor.get("/desk/audit")
    told = examined(page)
    assert any("c.lowe" in row and "One person's record was read" in row.replace("&#39;", "'") for row in rows(page))
    assert person["person"] not in told
    assert person["surname"] not in told

    page = auditor.post("/desk/audit", person=person["person"].lower(), because="they asked who saw them")
    mine = rows(page)
    assert mine
    assert all("c.lowe" in row for row in mine)
    assert person["person"] not in str(page.url)
    last = noted(app)[-1]
    assert (last.actor, last.purpose, last.because) == ("a.bell", "canvass-match", "they asked who saw them")
    assert last.persons == 1


def test_the_trail_is_chosen_by_what_who_and_purpose(
    auditor: Paper, browser: Callable[[], Paper], app: FastAPI
) -> None:
    steward = browser()
    steward.sign_in("j.okafor")
    steward.get("/desk")
    council = app.state.house.council
    council.audit.note(Kind.VIEW, actor="crm/j.okafor", purpose="debt", because="asked at the counter")
    council.audit.note(Kind.DECIDE, actor="j.okafor", purpose="data-quality", counts={"decision": 7})
    council.audit.note(Kind.UNDO, actor="j.okafor", purpose="data-quality", counts={"decision": 7})

    decided = rows(auditor.post("/desk/audit", group="decisions"))
    assert ["taken back" in row for row in decided] == [True, False]
    assert "asked at the counter" in rows(auditor.post("/desk/audit", of="debt"))[0]
    assert len(rows(auditor.post("/desk/audit", of="debt"))) == 1
    hers = rows(auditor.post("/desk/audit", actor="j.okafor"))
    assert "crm/j.okafor" in " ".join(hers), "and what a system did for her"
    assert not rows(auditor.post("/desk/audit", actor="j.%"))
    assert "There is no such event" in auditor.get("/desk/audit").text, "what was chosen is kept"


def test_the_trail_is_chosen_by_day_and_what_cannot_be_meant_is_said(auditor: Paper, app: FastAPI) -> None:
    today = datetime.now(UTC)
    everything = len(rows(auditor.post("/desk/audit")))
    written = f"{today.day}/{today.month}/{today.year}"
    assert len(rows(auditor.post("/desk/audit", since="1/1/2020", until=written))) >= min(everything, 50) > 1
    assert not rows(auditor.post("/desk/audit", until="31/12/2019"))
    assert noted(app)[-1].about["until"] == "2020-01-01"

    for typed, said in (
        ({"since": "31/2/2026"}, "Enter a day that there is"),
        ({"since": "2/11/2026", "until": "1/11/2026"}, "The last day comes before the first"),
        ({"person": "' OR 1=1 --"}, "Enter an identifier"),
        ({"since": "<script>"}, "Enter a day that there is"),
    ):
        refused = auditor.post("/desk/audit", **dict[str, Any](typed))
        assert said in examined(refused, 400)


def test_the_trail_is_turned_page_by_page_and_no_event_is_missed(auditor: Paper, app: FastAPI) -> None:
    audit = app.state.house.council.audit
    for n in range(120):
        audit.note(Kind.SEARCH, actor="p.ager", purpose="data-quality", counts={"shown": n})
    page = auditor.post("/desk/audit", actor="p.ager")
    seen = list[str]()
    for _ in range(3):
        seen += re.findall(r"shown (\d+)", page.text)
        if older := re.search(r'href="(/desk/audit\?before=\d+)"', page.text):
            page = auditor.get(older[1])
            examined(page)
    assert seen == [str(n) for n in reversed(range(120))]
    assert auditor.get("/desk/audit?before=x").status_code == 200


def test_the_chain_is_checked_on_demand_and_a_forged_event_is_named(auditor: Paper, app: FastAPI) -> None:
    assert "Last event" in examined(auditor.get("/desk/audit/chain"))
    assert "Whole" in examined(auditor.post("/desk/audit/chain"))
    audit = app.state.house.council.audit
    verified = list(audit.events(Asked(kind=Kind.VERIFY)))[-1]
    assert (verified.actor, verified.counts["violations"]) == ("a.bell", 0)

    with audit.engine.begin() as connection:
        whole = connection.scalar(text("SELECT body FROM audit_event WHERE seq = 2"))
        connection.execute(text("UPDATE audit_event SET body = body || ' ' WHERE seq = 2"))
    told = examined(auditor.post("/desk/audit/chain"))
    assert "Tampered with" in told
    assert "event 2" in told
    with audit.engine.begin() as connection:
        connection.execute(text("UPDATE audit_event SET body = :whole WHERE seq = 2"), {"whole": whole})
    assert "Whole" in examined(auditor.post("/desk/audit/chain"))
