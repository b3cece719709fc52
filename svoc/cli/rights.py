"""The verb that serves people's rights: an account of what is held, erasure, restriction, objection."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from svoc.cli.logs import log_to_stderr
from svoc.cli.verbs import AsJson, Settings, answer
from svoc.errors import SettingsError
from svoc.words.rights import Outcome

__all__ = ["account"]

T = TypeVar("T")
Answer = tuple[dict[str, Any], str]


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
    INFORMANTS = "informants"
    FORGET = "forget"


What = Annotated[Right, typer.Argument(help="What is to be done.", show_default=False)]
Whom = Annotated[str, typer.Argument(help="A person's identifier; an act's number; or an event's reference.")]
Because = Annotated[str, typer.Option(help="Why; kept. Of an erasure it must name nobody.")]
Actor = Annotated[str | None, typer.Option(help="Who does it; the actor in council.toml unless given.")]
To = Annotated[Path | None, typer.Option(help="Folder for an account; accounts beside council.toml unless given.")]
Record = Annotated[str | None, typer.Option(help="To erase or restrict one record alone: its key.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="To rectify: a fact and what is right, as surname=SMITH.")]
Untold = Annotated[
    str, typer.Option(help="To erase or restrict: why telling whoever was told is impossible or disproportionate.")
]
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
    untold: Untold = "",
    as_json: AsJson = False,
) -> None:
    """Give a person an account of all that is held of them, put it right, erase it, restrict it, record an objection.

    show writes a page and JSON. rectify puts a fact right, undo takes that back. erase takes a person out for good,
    finish completes an erasure that was interrupted. restrict keeps records and uses them no more, free ends that.
    object and answer are about one purpose. list tells what was done. informants shows who told of a life event, by its
    sender's reference, and forget erases them.

    Example: svoc account show council.toml 7F3K-92QD-M --because "request 2026/114" --actor j.okafor
    Example: svoc account rectify council.toml 7F3K-92QD-M --set dob=1971-04-24 --because "request 2026/113"
    Example: svoc account erase council.toml 7F3K-92QD-M --because "request 2026/114, upheld"
    Example: svoc account forget council.toml AB123C456DE7 --because "request 2026/116"
    Example: svoc account object council.toml 7F3K-92QD-M --against debt --because "request 2026/115"
    """
    log_to_stderr(settings)
    if not whom and what not in {Right.LIST, Right.FINISH}:
        raise SettingsError(f"svoc account {what.value} needs a person's identifier, or an act's number")
    given = Given(settings, whom, actor, because, to, record, tuple(right or ()), against, said, untold)
    figures, words = DONE[what](given)
    answer(figures, words, as_json=as_json)


# ---------------------------------------------------------------- what each does


@dataclass(frozen=True, slots=True)
class Given:
    """What was said on the command line."""

    settings: Path
    whom: str
    actor: str | None
    because: str
    to: Path | None
    record: str | None
    right: tuple[str, ...]
    against: str | None
    said: Outcome | None
    untold: str

    @property
    def by(self) -> dict[str, Any]:
        """Give who does it, and why."""
        return {"actor": self.actor, "because": self.because}

    @property
    def number(self) -> int:
        """Give the number of the act that is meant."""
        return _number(self.whom)


def _show(given: Given) -> Answer:
    from svoc.answering import give_account

    return give_account(given.settings, given.whom, to=given.to, **given.by)


def _rectify(given: Given) -> Answer:
    from svoc.answering import rectify_person

    facts = dict(_fact(text) for text in _needed(given.right or None, "--set"))
    return rectify_person(given.settings, given.whom, facts, **given.by)


def _undo(given: Given) -> Answer:
    from svoc.answering import take_back_rectification

    return take_back_rectification(given.settings, given.number, **given.by)


def _erase(given: Given) -> Answer:
    from svoc.answering import erase_person

    return erase_person(given.settings, given.whom, record=given.record, untold=given.untold, **given.by)


def _restrict(given: Given) -> Answer:
    from svoc.answering import restrict_person

    return restrict_person(given.settings, given.whom, record=given.record, untold=given.untold, **given.by)


def _free(given: Given) -> Answer:
    from svoc.answering import free_person

    return free_person(given.settings, given.number, **given.by)


def _object(given: Given) -> Answer:
    from svoc.answering import record_objection

    purpose = _needed(given.against, "--against")
    return record_objection(given.settings, given.whom, purpose, **given.by)


def _answer(given: Given) -> Answer:
    from svoc.answering import answer_objection

    came = _needed(given.said, "--outcome")
    return answer_objection(given.settings, given.number, came, **given.by)


def _list(given: Given) -> Answer:
    from svoc.answering import list_acts

    return list_acts(given.settings)


def _finish(given: Given) -> Answer:
    from svoc.answering import finish_erasures

    return finish_erasures(given.settings)


def _informants(given: Given) -> Answer:
    from svoc.answering import show_informants

    return show_informants(given.settings, given.whom, **given.by)


def _forget(given: Given) -> Answer:
    from svoc.answering import forget_informants

    return forget_informants(given.settings, given.whom, **given.by)


DONE: Mapping[Right, Callable[[Given], Answer]] = {
    Right.SHOW: _show,
    Right.RECTIFY: _rectify,
    Right.UNDO: _undo,
    Right.ERASE: _erase,
    Right.RESTRICT: _restrict,
    Right.FREE: _free,
    Right.OBJECT: _object,
    Right.ANSWER: _answer,
    Right.LIST: _list,
    Right.FINISH: _finish,
    Right.INFORMANTS: _informants,
    Right.FORGET: _forget,
}


def _number(text: str) -> int:
    if not text.isdecimal():
        raise SettingsError("expected the number of an act; `svoc account list council.toml` shows them")
    return int(text)


def _needed(value: T | None, option: str) -> T:
    if value is None:
        raise SettingsError(f"{option} is needed")
    return value


def _fact(text: str) -> tuple[str, str]:
    fact, sign, value = text.partition("=")
    if not (fact and sign and value):
        raise SettingsError("--set: expected a fact and what is right, as surname=SMITH")
    return fact, value
