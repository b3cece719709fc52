"""What a system is told of a change, and under which law."""

import polars as pl

__all__ = ["NOTICES"]

NOTICES: dict[str, pl.DataType] = {
    "notice": pl.String(),  # stable within a run: planning or delivering twice is once
    "person": pl.String(),
    "kind": pl.String(),  # death, address, name, or death-retracted
    "recipient": pl.String(),  # the system that is told
    "reference": pl.String(),  # the recipient's own reference of the person
    "payload": pl.String(),  # JSON: exactly the fields that the route permits
    "basis": pl.String(),  # the lawful basis in words
    "because": pl.String(),  # what caused it
}
"""Columns and dtypes of notices, sorted by notice."""
