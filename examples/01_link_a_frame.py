"""Link a frame of people to itself: no labels, no settings, one model file at the end.

python examples/01_link_a_frame.py
"""

import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from matchers import Close, Model, Same, SameDate, block_on, cluster, counts_before, explain, link

FORENAMES = ("Amina", "Bethan", "Callum", "Dilys", "Euan", "Femi", "Grace", "Huw", "Ines", "Jarek")
SURNAMES = (
    "Adeyemi",
    "Baird",
    "Cadwallader",
    "Dhillon",
    "Eze",
    "Fairweather",
    "Gwynne",
    "Hussain",
    "Iqbal",
    "Jankowski",
)


def made_up_people() -> pl.DataFrame:
    """Two lists of a hundred people each: the second has slips of the pen, and leaves some dates of birth out."""
    first: list[dict[str, Any]] = [
        {
            "id": f"a{number:03d}",
            "forename": FORENAMES[number % 10],
            "surname": SURNAMES[number // 10],
            "dob": f"{1940 + number * 7 % 60}-{1 + number % 12:02d}-{1 + number * 5 % 28:02d}",
            "uprn": 10_000_000_000 + number // 3,
        }
        for number in range(100)
    ]
    second = [
        person
        | {"id": person["id"].replace("a", "b")}
        | ({"surname": person["surname"][:-1]} if number % 9 == 0 else {})
        | ({"forename": person["forename"].upper()} if number % 7 == 0 else {})
        | ({"dob": None} if number % 5 == 0 else {})
        for number, person in enumerate(first)
    ]
    return pl.DataFrame(first + second)


def main() -> None:
    """Train, link, explain one pair, group, and keep the model."""
    people = made_up_people()
    blocks = [block_on("uprn"), block_on("surname", "dob")]
    print(counts_before(people, blocks))

    model = Model(
        comparisons=[Close("forename"), Close("surname"), SameDate("dob"), Same("uprn")],
        blocks=blocks,
    ).trained_on(people)
    pairs = link(people, model, id="id")
    print(explain(pairs.sort("weight").tail(1), model))

    sure = pairs.filter(pl.col("weight") >= model.thresholds.same)
    groups = cluster(people["id"], sure.select("left", "right", "weight"))
    print(f"{people.height} records, {groups.members['cluster'].n_unique()} people")

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.model.json"
        model.write(file)
        assert Model.read(file) == model


if __name__ == "__main__":
    main()
