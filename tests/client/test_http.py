"""The transport over HTTP: who we say we are, when we come again, what we make of answers."""

import base64
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from hito.client.http import HttpTransport
from hito.client.transport import Busy
from hito.core.errors import EndpointNotFound, InvalidArgument, NotFound, PermissionDenied, Unauthenticated, Unavailable
from hito.wire import experiments as wire
from hito.wire import models as wire_models
from hito.wire import runs as wire_runs

ASK = (wire.GET_EXPERIMENT, wire.ExperimentId(experiment_id="1"))
FOUND = {"experiment": {"experiment_id": "1", "name": "e"}}


class Told:
    """What a server was told, and what it answers next: (status, body, headers), or one answer for all."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, Any, dict[str, str]]] = []
        self.url = ""

    @property
    def authorization(self) -> str:
        return self.requests[-1][2].get("authorization", "")


@pytest.fixture
def server() -> Iterator[Told]:
    told = Told()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version: ClassVar = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.requests.append((self.command, self.path, headers, body))
            status, content, more = told.answers.pop(0) if told.answers else (200, FOUND, {})
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815  names of the standard library

        def log_message(self, *_: Any) -> None:
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    told.url = f"http://127.0.0.1:{listening.server_port}"
    yield told
    listening.shutdown()
    thread.join()
    listening.server_close()


_opened: list[HttpTransport] = []


def to(uri: str, environment: dict[str, str] | None = None) -> HttpTransport:
    """A transport that is closed when the test ends."""
    _opened.append(HttpTransport(uri, environment or {}))
    return _opened[-1]


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    yield
    while _opened:
        _opened.pop().close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ""),
        ({"MLFLOW_TRACKING_USERNAME": "u", "MLFLOW_TRACKING_PASSWORD": "p"}, basic("u", "p")),
        ({"MLFLOW_TRACKING_TOKEN": "t"}, "Bearer t"),
        (
            {"MLFLOW_TRACKING_USERNAME": "u", "MLFLOW_TRACKING_PASSWORD": "p", "MLFLOW_TRACKING_TOKEN": "t"},
            basic("u", "p"),
        ),
        ({"MLFLOW_TRACKING_USERNAME": "u", "MLFLOW_TRACKING_TOKEN": "t"}, "Bearer t"),
        ({"HITO_TRACKING_TOKEN": "ours", "MLFLOW_TRACKING_TOKEN": "theirs"}, "Bearer ours"),
    ],
)
def test_we_say_who_we_are_as_mlflow_does(server: Told, environment: dict[str, str], expected: str) -> None:
    to(server.url, environment).call(*ASK)
    assert server.authorization == expected


def test_a_name_in_the_uri_is_used_and_shown_to_nobody(server: Told) -> None:
    transport = to(server.url.replace("://", "://anna:p%40ss@"))
    transport.call(*ASK)
    assert server.authorization == basic("anna", "p@ss")
    assert transport.destination == server.url


def test_the_credentials_file_is_read(server: Told, home: Path) -> None:
    (home / ".mlflow").mkdir()
    (home / ".mlflow" / "credentials").write_text(
        "[mlflow]\nmlflow_tracking_username = f\nmlflow_tracking_password = %x\n"
    )
    to(server.url).call(*ASK)
    assert server.authorization == basic("f", "%x")


def test_secrets_do_not_follow_a_redirect_to_another_server(server: Told) -> None:
    other = server.url.replace("127.0.0.1", "localhost")
    server.answers = [(307, b"", {"Location": f"{other}/elsewhere"})]
    assert to(server.url, {"MLFLOW_TRACKING_TOKEN": "t"}).call(*ASK) == FOUND
    assert [request[1] for request in server.requests][1] == "/elsewhere"
    assert server.authorization == ""


def test_a_redirect_is_not_followed_where_that_is_forbidden(server: Told) -> None:
    server.answers = [(307, b"", {"Location": "/elsewhere"})]
    with pytest.raises(Unavailable):
        to(server.url, {"MLFLOW_ALLOW_HTTP_REDIRECTS": "false"}).call(*ASK, patient=False)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "INVALID_PARAMETER_VALUE", InvalidArgument),
        (404, "RESOURCE_DOES_NOT_EXIST", NotFound),
        (404, "ENDPOINT_NOT_FOUND", EndpointNotFound),
        (401, "UNAUTHENTICATED", Unauthenticated),
        (403, "PERMISSION_DENIED", PermissionDenied),
        (500, "INTERNAL_ERROR", Unavailable),
        (418, "SOMETHING_NEW", Unavailable),
    ],
)
def test_a_refusal_is_one_of_ours_with_the_servers_sentence(
    server: Told, status: int, code: str, expected: type
) -> None:
    server.answers = [(status, {"error_code": code, "message": "because"}, {})]
    with pytest.raises(expected, match="because"):
        to(server.url).call(*ASK, patient=False)


@pytest.mark.parametrize(
    ("status", "expected"), [(401, Unauthenticated), (403, PermissionDenied), (404, EndpointNotFound)]
)
def test_a_refusal_without_our_words_is_told_by_its_status(server: Told, status: int, expected: type) -> None:
    server.answers = [(status, b"<html>no</html>", {})]
    with pytest.raises(expected):
        to(server.url).call(*ASK, patient=False)


def test_a_server_that_is_busy_says_for_how_long(server: Told) -> None:
    server.answers = [(429, {}, {"Retry-After": "7"})]
    with pytest.raises(Busy) as busy:
        to(server.url).call(*ASK, patient=False)
    assert busy.value.retry_after == 7.0


def test_a_patient_call_tries_again(server: Told) -> None:
    server.answers = [(503, {}, {}), (500, {}, {})]
    assert to(server.url).call(*ASK) == FOUND
    assert len(server.requests) == 3


def test_an_answer_that_lacks_what_it_must_have_is_none(server: Told) -> None:
    server.answers = [(200, {"hello": "world"}, {})]
    with pytest.raises(Unavailable, match="not MLflow's"):
        to(server.url).call(*ASK, patient=False)
    server.answers = [(200, {"stored": False}, {})]
    with pytest.raises(Unavailable):
        to(server.url).call(wire_runs.DELETE_RUN, wire_runs.RunId(run_id="r"), patient=False)


def test_a_connection_that_the_server_closed_is_no_failure(server: Told) -> None:
    transport = to(server.url)
    server.answers = [(200, FOUND, {"Connection": "close"}), (200, FOUND, {})]
    for _ in range(3):
        assert transport.call(*ASK, patient=False) == FOUND


def test_what_a_path_names_is_escaped(server: Told) -> None:
    message = wire_models.DeleteLoggedModelTag(model_id="m-1", tag_key="a/b c?ü")
    server.answers = [(200, {}, {})]
    to(server.url + "/prefix/").call(wire_models.DELETE_LOGGED_MODEL_TAG, message)
    assert server.requests[-1][1] == "/prefix/api/2.0/mlflow/logged-models/m-1/tags/a/b%20c%3F%C3%BC"


@pytest.mark.parametrize("uri", ["http://", "ftp://host", "http://host:port", "nonsense"])
def test_an_address_that_is_none_is_told(uri: str) -> None:
    with pytest.raises(InvalidArgument):
        to(uri)


def test_two_ways_to_trust_contradict_each_other() -> None:
    environment = {"MLFLOW_TRACKING_INSECURE_TLS": "true", "MLFLOW_TRACKING_SERVER_CERT_PATH": "x"}
    with pytest.raises(InvalidArgument, match="contradict"):
        to("https://host", environment)
