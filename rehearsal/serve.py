"""`rehearse serve`: the mock systems over HTTP on loopback, from the very handlers that simulations use."""

from __future__ import annotations

from kernel.errors import InputError
from mocks.assemble import ALL
from rehearsal.names import names_in


def serve(systems: str | None, port_base: int) -> None:
    """Serve until Ctrl-C. Raises InputError for an unknown system or a port that cannot be."""
    names = names_in("--systems", systems, list(ALL))
    for name in names:
        if name not in ALL:
            raise InputError("--systems", f"there is no system {name!r}", f"choose from {', '.join(ALL)}")
    if not 1024 <= port_base <= 65535 - len(names):
        raise InputError("--port-base", str(port_base), f"choose 1024 to {65535 - len(names)}")
    from loadtests.served import serve_firm

    serve_firm(tuple(names), port_base)
