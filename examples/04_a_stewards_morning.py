"""A steward's morning: the next doubtful case, its evidence, a decision that holds, and a change of mind.

python examples/04_a_stewards_morning.py
"""

import tempfile
from pathlib import Path

from svoc import Council, Desk
from svoc.rehearsal import rehearse


def main(folder: Path) -> None:
    """Decide the first case of a made-up town, see that it stays decided, and take the decision back."""
    town = rehearse(folder, dwellings=200, seed=7, nights=1)
    with Council.open(town.settings) as council:
        council.commit(council.plan())
        desk = Desk(council, steward="j.okafor", purpose="canvass-match")
        print(f"{len(desk.cases())} cases wait this morning")

        simple = [case for case in desk.cases() if case.kind == "household" and len(case.mentions) == 2]
        case = desk.open(simple[0].id)  # desk.next_case() gives the most pressing, whatever it is about
        print(f"\n{case.evidence}\n")

        desk.decide(case, "same", because="both were in the office with the marriage certificate")
        council.commit(council.settle())  # now, or leave it to the coming night
        print(f"Decided: {len(desk.cases())} cases wait")
        members = council.store.yesterday().lane(desk.lane).members
        print(
            "  they are one person:",
            members.filter(members["mention"].is_in(list(case.mentions)))["person"].n_unique() == 1,
        )

        desk.undo()  # it stays in the ledger, and holds no longer
        council.commit(council.settle())
        print(f"Taken back: {len(desk.cases())} cases wait")
        for row in desk.history().iter_rows(named=True):
            print(f"  the ledger keeps it: {row['verdict']}, by {row['steward']}, because: {row['because']}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
