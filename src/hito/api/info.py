"""What the server says of itself."""

from hito.api.context import Outside, OutsideBindings
from hito.wire import info as wire


def server_info(outside: Outside, message: wire.Nothing) -> wire.ServerInfo:
    # Advertised only where parts can go straight to the object store: a client that was told so has no other way.
    direct = outside.settings.serve_artifacts and outside.artifacts.direct
    return wire.ServerInfo(multipart_uploads_enabled=direct, multipart_downloads_enabled=direct)


OUTSIDE_BINDINGS: OutsideBindings = [(wire.SERVER_INFO, server_info)]
