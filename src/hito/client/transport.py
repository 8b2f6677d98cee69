"""How the client reaches a server: one Protocol, whose members are `client.http` and, embedded, `hito.connect`."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

from hito.core.artifacts import FileInfo
from hito.core.errors import Unavailable
from hito.wire.endpoint import Any_Endpoint


class Busy(Unavailable):
    """The server asked to come again, after `retry_after` seconds if it said so (else 0)."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Transport(Protocol):
    """Any thread may call any method; after a fork, both processes may go on with theirs."""

    destination: str
    """The server's URI without user name and password, the same for everybody who means the same server."""

    def call(self, endpoint: Any_Endpoint, message: Any, *, timeout: float | None = None, patient: bool = True) -> Any:
        """The answer to one message, as plain JSON values: dicts, lists, texts, numbers.

        Args:
            timeout: seconds for an attempt, None for what the environment says.
            patient: try again a few times while the server does not answer; False leaves that to the caller.
        Raises: HitoError: the server's refusal; Unavailable: no server, or an answer that is not the protocol's.
        """
        ...

    def takes_run_ids(self) -> bool:
        """Whether new runs may have an id of our choice. Raises: Unavailable."""
        ...

    def upload(self, root: str, path: str, chunks: Iterable[bytes], size: int) -> None:
        """Store a file at `path` below the artifact URI `root`. `size` is its bytes."""
        ...

    def download(self, root: str, path: str) -> AbstractContextManager[Iterator[bytes]]:
        """The bytes of a file, in pieces. Raises: NotFound."""
        ...

    def list_files(self, root: str, path: str) -> list[FileInfo]:
        """The entries of a folder, by base name; nothing for what is no folder."""
        ...

    def close(self) -> None: ...
