"""What HTTP wants to know of a file: its type, its name for the disk, and which bytes were asked for. All pure."""

import re
from urllib.parse import quote

from hito.core.errors import RangeNotSatisfiable

_TEXT = frozenset("txt log err cfg conf ini toml yaml yml xml json js py csv tsv md rst ipynb".split())
_TEXT_NAMES = frozenset({"MLmodel", "MLproject"})
_OTHER = {
    "html": "text/html",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
    "ico": "image/x-icon",
    "tif": "image/tiff",
    "tiff": "image/tiff",
}
_RANGE = re.compile(r"([0-9]{0,18})-([0-9]{0,18})")
_TOKEN = re.compile(r"[A-Za-z0-9!$&+.^_`|~-]+")  # RFC 9110's token, less what RFC 8187 or a browser could misread


def content_type(name: str) -> str:
    """The media type that MLflow's server gives to a file of this name.

    A table of our own: the system's differs from machine to machine. Nothing that a browser would run as a script is
    in it, except html and svg, which are sent as attachments only.
    """
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in _TEXT or name in _TEXT_NAMES:
        return "text/plain"
    return _OTHER.get(extension, "application/octet-stream")


def content_disposition(name: str) -> str:
    """The header that makes a browser save a file under its name (RFC 6266), whatever characters the name has.

    What is not plain goes into `filename*` (RFC 8187, formerly 5987); `filename` then holds a plain relative of it.
    """
    if _TOKEN.fullmatch(name):
        return f"attachment; filename={name}"
    plain = re.sub(r'[^\x20-\x7e]|["\\%;]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def parse_range(header: str) -> tuple[int, int | None] | None:
    """The bytes that a Range header asks for, as `start` and `end` of `ArtifactStore.read`.

    None means the whole file: another unit, or several ranges, which a server may answer with everything (RFC 9110,
    14.2). `bytes=-500`, the last 500, is (-500, None).
    Raises: RangeNotSatisfiable: a range of bytes that no file has, or that cannot be read.
    """
    unit, equals, wanted = header.strip().partition("=")
    if unit.strip().lower() != "bytes" or not equals or "," in wanted:
        return None
    match = _RANGE.fullmatch(wanted.strip())
    first, last = match.groups() if match else ("", "")
    if first and last and int(first) <= int(last):
        return int(first), int(last) + 1
    if first and not last:
        return int(first), None
    if last and not first and int(last) > 0:
        return -int(last), None
    raise RangeNotSatisfiable(f"Range {header[:100]!a} cannot be answered; expected bytes=first-last")


def matches_etag(header: str, etag: str) -> bool:
    """Whether a list of validators (If-None-Match) names this one: then the client has these bytes already."""
    given = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in given or etag.removeprefix("W/") in given
