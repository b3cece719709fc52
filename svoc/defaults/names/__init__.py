"""Words of name fields: titles, noise, particles, forenames, surnames; an officer can read and extend them."""

__all__: list[str] = []
