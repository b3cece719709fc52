"""The verbs that look back: history, as-of."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from svoc.cli.verbs import Actor, AsJson, Because, Settings, answer
from svoc.words.changes import Cause, ChangeKind

__all__ = ["as_of", "history"]

Who = Annotated[str, typer.Argument(help="An identifier, as 7F3K-92QD-M.", show_default=False)]
Why = Annotated[str, typer.Option(help="What it is for.")]


def history(
    settings: Settings,
    person: Who,
    *,
    purpose: Why,
    actor: Actor = None,
    because: Because = None,
    as_json: AsJson = False,
) -> None:
    """Say what happened to a person, night by night, and why, as far as the purpose may see.

    Example: svoc history council.toml 7F3K-92QD-M --purpose council-tax
    """
    from svoc.council import Council

    with Council.open(settings) as council:
        reader = council.reader(purpose, actor=actor, because=because)
        changes, gone = reader.history(person).to_dicts(), reader.forgotten(person)
    words = [gone] if gone else []
    words += [f"{row['as_of']}  night {row['run']}  {_words(row)}" for row in changes]
    answer({"person": person, "changes": changes, "forgotten": gone}, "\n".join(words), as_json=as_json)


def as_of(
    settings: Settings,
    person: Who,
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A day.", show_default=False)],
    *,
    purpose: Why,
    actor: Actor = None,
    because: Because = None,
    as_json: AsJson = False,
) -> None:
    """Show a person as the nights had it on a day, and the record that each fact came from.

    Example: svoc as-of council.toml 7F3K-92QD-M 2026-11-02 --purpose council-tax
    """
    from svoc.council import Council

    with Council.open(settings) as council:
        found = asdict(council.reader(purpose, actor=actor, because=because).as_of(person, day.date()))
    provenance = found.pop("provenance")
    told = {name: value for name, value in found.items() if value is not None}
    words = [*(f"{name:18} {value}" for name, value in told.items())]
    words += [
        f"{name:18} from {why.get('mention') or why['source']}, by {why['rule']}"
        for name, why in sorted(provenance.items())
    ]
    answer({**told, "provenance": provenance}, "\n".join(words), as_json=as_json)


def _words(row: dict[str, Any]) -> str:
    because = ", ".join(word for word in (row["cause"].replace("_", " "), row["source"]) if word)
    return f"{_what(row)} ({because})"


def _what(row: dict[str, Any]) -> str:
    before, after = row["before"], row["after"]
    if row["kind"] == ChangeKind.CHANGED.value:
        return f"{row['field']}: {before or 'nothing'} becomes {after or 'nothing'}"
    if row["kind"] == ChangeKind.MEMBERS.value:
        then, now = set(json.loads(before or "[]")), set(json.loads(after or "[]"))
        return "records: " + ", ".join([*(f"+{m}" for m in sorted(now - then)), *(f"-{m}" for m in sorted(then - now))])
    return {
        ChangeKind.NEW.value: "stands again" if row["cause"] == Cause.ROLLBACK.value else "is new",
        ChangeKind.GONE.value: "is on no list any more",
        ChangeKind.MERGED.value: f"is {after} from now on",
        ChangeKind.SPLIT.value: f"was taken out of {before}",
    }[row["kind"]]
