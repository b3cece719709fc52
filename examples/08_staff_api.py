"""Asks the staff API from another system of the council: finds a resident while they speak, and tells the change once.

`Client` is all that such a system needs, in the standard library alone: copy it. It talks here to a made-up town.

Run it with: python examples/08_staff_api.py
"""

import http.client
import json
import secrets
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn

from svoc import Council
from svoc.keys import make_key
from svoc.rehearsal.town import rehearse
from svoc.web.app import application


class Refused(Exception):
    """What the API answers where something is wrong (RFC 9457): a word for programs, a sentence for people."""

    def __init__(self, status: int, told: dict[str, Any]) -> None:
        self.status = status
        self.kind = str(told.get("type", "")).rpartition(":")[2]
        super().__init__(f"{status} {self.kind}: {told.get('detail') or told.get('title')}")


@dataclass(frozen=True)
class Resident:
    """As much of a golden record as this system shows."""

    id: str
    name: str
    address: str | None
    phone: str | None
    records: int

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Resident":
        """Make one of what the API gives."""
        parts = (told[part] for part in ("title", "forename", "surname"))
        return cls(told["id"], " ".join(p for p in parts if p), told["address"], told["phone"], told["records"])


@dataclass(frozen=True)
class Client:
    """The staff API for one purpose, on behalf of one member of staff. Over a network, use an HTTPSConnection."""

    host: str
    port: int
    key: str
    purpose: str
    officer: str

    def find(self, text: str, near: str | None = None) -> list[Resident]:
        """Look for residents by name and place."""
        told = self._asked("POST", "/find", {"text": text, "near": near})
        return [Resident.of(person) for person in told["persons"]]

    def new_telephone(self, resident: Resident, phone: str, *, once: str) -> str:
        """Tell a new telephone; `once`: made for this call, and the same where it has to be sent again."""
        body = {"kind": "contact", "person": resident.id, "phone": phone}
        return str(self._asked("POST", "/tell", body, once=once)["event"])

    def _asked(self, method: str, path: str, body: dict[str, Any], *, once: str | None = None) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Svoc-Purpose": self.purpose,
            "Svoc-On-Behalf-Of": self.officer, **({"Idempotency-Key": once} if once else {}),
        }  # fmt: skip
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, f"/api/v1{path}", json.dumps(body), headers)
            answer = connection.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status >= 400:
            raise Refused(answer.status, told)
        return told


def call(client: Client, name: str, postcode: str) -> None:
    """Do what an officer does on the telephone."""
    resident = client.find(name.lower(), near=postcode)[0]
    print(f"found: one resident, of {resident.records} records")
    once = secrets.token_urlsafe(16)
    first = client.new_telephone(resident, "01632 960123", once=once)
    again = client.new_telephone(resident, "01632 960123", once=once)
    print("told; sent again it is", "the same" if first == again else "another")
    try:
        client.new_telephone(resident, "01632 960999", once=once)
    except Refused as refused:
        print("something else under the same key:", refused.kind)
    try:
        Client(client.host, client.port, client.key, "fraud", client.officer).find(name)
    except Refused as refused:
        print("for another purpose:", refused.kind)


def main() -> None:
    """Make a town, serve it on this computer, and ask it."""
    with tempfile.TemporaryDirectory() as folder:
        town = rehearse(Path(folder) / "town", dwellings=30, seed=3, nights=1)
        with Council.open(town.settings) as council:
            council.commit(council.plan())
            until = datetime.now(UTC).date() + timedelta(days=30)
            purposes = ["change-of-address"]
            key = make_key(
                council, "crm", purposes=purposes, roles=["officer"], until=until, by="a.bell", because="CRM"
            )
            somebody = council.reader("council-tax").frames()["persons"].sort("records").row(-1, named=True)
        app = application(town.settings, development=True, secure=False)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
        serving = threading.Thread(target=server.run)
        serving.start()
        while not server.started:
            serving.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            client = Client("127.0.0.1", port, key.text, "change-of-address", "j.okafor")
            call(client, f"{somebody['forename']} {somebody['surname']}", somebody["postcode"])
        finally:
            server.should_exit = True
            serving.join()


if __name__ == "__main__":
    main()
