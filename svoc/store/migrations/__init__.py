"""Every version of the tables that was ever released, and the way from each to the next."""

__all__: list[str] = []
