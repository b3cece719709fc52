"""A street of an invented town, small enough to print: what the examples in these pages are run on."""

import polars as pl

from gazetteer.formats.base import ADDRESSES, CROSS_REFERENCES, PROPERTIES, STREETS, SUCCESSORS, Supply, Tables, conform
from gazetteer.index import Gazetteer


def barchester() -> Gazetteer:
    """Gives a gazetteer of one house, one house with two flats, and one named cottage in Barchester."""
    rows = [
        (12000, None, None, "RD04", 12, None, None),
        (14000, None, None, "PP", 14, None, None),
        (14001, 14000, 1, "RD06", 14, "FLAT", None),
        (14002, 14000, 2, "RD06", 14, "FLAT", None),
        (16000, None, None, "RD02", None, None, "ROSE COTTAGE"),
    ]
    names = ["uprn", "parent_uprn", "sao_start", "class_code", "pao_start", "sao_text", "pao_text"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        status=pl.lit(1),
        street=pl.lit("KING STREET"),
        town=pl.lit("BARCHESTER"),
        postcode=pl.lit("BA1 1AA"),
        origin=pl.lit("lpi"),
        usrn=pl.lit(800100),
    )
    empty = pl.DataFrame()
    streets = pl.DataFrame({"usrn": [800100], "description": ["KING STREET"], "town": ["BARCHESTER"]})
    return Gazetteer.from_tables(
        Tables(
            properties=conform(frame, PROPERTIES),
            addresses=conform(frame, ADDRESSES),
            streets=conform(streets, STREETS),
            cross_references=conform(empty, CROSS_REFERENCES).clear(),
            successors=conform(empty, SUCCESSORS).clear(),
            supply=Supply("example"),
        )
    )
