"""The page over HTTP: its files and policy, files of runs in their sandbox, archives, exports, news."""

import csv
import gzip
import http.client
import io
import json
import re
import socket
import threading
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from hito import __version__
from hito.api.catalogue import dispatch
from hito.api.context import Settings
from hito.server import static
from hito.server.app import Application
from hito.server.exports import harmless
from hito.server.news import MAX_STREAMS
from hito.server.observe import Observer

API = "/ajax-api/2.0/hito/"


# --- the page itself ---


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What a build leaves: a page, and a hashed script in three forms."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(
        '<!doctype html><head><base href="/" /><script src="./assets/a-1.js"></script></head>', "utf-8"
    )
    (folder / "assets" / "a-1.js").write_text("plain", "utf-8")
    (folder / "assets" / "a-1.js.br").write_bytes(b"brotli")
    (folder / "assets" / "a-1.js.gz").write_bytes(gzip.compress(b"plain", mtime=0))
    (folder / "secret.py").write_text("no", "utf-8")
    return folder


def found(path: str, folder: Path, prefix: str = "", **environ: str) -> tuple[int, dict[str, str], bytes] | None:
    reply = static.find(path, environ, prefix, folder)
    return None if reply is None else (reply.status, dict(reply.headers), b"".join(reply.body))


@pytest.mark.parametrize(
    "path",
    ["/", "/experiments/1", "/experiments/1,2", "/folders/a/b", "/runs/abc", "/compare", "/models", "/models/a%2Fb",
     "/settings", "/trash", "/models/x/versions/1"],
)  # fmt: skip
def test_every_path_of_the_page_is_answered_by_the_page_under_its_policy(built: Path, path: str) -> None:
    answer = found(path, built)

    assert answer is not None
    status, headers, body = answer
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = headers["content-security-policy"].split("; ")
    for rule in ("script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'self'", "frame-ancestors 'self'",
                 "default-src 'none'", "connect-src 'self'", "frame-src 'self' blob:"):  # fmt: skip
        assert rule in policy
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-cache"
    assert b'<base href="/" />' in body


def test_the_page_learns_its_prefix(built: Path) -> None:
    answer = found("/runs/x", built, prefix="/tracking")

    assert answer is not None
    assert b'<base href="/tracking/" />' in answer[2]


def test_the_page_names_the_files_of_the_screen_that_its_address_opens(built: Path) -> None:
    (built / "screens.json").write_text('{"runs": ["assets/run-2.js", "assets/run-2.css"], "": ["assets/home-3.js"]}')
    answers = [found(path, built) for path in ("/runs/x", "/", "/settings")]

    run, home, settings = (answer[2].decode() for answer in answers if answer is not None)
    assert '<link rel="modulepreload" crossorigin href="./assets/run-2.js">' in run
    assert '<link rel="stylesheet" crossorigin href="./assets/run-2.css">' in run
    assert "home-3" in home
    assert "run-2" not in home
    assert "modulepreload" not in settings


def test_the_page_learns_the_version_that_its_settings_show(built: Path) -> None:
    answer = found("/settings", built)

    assert answer is not None
    assert f'<meta name="hito-version" content="{__version__}" />'.encode() in answer[2]


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("", None, b"plain"),
        ("gzip, deflate, br, zstd", "br", b"brotli"),
        ("gzip", "gzip", gzip.compress(b"plain", mtime=0)),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.compress(b"plain", mtime=0)),
        ("identity", None, b"plain"),
    ],
)
def test_a_hashed_file_is_sent_in_the_best_form_and_never_asked_for_again(
    built: Path, accepted: str, encoding: str | None, body: bytes
) -> None:
    answer = found("/assets/a-1.js", built, HTTP_ACCEPT_ENCODING=accepted)

    assert answer is not None
    _, headers, sent = answer
    assert headers.get("content-encoding") == encoding
    assert len(sent) == int(headers["content-length"])
    assert sent == body
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    ["/secret.py", "/assets/none.js", "/../static.py", "/assets/../secret.py", "/assets//a-1.js", "/.env", "/nothing",
     "/assets/a-1.js.br", "/assets/a-1.js\0.js"],
)  # fmt: skip
def test_nothing_else_is_served(built: Path, path: str) -> None:
    assert found(path, built) is None


def test_without_a_build_the_plain_page_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static, "FOLDER", tmp_path)
    assert static.find("/", {}, "", tmp_path) is None


def test_every_screen_of_the_page_is_known_to_the_server() -> None:
    router = (Path(__file__).parents[2] / "ui" / "src" / "router.tsx").read_text("utf-8")
    screens = {path.split("/")[1] for path in re.findall(r'path: "(/[^"]*)"', router)}

    assert screens - {"$"} <= static.SCREENS


# --- files of runs ---


class World:
    """A server, and short ways to use it."""

    def __init__(self, server: Any) -> None:
        self.url = server.url
        self.server = server

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, {key.lower(): value for key, value in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, {key.lower(): value for key, value in error.headers.items()}, error.read()

    def post(self, path: str, **fields: Any) -> tuple[dict[str, str], bytes]:
        request = urllib.request.Request(
            self.url + path, json.dumps(fields).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return {key.lower(): value for key, value in answer.headers.items()}, answer.read()

    def run(self, name: str = "run", **fields: Any) -> str:
        _, body = self.post("/api/2.0/mlflow/runs/create", experiment_id="0", run_name=name, **fields)
        run_id: str = json.loads(body)["run"]["info"]["run_id"]
        return run_id

    def upload(self, run_id: str, path: str, content: bytes) -> None:
        address = f"{self.url}/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/{quote(path)}"
        with urllib.request.urlopen(urllib.request.Request(address, content, method="PUT"), timeout=20):
            pass


@pytest.fixture(scope="module", params=["hito_server", "hito_server_on_postgres"])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.getfixturevalue(request.param))


HOSTILE = b"<script>parent.document.title='owned'</script>"
FILES = {
    "page.html": HOSTILE,
    "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg'>" + HOSTILE + b"</svg>",
    "notes.md": HOSTILE,
    "data.xml": HOSTILE,
    "book.ipynb": b'{"cells": []}',
    "paper.pdf": b"%PDF-1.4 <script>",
    "point.png": b"\x89PNG\r\n\x1a\n",
    "any.bin": HOSTILE,
    "strange.xhtml": HOSTILE,
    "dir/ümlaut & co.txt": b"text",
}


@pytest.fixture(scope="module")
def gallery(world: World) -> str:
    run_id = world.run("gallery")
    for path, content in FILES.items():
        world.upload(run_id, path, content)
    return run_id


def view(world: World, **fields: str) -> tuple[int, dict[str, str], bytes]:
    return world.get(f"{API}artifacts/view?{urlencode(fields)}")


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_shown_in_an_origin_that_reaches_nothing(world: World, gallery: str, path: str) -> None:
    status, headers, body = view(world, run_id=gallery, path=path)

    assert (status, body) == (200, FILES[path])
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    kind = headers["content-type"]
    if path == "paper.pdf":  # a browser's reader does not start in a sandbox, and runs nothing of ours
        assert kind == "application/pdf"
    else:
        assert policy.startswith("sandbox;")
        assert "allow" not in policy
        assert kind in {
            "text/html; charset=utf-8", "image/svg+xml", "text/plain; charset=utf-8", "image/png", "application/octet-stream",
        }  # fmt: skip
    saved = headers["content-disposition"].startswith("attachment")
    assert saved == (kind == "application/octet-stream")
    assert (kind == "text/html; charset=utf-8") == (path == "page.html")


def test_scripts_of_a_page_run_only_where_they_were_asked_for_and_reach_nothing_then(
    world: World, gallery: str
) -> None:
    _, headers, _ = view(world, run_id=gallery, path="page.html", scripts="true")
    _, svg, _ = view(world, run_id=gallery, path="picture.svg", scripts="true")

    policy = headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts;")
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy  # default-src 'none' stands for it
    assert "http" not in policy
    assert svg["content-security-policy"].startswith("sandbox;")


def test_a_part_of_a_file_is_sent_and_a_known_one_is_not(world: World, gallery: str) -> None:
    _, headers, _ = view(world, run_id=gallery, path="page.html")
    address = f"{API}artifacts/view?run_id={gallery}&path=page.html"

    assert world.get(address, Range="bytes=1-6")[::2] == (206, HOSTILE[1:7])
    status, _, body = world.get(address, **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"path": "page.html"}, 400),
        ({"run_id": "@", "path": "nothing.txt"}, 404),
        ({"run_id": "@", "path": "dir"}, 400),
        ({"run_id": "@", "path": "../../secret"}, 400),
        ({"run_id": "@"}, 400),
        ({"run_id": "0" * 32, "path": "a"}, 404),
        ({"run_id": "@", "model_id": "m-1", "path": "a"}, 400),
        ({"name": "none", "version": "1", "path": "a"}, 404),
    ],
)
def test_a_file_that_cannot_be_shown_is_refused_in_words(world: World, gallery: str, fields: Any, status: int) -> None:
    given = {key: gallery if value == "@" else value for key, value in fields.items()}

    found, headers, body = view(world, **given)

    assert (found, headers["content-type"]) == (status, "application/json")
    assert json.loads(body)["message"]


def test_a_folder_comes_as_an_archive(world: World, gallery: str) -> None:
    _, headers, whole = world.get(f"{API}artifacts/zip?run_id={gallery}")
    _, _, part = world.get(f"{API}artifacts/zip?run_id={gallery}&path=dir")

    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
    with zipfile.ZipFile(io.BytesIO(part)) as archive:
        assert archive.namelist() == ["ümlaut & co.txt"]
    assert headers["content-disposition"] == f"attachment; filename={gallery}.zip"
    status, _, body = world.get(f"{API}artifacts/zip?run_id={gallery}&path=none")
    assert (status, "no files" in json.loads(body)["message"]) == (404, True)


# --- exports ---


def test_an_export_holds_every_run_and_no_formula(world: World) -> None:
    names = ['=HYPERLINK("http://evil")', "+1+1", "-2", "@SUM(A1)", "\tx", 'plain, with "quotes"\nand lines']
    marker = str(time.monotonic_ns())
    for number, name in enumerate(names):
        run_id = world.run(name, start_time=number, tags=[{"key": "marker", "value": marker}])
        world.post("/api/2.0/mlflow/runs/log-parameter", run_id=run_id, key="formula", value=name)
    where = {
        "query": f"tags.marker = '{marker}'",
        "order_by": ["start_time"],
        "columns": ["params.formula", "duration"],
    }

    headers, table = world.post(f"{API}runs/export", **where)
    _, listed = world.post(f"{API}runs/export", **where, format="json")

    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == "attachment; filename=runs.csv"
    head, *rows = list(csv.reader(io.StringIO(table.decode(), newline="")))
    assert head == [
        "run_id", "name", "experiment_id", "status", "start_time", "end_time", "user_id", "params.formula", "duration",
    ]  # fmt: skip
    harm = [f"'{names[0]}", f"'{names[1]}", "-2", f"'{names[3]}", f"'{names[4]}", names[5]]
    assert [row[1] for row in rows] == harm
    assert [row[7] for row in rows] == harm
    assert [run["name"] for run in json.loads(listed)] == names


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1", "'=1"), ("-1.5e3", "-1.5e3"), ("-1-1", "'-1-1"), ("+4", "+4"), ("＝1", "'＝1"), ("a=1", "a=1"), (-1.5, -1.5),
     (None, ""), ("", ""), ("\r=1", "'\r=1")],
)  # fmt: skip
def test_a_cell_is_harmless_and_a_number_stays_one(value: Any, cell: Any) -> None:
    assert harmless(value) == cell


def test_an_export_without_runs_is_a_head_or_an_empty_list(world: World) -> None:
    _, table = world.post(f"{API}runs/export", query="run_name = 'nobody'")
    _, listed = world.post(f"{API}runs/export", query="run_name = 'nobody'", format="json")

    assert len(table.splitlines()) == 1
    assert json.loads(listed) == []


# --- news ---


class Ear:
    """A client that listens, and what it heard."""

    def __init__(self, url: str, **listen: Any) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.connection = http.client.HTTPConnection(host, int(port), timeout=20)
        self.connection.request("GET", f"{API}events?{urlencode(listen, doseq=True)}")
        self.answer = self.connection.getresponse()

    def hear(self) -> dict[str, Any]:
        """The next event; heartbeats are passed over."""
        while True:
            line = self.answer.readline()
            assert line, "the stream has ended"
            if line.startswith(b"data: "):
                news: dict[str, Any] = json.loads(line[6:])
                return news

    def close(self) -> None:
        if self.connection.sock is not None:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self.answer.close()


@pytest.fixture
def ears(make_server: Any) -> Iterator[Any]:
    """A server of our own, so that nobody else makes news, and ears on it."""
    world = World(make_server())
    opened: list[Ear] = []

    def listen(**fields: Any) -> Ear:
        ear = Ear(world.url, **fields)
        assert ear.answer.status == 200, ear.answer.read()
        assert ear.answer.headers["content-type"] == "text/event-stream"
        opened.append(ear)
        assert ear.answer.readline().startswith(b"retry:")
        return ear

    listen.world = world  # type: ignore[attr-defined]
    yield listen
    for ear in opened:
        ear.close()


def test_a_page_hears_within_a_second_of_what_it_follows_and_of_nothing_else(ears: Any) -> None:
    world: World = ears.world
    run_id, other = world.run("one"), world.run("two")
    run, experiment, models, everything = (
        ears(run_ids=run_id), ears(experiment_ids="0"), ears(models="true"), ears(),
    )  # fmt: skip

    world.post("/api/2.0/mlflow/runs/log-metric", run_id=other, key="a", value=1, timestamp=1)
    began = time.monotonic()
    assert everything.hear() == {"experiment_ids": ["0"], "run_ids": [other], "models": False}
    assert experiment.hear() == {"experiment_ids": ["0"], "run_ids": [], "models": False}
    assert time.monotonic() - began < 5  # a second, but for a machine that is busy
    world.post("/api/2.0/mlflow/registered-models/create", name="forest")
    assert models.hear() == {"experiment_ids": [], "run_ids": [], "models": True}
    world.post("/api/2.0/mlflow/runs/log-metric", run_id=run_id, key="a", value=1, timestamp=1)
    assert run.hear() == {"experiment_ids": [], "run_ids": [run_id], "models": False}


def test_a_page_hears_of_what_another_process_wrote(ears: Any, run_python: Any) -> None:
    world: World = ears.world
    run_id = world.run("one")
    ear = ears(run_ids=run_id)
    store = f"sqlite:///{world.server.folder / 'hito.db'}"
    code = (
        "import sys; from hito import Client; client = Client(sys.argv[1]); "
        "client.log_metric(sys.argv[2], 'a', 1.0, synchronous=True)"
    )

    process = run_python(code, store, run_id)

    assert ear.hear() == {"experiment_ids": [], "run_ids": [run_id], "models": False}
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


def test_more_pages_than_there_are_streams_are_told_to_poll_and_gone_ones_make_room(ears: Any) -> None:
    world: World = ears.world
    streams = [ears(run_ids="a" * 32) for _ in range(MAX_STREAMS)]

    refused = Ear(world.url)
    assert refused.answer.status == 503
    assert json.loads(refused.answer.read())["error_code"] == "TEMPORARILY_UNAVAILABLE"
    refused.close()
    assert world.get("/health")[2] == b"OK"  # requests still find a thread

    for stream in streams:
        stream.close()
    deadline = time.monotonic() + 30
    while True:
        again = Ear(world.url)
        status = again.answer.status
        again.close()
        if status == 200:
            break
        assert time.monotonic() < deadline, "the streams of clients that have gone were never given back"
        time.sleep(0.05)


def test_a_stream_costs_nothing_while_nothing_happens(tmp_path: Path) -> None:
    handlers = dispatch(f"sqlite:///{tmp_path / 'hito.db'}", Settings())
    application = Application(handlers, {}, None, "", Observer())
    application.news.noticed(next(iter(handlers.endpoints)), None)  # nobody listens: not even the message is looked at

    assert not [one for one in threading.enumerate() if one.name == "hito-news"]
    handlers.database.close()


def test_events_that_make_no_sense_are_refused(world: World) -> None:
    assert world.get(f"{API}events?experiment_ids=x")[0] == 400
    assert world.get(f"{API}events?models=maybe")[0] == 400
