"""The verb that serves the stewards' pages."""

import socket
from importlib.util import find_spec
from typing import Annotated

import typer

from svoc.cli.verbs import Settings
from svoc.errors import SettingsError

__all__ = ["desk"]

NEEDS = ("fastapi", "uvicorn", "govuk_frontend_jinja")
Port = Annotated[int, typer.Option(min=0, max=65535, help="Which port to listen on; 0 takes a free one.")]
Host = Annotated[str, typer.Option(help="Which address to listen on.")]


def desk(settings: Settings, *, port: Port = 8000, host: Host = "127.0.0.1") -> None:
    """Serve the stewards' desk, as pages for a browser, and the staff API, for the council's other systems.

    Where council.toml says under [sign_in] how people show who they are it may listen anywhere, behind what speaks
    HTTPS for it; else it answers this computer only.

    Example: svoc desk council.toml --port 8000
    """
    if missing := [name for name in NEEDS if find_spec(name) is None]:
        raise SettingsError(f"the desk needs {', '.join(missing)}: pip install 'svoc[web]'")
    import uvicorn

    from svoc.settings import CouncilSettings
    from svoc.web.app import application
    from svoc.web.guarding import is_loopback

    checked = CouncilSettings.read(settings).sign_in.is_checked
    if not checked and not is_loopback(host):
        raise SettingsError(
            f"--host {host}: nobody would check who signs in, so the desk listens on this computer only (127.0.0.1)"
        )
    app = application(settings, development=not checked, secure=checked)
    with _listening(host, port) as taken:
        where = f"http://{host}:{taken.getsockname()[1]}/desk"
        whom = "behind what speaks HTTPS for it" if checked else "for this computer only: nobody checks who signs in"
        typer.echo(f"the desk is at {where}, {whom}. Ctrl-C ends it.")
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, date_header=False, proxy_headers=False
        )
        uvicorn.Server(config).run(sockets=[taken])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError as fault:
        taken.close()
        raise SettingsError(f"--port {port}: cannot listen there ({fault.strerror})") from None
    return taken
