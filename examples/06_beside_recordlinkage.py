"""Our comparisons and blocks in a recordlinkage pipeline: its index, its features, its ECM classifier.

python examples/06_beside_recordlinkage.py
"""

import warnings

import numpy as np
import pandas as pd
import recordlinkage

from matchers import Close, PersonName, SameDate, block_on, sounds_like
from matchers.interop import feature, index

FORENAMES = ("Amina", "Bethan", "Callum", "Dilys", "Euan", "Femi", "Grace", "Huw", "Ines", "Jarek")
SURNAMES = ("Adeyemi", "Baird", "Cadwallader", "Dhillon", "Eze", "Fairweather", "Gwynne", "Hussain", "Iqbal", "Jones")


def made_up_people(seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two lists of three hundred people each: the second has slips, nicknames and dates left out."""
    chance, rows = np.random.default_rng(seed), []
    for number in range(300):
        year, month, day = chance.integers(1930, 2005), chance.integers(1, 13), chance.integers(1, 29)
        forename, surname = chance.choice(FORENAMES), chance.choice(SURNAMES)
        rows.append(
            (f"{number:03d}", forename, None, surname, f"{year}-{month:02d}-{day:02d}", f"Street {number // 3}")
        )
    columns = ["id", "forename", "middle_names", "surname", "dob", "address"]
    first = pd.DataFrame(rows, columns=columns).set_index("id")
    second = first.copy()
    second.index = "b" + second.index
    second.loc[second.index[::7], "surname"] = second["surname"].str[:-1]
    second.loc[second.index[::9], "forename"] = second["forename"].str[:1]
    second.loc[second.index[::5], "dob"] = None
    return first, second


def main() -> None:
    """Index, compare and classify by recordlinkage, with our blocks and comparisons."""
    first, second = made_up_people()
    indexer = recordlinkage.Index()
    indexer.add(index([block_on("dob"), block_on("address"), block_on(sounds_like("surname"))]))
    pairs = indexer.index(first, second)
    print(f"{len(pairs)} pairs of {len(first) * len(second)} are compared: they share a date, an address or a sound")

    surname_and_initial = PersonName.levels.index("surname and initial agree")
    compare = recordlinkage.Compare(
        [
            feature(PersonName(), agrees_from=surname_and_initial),
            feature(SameDate("dob"), agrees_from=2),
            feature(Close("address"), agrees_from=3),
        ]
    )
    features = compare.compute(pairs, first, second)
    classifier = recordlinkage.ECMClassifier()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of scikit-learn's and pandas' next versions, which are not ours to heed
        matches = classifier.fit_predict(features)
    right = sum(left == other[1:] for left, other in matches)
    print(f"{len(matches)} matches, {right} of them right, of {len(first)} people: no labels were needed")


if __name__ == "__main__":
    main()
