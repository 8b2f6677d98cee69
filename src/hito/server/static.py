"""The page: one HTML file for all of its paths, and the hashed files that it loads.

They are made at packaging time (`make setup`) into `static/`; without them the server shows its plain first page. What the
page may do is said in its Content-Security-Policy: it loads nothing from elsewhere and runs no script but these files.
"""

import re
from pathlib import Path
from typing import Any

import msgspec

from hito import __version__
from hito.server.security import HEADERS
from hito.server.transfers import Reply

FOLDER = Path(__file__).parent / "static"
SCREENS = frozenset({"", "experiments", "folders", "runs", "compare", "models", "settings", "trash"})
"""First parts of the page's own paths; `ui/src/router.tsx` has the whole of them."""
FORETOLD = "screens.json"
"""The files of each screen beyond those that index.html names, by the first part of its path. The build writes it."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self' blob:",
        "media-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
    "woff2": "font/woff2",
    "png": "image/png",
    "ico": "image/x-icon",
    "wasm": "application/wasm",
    "txt": "text/plain; charset=utf-8",
    "webmanifest": "application/manifest+json",
}
_BASE = re.compile(r'<base href="[^"]*" ?/?>')
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_HASHED = "assets/"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def find(path: str, environ: dict[str, Any], prefix: str, folder: Path = FOLDER) -> Reply | None:
    """The page, for one of its paths, or one of its files; None if there is neither, or nothing was built."""
    name = path[1:]
    screen = name.partition("/")[0]
    if screen in SCREENS:
        return _page(folder, prefix, screen)
    if not _NAME.fullmatch(name):  # no dot may lead out of the folder
        return None
    return _file(folder, name, environ.get("HTTP_ACCEPT_ENCODING", ""))


def _page(folder: Path, prefix: str, screen: str) -> Reply | None:
    try:
        html = (folder / "index.html").read_text("utf-8")
    except OSError:
        return None
    head = f'<base href="{prefix}/" /><meta name="hito-version" content="{__version__}" />'
    html = _BASE.sub(head, html, count=1)
    body = html.replace("</head>", f"{_foretold(folder, screen)}</head>", 1).encode()
    return Reply(
        200,
        [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-cache"),
            ("content-security-policy", POLICY),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("content-length", str(len(body))),
            *HEADERS,
        ],
        [body],
    )


def _foretold(folder: Path, screen: str) -> str:
    """Links to what a screen needs, so that a browser fetches it beside the entry and not only when that has run."""
    try:
        files = msgspec.json.decode((folder / FORETOLD).read_bytes(), type=dict[str, list[str]]).get(screen, [])
    except OSError:
        return ""
    return "".join(
        f'<link rel="stylesheet" crossorigin href="./{file}">'
        if file.endswith(".css")
        else f'<link rel="modulepreload" crossorigin href="./{file}">'
        for file in files
    )


def _file(folder: Path, name: str, accepted: str) -> Reply | None:
    kind = _TYPES.get(name.rpartition(".")[2])
    if kind is None:
        return None
    headers = [("content-type", kind), ("vary", "accept-encoding"), *HEADERS]
    hashed = name.startswith(_HASHED)
    headers.append(("cache-control", "public, max-age=31536000, immutable" if hashed else "no-cache"))
    for encoding, suffix in _ENCODINGS:
        if _accepts(accepted, encoding):
            body = _read(folder / f"{name}{suffix}")
            if body is not None:
                return Reply(
                    200, [*headers, ("content-encoding", encoding), ("content-length", str(len(body)))], [body]
                )
    body = _read(folder / name)
    return None if body is None else Reply(200, [*headers, ("content-length", str(len(body)))], [body])


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _accepts(header: str, encoding: str) -> bool:
    """Whether a client takes an encoding: it is named, and not with a weight of zero."""
    for item in header.split(","):
        name, _, weight = item.partition(";")
        if name.strip().lower() == encoding:
            return not re.fullmatch(r"\s*q=0(?:\.0*)?\s*", weight)
    return False
