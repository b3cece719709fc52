"""Reads the gazetteer formats that suppliers send; the rows themselves say which format they are in."""

__all__: list[str] = []
