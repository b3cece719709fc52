"""Yesterday, and how tonight becomes it: the only place that knows a database."""

__all__: list[str] = []
