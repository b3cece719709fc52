"""Run nights as a batch job does: plan, look, commit, deliver. A plan changes nothing; a quiet night changes nothing.

python examples/03_one_night.py
"""

import tempfile
from pathlib import Path

import polars as pl

from svoc import Council
from svoc.rehearsal import rehearse


def main(folder: Path) -> None:
    """Take a made-up town through its two nights, and a third on which nothing is new."""
    town = rehearse(folder, dwellings=120, seed=7, nights=2)
    with Council.open(town.settings) as council:
        for _ in range(town.nights):
            with council.night():  # nobody else's night runs meanwhile
                plan = council.plan()  # reads the extracts, writes nothing
                print(plan.summary())
                if plan.reasons:  # a guard found that too much would change
                    print(*plan.reasons, sep="\n")
                    return
                council.commit(plan)  # all of it or none of it
                print(f"  {council.deliver()} notices went out, {council.deliver()} when asked again")

        print("\nWhat changed on the second night, and why:")
        changes = plan.reading.changes.group_by("kind", "cause").len("changes").sort("kind", "cause")
        for kind, cause, count in changes.iter_rows():
            print(f"  {count:3} {kind}: {cause}")

        quiet = council.plan()
        print(f"\nA quiet night: {quiet.summary()}")
        assert quiet.reading.changes.is_empty()

        members = plan.reading.state.members.with_columns(source=pl.col("mention").str.split("/").list.first())
        systems = members.group_by("person").agg(pl.col("source").n_unique())
        print(f"{systems.filter(pl.col('source') > 1).height} people are known to both systems")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
