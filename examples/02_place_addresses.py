"""Place addresses on a gazetteer: what each was placed on, by which rule, how surely, and what it may mean instead.

python examples/02_place_addresses.py
"""

import tempfile
from pathlib import Path

import polars as pl

from gazetteer import Gazetteer, find, resolve
from svoc.rehearsal import rehearse


def main(folder: Path) -> None:
    """Read a made-up town's gazetteer and place the addresses as its electoral register writes them."""
    town = rehearse(folder, dwellings=80, seed=7, nights=1)
    llpg = Gazetteer.read(town.folder / "llpg.csv")
    print(f"{llpg.supply.dialect} of {llpg.supply.date}: {llpg.properties.height} properties")

    register = pl.read_csv(next(town.folder.glob("extracts/electoral_register_*.csv")), infer_schema=False)
    lines = [f"Address{n}" for n in range(1, 7)]
    addresses = register.select(address=pl.concat_str(lines, separator=", ", ignore_nulls=True), postcode="Postcode")
    placed = resolve(addresses, llpg)  # as they are written, without the UPRN that the register supplies
    counts = placed.group_by("outcome", "rung").len().sort("len", "rung", descending=[True, False])
    for outcome, rung, count in counts.iter_rows():
        print(f"  {count:3} {outcome}, by the rung {rung}")

    print("\nWhat was not written as the gazetteer writes it:")
    others = placed.filter(~pl.col("rung").is_in(["exact", "empty"])).unique("address", maintain_order=True)
    for row in others.head(3).iter_rows(named=True):
        print(f"  {row['address']}\n    {row['rung']} ({row['certainty']:.3f}): {row['matched'] or row['reason']}")

    slip = addresses["address"].drop_nulls()[0].replace("Road", "Raod").replace("Street", "Steret")
    print(f"\nAs somebody types it: {slip}")
    for suggestion in find(slip, llpg, limit=3).suggestions:
        print(f"  {suggestion.bits:5.1f} bits  {suggestion.uprn}  {suggestion.text}")

    llpg.save(folder / "saved")  # tomorrow's start is quicker
    assert resolve(addresses, Gazetteer.load(folder / "saved")).equals(placed)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
