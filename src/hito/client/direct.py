"""Files that do not travel through the tracking server: a folder of this machine, or a bucket.

A server that was started with `--no-serve-artifacts` gives its runs such a place, and a client is expected to reach it
by itself, with its own rights and its own credentials. The stores are the server's (`hito.artifacts`); they are imported
when the first such file is met.
"""

from typing import TYPE_CHECKING

from hito.core.artifacts import ArtifactUri, FileInfo, SafePath
from hito.core.errors import InvalidArgument

if TYPE_CHECKING:
    from hito.artifacts.store import ArtifactStore


def store_at(root: str) -> "ArtifactStore":
    """The store whose root is this artifact URI.

    Raises: InvalidArgument: unsafe, or its library is not installed; NotImplementedHere: no store of this kind is known.
    """
    try:
        from hito.artifacts.uri import open_store

        uri = ArtifactUri.parse(root)
        # The folder is the user's to write or not: the operating system decides, as for any other file of theirs.
        return open_store(uri, destination=None, local_roots=[uri.local_path] if uri.is_local else [])
    except ModuleNotFoundError as error:
        raise InvalidArgument(
            f"The files of {root} do not travel through the tracking server, and reaching them needs {error.name}: "
            "pip install 'hito[server]'."
        ) from error


def list_folder(root: str, path: str) -> list[FileInfo]:
    """The entries of a folder below an artifact URI, by base name."""
    from hito.artifacts.store import entries

    return list(entries(store_at(root), SafePath.folder(path)))
