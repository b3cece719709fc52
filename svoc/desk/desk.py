"""What a steward does: look at the next case, decide it, take a decision back, look at what was decided."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import combinations

import polars as pl

from svoc.confirming import Answer, Claims, Rule, answer, records_of
from svoc.desk.case import SHOWN, Case, shown_to, told_side_by_side
from svoc.desk.meaning import of_an_event, pairs_meant, spoken
from svoc.desk.pressing import expected_harm
from svoc.desk.regrouping import Said
from svoc.desk.siblings import closed_by
from svoc.desk.supposing import Supposing
from svoc.errors import SettingsError
from svoc.explaining import Explainer
from svoc.night import TELLING
from svoc.noting import Deciding
from svoc.protecting import Shield
from svoc.steps.triage import said_to_match
from svoc.store.audit_chain import Head
from svoc.words.answers import ANSWERS
from svoc.words.audit import Kind
from svoc.words.decisions import CaseKind

__all__ = ["Desk"]

ASKED_ANEW = frozenset({CaseKind.CONFLICT.value, CaseKind.LIFE_EVENT.value})
"""What a night that still asks for it, though it was answered before, does not take as answered."""
EXPLAINED = 3
"""So many pairs of a case are explained."""
SLIP = "taken back in the sitting in which it was made"
SHOWN_OF = ["mention", *SHOWN]
WITHHELD = "no address is shown: it is, or may be, that of a person under protection"


@dataclass(slots=True)
class Desk(Supposing):
    """One steward at work for one purpose; `shared`: what several desks of one process read once.

    >>> desk = Desk(council, steward="j.okafor", purpose="data-quality")       # doctest: +SKIP
    >>> case = desk.next_case(); print(case.evidence)                          # doctest: +SKIP
    >>> desk.decide(case, "different", because="father and son, both John")    # doctest: +SKIP
    """

    _made: list[list[int]] = field(default_factory=list)

    def cases(self) -> list[Case]:
        """List the open cases that nobody has answered, the most pressing first, without their evidence.

        Most pressing is what is expected to do most harm as it stands (`svoc.desk.pressing`).
        First come those about somebody under protection: until they are answered, more is hidden than has to be.
        """
        reader, stands = self.reader(), self.standing()
        rows = reader.cases(stands).iter_rows(named=True)
        answered, hidden = self._answered(), self._protected()
        closed = closed_by(self._said_since(), stands.state)
        found = [
            Case(
                r["case"], CaseKind(r["kind"]), r["reason"], tuple(r["mentions"] or ()), "", r["weight"],
                r["place"] if hidden.isdisjoint(r["mentions"] or ()) else None,
            )
            for r in rows
            if r["case"] not in answered[r["kind"] in ASKED_ANEW] and r["case"] not in closed
        ]  # fmt: skip
        guarded = Shield.of(self.council.store, self.lane).keys
        return sorted(found, key=lambda c: (guarded.isdisjoint(c.mentions), -expected_harm(c), c.id))

    def next_case(self) -> Case | None:
        """Give the most pressing case with its evidence, or nothing where all is answered."""
        cases = self.cases()
        return self.open(cases[0].id) if cases else None

    def open(self, case_id: str) -> Case:
        """Give a case with its evidence: the records side by side, and what the machine made of each pair."""
        case, explainer = self.find(case_id), self.explainer()
        rows = {row["mention"]: row for row in self.records(case.mentions).select(SHOWN_OF).iter_rows(named=True)}
        hidden = self.hides(case)
        shown = shown_to(explainer.purpose, protected=hidden)
        told = told_side_by_side([rows[m] for m in case.mentions if m in rows], shown=shown)
        parts = (case.reason, told, WITHHELD if hidden else "", *_weighed(explainer, case))
        evidence = "\n\n".join(part for part in parts if part)
        return replace(case, evidence=evidence, seen=self._seen_of(case), shown=shown)

    def find(self, case_id: str) -> Case:
        """Give an open case without its evidence; `SettingsError` where there is none that nobody has answered."""
        case = next((c for c in self.cases() if c.id == case_id), None)
        if case is None:
            raise SettingsError(f"there is no open case {case_id}")
        return case

    def before(self, case: Case) -> Case:
        """Give a case with what it takes to answer it: the fields that are shown, and what they say now."""
        return replace(
            case, seen=self._seen_of(case), shown=shown_to(self.reader().purpose, protected=self.hides(case))
        )

    def decide(
        self,
        case: Case,
        verdict: str,
        *,
        because: str,
        pair: tuple[str, str] | None = None,
        expires: date | None = None,
        after: int | None = None,
    ) -> list[int]:
        """Answer a case: "same", "different" or "unsure", or "confirmed" or "rejected" for a life event.

        A case about two mentions needs nothing more. For one about several, `pair` names the two that the answer is
        about; without it "different" and "unsure" speak of all of them. The answer holds from the next settling on, and
        before the day on which it `expires`, if that is given. Gives the numbers of the decisions.

        Of a life event it is about every record of the person, and keeps what this steward was shown; where its kind
        takes two people it counts once another has said the same (`svoc.confirming`). `after`: the last decision that
        the steward knew of; raises `DecidedMeanwhile` where somebody else has answered the case since.
        """
        if not because.strip():
            raise SettingsError("a decision needs a reason")
        pairs = pairs_meant(case, verdict, pair)
        self._refuse_strangers({m for p in pairs for m in p}, self.yesterday())
        verdict = spoken(case, verdict)
        if verdict in ANSWERS:
            made = [
                number for _, other in pairs for number in self._answer(case, verdict, other, because, expires, after)
            ]
            self._made.append(made)
            return made
        said = [(verdict, a, b) for a, b in pairs]
        return self.decide_all(said, because=because, answers=[case.id] * len(said), expires=expires, after=after)

    def decide_all(
        self,
        said: Sequence[Said],
        *,
        because: str,
        answers: Sequence[str] = (),
        expires: date | None = None,
        after: int | None = None,
    ) -> list[int]:
        """Decide of several pairs in one act, all or none, as `svoc.desk.regrouping` puts it.

        `answers`: the case that each answers, or none where they answer no case.

        Gives the numbers of the decisions; `undo` takes them back together. Raises `SettingsError` where there is no
        reason or nothing said, or a record is not of the lane.
        """
        if not because.strip():
            raise SettingsError("a decision needs a reason")
        if not said:
            raise SettingsError("nothing is said of any two records")
        mentions = {mention for _, *two in said for mention in two}
        self._refuse_strangers(mentions, self.yesterday())
        (verdict, *others) = sorted({word for word, *_ in said})
        with self._about(mentions, because).noted(
            self.council.audit, Kind.DECIDE, verdict=None if others else verdict, decisions=len(said)
        ):
            made = self.council.store.decide_all(
                said, steward=self.steward, because=because, answers=answers, expires=expires, after=after
            )
        self._made.append(made)
        return made

    def act_of(self, number: int) -> list[int]:
        """Name the decisions that were made in one act with one of them, itself among them; none where it is not there.

        What was brought from another council, or is about a life event, stands alone.
        """
        said = self.history()
        one = said.filter((pl.col("decision") == number) & ~pl.col("verdict").is_in(sorted(ANSWERS)))
        its = said.join(one.select("steward", "at"), on=["steward", "at"], how="semi") if one.height else one
        found = its.filter(pl.col("origin").is_null())["decision"].sort().to_list()
        return found or said.filter(pl.col("decision") == number)["decision"].to_list()

    def _answer(
        self, case: Case, verdict: str, other: str, because: str, expires: date | None, after: int | None
    ) -> list[int]:
        """Record whose a life event is, or is not, with what the opened case showed of it."""
        council, records = self.council, self._records_of(other)
        plain = case.kind == CaseKind.CONFLICT or (said_to_match(case.reason) and case.mentions[1] == other)
        given = Answer(
            case.mentions[0], records, self.steward, because, verdict=verdict, purpose=self.purpose, case=case.id,
            persons=(council.store.person_of(other, self.lane),), seen=case.seen.get(other), shown=case.shown,
            expires=expires, after=after,
        )  # fmt: skip
        rule = Rule(council.settings.life_events.two_people, lambda: plain)
        return answer(given, rule, store=council.store, audit=council.audit)

    def _records_of(self, mention: str) -> tuple[str, ...]:
        purposes = self.council.policy.purposes
        return records_of(self.council.store, mention, purposes.lanes[purposes.named(TELLING).lane])

    def _seen_of(self, case: Case) -> dict[str, str | None]:
        if not of_an_event(case):
            return {}
        claims, (event, *others) = Claims.of(self.council.store), case.mentions
        return {other: claims.seen(event, self._records_of(other)) for other in others}

    def undo(self, *numbers: int, because: str = SLIP) -> list[int]:
        """Take back decisions by their numbers, or this steward's last answer of this sitting, all of them or none.

        They stay in the ledger, with who took them back, when and why. Gives the numbers of those that held until now.
        """
        if not because.strip():
            raise SettingsError("taking a decision back needs a reason")
        of_the_lane = set(self.reader().standing().decisions["decision"]) if numbers else set[int]()
        wanted = [n for n in numbers if n in of_the_lane]
        wanted = wanted if numbers else (self._made.pop() if self._made else [])
        with ExitStack() as noted:
            for number in reversed(wanted):
                noted.enter_context(self._undoing(number, because))
            return self.council.store.undo_all(wanted, steward=self.steward, because=because)

    def _undoing(self, number: int, because: str) -> AbstractContextManager[Head]:
        ledger = self.council.store.decisions().filter(pl.col("decision") == number)
        about = self._about({*ledger["left"], *ledger["right"]}, because)
        return about.noted(self.council.audit, Kind.UNDO, decision=number)

    def _about(self, mentions: set[str], because: str) -> Deciding:
        """Say to the audit trail who decides, and about the persons for whom mentions stand."""
        persons = tuple(self.council.store.person_of(mention, self.lane) for mention in sorted(mentions))
        return Deciding(actor=self.steward, because=because, purpose=self.purpose, persons=persons)

    def _answered(self) -> tuple[set[str], set[str]]:
        """Name the cases that a decision speaks of which still holds; then those that one does since the last night.

        A conflict that a night still finds after it was answered was not solved by the answer, and is asked again; so
        is a life event whose answer counts no more. Half an answer is one to whoever gave it.
        """
        store = self.council.store
        runs = store.runs()
        since = runs[0]["started"] if runs else None
        return store.answered_cases(by=self.steward), store.answered_cases(since=since, by=self.steward)

    def _said_since(self) -> pl.DataFrame:
        """Give the decisions that hold and were made since the last night."""
        runs = self.council.store.runs()
        held = self.council.store.decisions().filter(pl.col("superseded_by").is_null())
        return held.filter(pl.col("at") >= _in_utc(runs[0]["started"])) if runs else held


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _weighed(explainer: Explainer, case: Case) -> list[str]:
    """Explain the first pairs of a case, looking around its mentions once."""
    known = set(explainer.mentions["mention"])
    there = [mention for mention in case.mentions if mention in known]
    pairs = list(combinations(there, 2))[:EXPLAINED]
    around = explainer.around(there) if pairs else None
    return [explainer.explain(left, right, around=around).text() for left, right in pairs]
