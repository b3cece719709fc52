"""What people reach over the network: the stewards' pages. `svoc.web.app` makes it; it needs `svoc[web]`."""

__all__: list[str] = []
