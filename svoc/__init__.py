"""One golden record per resident, under an identifier that never breaks."""

__all__: list[str] = []
