"""Policy as data: what a council.toml may override."""

__all__: list[str] = []
