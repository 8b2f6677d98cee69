"""Reading models and files back, from wherever a URI leads."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hito.connect import Client, connect
from hito.core.artifacts import FileInfo, SafePath
from hito.core.errors import InvalidArgument, NotFound
from hito.flavors import digest, mlmodel, registry
from hito.flavors.trust import Trust
from hito.fluent.configuration import client, get_tracking_uri
from hito.fluent.places import Place, locate


def load(uri: str, flavor: str | None, dst_path: str | None = None, trust_pickle: bool | None = None) -> Any:
    """A model in its native form, or, with flavor `pyfunc`, behind the common face.

    Args:
        flavor: None: the first of its flavors that is installed here.
        dst_path: a folder in which its files are kept.
        trust_pickle: whether files that can run code may be opened; None: as HITO_TRUST_PICKLE says, else no.
    Raises: NotFound; InvalidArgument: damaged, hostile, or changed since it was logged or registered; PermissionDenied:
        it can be read by running its author's code only.
    """
    trust = Trust.given(trust_pickle)
    if flavor == "pyfunc":
        # Its files stay: a Python model may read its artifacts whenever it predicts.
        folder = dst_path or tempfile.mkdtemp(prefix="hito-")
        if dst_path is None:
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return registry.flavor(flavor).load(fetch(uri, folder), trust=trust)
    with _folder(dst_path) as target:
        where = fetch(uri, target)
        if flavor is None:
            return registry.load(where, trust=trust)
        return registry.flavor(flavor).load(where, trust=trust)


def fetch(uri: str, target: str | Path, through: Client | None = None) -> Path:
    """The folder of a model, whole and checked; copied below `target` unless it is on this machine."""
    asked = through or client()
    place = locate(asked, uri)
    in_place = place.local if not place.path else None
    folder = in_place or Path(download(asked, place, target))
    if not (folder / mlmodel.FILE).is_file():
        raise NotFound(f"There is no model at '{uri}': it holds no {mlmodel.FILE} file.")
    if place.digest:
        digest.verify(folder, place.digest)
    return folder


def download(through: Client, place: Place, target: str | Path | None) -> str:
    """Copy what lies at a place; the local path of the copy."""
    if place.local is not None:
        source = place.local.joinpath(*SafePath.folder(place.path).parts)
        if not source.exists():
            raise NotFound(f"There is nothing at {source}.")
        if target is None:
            return str(source.absolute())
        copy = Path(target) / source.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, copy)
        return str(copy)
    return through.download(place.root, place.path, target)


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """Copy a file, or a folder with all that is in it.

    Args:
        artifact_uri: any URI of `places`, or, instead, run_id and artifact_path.
        dst_path: a folder; None: a new temporary one. What is on this machine is then not copied.
        tracking_uri, registry_uri: other servers than the ones that are set.
    Returns: the local path of the copy.
    Raises: NotFound.
    """
    through = _asked(tracking_uri, registry_uri)
    return download(through, locate(through, _uri(artifact_uri, run_id, artifact_path)), dst_path)


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """The entries of a folder; nothing for what is no folder. Their paths begin at the run's, or the model's, root."""
    place = locate(_asked(tracking_uri, None), _uri(artifact_uri, run_id, artifact_path))
    if place.local is not None:
        return [
            FileInfo.of(path.name, None if path.is_dir() else path.stat().st_size)
            for path in sorted(place.local.iterdir())
        ]
    folder = SafePath.folder(place.path)
    found = connect(tracking_uri or get_tracking_uri()).list_files(place.root, str(folder))
    return [FileInfo(str(folder / entry.path), entry.is_dir, entry.file_size) for entry in found]


def load_text(artifact_uri: str) -> str:
    """A file as text."""
    with _file(artifact_uri) as path:
        return path.read_text("utf-8")


def load_dict(artifact_uri: str) -> dict[str, Any]:
    """A JSON file as a dict."""
    import json

    with _file(artifact_uri) as path:
        try:
            found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise InvalidArgument(f"'{artifact_uri}' is no JSON: {error}.") from None
    return found


def load_image(artifact_uri: str) -> Any:
    """A picture, as an image of PIL."""
    try:
        from PIL import Image
    except ModuleNotFoundError:
        raise InvalidArgument("load_image needs Pillow: pip install pillow.") from None
    with _file(artifact_uri) as path, Image.open(path) as image:
        image.load()
        return image.copy()


def _asked(tracking_uri: str | None, registry_uri: str | None) -> Client:
    return Client(tracking_uri, registry_uri) if tracking_uri or registry_uri else client()


def _uri(artifact_uri: str | None, run_id: str | None, artifact_path: str | None) -> str:
    if (artifact_uri is None) == (run_id is None):
        raise InvalidArgument("Give either artifact_uri, or run_id and perhaps artifact_path.")
    if artifact_uri is None:
        return f"runs:/{run_id}/{artifact_path or ''}"
    return f"{artifact_uri.rstrip('/')}/{artifact_path}" if artifact_path else artifact_uri


@contextmanager
def _file(uri: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hito-") as folder:
        yield Path(download_artifacts(uri, dst_path=folder))


@contextmanager
def _folder(path: str | None) -> Iterator[str]:
    if path is not None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="hito-") as folder:
        yield folder
