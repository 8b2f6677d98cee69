"""The try-it page of a model server: three files of the package, made for one model at a time by what /models says."""

from importlib import resources

FILES = ("/try.js", "/try.css")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = [("content-security-policy", _POLICY), ("cache-control", "no-cache")]
_KINDS = {
    "/": "text/html; charset=utf-8",
    "/try.js": "text/javascript; charset=utf-8",
    "/try.css": "text/css; charset=utf-8",
}


def find(path: str) -> tuple[str, bytes]:
    """Content type and bytes of one of the page's files."""
    name = "try.html" if path == "/" else path.lstrip("/")
    return _KINDS[path], resources.files("hito.serve").joinpath("page_files", name).read_bytes()
