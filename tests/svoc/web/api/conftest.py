"""The staff API over a town whose two nights are done, and clients that ask it with keys."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from svoc import Council
from svoc.keys import make_key
from svoc.web.app import application

HERE = "http://127.0.0.1:8000"
KEYS = itertools.count()


def key_for(council: Council, name: str, *, purposes: str, roles: str) -> str:
    """Make a key, and give all of it."""
    until = datetime.now(UTC).date() + timedelta(days=30)
    asked = {"purposes": purposes.split(), "roles": roles.split()}
    return make_key(council, name, until=until, by="a.bell", because="a test", **asked).text


@dataclass
class System:
    """Another system of the council, with a key of its own."""

    client: TestClient
    key: str
    purpose: str = "data-quality"
    human: str | None = "j.okafor"
    said: list[Any] = field(default_factory=list)

    def headers(self, **more: str | None) -> dict[str, str]:
        """Give the headers that it sends; None leaves one out."""
        usual = {
            "Authorization": f"Bearer {self.key}", "Svoc-Purpose": self.purpose, "Svoc-On-Behalf-Of": self.human,
        }  # fmt: skip
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {name: value for name, value in {**usual, **named}.items() if value is not None}

    def get(self, path: str, **more: str | None) -> Any:
        """Read."""
        return self.client.get(f"/api/v1{path}", headers=self.headers(**more))

    def post(self, path: str, body: Any, **more: str | None) -> Any:
        """Write, under a key of its own unless one is given."""
        once = {"Idempotency_Key": f"test-key-{next(KEYS):04}", **more}
        return self.client.post(f"/api/v1{path}", json=body, headers=self.headers(**once))


@pytest.fixture(scope="module")
def app(settings: Path) -> Iterator[FastAPI]:
    """Give the application over the module's town."""
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[sign_in]\na_minute = 100000\n", encoding="utf-8")
    made = application(settings, development=True, secure=False)
    yield made
    made.state.house.council.close()


@pytest.fixture(scope="module")
def council(app: FastAPI) -> Council:
    """Give the council that the application has open."""
    found: Council = app.state.house.council
    return found


def client_of(app: FastAPI) -> TestClient:
    """Give a client on this computer."""
    return TestClient(app, base_url=HERE, client=("127.0.0.1", 50000), raise_server_exceptions=False)


MakeSystem = Callable[..., System]


@pytest.fixture(scope="module")
def system(app: FastAPI, council: Council) -> MakeSystem:
    """Give the maker of systems."""
    made: dict[tuple[str, str], str] = {}

    def make(roles: str = "steward", purpose: str = "data-quality", *, human: str | None = "j.okafor") -> System:
        asked = (roles, purpose)
        key = made.get(asked) or key_for(council, f"crm{len(made)}", purposes=purpose, roles=roles)
        made[asked] = key
        return System(client_of(app), key, purpose.partition(" ")[0], human)

    return make
