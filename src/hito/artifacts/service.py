"""All the stores that one server has to do with."""

import os
import threading
from collections.abc import Mapping, Sequence

from hito.artifacts.store import ArtifactStore
from hito.artifacts.uri import open_destination, open_store
from hito.core.artifacts import ArtifactUri
from hito.core.errors import Unavailable

_OPEN_STORES = 256


class Artifacts:
    """The stores behind artifact URIs.

    Args:
        destination: where proxied files (`mlflow-artifacts:/`) lie: a folder or a storage URI; empty proxies nothing.
        local_roots: further folders of this machine that experiments may have as their location.
        trusted_schemes: see `core.artifacts.HOST_SCHEMES`.
        direct: clients may be sent straight to the storage with presigned addresses, since they can reach it. Only an
            operator knows; a client that was promised this and fails does not fall back.
    """

    def __init__(
        self,
        destination: str,
        *,
        local_roots: Sequence[str | os.PathLike[str]] = (),
        trusted_schemes: frozenset[str] = frozenset(),
        direct: bool = False,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._destination = open_destination(destination, environment) if destination else None
        self._local_roots = tuple(local_roots)
        self._trusted_schemes = trusted_schemes
        self._environment = environment
        self._direct = direct
        self._stores: dict[ArtifactUri, ArtifactStore] = {}
        self._lock = threading.Lock()

    @property
    def proxied(self) -> ArtifactStore:
        """The store of the proxied service. Raises: Unavailable: this server proxies nothing."""
        if self._destination is None:
            raise Unavailable("this server does not proxy artifacts; start it with --artifacts-destination")
        return self._destination

    @property
    def direct(self) -> bool:
        """Whether clients are to be given presigned addresses for downloads."""
        return self._direct and self._destination is not None and self._destination.can_presign

    def at(self, uri: ArtifactUri | str) -> ArtifactStore:
        """The store whose root is this URI. Raises: as `artifacts.uri.open_store`."""
        parsed = ArtifactUri.parse(uri, trusted_schemes=self._trusted_schemes) if isinstance(uri, str) else uri
        with self._lock:
            store = self._stores.get(parsed)
        if store is None:
            store = open_store(
                parsed,
                destination=self._destination,
                local_roots=self._local_roots,
                trusted_schemes=self._trusted_schemes,
                environment=self._environment,
            )
            # Opening a bucket takes 10 ms and has its own connections; opening a folder is nothing, and the check of
            # its place must be made each time, for a link may have changed.
            if not parsed.is_local and parsed.scheme != "mlflow-artifacts":
                with self._lock:
                    if len(self._stores) >= _OPEN_STORES:
                        self._stores.clear()
                    self._stores[parsed] = store
        return store
