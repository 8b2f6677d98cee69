"""Files as a person looks at them in a browser: in place, and locked in; or a whole folder as one archive.

A file is somebody's upload. Whatever it is, it is shown in an origin of its own (`sandbox`) that can reach neither the
page, nor its cookies, nor the network; scripts run only where a person asked for them (`scripts=true`), and then still
in there. A type that a browser might run in another way is sent for saving.
"""

import email.utils
from collections.abc import Iterator
from typing import Any

from hito.api import artifacts
from hito.api.context import Outside
from hito.artifacts.archive import zip_folder
from hito.artifacts.content import content_disposition, content_type, matches_etag, parse_range
from hito.artifacts.store import ArtifactStore
from hito.core.artifacts import SafePath
from hito.core.errors import InvalidArgument, NotFound
from hito.server.security import HEADERS
from hito.server.transfers import Closing, Reply
from hito.wire.ui import files as wire

_MEDIA = {
    "mp4": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg",
    "flac": "audio/flac", "m4a": "audio/mp4",
}  # fmt: skip
_LOCKED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:"
_WITH_SCRIPTS = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "worker-src blob: data:; style-src 'unsafe-inline' data:; img-src data: blob:; font-src data:; media-src data: blob:"
)
# A browser's own reader of PDFs does not start in a sandbox. It is one itself: what a PDF scripts stays inside.
_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"


def view(outside: Outside, message: wire.RunFile, environ: dict[str, Any]) -> Reply:
    store = _store(outside, message)
    path = SafePath.parse(message.path)
    wanted = parse_range(environ.get("HTTP_RANGE", ""))
    content = store.read(path) if wanted is None else store.read(path, *wanted)
    kind, policy = _shown(path.name, message.scripts)
    headers = [
        ("content-type", kind),
        ("content-security-policy", f"{policy}; frame-ancestors 'self'"),
        ("content-disposition", _disposition(path.name, kind)),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "private, no-cache"),
        ("accept-ranges", "bytes"),
        ("etag", content.etag),
        ("last-modified", email.utils.formatdate(content.modified_at / 1000, usegmt=True)),
        *HEADERS,
    ]
    if wanted is None and matches_etag(environ.get("HTTP_IF_NONE_MATCH", ""), content.etag):
        content.close()
        return Reply(304, headers, [b""])
    headers.append(("content-length", str(content.end - content.start)))
    if wanted is not None:
        headers.append(("content-range", f"bytes {content.start}-{content.end - 1}/{content.size}"))
    return Reply(200 if wanted is None else 206, headers, Closing(content))


def archive(outside: Outside, message: wire.Folder, environ: dict[str, Any]) -> Reply:
    store = _store(outside, message)
    folder = SafePath.folder(message.path)
    if not store.list_folder(folder, "", 1).files:
        there = "is a file; ask for it itself" if not folder.is_root and store.stat(folder) else "has no files"
        raise NotFound(f"The folder '{folder}' {there}, so there is nothing to put into an archive.")
    name = (
        folder.name
        if not folder.is_root
        else (message.run_id or message.model_id or f"{message.name}-{message.version}")
    )
    return Reply(
        200,
        [
            ("content-type", "application/zip"),
            ("content-disposition", content_disposition(f"{name}.zip")),
            ("cache-control", "no-store"),
            *HEADERS,
        ],
        _begun(zip_folder(store, folder)),
    )


def _store(outside: Outside, message: wire.RunFile | wire.Folder) -> ArtifactStore:
    """The store of what is named: a run, a logged model or a version."""
    named = [bool(message.run_id), bool(message.model_id), bool(message.name or message.version)]
    if named.count(True) != 1:
        raise InvalidArgument("Give exactly one of run_id, model_id, and name with version.")
    if message.run_id:
        root = artifacts.run_root(outside, message.run_id)
    elif message.model_id:
        root = artifacts.model_root(outside, message.model_id)
    else:
        root = artifacts.version_root(outside, message.name, message.version)
    return artifacts.at(outside, root)


def _shown(name: str, scripts: bool) -> tuple[str, str]:
    """The type under which a file is shown, and what it may do."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension == "pdf":
        return "application/pdf", _PDF
    if extension in _MEDIA:
        return _MEDIA[extension], "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
    kind = content_type(name)
    if extension in ("html", "htm"):
        return "text/html; charset=utf-8", _WITH_SCRIPTS if scripts else _LOCKED
    return (f"{kind}; charset=utf-8" if kind == "text/plain" else kind), _LOCKED


def _disposition(name: str, kind: str) -> str:
    saved = content_disposition(name)
    return saved if kind == "application/octet-stream" else saved.replace("attachment", "inline", 1)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, the first of them made now: what goes wrong at once is answered, not broken off."""
    first = next(pieces, b"")

    def all_of_them() -> Iterator[bytes]:
        yield first
        yield from pieces

    return all_of_them()
