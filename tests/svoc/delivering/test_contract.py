"""Every channel keeps the same promises: all that it is given arrives, once however often it is sent, and no more."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from svoc.delivering.channels import BUILT, channel_of
from svoc.notices.base import Batch, Channel, Notice, Undelivered, envelope
from svoc.notices.names import CHANNELS
from svoc.notices.recipients import Recipients
from svoc.settings import CouncilSettings
from tests.svoc.delivering.servers import SECRET, Authority, authority, mail_server, receiver, unused_port

FACTS = {"surname": "SMITH", "forename": "ZOË", "died": None}
ONE = Notice("a1", "name", "library", "L/17", "MC78-RZ8Y-S", FACTS, "consent", 3, party="P/2", purpose="data-quality")
TWO = replace(ONE, notice="b2", kind="death-retracted", reference=None, party=None, retracts="z9", payload={"uprn": 7})
BOTH = (ONE, TWO)


@dataclass
class Ends:
    """A channel, and what arrived at its other end: notice -> its facts."""

    channel: Channel | Batch
    arrived: Callable[[], dict[str, dict[str, Any]]]

    def send(self, notices: Sequence[Notice] = BOTH) -> None:
        if isinstance(self.channel, Batch):
            self.channel.send_all(notices)
        else:
            for notice in notices:
                self.channel.send(notice)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


def settings(folder: Path, recipient: dict[str, Any], mail: dict[str, Any] | None = None) -> CouncilSettings:
    said = {"council": {"name": "Barchester"}, "folder": folder, "sources": [{"name": "library", "kind": "generic"}]}
    return CouncilSettings.model_validate(
        {**said, "notices": {"recipients": {"library": recipient}, "mail": mail or {}}}
    )


def made(name: str, folder: Path, recipient: dict[str, Any], mail: dict[str, Any] | None = None) -> Channel | Batch:
    own = settings(folder, {"channel": name, **recipient}, mail)
    return channel_of(name, "library", own, Recipients.of(own))


def in_files(folder: Path) -> dict[str, dict[str, Any]]:
    events = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("outbox/library/*.json"))]
    return {event["id"]: event["data"]["facts"] for event in events}


def in_lines(folder: Path) -> dict[str, dict[str, Any]]:
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("outbox/library/*.jsonl"))]
    events = [json.loads(line) for text in texts for line in text.splitlines()]
    assert len({event["id"] for event in events}) == len(events), "a notice is in two batches"
    return {event["id"]: event["data"]["facts"] for event in events}


def in_tables(folder: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("outbox/library/*.csv")):
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
            assert row["notice"] not in found, "a notice is in two batches"
            facts = {k: v for k, v in row.items() if k in {*FACTS, "uprn"}}
            found[row["notice"]] = {name: value or None for name, value in facts.items()}
    whole: dict[str, dict[str, Any]] = {"a1": dict(FACTS), "b2": {"uprn": 7}}
    for notice, facts in found.items():
        own = whole[notice]
        assert {k: v for k, v in facts.items() if v} == {k: str(v) for k, v in own.items() if v}
        found[notice] = own
    return found


def in_mail(messages: list[Any]) -> dict[str, dict[str, Any]]:
    whole: dict[str, dict[str, Any]] = {"a1": dict(FACTS), "b2": {"uprn": 7}}
    once = {message["Message-ID"]: message.get_content() for message in messages}
    return {n: whole[n] for text in once.values() for n in whole if f"notice: {n}\n" in text.replace("\r\n", "\n")}


@pytest.fixture(params=sorted(CHANNELS))
def ends(request: pytest.FixtureRequest, tmp_path: Path, trusted: Authority) -> Iterator[Ends]:
    """Give each channel with its other end."""
    name = request.param
    with ExitStack() as open_ends:
        if name == "webhook":
            there = open_ends.enter_context(receiver(tmp_path / "there", trusted))
            own = {"url": there.url, "secret": SECRET, "ca": str(trusted.ca)}
            kept = lambda: {n: event["data"]["facts"] for n, event in there.kept().items()}  # noqa: E731
            yield Ends(made(name, tmp_path, own), kept)
        elif name == "email":
            box = open_ends.enter_context(mail_server(trusted, starttls=True))
            mail = {"host": "localhost", "port": box.port, "sender": "svoc@council.example", "ca": str(trusted.ca)}
            yield Ends(made(name, tmp_path, {"to": "badges@council.example"}, mail), lambda: in_mail(box.messages))
        else:
            read = {"file": in_files, "jsonl": in_lines, "csv": in_tables}[name]
            yield Ends(made(name, tmp_path, {}), lambda: read(tmp_path))


def test_every_channel_that_may_be_named_can_be_made() -> None:
    assert set(BUILT) == set(CHANNELS)


def test_all_that_is_sent_arrives_with_exactly_its_facts(ends: Ends) -> None:
    ends.send()

    assert ends.arrived() == {"a1": FACTS, "b2": {"uprn": 7}}


def test_sending_twice_has_the_effect_of_sending_once(ends: Ends) -> None:
    ends.send((ONE,))
    ends.send((ONE,))
    ends.send(BOTH)
    ends.send(BOTH)

    assert ends.arrived() == {"a1": FACTS, "b2": {"uprn": 7}}


def test_sending_nothing_is_nothing(ends: Ends) -> None:
    ends.send(())

    assert ends.arrived() == {}


@pytest.mark.parametrize("name", ["webhook", "email"])
def test_nobody_there_is_undelivered_and_worth_another_try(name: str, tmp_path: Path) -> None:
    port = unused_port()
    mail = {"host": "localhost", "port": port, "sender": "svoc@council.example"}
    own = {"url": f"https://localhost:{port}/", "secret": SECRET, "to": "a@b.example", "timeout": 2}
    channel = made(name, tmp_path, own, mail)

    with pytest.raises(Undelivered) as found:
        channel.send_all(BOTH) if isinstance(channel, Batch) else channel.send(ONE)
    assert (found.value.again, found.value.away) == (True, True)
    assert "SMITH" not in str(found.value)


def test_the_envelope_holds_what_there_is_and_nothing_else() -> None:
    assert envelope(TWO) == {
        "specversion": "1.0",
        "id": "b2",
        "source": "svoc",
        "type": "svoc.death-retracted",
        "datacontenttype": "application/json",
        "data": {
            "person": "MC78-RZ8Y-S", "basis": "consent", "run": 3, "purpose": "data-quality", "retracts": "z9",
            "facts": {"uprn": 7},
        },
    }  # fmt: skip
    assert envelope(ONE)["subject"] == "L/17"
