"""Carries what waits in the outbox, hears what recipients say of it, and tells of what is overdue."""

__all__: list[str] = []
