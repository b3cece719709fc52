"""Gives a person an account of all that is held of them (UK GDPR, Article 15): records, golden facts, links with
reasons, decisions, history, notices and to whom, who read, what protects them, and what for.

Nobody else is in it: neither by name, nor by a reference or a number that would tell that there is anybody. So a
record is called by a number of the account's own, a name is told as supplied only where it is the person's alone, and
a fact, wherever it stands, only where a record of theirs says so. The same sentences stand in every account, whether
or not something was left out.

As a mapping, and as JSON, an account has these parts:

- `account`: `format` (1), `person`, `made`, `night`, `as_of`; `said`, the sentences of every account
- `records`: `label`, `source`, `reference`, `stands`, `withheld`, `held` (what the record says), `place`
- `persons`: for each lane `lane`, `person`, and `facts`: `fact`, `value`, `record`, `source`, `since`, `rule`
- `links`: pairs of `records`, `answer`, `why`, and the comparisons that were made, each with its `bits`
- `decisions`: `at`, `verdict`, `records`, `because`, `state`; and `questions`: `kind`, `records`
- `history`: `night`, `as_of`, `lane`, `kind`, `fact`, `before`, `after`, `cause`
- `notices`: `to`, `kind`, `sent`, `acknowledged`, `basis`, `facts`, `reference`; `recipients`: the systems told
- `reads`: `at`, `kind`, `words`, `purpose`, `fields`; `protections` and `acts`, each with `kind` and `at`
- `purposes`: what the lanes are read for: `purpose`, `words`, `power`; `sources`; `kept`: for how many days
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
from sqlalchemy import and_, select

from svoc.accounts.others import Others
from svoc.accounts.subject import Subject, subject_of
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.explaining import Explainer
from svoc.store import tables
from svoc.store.acts import acts_of
from svoc.store.opening import told_plainly
from svoc.store.past import past_of
from svoc.store.standing import of_table
from svoc.words.audit import Kind
from svoc.words.changes import ChangeKind
from svoc.words.persons import FACTS
from svoc.words.plan import LaneState, Yesterday
from svoc.words.protection import held
from svoc.words.rights import ActKind

__all__ = ["account"]

MENTION, NOTICE = of_table(tables.MentionRow), of_table(tables.NoticeRow)
FORMAT = 1

SAID = (
    "This is an account of what is held of you, and of nobody else.",
    "What is about another person too is left out, whether or not there is any.",
    "A record is called by a number that this account alone knows it by.",
    "Who of the council's staff read or decided is not named; what for, and when, is.",
    "You may ask that what is wrong is put right, that it is erased, or that its use is restricted; you may object; "
    + "and you may complain to the Information Commissioner.",
)
"""What every account says."""

HELD = (
    "role", "kind", "title", "forename", "middle_names", "surname", "previous_surname", "dob", "phone", "email",
    "postcode", "supplied_uprn", "property_reference", "forwarding_postcode", "since", "until", "deceased", "died",
    "markers", "open_register", "party_reference",
)  # fmt: skip
"""What a record says, but for the fields that may speak of somebody else."""

WHY: Mapping[str, str] = {
    "steward_same": "a steward said that they are of one person",
    "best_reading": "at one address, what they agree on is more than enough",
    "heavy_enough": "what they agree on is enough between two addresses",
    "through_others": "by way of other records of yours",
    "life_event": "a steward confirmed that the life event is yours",
}
ELSE = "the records agree"


@dataclass(frozen=True, slots=True)
class Sight:
    """What an account is made of.

    `rows`: frame of `PLACED`, the person's records; `labels`: what each is called; `values`: fact -> all values that
    these records hold or held.
    """

    council: Council
    subject: Subject
    yesterday: Yesterday
    rows: pl.DataFrame
    labels: Mapping[str, str]
    values: Mapping[str, frozenset[str]]
    others: Others

    def own(self, fact: str, value: Any) -> Any:
        """Give a value where a record of the person's says so, or said so."""
        return value if value is not None and str(value) in self.values.get(fact, ()) else None

    def of_mine(self, mentions: Iterable[str]) -> list[str] | None:
        """Give what records are called, nothing where any is somebody else's."""
        named = [self.labels.get(mention) for mention in mentions]
        return None if None in named else [label for label in named if label]


def account(
    council: Council, person: str, *, actor: str, because: str, purpose: str = "subject-access"
) -> dict[str, Any]:
    """Give the account of a person; see the module for its shape. The reading is noted before anything is given.

    `purpose` names the lane by whose identifier the person is known; what every lane holds of the person's records is
    told. Raises `SettingsError` where there is no such person, or no reason.
    """
    if not because.strip():
        raise SettingsError("say why the account is given: the request, or its reference")
    subject = subject_of(council, person, purpose=purpose, actor=actor, because=because)
    sight = _sight(council, subject)
    council.audit.note(
        Kind.ACCOUNT, actor=actor, purpose=purpose, because=because, persons=[subject.person],
        counts={"records": sight.rows.height},
    )  # fmt: skip
    yesterday = sight.yesterday
    notices = _notices(sight)
    return {
        "account": {
            "format": FORMAT, "person": subject.person, "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "night": yesterday.run, "as_of": _plain(yesterday.as_of), "said": list(SAID),
        },
        "records": _records(sight),
        "persons": [_person(sight, lane, row) for lane, row in _persons(sight)],
        "links": _links(sight, purpose),
        "decisions": _decisions(sight),
        "questions": _questions(sight),
        "history": _history(sight),
        "notices": notices,
        "recipients": sorted({notice["to"] for notice in notices if notice["sent"]}),
        "reads": _reads(sight),
        "protections": _protections(sight),
        "acts": _acts(sight),
        "purposes": _purposes(council),
        "sources": sorted(set(sight.rows["source"])),
        "kept": council.settings.retention.model_dump(),
    }  # fmt: skip


def _sight(council: Council, subject: Subject) -> Sight:
    rows, yesterday = subject.rows(council), council.store.yesterday()
    with told_plainly(), council.store.engine.connect() as connection:
        columns = [MENTION.c[fact] for fact in FACTS]
        ever = connection.execute(select(*columns).where(MENTION.c.mention.in_(subject.mentions))).mappings().all()
    values = {fact: frozenset(str(row[fact]) for row in ever if row[fact] is not None) for fact in FACTS}
    labels = {mention: str(number) for number, mention in enumerate(rows["mention"], start=1)}
    return Sight(council, subject, yesterday, rows, labels, values, Others.of(yesterday.mentions, rows))


def _records(sight: Sight) -> list[dict[str, Any]]:
    restricted = acts_of(sight.council.store, kind=ActKind.RESTRICT)["mentions"].explode().drop_nulls().to_list()
    told = []
    for row in sight.rows.iter_rows(named=True):
        held = {
            "name": sight.others.name(row),
            "address": sight.others.address(row["address"]),
            "forwarding_address": sight.others.address(row["forwarding_address"]),
            **{name: _plain(row[name]) for name in HELD},
        }
        place = {n: _plain(row[n]) for n in ("outcome", "uprn", "rung", "certainty")}
        told.append(
            {
                "label": sight.labels[row["mention"]],
                "source": row["source"],
                "reference": row["record"],
                "stands": row["mention"] in sight.subject.standing,
                "restricted": row["mention"] in restricted,
                "held": {name: value for name, value in held.items() if value not in (None, [])},
                "place": {name: value for name, value in place.items() if value is not None},
            }
        )
    return told


def _persons(sight: Sight) -> list[tuple[str, dict[str, Any]]]:
    """Give the golden records of every lane behind which a record of the person's stands."""
    found = []
    for name, lane in sorted(sight.yesterday.lanes.items()):
        mine = lane.members.filter(pl.col("mention").is_in(sight.subject.mentions))
        persons = lane.persons.join(mine, on="person", how="semi")
        found += [(name, row) for row in persons.iter_rows(named=True)]
    return found


def _person(sight: Sight, lane: str, row: Mapping[str, Any]) -> dict[str, Any]:
    from svoc.survivorship.policy import GROUPS

    why = json.loads(row["provenance"] or "{}")
    facts = [
        {
            "fact": fact,
            "value": sight.others.address(value) if fact == "address" else value,
            "record": sight.labels[told["mention"]],
            "source": told["source"],
            "since": told.get("since"),
            "rule": told["rule"],
        }
        for group, told in why.items()
        if told["mention"] in sight.labels
        for fact in GROUPS[group]
        if (value := _plain(row[fact])) is not None
    ]
    return {"lane": lane, "person": row["person"], "facts": facts}


def _links(sight: Sight, purpose: str) -> list[dict[str, Any]]:
    """Tell which of the person's records were joined, and by what they agree."""
    council = sight.council
    reads = council.policy.purposes.named(purpose)
    explainer = Explainer.of(sight.yesterday, council.policy, reads)
    mine = pl.col("left").is_in(sight.subject.standing) & pl.col("right").is_in(sight.subject.standing)
    links = explainer.state.links.filter(mine & (pl.col("answer") == "same")).sort("left", "right")
    if links.is_empty():
        return []
    around, told = explainer.around(sight.subject.standing), []
    for left, right in links.select("left", "right").iter_rows():
        found = explainer.explain(left, right, for_subject=True, around=around)
        compared = found.steps.filter((pl.col("kind") == "comparison") & (pl.col("grade") >= 0))
        told.append(
            {
                "records": [sight.labels[left], sight.labels[right]],
                "answer": "of one person",
                "why": [WHY.get(reason.code, ELSE) for reason in found.reasons],
                "compared": [{"words": words, "bits": bits / 1000} for words, bits in
                             compared.select("words", "bits").iter_rows()],
            }
        )  # fmt: skip
    return told


def _decisions(sight: Sight) -> list[dict[str, Any]]:
    return [
        {
            "at": _plain(row["at"]),
            "verdict": row["verdict"],
            "records": records,
            "because": sight.others.text(row["because"]),
            "state": "stands" if row["superseded_by"] is None else "stands no more",
        }
        for row in sight.yesterday.decisions.iter_rows(named=True)
        if (records := sight.of_mine([row["left"], row["right"]])) is not None
    ]


def _questions(sight: Sight) -> list[dict[str, Any]]:
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for lane in sight.yesterday.lanes.values():
        for row in lane.cases.iter_rows(named=True):
            records = sight.of_mine(row["mentions"])
            if records:
                found[row["kind"], *records] = {"kind": row["kind"], "records": records}
    return list(found.values())


def _identifiers(sight: Sight) -> list[tuple[str, str]]:
    """Give each identifier that is the person's today or leads to one, with its lane."""
    found = {(sight.subject.lane, sight.subject.person), *((lane, row["person"]) for lane, row in _persons(sight))}
    for lane, person in list(found):
        state: LaneState = sight.yesterday.lane(lane)
        found |= {(lane, old) for old in state.forwards.filter(pl.col("current") == person)["retired"]}
    return sorted(found)


def _history(sight: Sight) -> list[dict[str, Any]]:
    """Tell what nights changed: of a fact no value that no record of the person's ever held."""
    known = {person for _, person in _identifiers(sight)}
    told = []
    for lane, person in _identifiers(sight):
        for row in past_of(sight.council.store, person, lane).iter_rows(named=True):
            before, after = row["before"], row["after"]
            if row["kind"] == ChangeKind.CHANGED.value:
                before, after = (sight.own(row["field"], value) for value in (before, after))
                if before is None and after is None:
                    continue
            elif row["kind"] in {ChangeKind.NEW.value, ChangeKind.SPLIT.value}:
                facts = json.loads(after or "{}")
                before, after = None, {f: v for f, v in facts.items() if sight.own(f, v) is not None}
            elif row["kind"] == ChangeKind.MEMBERS.value:
                listed = [
                    [sight.labels[m] for m in json.loads(keys or "[]") if m in sight.labels] for keys in (before, after)
                ]
                if listed[0] == listed[1]:
                    continue
                before, after = listed
            else:
                before, after = None, after if after in known else None
            told.append(
                {
                    "night": row["run"], "as_of": _plain(row["as_of"]), "lane": lane, "person": person,
                    "kind": row["kind"], "fact": row["field"], "before": before, "after": after, "cause": row["cause"],
                }
            )  # fmt: skip
    return sorted(told, key=lambda change: change["night"])


def _notices(sight: Sight) -> list[dict[str, Any]]:
    mine = {(row["source"], row["record"]) for row in sight.rows.iter_rows(named=True)}
    told = []
    with told_plainly(), sight.council.store.engine.connect() as connection:
        for lane, person in _identifiers(sight):
            its = and_(NOTICE.c.lane == lane, NOTICE.c.person == person)
            for row in connection.execute(select(NOTICE).where(its).order_by(NOTICE.c.id)).mappings():
                facts = json.loads(row["payload"] or "{}")
                told.append(
                    {
                        "to": row["recipient"],
                        "kind": row["kind"],
                        "night": row["run"],
                        "sent": _plain(row["sent"]),
                        "acknowledged": _plain(row["acknowledged"]),
                        "withdrawn": row["withdrawn_by"] is not None,
                        "basis": row["basis"],
                        "facts": {f: v for f, v in facts.items() if sight.own(f, v) is not None},
                        "reference": row["reference"] if (row["recipient"], row["reference"]) in mine else None,
                    }
                )
    return told


def _reads(sight: Sight) -> list[dict[str, Any]]:
    """Tell when and what for the person was read, without whoever else was in the same reading."""
    seen: dict[int, dict[str, Any]] = {}
    for _, person in _identifiers(sight):
        for event in sight.council.audit.of_person(person):
            seen[event.seq] = {
                "at": event.at,
                "kind": str(event.kind),
                "words": Kind(event.kind).words,
                "purpose": event.purpose,
                "fields": list(event.fields),
            }
    return [seen[number] for number in sorted(seen)]


def _protections(sight: Sight) -> list[dict[str, Any]]:
    mine = sight.yesterday.protection.filter(pl.col("mention").is_in(sight.subject.mentions))
    laid = mine.join(held(mine), on=["mention", "kind"], how="semi").sort("id").unique("kind", keep="first")
    return [
        {"kind": row["kind"], "at": _plain(row["at"]), "until": _plain(row["until"])}
        for row in laid.sort("id").iter_rows(named=True)
    ]


def _acts(sight: Sight) -> list[dict[str, Any]]:
    acts = acts_of(sight.council.store, holding=False).filter(pl.col("person").is_not_null())
    return [
        {
            "kind": row["kind"],
            "at": _plain(row["at"]),
            "because": sight.others.text(row["because"]),
            "purpose": row["purpose"],
            "outcome": row["outcome"],
            "ended": _plain(row["ended_at"]),
        }
        for row in acts.iter_rows(named=True)
        if row["mentions"] and set(row["mentions"]) <= sight.labels.keys()
    ]


def _purposes(council: Council) -> list[dict[str, Any]]:
    purposes = council.policy.purposes.purposes.values()
    return [{"purpose": p.code, "words": p.words, "power": p.power, "lane": p.lane} for p in purposes]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
