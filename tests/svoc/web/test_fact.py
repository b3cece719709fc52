"""Choosing which value of a fact counts: previewed, settled at once, kept through a night, and taken back."""

import re
from typing import Any

import polars as pl
import pytest
from fastapi import FastAPI

from tests.svoc.web.conftest import Paper
from tests.svoc.web.examining import examined
from tests.svoc.web.test_regrouping_pages import LANE, filled


def torn(app: FastAPI) -> str:
    """Give somebody whose records write their forename in two ways."""
    stands = app.state.house.shared.yesterday()
    of_people = stands.mentions.join(stands.lane(LANE).members, on="mention").filter(pl.col("source") != "life_events")
    ways = of_people.group_by("person").agg(pl.col("forename").drop_nulls().n_unique())
    return str(ways.filter(pl.col("forename") > 1)["person"].sort()[0])


def held(app: FastAPI, person: str) -> dict[str, Any]:
    persons = app.state.house.shared.yesterday().lane(LANE).persons
    return dict(persons.row(by_predicate=pl.col("person") == person, named=True))


def test_a_value_is_chosen_previewed_kept_and_taken_back(steward: Paper, app: FastAPI) -> None:
    person, council = torn(app), app.state.house.council
    before, at = held(app, person)["forename"], f"/desk/person/{person}/fact/forename"
    assert at in steward.get(f"/desk/person/{person}").text
    page = steward.get(at)
    text = examined(page)
    assert "Which value is right?" in text
    assert before in text
    offered = re.findall(
        r'name="value" type="radio" value="([A-Z])".*?<label[^>]*>([^<]+)</label>', page.text, re.DOTALL
    )
    letter, other = next((letter, words) for letter, words in offered if words != before)
    shown = steward.post(f"{at}/preview", **filled(page, value=letter, reason="document", note="passport"))
    text = examined(shown)
    assert f"Forename would become {other}, and is {before} now" in text
    assert "It takes effect at once" in text
    assert "when the next night" not in text
    assert held(app, person)["forename"] == before
    after = steward.post(at, **filled(shown))
    assert "stands from now on" in examined(after)
    assert held(app, person)["forename"] == other
    council.commit(council.settle())
    assert held(app, person)["forename"] == other
    assert "Say why you take it back" in examined(steward.post(f"{at}/back"), 400)
    gone = steward.post(f"{at}/back", because="the passport was his father's")
    assert "Take back what was chosen" not in examined(gone)
    assert held(app, person)["forename"] == before


def test_what_is_left_out_or_has_changed_keeps_nothing(steward: Paper, app: FastAPI) -> None:
    person = torn(app)
    before, at = held(app, person)["forename"], f"/desk/person/{person}/fact/forename"
    page = steward.get(at)
    text = examined(steward.post(f"{at}/preview", **filled(page)), 400)
    assert "Choose a value" in text
    assert "Choose a reason" in text
    said = filled(page, value="A", reason="spoke", token="of another day")
    assert "Something has changed since you looked" in examined(steward.post(at, **said), 409)
    assert held(app, person)["forename"] == before
    examined(steward.post(f"{at}/back", because="nothing was chosen"), 404)


@pytest.mark.parametrize("field", ["uprn", "deceased", "died", "nothing"])
def test_of_a_fact_that_is_not_chosen_here_there_is_no_page(steward: Paper, app: FastAPI, field: str) -> None:
    person = torn(app)
    examined(steward.get(f"/desk/person/{person}/fact/{field}"), 404)
    assert f"/fact/{field}" not in steward.get(f"/desk/person/{person}").text
    examined(steward.get("/desk/person/0000-0000-0/fact/forename"), 404)


def test_a_fact_that_the_purpose_may_not_see_is_not_chosen(steward: Paper, app: FastAPI) -> None:
    person = torn(app)
    steward.get("/desk/purpose")
    steward.post("/desk/purpose", purpose="address-maintenance")
    for field in ("forename", "dob", "phone"):
        answer = steward.get(f"/desk/person/{person}/fact/{field}")
        assert answer.status_code in {403, 404}
