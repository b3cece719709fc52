"""recordlinkage on one set, in a process of its own: run_recordlinkage.py SET FOLDER [--pairs=PAIRS] FILE...

Blocks as for Splink where it can express them, string comparisons at the thresholds of its own examples, and its
expectation-maximisation classifier, which needs no labels. PAIRS (`left`, `right`) are another engine's; its classifier
learns from them anew, as it must from whatever pairs it is to judge.
"""

import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import recordlinkage  # noqa: E402
from measured import Run  # noqa: E402

JW, LEV, OSA = "jarowinkler", "levenshtein", "damerau_levenshtein"
FEBRL = [
    ("given_name", JW, 0.85), ("surname", JW, 0.85), ("date_of_birth", OSA, 0.85), ("soc_sec_id", OSA, 0.7),
    ("street_number", None, 0), ("postcode", None, 0), ("suburb", JW, 0.85), ("address_1", LEV, 0.8),
]  # fmt: skip
MADE_UP = (
    [
        "dob forename:1", "dob surname:1", "postcode forename", "postcode dob", "dob town", "address forename",
        "address dob", "forename surname dob:4", "forename surname town", "surname postcode forename:1",
        "surname address forename:1",
    ],
    [
        ("forename", JW, 0.88), ("surname", JW, 0.88), ("dob", LEV, 0.85), ("postcode", None, 0), ("address", LEV, 0.8),
        ("town", None, 0), ("sex", None, 0),
    ],
)  # fmt: skip
SETS = {
    "febrl3": (["soc_sec_id", "given_name", "surname", "date_of_birth", "postcode"], FEBRL),
    "febrl4": (
        ["given_name surname", "date_of_birth", "soc_sec_id", "state address_1", "street_number address_1", "postcode"],
        FEBRL,
    ),
    "historical_50k": (
        [
            "first_name:3 surname:4", "surname dob", "first_name dob", "postcode_fake first_name",
            "postcode_fake surname", "dob birth_place", "postcode_fake:3 dob", "postcode_fake:3 first_name",
            "postcode_fake:3 surname", "first_name:2 surname:2 dob:4",
        ],
        [
            ("first_name", JW, 0.88), ("surname", JW, 0.88), ("dob", LEV, 0.85), ("postcode_fake", None, 0),
            ("birth_place", None, 0), ("occupation", None, 0),
        ],
    ),
    "rldata10000": (
        ["fname_c1 lname_c1", "by bm bd", "fname_c1 by", "lname_c1 by", "fname_c1 bm bd", "lname_c1 bm bd"],
        [("fname_c1", JW, 0.88), ("lname_c1", JW, 0.88), ("by", None, 0), ("bm", None, 0), ("bd", None, 0)],
    ),
    "made_up_200k": MADE_UP,
    "made_up_1m": MADE_UP,
}  # fmt: skip


def main(name_of_set, folder, *files):
    """Run, and write pairs.parquet and run.json; it makes no clusters."""
    given = [file.removeprefix("--pairs=") for file in files if file.startswith("--pairs=")]
    files = [file for file in files if not file.startswith("--pairs=")]
    blocks, comparisons = SETS[name_of_set]
    run = Run(f"recordlinkage {recordlinkage.__version__}, pandas {pd.__version__}", name_of_set, folder)
    frames = [pd.read_parquet(file).set_index("id") for file in files]
    index = recordlinkage.Index()
    for block in blocks:
        columns = []
        for part in block.split():
            column, _, letters = part.partition(":")
            for frame in frames if letters else []:
                frame[part] = frame[column].str[: int(letters)]
            columns.append(part if letters else column)
        index.block(columns)
    run.lap("read")
    pairs = index.index(*frames)
    run.lap("block")
    features = compared(comparisons, pairs, frames)
    run.lap("compare")
    chance = judged(features)
    run.lap("classify")
    run.done(threshold=0.5, candidates=len(pairs))
    written(f"{folder}/pairs.parquet", pairs, chance)
    run.write()
    if given:
        told = pd.read_parquet(given[0], columns=["left", "right"])
        if len(frames) == 2:  # the first file's end comes first
            turned = ~told["left"].isin(frames[0].index)
            told.loc[turned, ["left", "right"]] = told.loc[turned, ["right", "left"]].to_numpy()
        pairs = pd.MultiIndex.from_frame(told)
        written(f"{folder}/given.parquet", pairs, judged(compared(comparisons, pairs, frames)))


def compared(comparisons, pairs, frames):
    """Compare pairs column by column."""
    compare = recordlinkage.Compare(n_jobs=1)
    for column, method, edge in comparisons:
        if method:
            compare.string(column, column, method=method, threshold=edge, label=column)
        else:
            compare.exact(column, column, label=column)
    return compare.compute(pairs, *frames)


def judged(features):
    """Learn which pairs match, without labels, and say how likely each is to."""
    classifier = recordlinkage.ECMClassifier(binarize=0.5)
    classifier.fit(features)
    return classifier.prob(features)


def written(path, pairs, chance):
    """Write the pairs with their scores."""
    found = {"left": pairs.get_level_values(0), "right": pairs.get_level_values(1), "score": np.asarray(chance, float)}
    pd.DataFrame(found).to_parquet(path, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
