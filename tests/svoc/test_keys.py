"""Keys of other systems: shown once, kept as a hash, for some purposes and roles, until a day, and revoked for good."""

import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from svoc import Council
from svoc.cli import app
from svoc.errors import PurposeRefused, SettingsError
from svoc.keys import LONGEST, KeyRefused, NewKey, known_key, list_keys, make_key, revoke_key
from svoc.store.audit_asking import Asked, Noted
from svoc.words.audit import Kind
from tests.scenes import SETTINGS

TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(days=30)


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    folder = tmp_path_factory.mktemp("keys")
    (folder / "council.toml").write_text(SETTINGS.replace("[gazetteer]", 'key = "pepper"\n[gazetteer]'))
    (folder / "llpg.csv").write_text("UPRN,ADDRESS,POSTCODE\n")
    with Council.open(folder / "council.toml") as council:
        yield council


def made(council: Council, name: str = "crm", *, purposes: str = "council-tax", roles: str = "officer") -> NewKey:
    asked = {"purposes": purposes.split(), "roles": roles.split()}
    return make_key(council, name, until=SOON, by="a.bell", because="the contact centre", **asked)


def events(council: Council, kind: Kind) -> list[Noted]:
    return list(council.audit.events(Asked(kind=kind)))


def test_a_key_is_known_again_with_what_it_is_for(council: Council) -> None:
    key = known_key(council, made(council, purposes="debt council-tax").text)

    assert (key.name, key.roles, key.purposes, key.until) == ("crm", ("officer",), ("council-tax", "debt"), SOON)


def test_neither_database_nor_log_holds_the_secret(council: Council) -> None:
    key = made(council)
    secret = key.text.removeprefix(f"svoc_{key.prefix}_")

    files = [file for file in council.settings.folder.iterdir() if ".db" in file.name]
    assert len(files) >= 2
    assert not [file.name for file in files if secret.encode() in file.read_bytes()]
    assert not [row for row in list_keys(council, by="a.bell") if secret in repr(row)]


def test_one_secret_has_another_hash_under_another_salt_and_another_council_s_secret(council: Council) -> None:
    key = made(council)
    own = council.settings.council
    other = Council(
        council.settings.model_copy(update={"council": own.model_copy(update={"key": "salt"})}), council.store,
        council.policy,
    )  # fmt: skip
    with pytest.raises(KeyRefused):
        known_key(other, key.text)
    assert len({(row.salt, row.digest) for row, _ in list_keys(council, by="a.bell")}) == len(
        {row.salt for row, _ in list_keys(council, by="a.bell")}
    )


def wrong(key: str) -> Iterator[str]:
    yield from ("", "svoc", "svoc__", key[:-1], f"{key}a", key.upper(), f" {key}", f"{key}\0", "svoc_" + "a" * 10_000)
    prefix = key[5:15]
    yield key.replace(prefix, prefix[::-1])
    yield key[:-1] + ("a" if key[-1] != "a" else "b")
    yield f"{key[:16]}{'é' * 43}"


def test_whatever_is_wrong_is_refused_in_the_same_words(council: Council) -> None:
    key = made(council).text
    said = set()
    for text in wrong(key):
        with pytest.raises(KeyRefused) as refused:
            known_key(council, text)
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_key_holds_to_the_end_of_its_last_day(council: Council) -> None:
    key = made(council)

    assert known_key(council, key.text, today=SOON).prefix == key.prefix
    with pytest.raises(KeyRefused):
        known_key(council, key.text, today=SOON + timedelta(days=1))


def test_a_key_that_is_revoked_holds_no_more_and_stays_listed(council: Council) -> None:
    key = made(council)
    known_key(council, key.text)
    revoke_key(council, key.prefix, by="a.bell", because="it was sent by mail")

    with pytest.raises(KeyRefused):
        known_key(council, key.text)
    with pytest.raises(SettingsError, match="no key of that prefix"):
        revoke_key(council, key.prefix, by="a.bell", because="again")
    states = {row.prefix: state for row, state in list_keys(council, by="a.bell")}
    assert states[key.prefix] == "revoked"


def test_the_day_of_its_last_use_is_kept_and_not_the_moment(council: Council) -> None:
    key = made(council)
    known_key(council, key.text)
    (kept,) = (row for row, _ in list_keys(council, by="a.bell") if row.prefix == key.prefix)

    assert kept.last_used == TODAY
    assert type(kept.last_used) is date


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"until": TODAY - timedelta(days=1)}, "every key ends"),
        ({"until": TODAY + LONGEST + timedelta(days=1)}, "every key ends"),
        ({"because": " "}, "say why"),
        ({"name": "MRS ANN SMITH"}, "the name of a system"),
        ({"roles": []}, "--purposes and --roles"),
        ({"purposes": []}, "--purposes and --roles"),
        ({"roles": ["oficer"]}, "did you mean officer"),
        ({"roles": ["batch"]}, "no system is the night"),
        ({"roles": ["officer", "second-checker"]}, "second pair of eyes"),
        ({"purposes": ["fraud"], "roles": ["steward"]}, "only officer may ask"),
    ],
    ids=["past", "too long", "why", "name", "no role", "no purpose", "slip", "batch", "second", "not theirs"],
)
def test_what_a_key_cannot_be_is_refused(council: Council, said: dict[str, object], words: str) -> None:
    asked = {"name": "crm", "purposes": ["council-tax"], "roles": ["officer"], "until": SOON, "because": "told", **said}
    before = len(list_keys(council, by="a.bell"))
    with pytest.raises(SettingsError, match=words):
        make_key(council, by="a.bell", **asked)  # type: ignore[arg-type]
    assert len(list_keys(council, by="a.bell")) == before


def test_a_purpose_that_there_is_not_is_refused(council: Council) -> None:
    with pytest.raises(PurposeRefused, match="did you mean debt"):
        made(council, purposes="dept")


def test_every_act_is_noted_and_a_refusal_with_its_ground(council: Council) -> None:
    key = made(council, "noted")
    for day in (TODAY, SOON + timedelta(days=1)):
        with pytest.raises(KeyRefused):
            known_key(council, key.text if day != TODAY else f"svoc_{key.prefix}_{'A' * 43}", today=day)
    revoke_key(council, key.prefix, by="a.bell", because="done with")
    with pytest.raises(KeyRefused):
        known_key(council, key.text)

    acts = [e.about["stage"] for e in events(council, Kind.KEY) if e.about["key"] == key.prefix]
    denied = [e.about["ground"] for e in events(council, Kind.DENIED) if e.actor == "noted"]
    assert acts == ["made", "revoked"]
    assert denied == ["secret", "expired", "revoked"]


def test_guessing_prefixes_fills_no_trail(council: Council) -> None:
    made(council)
    before = council.audit.head().seq
    for _ in range(3):
        with pytest.raises(KeyRefused):
            known_key(council, f"svoc_{'a' * 10}_{'b' * 43}")
    assert council.audit.head().seq == before


def test_an_unknown_prefix_is_held_against_a_hash_too(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a prefix exists shows neither in the words of a refusal nor in the work that it costs."""
    held: list[tuple[int, int]] = []
    compare = hmac.compare_digest

    def counted(one: str, other: str) -> bool:
        held.append((len(one), len(other)))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    key = made(council)
    for text in (key.text, f"svoc_{key.prefix}_{'A' * 43}", f"svoc_{'a' * 10}_{'b' * 43}", "nonsense"):
        with suppress(KeyRefused):
            known_key(council, text)
    assert held == [(64, 64)] * 4


def test_what_cannot_be_noted_makes_no_key(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise SettingsError("away")

    before = len(list_keys(council, by="a.bell"))
    with monkeypatch.context() as within:
        within.setattr(council.audit, "note", gone)
        with pytest.raises(SettingsError):
            made(council)
    assert len(list_keys(council, by="a.bell")) == before


def test_on_the_command_line_a_key_is_shown_once(council: Council) -> None:
    settings = str(council.settings.folder / "council.toml")
    run = CliRunner()
    asked = ["--purposes", "council-tax, debt", "--roles", "officer", "--until", SOON.isoformat(), "--because", "CRM"]

    done = run.invoke(app, ["key", "add", settings, "--for", "desk-phone", *asked])
    assert done.exit_code == 0, done.output
    text = done.output.split()[0]
    kept = known_key(council, text)
    assert kept.purposes == ("council-tax", "debt")
    listed = run.invoke(app, ["key", "list", settings]).output
    assert f"{kept.prefix}  desk-phone  holds" in listed
    assert text not in listed
    assert run.invoke(app, ["key", "revoke", settings, kept.prefix, "--because", "lost"]).exit_code == 0
    assert run.invoke(app, ["key", "add", settings, "--for", "x", *asked[:4]]).exit_code == 2


def test_a_database_that_is_read_by_a_thief_gives_no_key(council: Council) -> None:
    key = made(council)
    connection = sqlite3.connect(Path(council.settings.folder) / "scenes.db")
    salt, digest = connection.execute("SELECT salt, digest FROM api_key WHERE prefix = ?", [key.prefix]).fetchone()
    connection.close()
    for text in (f"svoc_{key.prefix}_{digest[:43]}", f"svoc_{key.prefix}_{salt}{salt[:11]}"):
        with pytest.raises(KeyRefused):
            known_key(council, text)
    assert replace(known_key(council, key.text), last_used=None).digest == digest
