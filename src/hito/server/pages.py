"""Plain answers beside the protocol: health, version, metrics, the page, and what is shown where no page was built."""

from html import escape
from typing import Any

from hito import __version__
from hito.server import static
from hito.server.observe import Observer
from hito.server.security import HEADERS
from hito.server.transfers import Reply
from hito.wire.info import MLFLOW_VERSION

_TEXT = [("content-type", "text/plain; charset=utf-8"), *HEADERS]
_HTML = [
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
    *HEADERS,
]

_HOME = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>hito</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 12vh auto; padding: 0 1rem; }
  h1 { font-size: 2rem; margin: 0 } code, pre { font: 14px/1.5 ui-monospace, monospace; }
  pre { padding: .8rem 1rem; border-radius: .5rem; overflow-x: auto;
         background: color-mix(in oklab, currentColor 8%, transparent) }
  small { opacity: .7 }
</style>
<h1>hito</h1>
<p>The tracking server is up. Point a client at it:</p>
<pre>export MLFLOW_TRACKING_URI=@ADDRESS@
python train.py</pre>
<p>or ask it something:</p>
<pre>curl -s @ADDRESS@/api/2.0/mlflow/experiments/search \\
  -H 'content-type: application/json' -d '{"max_results": 10}'</pre>
<p><small>hito @VERSION@, speaking the protocol of MLflow @MLFLOW@</small></p>
</html>
"""


def find(method: str, path: str, environ: dict[str, Any], prefix: str, observer: Observer) -> Reply | None:
    """The answer to a GET or HEAD of one of these paths, all of which are open to anybody."""
    if method not in ("GET", "HEAD"):
        return None
    if path == "/health":
        return Reply(200, _TEXT, [b"OK"])
    if path == "/version":
        return Reply(200, _TEXT, [MLFLOW_VERSION.encode()])
    if path == "/metrics" and observer.exports:
        return Reply(200, [("content-type", observer.export_type), *HEADERS], [observer.export()])
    built = static.find(path, environ, prefix)
    if built is not None or path != "/":
        return built
    return Reply(200, _HTML, [_home(environ, prefix)])


def _home(environ: dict[str, Any], prefix: str) -> bytes:
    """The first page, with the address under which this server was found."""
    address = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '127.0.0.1:5000')}{prefix}"
    page = _HOME.replace("@ADDRESS@", escape(address)).replace("@VERSION@", __version__)
    return page.replace("@MLFLOW@", MLFLOW_VERSION).encode()
