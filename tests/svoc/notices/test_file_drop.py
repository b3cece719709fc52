"""Notices as files: whole or not at all, once, and for their owner alone."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from svoc.notices.base import Channel, Notice
from svoc.notices.file_drop import FileDrop

NOTICE = Notice(
    notice="a1b2c3",
    kind="name",
    recipient="library",
    reference="L/17",
    person="MC78-RZ8Y-S",
    payload={"surname": "SMITH", "forename": "ZOË"},
    basis="consent",
    run=3,
)


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def test_it_is_a_channel(tmp_path: Path) -> None:
    channel: Channel = FileDrop(tmp_path)

    channel.send(NOTICE)

    assert len(files(tmp_path)) == 1


def test_a_notice_is_an_envelope_around_exactly_the_facts(tmp_path: Path) -> None:
    FileDrop(tmp_path).send(NOTICE)

    assert json.loads((tmp_path / "library" / "a1b2c3.json").read_text(encoding="utf-8")) == {
        "specversion": "1.0",
        "id": "a1b2c3",
        "source": "svoc",
        "type": "svoc.name",
        "subject": "L/17",
        "datacontenttype": "application/json",
        "data": {
            "person": "MC78-RZ8Y-S",
            "basis": "consent",
            "run": 3,
            "facts": {"surname": "SMITH", "forename": "ZOË"},
        },
    }


def test_a_file_name_tells_nothing_of_a_person(tmp_path: Path) -> None:
    FileDrop(tmp_path).send(NOTICE)
    path = str(files(tmp_path)[0].relative_to(tmp_path))

    assert path == "library/a1b2c3.json"


def test_sending_twice_is_sending_once(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path)
    drop.send(NOTICE)
    before = files(tmp_path)[0].stat().st_mtime_ns
    drop.send(replace(NOTICE, payload={"surname": "JONES"}))

    assert len(files(tmp_path)) == 1
    assert files(tmp_path)[0].stat().st_mtime_ns == before
    assert "JONES" not in files(tmp_path)[0].read_text(encoding="utf-8")


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        FileDrop(tmp_path / "outbox").send(NOTICE)
    finally:
        os.umask(old)

    assert files(tmp_path)[0].stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "outbox" / "library").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "outbox").stat().st_mode & 0o777 == 0o700


def test_each_recipient_has_a_folder_of_its_own(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path)
    for recipient in ("library", "council_tax"):
        drop.send(replace(NOTICE, recipient=recipient))

    assert sorted(p.name for p in tmp_path.iterdir()) == ["council_tax", "library"]


def test_a_notice_that_cannot_be_written_whole_is_not_there_at_all(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path)
    with pytest.raises(TypeError):
        drop.send(replace(NOTICE, payload={"surname": object()}))

    assert files(tmp_path) == []
    drop.send(NOTICE)
    assert len(files(tmp_path)) == 1


def test_a_folder_that_cannot_be_made_leaves_the_notice_in_the_outbox(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("in the way")

    with pytest.raises(OSError, match="library"):
        FileDrop(tmp_path).send(NOTICE)


@pytest.mark.parametrize("recipient", ["../elsewhere", "a/b", "..", "/tmp", ""])
def test_a_recipient_that_is_no_name_writes_nowhere(tmp_path: Path, recipient: str) -> None:
    drop = FileDrop(tmp_path / "outbox")
    with pytest.raises(ValueError, match="recipient"):
        drop.send(replace(NOTICE, recipient=recipient))

    assert files(tmp_path) == []
