"""Records that a person objects to a purpose (UK GDPR, Article 21), and what came of it.

Where it is upheld, the purpose sees the person no more, in whatever lane it reads: none of the person's records of
today, and nobody who is made of one of them.
"""

from collections.abc import Mapping

from svoc.accounts.subject import subject_of
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.store.acts import act, answer_objection
from svoc.words.audit import Kind
from svoc.words.rights import ActKind, Outcome

__all__ = ["answer", "object_to"]

STAGES: Mapping[Outcome, str] = {Outcome.PENDING: "made", Outcome.UPHELD: "upheld", Outcome.REFUSED: "refused"}


def object_to(council: Council, person: str, against: str, *, actor: str, because: str, purpose: str) -> int:
    """Write down that a person objects to the purpose `against`; give the objection's number.

    `purpose` names the lane by whose identifier the person is known. Until it is answered nothing changes. Raises
    `SettingsError` where there is no such person, `PurposeRefused` where there is no such purpose.
    """
    if not because.strip():
        raise SettingsError("say why: the reason is kept")
    council.policy.purposes.named(against)
    subject = subject_of(council, person, purpose=purpose, actor=actor, because=because)
    with council.audit.acting(
        Kind.OBJECT, actor=actor, purpose=purpose, because=because, persons=[subject.person],
        about={"stage": STAGES[Outcome.PENDING]},
    ):  # fmt: skip
        return act(
            council.store, ActKind.OBJECT, actor=actor, because=because, person=subject.person, lane=subject.lane,
            mentions=subject.mentions, purpose=against, outcome=Outcome.PENDING,
        )  # fmt: skip


def answer(council: Council, number: int, outcome: Outcome, *, actor: str, because: str) -> int:
    """Say what came of an objection: upheld, refused, or pending again; give the number by which it is known now."""
    if not because.strip():
        raise SettingsError("say why: the reason is kept")
    with council.audit.acting(Kind.OBJECT, actor=actor, because=because, about={"stage": STAGES[outcome]}):
        return answer_objection(council.store, number, outcome, actor=actor, because=because)
