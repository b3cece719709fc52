"""Who is liable for Council Tax: an account for each liability, with those who live there or those who own it."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from svoc.rehearsal.names import draw_surnames
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.people import Residents, age_on
from svoc.rehearsal.place_schema import FIRST_NIGHT
from svoc.rehearsal.places import World

OWNERS = (
    ("landlord", 0.34),
    ("landlord_away", 0.20),
    ("landlord_overseas", 0.08),
    ("company", 0.20),
    ("executors", 0.10),
    ("occupier", 0.06),
    ("void", 0.02),
)
"""Who is liable for a dwelling whose liable person does not live there, and in what shares."""

COMPANIES = (
    "{} PROPERTIES LTD",
    "{} LETTINGS LIMITED",
    "{} HOMES LTD",
    "{} & SONS LTD",
    "{} ESTATES LLP",
    "{} HOUSING ASSOCIATION",
    "BARCHESTER BOROUGH COUNCIL",
    "{} DEVELOPMENTS (BARCHESTER) LTD",
)
NOBODY = ("THE OCCUPIER", "THE OCCUPIER(S)", "THE OWNER", "OWNER/OCCUPIER")
EMPTY = ("VOID", "EMPTY PROPERTY")
EXECUTORS = ("EXORS OF {}", "EXECUTORS OF {} DECD", "PERS REPS OF {}", "REPS OF THE LATE {}")
TITLES, INITIALS = ("MR", "MRS", "MISS"), "ABCDEFGHJKLMNPRSTW"
CARE_COMPANY, UNIVERSITY = "{} CARE HOMES LTD", "UNIVERSITY OF BARCHESTER"

FORWARDED = 0.65
"""Share of closed accounts that give where the people went."""

JOINT_OF_MANY = ("sharers", "siblings", "student_house")

DRAFT = {
    "household": pl.Int32(),
    "dwelling": pl.Int32(),
    "start": pl.Date(),
    "end": pl.Date(),
    "forwarding": pl.String(),  # dwelling, uk, overseas or null
    "forwarding_dwelling": pl.Int32(),
    "owner": pl.String(),  # null where those who live there are liable
}


def _at_home(residents: Residents, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    living = residents.households.filter(pl.col("dwelling").is_not_null(), pl.col("until").is_null())
    absent = pl.Series(rng.random(living.height) < noise.elsewhere)
    let = pl.col("kind").is_in(["single", "couple", "lone_parent", "sharers"]) & absent
    owner = (
        pl.when(pl.col("kind").str.starts_with("care_home"))
        .then(pl.lit("care_company"))
        .when(pl.col("kind") == "student_flat")
        .then(pl.lit("university"))
        .when((pl.col("kind") == "shared_house") | let)
        .then(pl.lit("owner"))
    )
    return living.select("household", "dwelling", start="since", owner=owner)


def _lately_closed(residents: Residents, rng: np.random.Generator) -> pl.DataFrame:
    """Accounts that ended with a move: of those who moved within the town, and of those who left it."""
    households = residents.households
    chance = pl.Series(rng.random(households.height) < FORWARDED)
    within = households.filter(pl.col("came_from").is_not_null()).select(
        "household", dwelling="came_from", start="came_from_since", end="since",
        forwarding=pl.lit("dwelling"), forwarding_dwelling="dwelling",
    )  # fmt: skip
    away = (
        pl.when(pl.col("fate") == "abroad").then(pl.lit("overseas")).when(pl.col("fate") == "moved").then(pl.lit("uk"))
    )
    gone = households.filter(pl.col("until").is_not_null()).select(
        "household", "dwelling", start="since", end="until", forwarding=away,
        owner=pl.when((pl.col("fate") == "died") & (pl.col("household") % 2 == 0)).then(pl.lit("executors_of")),
    )  # fmt: skip
    closed = pl.concat([within, gone], how="diagonal_relaxed").sort("household", "dwelling")
    kept = pl.col("household").is_in(households.filter(chance)["household"].implode())
    return closed.with_columns(
        forwarding=pl.when(kept).then("forwarding"),
        forwarding_dwelling=pl.when(kept).then("forwarding_dwelling"),
    )


def _empty(world: World, residents: Residents, rng: np.random.Generator) -> pl.DataFrame:
    lived_in = residents.households.filter(pl.col("dwelling").is_not_null(), pl.col("until").is_null())["dwelling"]
    empty = world.on(0).filter(~pl.col("dwelling").is_in(lived_in.implode()))
    empty = empty.with_columns(days=pl.Series(rng.integers(3, 2500, empty.height)))
    start = (pl.lit(FIRST_NIGHT) - pl.duration(days="days")).cast(pl.Date)
    return empty.select("dwelling", start=start, owner=pl.lit("owner"))


def _choose_owners(draft: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    shares = np.array([share for _, share in OWNERS])
    drawn = rng.choice([name for name, _ in OWNERS], size=draft.height, p=shares / shares.sum())
    owner = pl.when(pl.col("owner") == "owner").then(pl.Series(drawn.tolist(), dtype=pl.String)).otherwise("owner")
    forwarding = (
        pl.when(owner == "landlord")
        .then(pl.lit("dwelling"))
        .when(owner == "landlord_overseas")
        .then(pl.lit("overseas"))
        .when(owner.is_in(["landlord_away", "company", "executors"]))
        .then(pl.lit("uk"))
        .otherwise("forwarding")
    )
    return draft.with_columns(owner=owner, forwarding=forwarding)


def _occupants(draft: pl.DataFrame, residents: Residents, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """Name those liable because they live there: the head, mostly the partner, every sharer up to four."""
    kinds = residents.households.select("household", "kind")
    own = draft.filter(pl.col("owner").is_null()).select("account", "household").join(kinds, on="household")
    adults = residents.persons.with_columns(age=age_on(FIRST_NIGHT)).filter(pl.col("age") >= 18)
    named = own.join(adults.select("person", "household", "slot", "role", "sex"), on="household").sort(
        "account", "slot"
    )
    many = pl.col("kind").is_in(JOINT_OF_MANY)
    liable = named.filter(pl.col("role").is_in(["head", "partner"]) | (many & (pl.col("slot") < 4)))
    alone = rng.random(int(draft["account"].max() or 0) + 1) < noise.second_liable_missing  # type: ignore[arg-type]
    turned = rng.random(len(alone)) < 0.1
    liable = liable.with_columns(
        alone=pl.Series(alone).gather(liable["account"]), turned=pl.Series(turned).gather(liable["account"])
    ).filter(~(pl.col("alone") & (pl.col("role") == "partner")))
    order = pl.when(pl.col("turned") & ~many).then(-pl.col("slot")).otherwise(pl.col("slot"))
    return liable.with_columns(order=order).sort("account", "order").select("account", "person")


def _landlords(
    draft: pl.DataFrame, residents: Residents, outsiders: list[int], rng: np.random.Generator
) -> pl.DataFrame:
    """Give each let or empty dwelling with a landlord a person: one of the town, or one from elsewhere."""
    living = residents.households.filter(pl.col("until").is_null(), pl.col("dwelling").is_not_null())
    heads = residents.persons.filter(pl.col("slot") == 0, pl.col("role") == "head")
    here = (
        heads.join(living.select("household", home="dwelling"), on="household")
        .filter(age_on(FIRST_NIGHT) > 30)
        .sort("person")
    )
    away = heads.filter(pl.col("household").is_in(outsiders)).sort("person")
    local = draft.filter(pl.col("owner") == "landlord").select("account")
    chosen = here[rng.integers(0, max(here.height, 1), local.height)] if here.height else here
    far = draft.filter(pl.col("owner").is_in(["landlord_away", "landlord_overseas"])).select("account")
    if here.height == 0 or away.height == 0:
        return pl.DataFrame(schema={"account": pl.Int64, "person": pl.Int32, "home": pl.Int32})
    others = away[np.arange(far.height) % away.height]
    return pl.concat(
        [
            local.with_columns(chosen["person"], chosen["home"]),
            far.with_columns(others["person"], home=pl.lit(None, pl.Int32)),
        ]
    )


def _texts(draft: pl.DataFrame, residents: Residents, rng: np.random.Generator) -> pl.DataFrame:
    """Write what stands in the field where there is no plain name: account, kind, text."""
    owned = draft.filter(
        pl.col("owner").is_in(
            ["company", "executors", "executors_of", "occupier", "void", "care_company", "university"]
        )
    )
    surnames = draw_surnames(np.full(owned.height, "british", dtype=object), rng)
    heads = residents.persons.filter(pl.col("slot") == 0).select("household", "title", "forename", "surname")
    named = owned.select("account", "owner", "household").join(heads, on="household", how="left", maintain_order="left")
    rows = []
    for row, other in zip(named.rows(named=True), surnames, strict=True):
        late = (row["title"], row["forename"], row["surname"])
        dead = late if row["owner"] == "executors_of" else (_one(TITLES, rng), _one(INITIALS, rng), str(other))
        rows.append((row["account"], *_text_of(row["owner"], str(other), " ".join(dead), rng)))
    schema = {"account": pl.Int64, "kind": pl.String, "text": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _one(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def _text_of(owner: str, surname: str, dead: str, rng: np.random.Generator) -> tuple[str, str]:
    if owner == "occupier":
        return "void", _one(NOBODY, rng)
    if owner == "void":
        return "void", _one(EMPTY, rng)
    if owner == "university":
        return "organisation", UNIVERSITY
    if owner in ("company", "care_company"):
        pattern = CARE_COMPANY if owner == "care_company" else _one(COMPANIES, rng)
        return "organisation", pattern.format(surname).upper()
    return "executor", _one(EXECUTORS, rng).format(dead).upper()


def draw_accounts(
    world: World, residents: Residents, outsiders: list[int], noise: Noise, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw the accounts of the first night, live and lately closed, and the parties each names, in order.

    Gives accounts (account Int64 and the columns of DRAFT) and parties (account, party Int64, person Int32, kind,
    text). `outsiders` are households that never live in the town: landlords from elsewhere.
    """
    drafts = [_at_home(residents, noise, rng), _lately_closed(residents, rng), _empty(world, residents, rng)]
    draft = pl.concat(drafts, how="diagonal_relaxed")
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in DRAFT.items() if name not in draft.columns]
    draft = draft.with_columns(missing).select(DRAFT.keys()).cast(DRAFT).sort("dwelling", "start", "household")  # type: ignore[arg-type]
    draft = _choose_owners(draft, rng).with_row_index("account").with_columns(pl.col("account").cast(pl.Int64))
    landlords = _landlords(draft, residents, outsiders, rng)
    people = pl.concat([_occupants(draft, residents, noise, rng), landlords.select("account", "person")])
    texts = _texts(draft, residents, rng)
    parties = pl.concat([people.with_columns(kind=pl.lit("person")), texts], how="diagonal_relaxed")
    order = pl.int_range(1, pl.len() + 1).over("account")
    parties = parties.sort("account", maintain_order=True).with_columns(party=order)
    homes = landlords.select("account", "home")
    draft = draft.join(homes, on="account", how="left").with_columns(
        forwarding_dwelling=pl.coalesce("forwarding_dwelling", "home"),
        household=pl.when(pl.col("owner").is_null()).then("household"),
    )
    named = draft.join(parties.select("account"), on="account", how="semi").drop("home").sort("account")
    dense = named.select("account").with_row_index("dense").with_columns(pl.col("dense").cast(pl.Int64))
    renumbered = [
        frame.join(dense, on="account").drop("account").rename({"dense": "account"}).sort("account", *by)
        for frame, by in ((named, ()), (parties, ("party",)))
    ]
    return renumbered[0], renumbered[1]
