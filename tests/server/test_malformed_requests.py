"""No request, however malformed, gets a 500, a hang, or memory that stays taken: every endpoint is asked."""

import http.client
import json
import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import pytest

from hito.api.catalogue import INSIDE, OUTSIDE
from hito.api.ui import catalogue
from hito.server.page_transfers import PAGE_TRANSFERS
from hito.server.routes import paths
from hito.server.transfers import TRANSFERS
from hito.wire.endpoint import Any_Endpoint
from hito.wire.ui.runs import EXPORT

MESSAGES = [*dict(INSIDE), *dict(OUTSIDE), *dict(catalogue.INSIDE), EXPORT]
ENDPOINTS = [*MESSAGES, *TRANSFERS, *(one for one in PAGE_TRANSFERS if one is not EXPORT)]
ALLOWED = {200, 206, 304, 400, 403, 404, 413, 416, 501}
HEX = "0123456789abcdef"


class Client:
    """One keep-alive connection that checks every answer for what must hold of all of them."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)

    def send(self, method: str, path: str, body: bytes | None = None, kind: str | None = "application/json") -> int:
        headers = {"Content-Type": kind} if kind is not None and body is not None else {}
        try:
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
            content = answer.read()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # A body that is refused unread may end the connection; the next one must work.
            self.connection.close()
            return 0
        what = f"{method} {path[:200]} {(body or b'')[:300]!r} → {answer.status} {content[:300]!r}"
        assert answer.status in ALLOWED, what
        if answer.status >= 400:
            refusal = json.loads(content)
            assert refusal["error_code"], what
            assert refusal["message"], what
            assert "Traceback" not in refusal["message"], what
        return answer.status


@pytest.fixture(scope="module", params=["hito_server", "hito_server_on_postgres"])
def server(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def client(server: Any) -> Iterator[Client]:
    client = Client(server.url)
    yield client
    client.connection.close()


def address(endpoint: Any_Endpoint, chance: random.Random) -> str:
    path = paths(endpoint)[-1]
    while "{" in path:
        before, _, rest = path.partition("{")
        name, _, after = rest.partition("}")
        value = chance.choice(["m-" + "0" * 32, "x", "..", "%2e%2e", "%00", "é", "a" * 300, "%ff", "0/models"])
        path = before + quote(value, safe="%/" if name.endswith("+") else "%") + after
    return path


def anything(chance: random.Random, depth: int = 0) -> Any:
    kinds = [
        lambda: None, lambda: chance.random() < 0.5, lambda: chance.randint(-5, 5), lambda: 2**63, lambda: -(2**70),
        lambda: chance.random() * 1e308, lambda: "NaN", lambda: "", lambda: "0", lambda: "1", lambda: "-1",
        lambda: "".join(chance.choices(string.printable, k=chance.randint(1, 40))), lambda: "é☃\U0001f600\u202e",
        lambda: "\0", lambda: "a" * 10_000, lambda: "../../etc/passwd", lambda: "metrics.a > 1 AND (", lambda: "'" * 9,
        lambda: "x" * 600, lambda: "m-" + "".join(chance.choices(HEX, k=32)), lambda: 1e400,
    ]  # fmt: skip
    if depth < 3:
        kinds += [lambda: [anything(chance, depth + 1) for _ in range(chance.randint(0, 3))]] * 3
        kinds += [
            lambda: {
                chance.choice(["key", "value", "timestamp", "step", "dataset", "model_id", "name", "digest"]): anything(
                    chance, depth + 1
                )
                for _ in range(chance.randint(0, 4))
            }
        ] * 3
    return chance.choice(kinds)()


@pytest.mark.parametrize("endpoint", MESSAGES, ids=repr)
def test_any_values_in_any_field_are_answered_or_refused(endpoint: Any_Endpoint, client: Client) -> None:
    chance = random.Random(repr(endpoint))
    names = [field.name for field in msgspec.structs.fields(endpoint.takes)]
    for _ in range(25):
        fields = {name: anything(chance) for name in chance.sample(names, chance.randint(0, len(names)))}
        path = address(endpoint, chance)
        if endpoint.method == "GET":
            pairs = [(name, text(value)) for name, value in fields.items()]
            client.send("GET", f"{path}?{urlencode(pairs)}")
        else:
            client.send(endpoint.method, path, json.dumps(fields).encode())


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a brace": b"{",
    "a list": b"[]",
    "null": b"null",
    "not UTF-8": b'{"run_id": "\xff\xfe"}',
    "a lone surrogate": b'{"run_id": "\\ud800", "name": "\\udfff", "experiment_id": "\\ud800"}',
    "a deep nest": b'{"tags": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a deep nest of objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "binary": bytes(range(256)),
    "a bare NaN": b'{"value": NaN}',
    "text in text": json.dumps(json.dumps(json.dumps({"a": 1}))).encode(),
}


@pytest.mark.parametrize("endpoint", [e for e in MESSAGES if e.method != "GET"], ids=repr)
def test_a_body_that_is_no_message_is_refused(endpoint: Any_Endpoint, client: Client) -> None:
    chance = random.Random(1)
    for body in BODIES.values():
        client.send(endpoint.method, address(endpoint, chance), body)


@pytest.mark.parametrize("endpoint", [e for e in MESSAGES if e.method in ("POST", "PUT")], ids=repr)
def test_a_message_of_another_content_type_is_refused(endpoint: Any_Endpoint, client: Client) -> None:
    path = address(endpoint, random.Random(2)).replace("%00", "x")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "json"):
        assert client.send(endpoint.method, path, b"{}", kind) in (400, 404)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=repr)
def test_another_method_is_told_that_nothing_is_there(endpoint: Any_Endpoint, client: Client) -> None:
    path = address(endpoint, random.Random(3))
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        if method != endpoint.method:
            client.send(method, path, b"{}" if method not in ("GET", "TRACE") else None)


@pytest.mark.parametrize("endpoint", [e for e in MESSAGES if e.method != "GET"], ids=repr)
def test_a_body_over_the_limit_is_refused_before_it_is_read(endpoint: Any_Endpoint, client: Client) -> None:
    connection = http.client.HTTPConnection(client.connection.host, client.connection.port, timeout=20)
    path = address(endpoint, random.Random(4)).replace("%00", "x").replace("%ff", "x")
    connection.putrequest(endpoint.method, path)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(endpoint.limit + 1))
    connection.endheaders()  # and not one byte of the body
    assert connection.getresponse().status == 413
    connection.close()


def test_query_strings_of_any_kind_are_answered_or_refused(client: Client) -> None:
    chance = random.Random(5)
    for endpoint in ENDPOINTS:
        if endpoint.method != "GET":
            continue
        for query in ("%", "%ff=%fe", "a" * 8000, "&".join(["x=1"] * 2000), "run_id=%00", "max_results=9" + "9" * 40,
                      "page_token=%F0%9F%98%80", "filter=%27", "run_id[]=1", "path=..%2f..%2fetc%2fpasswd", ";=&=;"):  # fmt: skip
            client.send("GET", f"{address(endpoint, chance)}?{query}")


def test_the_server_is_well_after_all_that_and_has_not_grown(server: Any, client: Client) -> None:
    before = resident_mb(server.pid)
    body = b'{"experiment_ids": ["0"], "filter": "' + b"(" * 60_000 + b'"}'
    for _ in range(50):
        client.send("POST", "/api/2.0/mlflow/runs/search", body)
        client.send("POST", "/api/2.0/mlflow/runs/log-batch", BODIES["a deep nest"])
    assert client.send("GET", "/health") == 200
    assert resident_mb(server.pid) - before < 40


def resident_mb(pid: int) -> float:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) * 4096 / 1e6 for one in (pid, *children))
