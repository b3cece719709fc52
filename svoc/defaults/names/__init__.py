"""Words of name fields: titles, noise, particles, common forenames and surnames; an officer can read and extend them."""

__all__: list[str] = []
