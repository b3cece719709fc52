"""Places every address on the Local Land and Property Gazetteer; knows no people and no database."""

__all__: list[str] = []
