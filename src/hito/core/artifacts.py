"""Names of artifacts: the one path type and the one URI type that every route and every store uses.

Most holes in servers of this kind were one hole: a path or URI was checked as one text and used as another, because a
later step decoded it again, cut it at `#`, or took it for a Windows path. So text is checked here, once, and what comes
out is a value that cannot be made in any other way:

    text ── SafePath.parse ────> SafePath ─────┐
                                               ├──> artifacts.store (no store takes a str)
    text ── ArtifactUri.parse ─> ArtifactUri ──┘

Whatever was checked is checked in every reading: as given, and percent-decoded again and again until nothing changes.
The name itself stays as given (HTTP has decoded it once): a file called `a%20b` is not a file called `a b`.

Who may use a URI, and for what, are two pure rules at the end: `check_artifact_location` and `check_version_source`.
They take what the server knows (roots, ids, trusted schemes) and never a tag or any other word of the caller.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, final
from urllib.parse import quote, unquote

from msgspec import Struct

from hito.core.errors import InvalidArgument

RESERVED_PREFIX = ".artifact.uploading."
"""Names that begin so are uploads under way. They are never listed, and no SafePath has one."""

MAX_SEGMENT_BYTES = 255  # ext4, xfs, APFS and NTFS all stop here
MAX_PATH_BYTES = 4096  # PATH_MAX on Linux

_MAX_DECODINGS = 8
_DRIVE = re.compile(r"[A-Za-z]:")
_ONLY_DOTS = re.compile(r"[. ]+")


class FileInfo(Struct, frozen=True, omit_defaults=True):
    """One entry of a listing. `path` is the base name, or relative to a root: the caller of the listing says which.

    `file_size` is bytes; absent for folders, and for empty files, since MLflow's server leaves out a 0 as well.
    """

    path: str
    is_dir: bool  # has no default, hence is always written
    file_size: int | None = None

    @staticmethod
    def of(path: str, size: int | None) -> "FileInfo":
        """The entry of a file of `size` bytes, or of a folder when `size` is None."""
        return FileInfo(path=path, is_dir=size is None, file_size=size or None)


@final
class SafePath:
    """A relative path that stays below whatever root it is joined to, on every system and store.

    `parts` are its names; a root has none. Made only by `parse`, `folder`, `root`, `/` and `parent`.

    Refused, besides what leaves the root (`..`, absolute paths, drives, UNC, backslashes, in any encoding):
    control characters, `#` and `?` (they end the path for whoever reads it as a URI), a leading `file:`, empty names
    and `.`, names over 255 bytes, paths over 4096, names reserved for uploads, and names that end in a dot or a space:
    Windows drops these, so that `model.` would overwrite `model` when the folder is downloaded there.

    Allowed: any other Unicode, spaces inside, `%`, `:`, `;`, `..` inside a name. Names are compared as given; they are
    not brought to NFC, since a folder that MLflow wrote may hold other forms and must stay readable.
    """

    __slots__ = ("parts",)
    parts: tuple[str, ...]

    def __init__(self) -> None:
        raise TypeError("a SafePath is made by SafePath.parse, so that its text is always checked")

    @classmethod
    def parse(cls, text: str) -> "SafePath":
        """The path of one artifact.

        Raises: InvalidArgument: `text` is empty or unsafe; the message does not depend on what exists.
        """
        if not text:
            raise InvalidArgument("the path of an artifact is empty; name a file or a folder below the artifact root")
        return _path(_checked_parts(text))

    @classmethod
    def folder(cls, text: str) -> "SafePath":
        """The path of a folder to list: like `parse`, but empty text is the root and one final slash is let go."""
        return cls.parse(text.removesuffix("/") or "/") if text else cls.root()

    @classmethod
    def root(cls) -> "SafePath":
        return _path(())

    @property
    def name(self) -> str:
        """The last name; empty for the root."""
        return self.parts[-1] if self.parts else ""

    @property
    def parent(self) -> "SafePath":
        """The folder that holds this; the root is its own parent."""
        return _path(self.parts[:-1])

    @property
    def is_root(self) -> bool:
        return not self.parts

    def is_within(self, folder: "SafePath") -> bool:
        """Whether this is `folder` or lies below it, by names (links are the stores' business)."""
        return self.parts[: len(folder.parts)] == folder.parts

    def relative_to(self, folder: "SafePath") -> "SafePath":
        """What is left of this below `folder`, which must hold it."""
        if not self.is_within(folder):
            raise ValueError(f"{self} is not below {folder}")
        return _path(self.parts[len(folder.parts) :])

    def __truediv__(self, below: "SafePath | str") -> "SafePath":
        other = below if isinstance(below, SafePath) else SafePath.parse(below)
        joined = _path(self.parts + other.parts)
        if len(str(joined).encode()) > MAX_PATH_BYTES:
            raise _refused(str(joined), f"is longer than {MAX_PATH_BYTES} bytes", "artifact path")
        return joined

    def __str__(self) -> str:
        return "/".join(self.parts)

    def __repr__(self) -> str:
        return f"SafePath({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SafePath) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a SafePath does not change")

    def __reduce__(self) -> tuple[Any, ...]:
        return (SafePath.folder, (str(self),))  # a copy or a pickle passes the check again


def _path(parts: tuple[str, ...]) -> SafePath:
    """The only maker of a SafePath; `parts` are checked, or were parts of one."""
    path = object.__new__(SafePath)
    object.__setattr__(path, "parts", parts)
    return path


def is_safe_name(name: str) -> bool:
    """Whether `name` can be one part of a SafePath. Stores list nothing else, since nobody could ask for it."""
    try:
        return len(SafePath.parse(name).parts) == 1
    except InvalidArgument:
        return False


def _checked_parts(text: str, what: str = "artifact path") -> tuple[str, ...]:
    """The names in `text`, which must be safe as given and in every decoding of it."""
    # Lengths come first: the work below is then bounded. Surrogates cannot be encoded; _hazard tells about them.
    if len(text.encode(errors="replace")) > MAX_PATH_BYTES:
        raise _refused(text, f"is longer than {MAX_PATH_BYTES} bytes", what)
    for reading in _readings(text, what):
        if problem := _hazard(reading):
            raise _refused(text, problem, what)
    parts = tuple(text.split("/"))
    for part in parts:
        if problem := _misfit(part):
            raise _refused(text, problem, what)
    return parts


def _readings(text: str, what: str) -> Iterator[str]:
    """`text` as given, decoded once, twice, … until it no longer changes."""
    for _ in range(_MAX_DECODINGS):
        yield text
        decoded = unquote(text)
        if decoded == text:
            return
        text = decoded
    raise _refused(text, f"is percent-encoded more than {_MAX_DECODINGS - 1} times", what)


def _hazard(text: str) -> str | None:
    """What could lead this text out of its root, or be read differently by the next program."""
    if text.isascii() and text.isprintable():
        pass  # the usual name; the look at each character below is for the others
    elif any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        return "holds a control character or broken Unicode"
    if text.startswith("/"):
        return "is absolute; give it relative to the artifact root"
    if "\\" in text:
        return "holds a backslash; separate folders with /"
    if "#" in text or "?" in text:
        return "holds a # or a ?, at which a URI would end"
    if text[:5].casefold() == "file:":
        return "is a file: URI; give a relative path"
    for part in text.split("/"):
        if _DRIVE.match(part):
            return "names a drive, as on Windows"
        if part and _ONLY_DOTS.fullmatch(part):
            return "has a name made of dots or spaces, such as . or .."
    return None


def _misfit(part: str) -> str | None:
    """Why a name, harmless by itself, is no name for an artifact."""
    if not part:
        return "has an empty name in it (// or a slash at the end)"
    if part[-1] in ". ":
        return "has a name that ends in a dot or a space, which Windows would drop"
    if len(part.encode()) > MAX_SEGMENT_BYTES:
        return f"has a name longer than {MAX_SEGMENT_BYTES} bytes"
    if part.casefold().startswith(RESERVED_PREFIX):
        return f"has a name that begins with {RESERVED_PREFIX}, which is kept for uploads under way"
    return None


def _refused(text: str, problem: str, what: str) -> InvalidArgument:
    shown = ascii(text if len(text) <= 100 else text[:100] + "…")
    return InvalidArgument(f"{what} {shown} {problem}")


# Every scheme that may appear, by how its authority (the part after //) is read. What is in no table is refused:
# there is no scheme that falls back to being a path on this machine.
_BUCKETS = frozenset({"s3", "gs", "az"})
_AZURE_HOSTS = frozenset({"wasbs", "abfss", "abfs"})
_NO_AUTHORITY = frozenset({"mlflow-artifacts", "runs", "models", "dbfs"})
_FOREIGN_HOSTS = frozenset({"ftp", "sftp", "hdfs", "viewfs", "http", "https", "r2", "b2"})

HOST_SCHEMES = _FOREIGN_HOSTS | {"abfss", "abfs", "mlflow-artifacts"}
"""Schemes that can name a host. They are refused unless the operator trusts them by name (`trusted_schemes`, from
MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES), so that no caller chooses whom the server talks to.
`mlflow-artifacts:/path` names none and is always fine. wasbs is fine too: its host must be one of Azure's."""

_URI = re.compile(r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<authority>[^/]*))?(?P<path>.*)", re.DOTALL)
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,221}")
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:]{2,39}\])(?::[0-9]{1,5})?"
_FOREIGN_HOST = re.compile(rf"(?:[A-Za-z0-9_-]{{1,63}}@)?{_HOST}")
_AZURE_HOST = re.compile(
    r"(?P<container>[$a-z0-9][a-z0-9-]{2,62})@(?P<account>[a-z0-9]{3,24})\.(?:blob|dfs)\."
    r"(?:core\.windows\.net|core\.usgovcloudapi\.net|core\.chinacloudapi\.cn)"
)


@final
class ArtifactUri:
    """Where artifacts lie, parsed once.

    `scheme` is in small letters, `file` also for a plain local path. `authority` is a bucket, `container@account-host`
    or host; empty for local paths and for `mlflow-artifacts:/…`. `path` is below that; for local paths, below `/`.

    Refused: schemes outside the list, `#`, `?`, `;`, user names and passwords, and whatever a SafePath refuses, all of
    it in every decoding.
    """

    __slots__ = ("authority", "path", "plain", "scheme")
    scheme: str
    authority: str
    path: SafePath
    plain: bool  # a local path written without `file:`

    def __init__(self) -> None:
        raise TypeError("an ArtifactUri is made by ArtifactUri.parse, so that its text is always checked")

    @classmethod
    def parse(
        cls, text: str, *, trusted_schemes: frozenset[str] = frozenset(), working_folder: str | None = None
    ) -> "ArtifactUri":
        """Read a URI or a path.

        Args:
            trusted_schemes: of HOST_SCHEMES, those that the operator allows.
            working_folder: an absolute path; a relative local path is taken from there. None refuses relative paths.
        Raises: InvalidArgument: empty, unsafe, of an unknown scheme, or of one that names a host and is not trusted.
        """
        if not text:
            raise InvalidArgument("the artifact URI is empty; give a path or a URI such as s3://bucket/folder")
        if len(text.encode(errors="replace")) > MAX_PATH_BYTES:
            raise _refused(text, f"is longer than {MAX_PATH_BYTES} bytes", "artifact URI")
        for reading in _readings(text, "artifact URI"):
            if ";" in reading:
                raise _refused(text, "holds a ;, where path parameters would begin", "artifact URI")
        match = _URI.fullmatch(text)
        assert match is not None  # every part of the pattern may be empty, and .* takes the rest
        scheme, authority, path = (match["scheme"] or "").lower(), match["authority"], match["path"]
        if scheme in ("", "file"):
            return _local(text, scheme, authority, path, working_folder)
        _check_authority(text, scheme, authority, trusted_schemes)
        if path and not path.startswith("/"):
            raise _refused(text, f"has no / after {scheme}:", "artifact URI")
        return _uri(scheme, authority or "", _uri_path(text, path))

    @property
    def is_local(self) -> bool:
        return self.scheme == "file"

    @property
    def local_path(self) -> str:
        """The absolute path of a local URI."""
        if not self.is_local:
            raise ValueError(f"{self} is not on this machine")
        return f"/{self.path}"

    def contains(self, other: "ArtifactUri") -> bool:
        """Whether `other` is this place or lies below it, by names."""
        same_place = (self.scheme, self.authority) == (other.scheme, other.authority)
        return same_place and other.path.is_within(self.path)

    def __truediv__(self, below: SafePath | str) -> "ArtifactUri":
        return _uri(self.scheme, self.authority, self.path / below, self.plain)

    def __str__(self) -> str:
        """The URI without a final slash; a local path in the form in which it was given."""
        if self.plain:
            return self.local_path
        if self.is_local:
            return f"file:///{quote(str(self.path))}"
        if self.authority:
            return f"{self.scheme}://{self.authority}/{self.path}".removesuffix("/")
        return f"{self.scheme}:/{self.path}"

    def __repr__(self) -> str:
        return f"ArtifactUri({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ArtifactUri) and self.contains(other) and other.contains(self)

    def __hash__(self) -> int:
        return hash((self.scheme, self.authority, self.path))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an ArtifactUri does not change")

    def __reduce__(self) -> tuple[Any, ...]:
        return (_again, (str(self),))


def _uri(scheme: str, authority: str, path: SafePath, plain: bool = False) -> ArtifactUri:
    """The only maker of an ArtifactUri; every argument is checked."""
    uri = object.__new__(ArtifactUri)
    for name, value in (("scheme", scheme), ("authority", authority), ("path", path), ("plain", plain)):
        object.__setattr__(uri, name, value)
    return uri


def _again(text: str) -> ArtifactUri:
    return ArtifactUri.parse(text, trusted_schemes=HOST_SCHEMES)


def _local(text: str, scheme: str, authority: str | None, path: str, working_folder: str | None) -> ArtifactUri:
    if scheme == "file":
        if authority not in (None, "", "localhost"):
            raise _refused(text, "names another machine; a file: URI looks like file:///folder", "artifact URI")
        if not path.startswith("/"):
            raise _refused(text, "is relative; a file: URI looks like file:///folder", "artifact URI")
        # The given text is checked before the decoded one, so that no stage goes unseen.
        _uri_path(text, path)
        return _uri("file", "", _uri_path(text, unquote(path)))
    if authority is not None:
        raise _refused(text, "begins with //; a local path begins with one /", "artifact URI")
    if path.startswith("/"):
        return _uri("file", "", _uri_path(text, path), plain=True)
    if ":" in path.split("/", 1)[0]:
        raise _refused(text, "has a : in its first name and no known scheme before it", "artifact URI")
    if working_folder is None:
        raise _refused(text, "is relative; give an absolute path or a URI", "artifact URI")
    relative = path.removeprefix("./").removesuffix("/")
    base = _uri_path(working_folder, working_folder)
    return _uri("file", "", base if relative in ("", ".") else base / relative, plain=True)


def _uri_path(text: str, path: str) -> SafePath:
    """The path of a URI, which begins with `/` or is empty; one final slash is let go."""
    inside = path.removeprefix("/").removesuffix("/")
    return _path(_checked_parts(inside, "artifact URI") if inside else ())


def _check_authority(text: str, scheme: str, authority: str | None, trusted_schemes: frozenset[str]) -> None:
    """The part after `//` must fit the scheme, and may name a host only where the operator allows it."""
    if scheme not in _BUCKETS | _AZURE_HOSTS | _NO_AUTHORITY | _FOREIGN_HOSTS:
        known = ", ".join(sorted(_BUCKETS | {"wasbs", "mlflow-artifacts", "file"}))
        raise _refused(text, f"has a scheme that is not known here; known are {known}", "artifact URI")
    names_host = scheme in HOST_SCHEMES and (bool(authority) or scheme != "mlflow-artifacts")
    if names_host and scheme not in trusted_schemes:
        advice = f"an operator can allow {scheme} in MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES"
        raise _refused(text, f"names a host for the server to talk to; {advice}", "artifact URI")
    if names_host and scheme not in _AZURE_HOSTS:
        fits = _FOREIGN_HOST.fullmatch(authority or "") is not None
    elif scheme in _AZURE_HOSTS:
        fits = _AZURE_HOST.fullmatch(authority or "") is not None
    elif scheme in _BUCKETS:
        fits = _BUCKET.fullmatch(authority or "") is not None
    else:
        fits = not authority
    if not fits:
        raise _refused(text, f"has no proper bucket or host after {scheme}:", "artifact URI")


def check_artifact_location(
    text: str,
    trusted_schemes: frozenset[str] = frozenset(),
    *,
    working_folder: str | None = None,
    maximum: int = 2048,
) -> str:
    """The artifact location that an experiment may have, as it is to be kept.

    Args:
        text: what the caller gave, not empty (empty means the server's default and is not asked about here).
        trusted_schemes: see `HOST_SCHEMES`.
        working_folder: a relative path becomes absolute from there; None is the process's own.
        maximum: characters, from MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH.
    Returns: `text` itself, or the absolute path. That a location may be kept does not mean that the server will open
        it: `artifacts.service` has its own list of local folders.
    Raises: InvalidArgument.
    """
    if len(text) > maximum:
        raise InvalidArgument(f"artifact_location has {len(text)} characters; at most {maximum} are allowed")
    here = working_folder or str(Path.cwd())
    uri = ArtifactUri.parse(text, trusted_schemes=trusted_schemes, working_folder=here)
    if uri.scheme in ("runs", "models"):
        raise _refused(text, "points to a run or model, not to a place; give a path or a storage URI", "artifact URI")
    return str(uri) if uri.plain and not text.startswith("/") else text


def check_version_source(
    source: str,
    *,
    run_id: str | None = None,
    run_root: str | None = None,
    model_id: str | None = None,
    model_root: str | None = None,
    trusted_schemes: frozenset[str] = frozenset(),
) -> ArtifactUri:
    """Decide whether a model version may have this source.

    A version's files are readable by whoever may read the version, so a source on this server must lie inside
    something that the caller named and (this is the caller's duty here) may read: the run or the logged model.

    Args:
        run_id, run_root: the run that the request names, and its artifact URI, after it was found and permitted.
        model_id, model_root: the same for a logged model.
        trusted_schemes: see `HOST_SCHEMES`.
    Returns: the parsed source. A `models:/` source that names a registered model, by version or alias, is still to be
        resolved by the caller, who must also refuse contradicting ids.
    Raises: InvalidArgument. Nothing that a user can attach to the request, such as a tag, changes the outcome.
    """
    if not source:
        raise InvalidArgument("the source of a model version is empty; give the URI of a model folder")
    uri = ArtifactUri.parse(source, trusted_schemes=trusted_schemes)
    if uri.is_local or uri.scheme == "mlflow-artifacts":
        roots = [ArtifactUri.parse(root, trusted_schemes=HOST_SCHEMES) for root in (run_root, model_root) if root]
        if not any(root.contains(uri) for root in roots):
            owner = "the run or logged model of this version"
            raise _refused(source, f"is not inside the artifacts of {owner}; give its run_id or model_id", "source")
    elif uri.scheme == "runs":
        if not run_id or uri.path.is_root or uri.path.parts[0] != run_id:
            raise _refused(source, "names a run that is not the run_id of this version", "source")
    elif uri.scheme == "models":
        _check_model_reference(source, uri, model_id)
    return uri


def _check_model_reference(source: str, uri: ArtifactUri, model_id: str | None) -> None:
    """`models:/m-<hex>`, `models:/name/version` or `models:/name@alias`."""
    parts = uri.path.parts
    if len(parts) == 1 and parts[0].startswith("m-") and "@" not in parts[0]:
        if parts[0] != model_id:
            raise _refused(source, "names a logged model that is not the model_id of this version", "source")
    elif not (len(parts) == 2 or (len(parts) == 1 and 0 < parts[0].find("@") < len(parts[0]) - 1)):
        expected = "models:/m-…, models:/name/version or models:/name@alias"
        raise _refused(source, f"is not of the form {expected}", "source")
