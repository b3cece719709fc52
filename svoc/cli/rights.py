"""The verb that serves people's rights: an account of what is held, erasure, restriction, objection."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from svoc.cli.logs import log_to_stderr
from svoc.cli.verbs import AsJson, Settings, answer
from svoc.errors import SettingsError
from svoc.words.rights import Outcome

__all__ = ["account"]

T = TypeVar("T")


class Right(StrEnum):
    """What is to be done."""

    SHOW = "show"
    RECTIFY = "rectify"
    UNDO = "undo"
    ERASE = "erase"
    RESTRICT = "restrict"
    FREE = "free"
    OBJECT = "object"
    ANSWER = "answer"
    LIST = "list"
    FINISH = "finish"


What = Annotated[Right, typer.Argument(help="What is to be done.", show_default=False)]
Whom = Annotated[str, typer.Argument(help="A person's identifier; to free or answer, an act's number.")]
Because = Annotated[str, typer.Option(help="Why; kept. Of an erasure it must name nobody.")]
Actor = Annotated[str | None, typer.Option(help="Who does it; the actor in council.toml unless given.")]
To = Annotated[Path | None, typer.Option(help="Folder for an account; accounts beside council.toml unless given.")]
Record = Annotated[str | None, typer.Option(help="To erase or restrict one record alone: its key.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="To rectify: a fact and what is right, as surname=SMITH.")]
Against = Annotated[str | None, typer.Option(help="To object: the purpose that is objected to.")]
Said = Annotated[Outcome | None, typer.Option("--outcome", help="To answer: what came of it.")]


def account(
    what: What,
    settings: Settings,
    whom: Whom = "",
    *,
    because: Because = "",
    actor: Actor = None,
    to: To = None,
    record: Record = None,
    right: Set = None,
    against: Against = None,
    said: Said = None,
    as_json: AsJson = False,
) -> None:
    """Give a person an account of all that is held of them, put it right, erase it, restrict it, record an objection.

    show writes a page and JSON. rectify puts a fact right, undo takes that back. erase takes a person out for good,
    finish completes an erasure that was interrupted. restrict keeps records and uses them no more, free ends that.
    object and answer are about one purpose. list tells what was done.

    Example: svoc account show council.toml 7F3K-92QD-M --because "request 2026/114" --actor j.okafor
    Example: svoc account rectify council.toml 7F3K-92QD-M --set dob=1971-04-24 --because "request 2026/113"
    Example: svoc account erase council.toml 7F3K-92QD-M --because "request 2026/114, upheld"
    Example: svoc account object council.toml 7F3K-92QD-M --against debt --because "request 2026/115"
    """
    from svoc import answering

    log_to_stderr(settings)
    if not whom and what not in {Right.LIST, Right.FINISH}:
        raise SettingsError(f"svoc account {what.value} needs a person's identifier, or an act's number")
    if what is Right.SHOW:
        figures, words = answering.give_account(settings, whom, actor=actor, because=because, to=to)
    elif what is Right.RECTIFY:
        facts = dict(_fact(text) for text in _given(right, "--set"))
        figures, words = answering.rectify_person(settings, whom, facts, actor=actor, because=because)
    elif what is Right.UNDO:
        figures, words = answering.take_back_rectification(settings, _number(whom), actor=actor, because=because)
    elif what is Right.ERASE:
        figures, words = answering.erase_person(settings, whom, actor=actor, because=because, record=record)
    elif what is Right.RESTRICT:
        figures, words = answering.restrict_person(settings, whom, actor=actor, because=because, record=record)
    elif what is Right.FREE:
        figures, words = answering.free_person(settings, _number(whom), actor=actor, because=because)
    elif what is Right.OBJECT:
        purpose = _given(against, "--against")
        figures, words = answering.record_objection(settings, whom, purpose, actor=actor, because=because)
    elif what is Right.ANSWER:
        came = _given(said, "--outcome")
        figures, words = answering.answer_objection(settings, _number(whom), came, actor=actor, because=because)
    else:
        figures, words = answering.list_acts(settings) if what is Right.LIST else answering.finish_erasures(settings)
    answer(figures, words, as_json=as_json)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise SettingsError("expected the number of an act; `svoc account list council.toml` shows them")
    return int(text)


def _given(value: T | None, option: str) -> T:
    if value is None:
        raise SettingsError(f"{option} is needed")
    return value


def _fact(text: str) -> tuple[str, str]:
    fact, sign, value = text.partition("=")
    if not (fact and sign and value):
        raise SettingsError("--set: expected a fact and what is right, as surname=SMITH")
    return fact, value
