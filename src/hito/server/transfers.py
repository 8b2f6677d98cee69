"""Bytes up and down: the endpoints whose bodies are files, not messages.

They are declared in the same table as the others and authorised by it; only the body takes another way. Memory does not
grow with a file: bytes are passed on in chunks, both ways.
"""

import email.utils
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from hito.api import artifacts
from hito.api.context import Outside
from hito.api.dispatch import Dispatch
from hito.artifacts.content import content_disposition, content_type, parse_range
from hito.artifacts.store import CHUNK_BYTES, ArtifactStore, Content
from hito.core.artifacts import SafePath
from hito.core.errors import InvalidArgument, TooLarge
from hito.server.security import HEADERS
from hito.wire import artifacts as wire
from hito.wire.endpoint import Any_Endpoint, missing

Environ = dict[str, Any]
Transfer = Callable[[Dispatch, Any_Endpoint, Any, Environ], "Reply"]

# A file is somebody's upload: if a browser shows it in spite of `attachment`, it may run and load nothing.
_SANDBOX = [("content-security-policy", "sandbox; default-src 'none'"), *HEADERS]


class Reply:
    """An answer on its way out: status, headers, and a body in one piece or in chunks."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: list[tuple[str, str]], body: Iterable[bytes]) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def with_headers(self, more: list[tuple[str, str]]) -> "Reply":
        return Reply(self.status, [*self.headers, *more], self.body) if more else self

    def close(self) -> None:
        """Give back what an unread body holds."""
        close = getattr(self.body, "close", None)
        if close is not None:
            close()


def _upload_proxied(outside: Outside, message: wire.ArtifactPath, environ: Environ) -> Reply:
    store, path = artifacts.proxied(outside), SafePath.parse(message.path)
    store.write(path, _chunks(environ), _length(environ))
    return Reply(200, [("content-type", "application/json"), *HEADERS], [b""])


def _upload_to_run(outside: Outside, message: wire.RunArtifact, environ: Environ) -> Reply:
    limit = wire.UPLOAD_RUN_ARTIFACT.limit
    length = _length(environ)
    if length is not None and length > limit:
        raise TooLarge(f"The file has {length} bytes, this way takes {limit}; PUT it to mlflow-artifacts instead.")
    body = environ["wsgi.input"].read(limit + 1)
    if len(body) > limit:
        raise InvalidArgument(f"The file has more than {limit} bytes; PUT it to mlflow-artifacts instead.")
    if not body:
        raise InvalidArgument("The body is empty; it should be the bytes of a file.")
    path = SafePath.parse(message.path)
    artifacts.at(outside, artifacts.run_root(outside, message.run_id)).write(path, [body], len(body))
    return Reply(200, [("content-type", "application/json"), *HEADERS], [b""])


def _download_proxied(outside: Outside, message: wire.ArtifactPath, environ: Environ) -> Reply:
    return _sent(artifacts.proxied(outside), message.path, environ)


def _download_of_run(outside: Outside, message: wire.RunArtifact, environ: Environ) -> Reply:
    return _sent(artifacts.at(outside, artifacts.run_root(outside, message.run_id)), message.path, environ)


def _download_of_model(outside: Outside, message: wire.ModelArtifact, environ: Environ) -> Reply:
    store = artifacts.at(outside, artifacts.model_root(outside, message.model_id))
    return _sent(store, message.artifact_file_path, environ)


def _download_of_version(outside: Outside, message: wire.VersionArtifact, environ: Environ) -> Reply:
    root = artifacts.version_root(outside, message.name, message.version)
    return _sent(artifacts.at(outside, root), message.path, environ)


def _sent(store: ArtifactStore, text: str, environ: Environ) -> Reply:
    """A file, or the range of it that was asked for, as an attachment."""
    if not text:
        raise missing("path")
    path = SafePath.parse(text)
    wanted = parse_range(environ.get("HTTP_RANGE", ""))
    content = store.read(path) if wanted is None else store.read(path, *wanted)
    headers = [
        ("content-type", content_type(path.name)),
        ("content-disposition", content_disposition(path.name)),
        ("accept-ranges", "bytes"),
        ("etag", content.etag),
        ("last-modified", email.utils.formatdate(content.modified_at / 1000, usegmt=True)),
        *_SANDBOX,
    ]
    if wanted is None and environ.get("HTTP_IF_NONE_MATCH") == content.etag:
        content.close()
        return Reply(304, headers, [b""])
    headers.append(("content-length", str(content.end - content.start)))
    if wanted is not None:
        headers.append(("content-range", f"bytes {content.start}-{content.end - 1}/{content.size}"))
    return Reply(200 if wanted is None else 206, headers, Closing(content))


class Closing:
    """The chunks of an open file; closed when they are all sent, or the client has gone."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._chunks = iter(content)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._content.close()


def _chunks(environ: Environ) -> Iterator[bytes]:
    body = environ["wsgi.input"]
    expected = _length(environ)
    seen = 0
    while chunk := body.read(CHUNK_BYTES):
        seen += len(chunk)
        yield chunk
    if expected is not None and seen != expected:
        _refuse_part(seen, expected)


def _refuse_part(seen: int, expected: int) -> NoReturn:
    # The client is gone in the middle: what came must not become the file.
    raise InvalidArgument(f"The upload ended after {seen} of {expected} bytes; nothing was stored.")


def _length(environ: Environ) -> int | None:
    text = environ.get("CONTENT_LENGTH") or environ.get("HTTP_CONTENT_LENGTH") or ""
    return int(text) if text.isdigit() else None


def authorised(handler: Callable[[Outside, Any, Environ], Reply]) -> Transfer:
    def transfer(dispatch: Dispatch, endpoint: Any_Endpoint, message: Any, environ: Environ) -> Reply:
        return handler(dispatch.outside(endpoint), message, environ)

    return transfer


TRANSFERS: dict[Any_Endpoint, Transfer] = {
    wire.UPLOAD_ARTIFACT: authorised(_upload_proxied),
    wire.DOWNLOAD_ARTIFACT: authorised(_download_proxied),
    wire.GET_ARTIFACT: authorised(_download_of_run),
    wire.GET_VERSION_ARTIFACT: authorised(_download_of_version),
    wire.GET_MODEL_ARTIFACT: authorised(_download_of_model),
    wire.UPLOAD_RUN_ARTIFACT: authorised(_upload_to_run),
}
