"""A town whose first two nights are done, and browsers of paper: clients that ask the application without a network."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from svoc import Council
from svoc.rehearsal.town import rehearse
from svoc.web.app import application

HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def made_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a town whose two nights are done, to be copied and left alone."""
    town = rehearse(tmp_path_factory.mktemp("web") / "town", dwellings=400, seed=7, nights=2)
    with Council.open(town.settings) as council:
        for _ in range(2):
            council.commit(council.plan())
    return town.folder


@pytest.fixture(scope="module")
def settings(made_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give council.toml of a town of the module's own."""
    return Path(shutil.copytree(made_town, tmp_path_factory.mktemp("own") / "town")) / "council.toml"


@pytest.fixture(scope="module")
def app(settings: Path) -> Iterator[FastAPI]:
    """Give the application over the module's town."""
    made = application(settings, development=True, secure=False)
    yield made
    made.state.house.council.close()


@dataclass
class Paper:
    """One person at a browser without scripts."""

    client: TestClient
    pages: list[Any] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> Any:
        """Open a page."""
        return self._kept(self.client.get(path, **more))

    def post(self, path: str, *, csrf: str | None = None, follow: bool = True, **fields: Any) -> Any:
        """Send a form that stands on the last page that had one."""
        token = self.csrf if csrf is None else csrf
        return self._kept(self.client.post(path, data={"csrf": token, **fields}, follow_redirects=follow))

    def _kept(self, page: Any) -> Any:
        self.pages.append(page)
        return page

    @property
    def csrf(self) -> str:
        """Give the token that stands in the forms of the last page that had one."""
        for page in reversed(self.pages):
            if found := re.search(r'name="csrf" value="([^"]+)"', page.text):
                return found[1]
        raise AssertionError("no page had a form")

    def sign_in(self, name: str = "j.okafor") -> Any:
        """Sign in."""
        self.get("/desk/sign-in")
        return self.post("/desk/sign-in", name=name)


@pytest.fixture
def browser(app: FastAPI) -> Callable[[], Paper]:
    """Give new browsers, each with cookies of its own."""
    return lambda: Paper(TestClient(app, base_url=HERE, client=("127.0.0.1", 50000)))


@pytest.fixture
def steward(browser: Callable[[], Paper]) -> Paper:
    """Give a browser at which j.okafor has signed in."""
    person = browser()
    assert person.sign_in().status_code == 200
    return person
