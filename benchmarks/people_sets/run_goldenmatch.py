"""goldenmatch on one set, in a process and an environment of its own: run_goldenmatch.py SET FOLDER FILE...

Its probabilistic mode with the settings that it chooses from the data, as its guide has it. Two files are stacked.
"""

import os
import sys

os.environ.setdefault("GOLDENMATCH_AUTOCONFIG_MEMORY", "0")
os.environ.setdefault("GOLDENMATCH_PLANNER_BUCKET", "1")
os.environ.setdefault("GOLDENMATCH_NATIVE", "1")

import goldenmatch
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from measured import Run

# The truth is never shown; of historical_50k the columns that its own comparison uses.
COLUMNS = {"historical_50k": ["first_name", "surname", "dob", "birth_place", "postcode_fake", "occupation"]}
# Under names that it knows, the date of birth in one piece: by names such as `by` and `fname_c1` it finds no person.
RENAMED = {"rldata10000": {"first_name": ["fname_c1"], "last_name": ["lname_c1"], "date_of_birth": ["by", "bm", "bd"]}}
TEXTS = pa.schema([("left", pa.string()), ("right", pa.string()), ("score", pa.float64())])


def main(name_of_set, folder, *files):
    """Run, and write pairs.parquet, clusters.parquet and run.json."""
    run = Run(f"goldenmatch {goldenmatch.__version__}", name_of_set, folder)
    table = pa.concat_tables([pq.read_table(file) for file in files], promote_options="default")
    ids = table.column("id").to_pylist()
    shown = table.select(COLUMNS.get(name_of_set) or [c for c in table.column_names if c not in ("id", "cluster")])
    if name_of_set in RENAMED:
        shown = pa.table({name: joined(table, parts) for name, parts in RENAMED[name_of_set].items()})
    run.lap("read")
    config = goldenmatch.auto_configure_probabilistic_df(shown)
    run.lap("configure")
    found = goldenmatch.dedupe_df(shown, config=config)
    run.lap("dedupe")
    run.done(threshold=None)
    pairs = [{"left": ids[a], "right": ids[b], "score": float(score)} for a, b, score in found.scored_pairs]
    pq.write_table(pa.Table.from_pylist(pairs, schema=TEXTS), f"{folder}/pairs.parquet")
    members = [(ids[row], str(key)) for key, group in found.clusters.items() for row in group["members"]]
    named = {"id": [one for one, _ in members], "cluster": [group for _, group in members]}
    pq.write_table(pa.table(named), f"{folder}/clusters.parquet")
    run.write()


def joined(table, parts):
    """Write the parts of a date as one, or give the one column."""
    columns = [pc.utf8_lpad(table.column(part).cast(pa.string()), 2, "0") for part in parts]
    return pc.binary_join_element_wise(*columns, "-") if len(parts) > 1 else table.column(parts[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
