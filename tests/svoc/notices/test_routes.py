"""Who may be told what: the shipped routes, a council's own, and slips refused."""

from pathlib import Path

import pytest

from svoc.errors import SettingsError
from svoc.notices.routes import KIND_OF_FACT, RETRACTED, read_routes
from svoc.sources.catalogue import SOURCES
from svoc.words.persons import FACTS
from svoc.words.purposes import Purposes
from svoc.words.services import SERVICES

ROUTE = """
[[routes]]
kind = "name"
recipient = "library"
fields = ["surname"]
purpose = "data-quality"
basis = "consent"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "routes.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_routes_name_what_there_is() -> None:
    purposes = Purposes.in_force()
    routes = read_routes()

    assert routes
    for route in routes:
        assert route.recipient in {*SOURCES, *SERVICES}
        assert purposes.named(route.purpose).lane
        assert route.basis
        assert set(route.fields) <= set(FACTS)


def test_no_shipped_route_tells_more_than_its_change_needs() -> None:
    for route in read_routes():
        assert not {"dob", "previous_surname"} & set(route.fields)
        assert bool({"phone", "email"} & set(route.fields)) is (route.kind == "contact")
        assert ("died" in route.fields) is (route.kind == "death")


def test_a_fact_that_is_told_is_a_golden_fact_and_a_retraction_is_no_route() -> None:
    assert set(KIND_OF_FACT) < set(FACTS)
    assert RETRACTED not in KIND_OF_FACT.values()


def test_a_councils_own_file_replaces_the_shipped(tmp_path: Path) -> None:
    routes = read_routes(written(tmp_path, ROUTE))

    assert [(r.kind, r.recipient, r.fields) for r in routes] == [("name", "library", ("surname",))]
    assert read_routes(written(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ROUTE.replace('"name"', '"names"'), r"no kind of change that there is: names; did you mean name\?"),
        (ROUTE.replace("surname", "surnam"), r"no golden fact that there is: surnam; did you mean surname\?"),
        (ROUTE.replace('["surname"]', '"surname"'), "fields: expected a list"),
        (ROUTE.replace('basis = "consent"\n', ""), "basis"),
        (ROUTE + 'extra = "x"\n', "extra"),
        (ROUTE + 'channel = "fil"\n', r"no channel that there is: fil; did you mean file\?"),
        (ROUTE + 'consent = "yes"\n', "consent: expected true or false"),
        (ROUTE + 'unsaid = "telll"\n', r"did you mean tell\?"),
        (ROUTE + "acknowledge_within = 0\n", "expected a day or more"),
        (ROUTE.replace('"library"', "[]"), "recipient: expected a name, or a list of names"),
        (ROUTE.replace('"library"', '["library", "libary"]'), r"no recipient that there is: libary; did you mean libr"),
        (ROUTE + 'escalate_to = "libarry"\n', r"no recipient that there is: libarry; did you mean library\?"),
        ("[[routes]\n", "cannot be read"),
        (ROUTE.replace("[[routes]]", "[[route]]"), "route"),
    ],
)
def test_a_slip_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_routes(written(tmp_path, text), recipients=["library"])


def test_a_list_of_recipients_is_a_route_for_each(tmp_path: Path) -> None:
    routes = read_routes(written(tmp_path, ROUTE.replace('"library"', '["library", "housing"]')))

    assert [r.recipient for r in routes] == ["library", "housing"]


def test_every_service_that_tell_us_once_names_is_told_of_a_death() -> None:
    assert {r.recipient for r in read_routes() if r.kind == "death"} >= set(SERVICES)


def test_a_file_that_is_not_there_is_told_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as found:
        read_routes(tmp_path / "nothing.toml")
    assert "nothing.toml" in str(found.value)
    assert str(tmp_path) not in str(found.value)
