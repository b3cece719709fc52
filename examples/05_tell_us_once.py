"""Tell Us Once: a death is told at the counter, and every system that holds the person and may know is told.

python examples/05_tell_us_once.py
"""

import json
import tempfile
from pathlib import Path

import polars as pl

from svoc import Council, Death
from svoc.rehearsal import rehearse


def main(folder: Path) -> None:
    """Find somebody who lives in a made-up town, note the death, and read the notices that it leaves."""
    town = rehearse(folder, dwellings=120, seed=7, nights=1)
    with Council.open(town.settings) as council:
        council.commit(council.plan())
        lane = council.store.yesterday().lane("service")
        known = lane.persons.filter((pl.col("records") > 1) & pl.col("forename").str.len_chars().gt(1)).row(
            0, named=True
        )

        said = f"{known['forename']} {known['surname']}".lower()  # what the informant says, and where
        person = council.find(said, near=known["postcode"], purpose="council-tax")[0]
        print(f"{person.id}: {person.name}, {person.address}")

        council.tell(Death(person.id, on="2026-11-02", evidence="registrar"))
        council.commit(council.settle())  # now, or leave it to the coming night
        print(f"{council.deliver()} notices went out")
        for file in sorted((folder / "outbox").glob("*/*.json")):
            notice = json.loads(file.read_text(encoding="utf-8"))
            facts = ", ".join(notice["data"]["facts"])
            print(f"  {file.parent.name} is told of its {notice['subject']}: {facts} ({notice['data']['basis']})")

        council.tell(Death(person.id, on="2026-11-02", evidence="registrar"))  # by a second relative
        council.commit(council.settle())
        print(f"Told twice: {council.deliver()} more notices")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
