"""JSON as nobody should send it: one clear line for what is wrong, and nothing lost of the rest of the file."""

import json
from datetime import date
from pathlib import Path

import pytest

from svoc.errors import InputFaults
from svoc.sources.life_events import LifeEvents, read_events

TODAY = date(2026, 11, 2)
GOOD = '{"kind": "death", "reference": "G", "about": {"surname": "Oak"}, "happened": "2026-10-20"}'
SUBJECT = {"name": [{"nameParts": [{"type": "FamilyName", "value": "Oak"}]}]}
TOKEN = json.dumps({"events": {"https://x.example/deathRegistered": {"deathRegistrationID": 7, "subject": SUBJECT}}})


def told(folder: Path, written: str | bytes) -> LifeEvents:
    file = folder / "told.json"
    file.write_bytes(written.encode() if isinstance(written, str) else written)
    return read_events(file, today=TODAY)


def event(**said: str) -> str:
    """Write an event whose values are given as they stand in the file."""
    whole = {"kind": '"death"', "reference": '"B"', "about": '{"surname": "Oak"}', **said}
    return "{" + ", ".join(f'"{key}": {value}' for key, value in whole.items()) + "}"


BAD = {
    "a key twice": (event(about='{"surname": "Oak", "surname": "Ash"}'), "each key of an object once"),
    "an event twice in one": ('{"kind": "death", "kind": "move", "reference": "B"}', "each key of an object once"),
    "a number of a thousand digits": (event(adults_left="9" * 1_000), "a number of at most 20 digits"),
    "a number beyond all numbers": (event(adults_left="1e999"), "a number that a computer can hold"),
    "no number at all": (event(verification="NaN"), "a number"),
    "a text longer than any": (event(about=json.dumps({"surname": "O" * 20_000})), "at most 10,000 letters"),
    "a list for an event": ("[]", "an object"),
    "a number for an event": ("7", "an object"),
    "a truth for a number": (event(verification="true"), "a number"),
    "a day that there is not": (event(recorded_at='"2026-02-31"'), "a time as"),
}


@pytest.mark.parametrize("why", BAD)
def test_what_is_wrong_of_one_event_costs_that_event_alone(tmp_path: Path, why: str) -> None:
    written, words = BAD[why]
    found = told(tmp_path, f'{{"format": "svoc-life-events", "version": 1, "events": [{written}, {GOOD}]}}')
    assert found.events["reference"].to_list() == ["G"]
    (fault,) = [str(fault) for fault in found.faults]
    assert words in fault
    assert "event 1" in fault
    assert len(fault) < 400
    assert "Ash" not in fault


@pytest.mark.parametrize("bad", ['{"events": {"x": 1, "x": 2}}', '{"events": {"deathRegistered": {"subject": 1e999}}}'])
def test_a_token_in_a_list_is_named_by_its_line(tmp_path: Path, bad: str) -> None:
    found = told(tmp_path, f"[{TOKEN},\n{bad},\n{TOKEN.replace('7', '8')}]")
    assert found.events["reference"].to_list() == ["7", "8"]
    assert [fault.line for fault in found.faults] == [2]


WHOLE: dict[str, tuple[str | bytes, str]] = {
    "nested without end": ("[" * 100_000 + "]" * 100_000, "JSON"),
    "an event nested without end": (event(about="[" * 100_000 + "]" * 100_000), "JSON"),
    "cut short": (f'{{"format": "svoc-life-events", "version": 1, "events": [{GOOD},', "JSON"),
    "two files in one": (f"[{TOKEN}] [{TOKEN}]", "JSON"),
    "another encoding": (f"[{TOKEN.replace('Oak', 'Ōe')}]".encode("utf-16-le"), "JSON"),
    "an older encoding": (f"[{TOKEN.replace('Oak', 'Müller')}]".encode("latin-1"), "JSON in UTF-8"),
    "bytes that are no text": (b"[\xff\xfe\x00]", "JSON in UTF-8"),
}


@pytest.mark.parametrize("why", WHOLE)
def test_a_file_that_is_no_json_is_refused_whole_with_one_line(tmp_path: Path, why: str) -> None:
    written, words = WHOLE[why]
    with pytest.raises(InputFaults, match=words) as refused:
        told(tmp_path, written)
    assert len(refused.value.faults) == 1


def test_the_line_of_what_is_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="line 3"):
        told(tmp_path, f"[\n{TOKEN},\n{{,}}]")
