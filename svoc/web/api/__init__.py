"""The staff API, `/api/v1`: what another system of the council asks and tells. `svoc.web.api.app` makes it."""

__all__: list[str] = []
