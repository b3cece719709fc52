"""What a council's systems send, read into records: one kind of source a file, its suppliers' layouts inside."""

__all__: list[str] = []
