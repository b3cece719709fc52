"""Look further for those whose life event nobody fits.

A notice may come without an address, with one that no gazetteer has, or with one where nobody of that name lives. Such
an event is asked about with the few persons who bear its name, or one like it, and with those who live where it was
told and may be called so, under a surname of before or by an initial and a slip of the pen; of none of whom the date of
birth may speak against it. Nothing is joined by it: it makes a case, or adds to one.
"""

from dataclasses import replace

import polars as pl
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cdist

from matchers import LocalEngine, Model
from svoc.steps.agree import agree
from svoc.steps.attach import CANDIDATES
from svoc.steps.triage import EVENT_WORDS, NAMED, case_id
from svoc.words.decisions import CASES, CaseKind, Verdict
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import LanePlan

__all__ = ["MOST", "asked_by_name", "seek", "silent", "sought"]

MOST = 10
"""How many persons are named for one event: more than that nobody tells apart by name."""
SPELT_ALIKE = 0.85
"""Jaro-Winkler from which two surnames are looked at; what the likeness is worth the person model says."""
SHORTEST_PART = 3
"""Letters from which a part of a double surname may stand for the whole."""
BEARS_THE_NAME, ANOTHER_SURNAME = 5, 3
"""Levels of `matchers.PersonName` from which two names may be one person's, and from which they may be of somebody born
on the same day: the forename agrees."""
ANOTHER_DAY, ONE_SLIP = 0, 2
"""Levels of `matchers.SameDate`: two days, and one day but for a slip of the pen."""
SURNAMES = ("surname", "previous_surname", "alternative_surname")

Frame = pl.DataFrame


def seek(asked: Frame, people: Frame, clusters: Frame, decisions: Frame, model: Model) -> Frame:
    """Add those who bear its name to the candidates of each event that nobody fits.

    `asked`: frame of `CANDIDATES`, what is proposed for the events that are nobody's, with a row without a mention for
    each for which nobody is; who is proposed for one that is `unmatched` was named by a human. `people`: from
    `svoc.steps.pair.features`, of the lane; `clusters`: `mention`, `cluster` of the people; `decisions`: frame of
    `DECISIONS` that hold. An event that one person fits, or of whose candidates one bears the name, is left as it is;
    of any other for which somebody is found all candidates have the state `named`, the likeliest first. Whom an answer
    that counts is about is not named again, nor anybody in their place.
    """
    said = decisions.filter(pl.col("left").is_in(asked["event"].implode()) | _event_at("right"))
    counted = agree(said, clusters)
    answered = said.filter(~pl.col("decision").is_in(counted.waiting.implode()))
    confirmed = _confirmed(answered, counted.counted, clusters)
    events = _unfound(asked.filter(~pl.col("event").is_in(confirmed.implode())), people, model)
    if events.is_empty():
        return asked
    here = pl.concat([clusters["mention"], events])
    found = _likeliest(_by_name(people.filter(pl.col("id").is_in(here.implode())), events, model), clusters)
    new = found.join(_spoken_of(answered, clusters), on=["event", "cluster"], how="anti")
    whose = asked.drop("cluster").join(clusters, on="mention", how="left").select(CANDIDATES.keys())
    named = pl.col("event").is_in(new["event"].unique().implode())
    beside = whose.filter(named).drop_nulls("mention").join(new, on=["event", "cluster"], how="anti")
    both = pl.concat([new, beside.with_columns(state=pl.lit(NAMED))])
    return pl.concat([asked.filter(~named), both]).sort(
        "event", "weight", "mention", descending=[False, True, False], nulls_last=True
    )


def silent(events: pl.Series) -> Frame:
    """Give events for which nobody is proposed, as a frame of `CANDIDATES`."""
    nothing = [pl.lit(None, dtype=t).alias(n) for n, t in CANDIDATES.items() if n != "event"]
    return events.unique().sort().to_frame("event").with_columns(nothing).with_columns(state=pl.lit("unmatched"))


def asked_by_name(cases: Frame) -> pl.Series:
    """Name the events of cases (frame of `CASES`) that were made by name."""
    return cases.filter(pl.col("reason") == EVENT_WORDS[NAMED])["mentions"].list.first()


def sought(plan: LanePlan, people: Frame, decisions: Frame, model: Model) -> LanePlan:
    """Do the same to the cases of a lane that is solved, whole or in part, and in which none is made by name yet.

    That it looks in the whole lane, whatever was solved of it, keeps a night in part true to one in full.
    """
    state = plan.state
    cases = _among_cases(state.cases, people, state.members, decisions, model)
    both = pl.concat([state.cases["case"], cases["case"]])
    touched = plan.touched
    if touched:
        touched = replace(touched, cases=pl.concat([touched.cases, both.filter(~both.is_duplicated())]).unique())
    return replace(plan, state=replace(state, cases=cases), touched=touched)


def _among_cases(cases: Frame, people: Frame, members: Frame, decisions: Frame, model: Model) -> Frame:
    asks = cases.filter(pl.col("kind") == CaseKind.LIFE_EVENT.value)
    conflicts = cases.filter(pl.col("kind") == CaseKind.CONFLICT.value)["mentions"]
    proposed = pl.concat([_proposed(asks), silent(_in_no_case(people, members, [asks["mentions"], conflicts]))])
    if proposed.is_empty():
        return cases
    clusters = members.filter(~_event_at("mention")).select("mention", cluster="person")
    found = seek(proposed, people, clusters, decisions, model).filter(state=NAMED)
    told = found.group_by("event", maintain_order=True).agg("mention", pl.col("weight").first())
    rows = [
        (case_id(kind, [event, *mentions]), kind, None, [event, *mentions], EVENT_WORDS[NAMED], weight)
        for kind in [CaseKind.LIFE_EVENT.value]
        for event, mentions, weight in told.iter_rows()
    ]
    instead = asks.filter(pl.col("mentions").list.first().is_in(told["event"].implode()))["case"]
    kept = cases.filter(~pl.col("case").is_in(instead.implode()))
    return pl.concat([kept, pl.DataFrame(rows, schema=CASES, orient="row")]).sort("case")


def _event_at(column: str) -> pl.Expr:
    return pl.col(column).str.starts_with(f"{EVENTS_SOURCE}/")


def _proposed(asks: Frame) -> Frame:
    states = {words: state for state, words in EVENT_WORDS.items()}
    told = asks.select(
        "weight",
        event=pl.col("mentions").list.first(),
        mention=pl.col("mentions").list.slice(1),
        state=pl.col("reason").replace_strict(states, default="ambiguous"),
        cluster=pl.lit(None, dtype=pl.String),
    )
    return told.explode("mention", empty_as_null=True).select(CANDIDATES.keys())


def _in_no_case(people: Frame, members: Frame, asked: list[pl.Series]) -> pl.Series:
    """Name the events that are nobody's and that no case is about."""
    settled = pl.concat([members["mention"], *(each.explode(empty_as_null=True) for each in asked)]).drop_nulls()
    return people.filter(_event_at("id") & ~pl.col("id").is_in(settled.implode()))["id"]


def _confirmed(said: Frame, counted: Frame, clusters: Frame) -> pl.Series:
    """Name the events that were confirmed, be it of somebody who is not here; one answer of two is not enough."""
    yes = pl.col("verdict") == Verdict.CONFIRMED.value
    elsewhere = said.filter(yes).join(clusters, left_on="right", right_on="mention", how="anti")
    enough = (pl.col("people").fill_null(1) < 2).any() | (pl.col("steward").n_unique() > 1)
    gone = elsewhere.group_by("left").agg(enough=enough).filter("enough")["left"]
    return pl.concat([counted.filter(yes)["left"], gone]).unique()


def _spoken_of(answered: Frame, clusters: Frame) -> Frame:
    """Give `event`, `cluster` of all about whom somebody has answered."""
    ends = [answered.select(event=one, mention=other) for one, other in (("left", "right"), ("right", "left"))]
    return pl.concat(ends).filter(_event_at("event")).join(clusters, on="mention").select("event", "cluster").unique()


def _unfound(asked: Frame, people: Frame, model: Model) -> pl.Series:
    """Name the events that nobody fits, and of whose candidates none bears the name."""
    open_ones = asked.filter(pl.col("state") != "matched")
    proposed = open_ones.filter(pl.col("state") == "ambiguous").drop_nulls("mention")
    fit = _graded(people, proposed.select("event", "mention"), model).filter(pl.col("grade_name") >= BEARS_THE_NAME)
    return open_ones.filter(~pl.col("event").is_in(fit["event"].implode()))["event"].unique().sort()


def _by_name(people: Frame, events: pl.Series, model: Model) -> Frame:
    """Give the people whose name, and date of birth as far as both are known, may be that of an event's person."""
    told = people.filter(pl.col("id").is_in(events.implode()))
    others = people.filter(~_event_at("id"))
    there = _living_there(told, others)
    pairs = pl.concat([_of_one_surname(told, others), _exchanged(told, others), _born_together(told, others), there])
    graded = _graded(people, pairs.unique(), model)
    named = pl.col("grade_name") >= BEARS_THE_NAME
    other_surname = (pl.col("grade_name") >= ANOTHER_SURNAME) & (pl.col("grade_dob") >= ONE_SLIP)
    at_home = pl.struct("event", "mention").is_in(there.select(pl.struct("event", "mention")).to_series().implode())
    return graded.filter((named | other_surname | at_home) & (pl.col("grade_dob") != ANOTHER_DAY))


def _of_one_surname(told: Frame, others: Frame) -> Frame:
    """Pair those one of whose surnames, or a part of it, is spelt like one of the event's."""
    asked, known = _surnames(told).rename({"id": "event"}), _surnames(others)
    ours, theirs = asked["word"].unique().sort(), known["word"].unique().sort()
    likeness = cdist(ours.to_list(), theirs.to_list(), scorer=JaroWinkler.similarity, score_cutoff=SPELT_ALIKE)
    at, of = likeness.nonzero()
    alike = pl.DataFrame({"word": ours.gather(at), "theirs": theirs.gather(of)})
    met = asked.join(alike, on="word").join(known, left_on="theirs", right_on="word")
    return met.select("event", mention="id")


def _surnames(people: Frame) -> Frame:
    """Give `id`, `word`: each of a person's surnames, and the parts of a double one."""
    whole = pl.concat([people.select("id", word=name) for name in SURNAMES]).drop_nulls()
    double = whole.filter(pl.col("word").str.contains(r"[ -]"))
    parts = double.with_columns(pl.col("word").str.replace_all("-", " ").str.split(" ")).explode("word")
    return pl.concat([whole, parts.filter(pl.col("word").str.len_chars() >= SHORTEST_PART)]).unique()


def _exchanged(told: Frame, others: Frame) -> Frame:
    named = told.select("forename", "surname", event="id")
    met = named.join(others, left_on=["forename", "surname"], right_on=["surname", "forename"])
    return met.select("event", mention="id")


def _born_together(told: Frame, others: Frame) -> Frame:
    return told.select("dob", event="id").join(others, on="dob").select("event", mention="id")


def _living_there(told: Frame, others: Frame) -> Frame:
    """Pair those at the place that was told who have the event's initial, or its surname where a forename stands, or
    its surname and a forename that is in it, or the other way about: Tony of Antony."""
    asked = told.select("place", event="id", forename_told="forename", surname_told="surname").drop_nulls("place")
    met = asked.join(others.select("place", "forename", "surname", mention="id"), on="place")
    initial = pl.col("forename").str.head(1) == pl.col("forename_told").str.head(1)
    exchanged = pl.col("forename") == pl.col("surname_told")
    shorter = pl.when(pl.col("forename").str.len_chars() < pl.col("forename_told").str.len_chars())
    short, long = (
        shorter.then("forename").otherwise("forename_told"),
        shorter.then("forename_told").otherwise("forename"),
    )
    within = (short.str.len_chars() >= SHORTEST_PART) & long.str.contains(short, literal=True)
    same_surname = pl.col("surname") == pl.col("surname_told")
    return met.filter(initial | exchanged | (same_surname & within)).select("event", "mention")


def _graded(people: Frame, pairs: Frame, model: Model) -> Frame:
    """Score pairs of `event` and `mention` by the person model: its grades, and `weight`."""
    ends = pl.concat([pairs["event"], pairs["mention"]]).unique()
    ordered = pairs.select(left=pl.min_horizontal("event", "mention"), right=pl.max_horizontal("event", "mention"))
    scored = LocalEngine().scored_pairs(people.filter(pl.col("id").is_in(ends.implode())), ordered, model)
    first = _event_at("left")
    event = pl.when(first).then("left").otherwise("right")
    return scored.with_columns(event=event, mention=pl.when(first).then("right").otherwise("left"))


def _likeliest(found: Frame, clusters: Frame) -> Frame:
    """Give the likeliest few persons for each event, each by the record that is most like, as `CANDIDATES`."""
    return (
        found.join(clusters, on="mention")
        .sort("event", "weight", "mention", descending=[False, True, False])
        .unique(["event", "cluster"], keep="first", maintain_order=True)
        .group_by("event", maintain_order=True)
        .head(MOST)
        .with_columns(state=pl.lit(NAMED))
        .select(pl.col(n).cast(t) for n, t in CANDIDATES.items())
    )
