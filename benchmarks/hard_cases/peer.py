"""Runs uk_address_matcher, in a Python environment of its own, over files of canonical and of messy addresses.

    PEER/bin/python benchmarks/hard_cases/peer.py CANONICAL.parquet MESSY.parquet ANSWERS.parquet

CANONICAL has unique_id (the UPRN, once for each way of writing it), address_concat and postcode; MESSY the same with an
id of its own; ANSWERS gets unique_id, uprn, match_weight, distinguishability and match_reason, best candidate first and
whatever its weight, so that thresholds can be chosen afterwards. All of its stages run, with term frequencies of the
canonical addresses. Prints seconds, CPU seconds, peak memory and versions as JSON. Imports nothing of this project.
"""

import json
import logging
import resource
import sys
import time
from importlib.metadata import version


def main(canonical: str, messy: str, answers: str) -> None:
    """Match one file with the other."""
    import duckdb  # type: ignore[import-not-found]
    from uk_address_matcher import (  # type: ignore[import-not-found]
        AddressMatcher,
        ExactMatchStage,
        SplinkStage,
        UniqueTrigramStage,
    )
    from uk_address_matcher.linking_model.matching.stages import PeeledAddressStage  # type: ignore[import-not-found]

    logging.getLogger("uk_address_matcher").setLevel(logging.ERROR)
    began, cpu = time.perf_counter(), time.process_time()
    with duckdb.connect() as con:
        matcher = AddressMatcher(
            canonical_addresses=con.read_parquet(canonical),
            addresses_to_match=con.read_parquet(messy),
            con=con,
            stages=[
                ExactMatchStage(),
                PeeledAddressStage(),
                UniqueTrigramStage(),
                SplinkStage(
                    use_relation_marker_reranker=True,
                    final_match_weight_threshold=-20.0,
                    final_distinguishability_threshold=None,
                ),
            ],
            show_progress="off",
        )
        found = matcher.match().matches()
        found.project(
            "unique_id, TRY_CAST(resolved_canonical_id AS BIGINT) AS uprn, "
            "match_weight, distinguishability, match_reason"
        ).write_parquet(answers)
    told = {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "versions": {name: version(name) for name in ("uk_address_matcher", "splink", "duckdb")},
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:4])
