"""What an account tells of what is held: records, golden facts, why records are of one person, and what for."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from svoc.accounts.sight import Sight, plainly
from svoc.council import Council
from svoc.explaining import Explainer
from svoc.store.acts import acts_of
from svoc.words.rights import ActKind

__all__ = ["golden_of", "links_of", "purposes_of", "records_of"]

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


def records_of(sight: Sight) -> list[dict[str, Any]]:
    """Tell what each record says, and where it was placed."""
    restricted = acts_of(sight.council.store, kind=ActKind.RESTRICT)["mentions"].explode().drop_nulls().to_list()
    told = []
    for row in sight.rows.iter_rows(named=True):
        held = {
            "name": sight.others.name(row),
            "address": sight.others.address(row["address"]),
            "forwarding_address": sight.others.address(row["forwarding_address"]),
            **{name: plainly(row[name]) for name in HELD},
        }
        place = {n: plainly(row[n]) for n in ("outcome", "uprn", "rung", "certainty")}
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


def golden_of(sight: Sight, lane: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Tell a golden record of theirs: each fact, from which record, and by which rule."""
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
        if (value := plainly(row[fact])) is not None
    ]
    return {"lane": lane, "person": row["person"], "facts": facts}


def links_of(sight: Sight, purpose: str) -> list[dict[str, Any]]:
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


def purposes_of(council: Council) -> list[dict[str, Any]]:
    """Tell what the council reads for, and under which power."""
    purposes = council.policy.purposes.purposes.values()
    return [{"purpose": p.code, "words": p.words, "power": p.power, "lane": p.lane} for p in purposes]
