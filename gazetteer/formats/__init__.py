"""Reads the gazetteer formats that suppliers send; the rows themselves say which format they are in."""

from gazetteer.formats.base import Columns, Format, Supply, Tables, conform
from gazetteer.formats.read import FORMATS, read_tables

__all__ = ["FORMATS", "Columns", "Format", "Supply", "Tables", "conform", "read_tables"]
