"""What can be done with files: list, delete, and find out where bytes go to or come from.

Bytes themselves go through `server.transfers`, which asks here for the store and the path. No file is touched inside a
transaction: storage may be slow, and a transaction keeps others waiting.
"""

from hito.api.context import Outside, OutsideBindings
from hito.artifacts.store import ArtifactStore, Part, entries
from hito.core import rules
from hito.core.artifacts import FileInfo, SafePath
from hito.core.errors import InvalidArgument, NotFound, NotImplementedHere
from hito.store import logged_models, runs, versions
from hito.wire import artifacts as wire
from hito.wire import models as wire_models
from hito.wire.endpoint import Empty

MAX_PARTS = 10_000
"""Parts of one upload: S3's limit."""
MAX_PRESIGNED_SECONDS = 604_800


def list_proxied(outside: Outside, message: wire.ListArtifacts) -> wire.Files:
    files, token = _listed(proxied(outside), SafePath.folder(message.path), message.page_token, message.max_results)
    return wire.Files(files, token)


def delete(outside: Outside, message: wire.ArtifactPath) -> Empty:
    proxied(outside).delete(SafePath.parse(message.path))
    return Empty()


def create_upload(outside: Outside, message: wire.CreateUpload) -> wire.CreatedUpload:
    count = message.num_parts or 0
    if not 1 <= count <= MAX_PARTS:
        raise InvalidArgument(f"Invalid value {count} for parameter 'num_parts': expected 1 to {MAX_PARTS}.")
    upload = proxied(outside).create_upload(SafePath.parse(message.path), count)
    return wire.CreatedUpload(upload.id, [wire.Credential(part.url, part.number, {}) for part in upload.parts])


def complete_upload(outside: Outside, message: wire.CompleteUpload) -> Empty:
    parts = [Part(part.part_number, part.url, part.etag) for part in message.parts]
    proxied(outside).complete_upload(SafePath.parse(message.path), message.upload_id, parts)
    return Empty()


def abort_upload(outside: Outside, message: wire.AbortUpload) -> Empty:
    proxied(outside).abort_upload(SafePath.parse(message.path), message.upload_id)
    return Empty()


def presign(outside: Outside, message: wire.ArtifactPath) -> wire.Presigned:
    store, path = proxied(outside), SafePath.parse(message.path)
    if not store.can_presign:
        raise NotImplementedHere("Presigned addresses are not supported by this artifact storage; GET the file here.")
    size = _size(store, path)
    return wire.Presigned(store.presign(path, "GET", 900), {}, size)


def list_run(outside: Outside, message: wire.ListRunArtifacts) -> wire_models.RunFiles:
    root = run_root(outside, message.run_id)
    return _listing(outside, root, message.path, message.page_token, message.max_results)


def list_model(outside: Outside, message: wire_models.ListModelArtifacts) -> wire_models.RunFiles:
    root = model_root(outside, message.model_id)
    return _listing(outside, root, message.artifact_directory_path, message.page_token, message.max_results)


def presign_upload(outside: Outside, message: wire.PresignUpload) -> wire.PresignedUrl:
    if bool(message.run_id) == bool(message.model_id):
        raise InvalidArgument("Give exactly one of run_id and model_id.")
    root = run_root(outside, message.run_id) if message.run_id else model_root(outside, message.model_id)
    store, path = _direct(outside, root), SafePath.parse(message.path)
    return wire.PresignedUrl(store.presign(path, "PUT", _seconds(message.expiration)), {})


def presign_download(outside: Outside, message: wire.PresignDownload) -> wire.PresignedUrl:
    store, path = _direct(outside, run_root(outside, message.run_id)), SafePath.parse(message.path)
    return wire.PresignedUrl(store.presign(path, "GET", _seconds(message.expiration)), {}, _size(store, path))


def proxied(outside: Outside) -> ArtifactStore:
    """The store behind `mlflow-artifacts:/`.

    Raises: NotImplementedHere: this server does not serve artifacts.
    """
    if not outside.settings.serve_artifacts:
        raise NotImplementedHere("This server was started with --no-serve-artifacts; use the storage itself.")
    store: ArtifactStore = outside.artifacts.proxied
    return store


def at(outside: Outside, uri: str) -> ArtifactStore:
    """The store whose root is this artifact URI, one that is kept in the database."""
    store: ArtifactStore = outside.artifacts.at(uri)
    return store


def run_root(outside: Outside, run_id: str) -> str:
    """The artifact URI of a run.

    Raises: NotFound.
    """
    uri: str = outside.read(lambda tx: runs.artifact_uri(tx, runs.existing(tx, run_id)))
    return uri


def model_root(outside: Outside, model_id: str) -> str:
    """The artifact URI of a logged model.

    Raises: NotFound.
    """
    uri: str = outside.read(lambda tx: logged_models.artifact_uri(tx, model_id))
    return uri


def version_root(outside: Outside, name: str, version: str | int) -> str:
    """Where a registered version's files are.

    Raises: NotFound.
    """
    number = rules.check_version(str(version))
    uri: str = outside.read(lambda tx: versions.download_uri(tx, name, number))
    if uri.startswith("runs:"):  # a version made over REST may keep this form; MLflow's client resolves it before
        run_id, *path = SafePath.parse(uri.removeprefix("runs:").lstrip("/")).parts
        return "/".join([run_root(outside, run_id), *path])
    return uri


def _listing(outside: Outside, root: str, path: str, token: str, limit: int | None) -> wire_models.RunFiles:
    folder = SafePath.folder(path)
    files, next_token = _listed(at(outside, root), folder, token, limit)
    # Relative to the root of the run, unlike a listing of the proxy: MLflow's contract for this endpoint.
    below = [FileInfo(str(folder / file.path), file.is_dir, file.file_size) for file in files]
    return wire_models.RunFiles(root, below, next_token)


def _listed(store: ArtifactStore, folder: SafePath, token: str, limit: int | None) -> tuple[list[FileInfo], str | None]:
    """Everything in a folder, or, for a caller that asks for pages, one of them."""
    if limit is None and not token:
        return list(entries(store, folder)), None
    limit = 1000 if limit is None else limit
    if not 1 <= limit <= 10_000:
        raise InvalidArgument(f"Invalid value {limit} for parameter 'max_results': expected 1 to 10000.")
    page = store.list_folder(folder, token, limit)
    return page.files, page.after


def _direct(outside: Outside, root: str) -> ArtifactStore:
    """A store whose files can be reached without this server."""
    if not root.startswith("mlflow-artifacts:"):
        store = at(outside, root)
        if store.can_presign:
            return store
    raise InvalidArgument(f"No presigned address leads to {root}: its files travel through the tracking server.")


def _size(store: ArtifactStore, path: SafePath) -> int:
    stat = store.stat(path)
    if stat is None or stat.is_dir:
        raise NotFound(f"There is no file '{path}'.")
    return stat.size


def _seconds(expiration: int) -> int:
    if not 1 <= expiration <= MAX_PRESIGNED_SECONDS:
        raise InvalidArgument(
            f"Invalid value {expiration} for parameter 'expiration': expected 1 to {MAX_PRESIGNED_SECONDS} seconds."
        )
    return expiration


OUTSIDE_BINDINGS: OutsideBindings = [
    (wire.LIST_ARTIFACTS, list_proxied),
    (wire.DELETE_ARTIFACT, delete),
    (wire.CREATE_UPLOAD, create_upload),
    (wire.COMPLETE_UPLOAD, complete_upload),
    (wire.ABORT_UPLOAD, abort_upload),
    (wire.PRESIGN, presign),
    (wire.LIST_RUN_ARTIFACTS, list_run),
    (wire_models.LIST_MODEL_ARTIFACTS, list_model),
    (wire.PRESIGN_UPLOAD, presign_upload),
    (wire.PRESIGN_DOWNLOAD, presign_download),
]
