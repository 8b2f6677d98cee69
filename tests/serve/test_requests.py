"""What a model server does with requests that are good, bad, huge, slow, or not allowed; and with its own end."""

import http.client
import json
import re
import socket
import ssl
import subprocess
import threading
from urllib.parse import urlsplit

import numpy as np
import pytest
from tests.serve.conftest import COLUMNS, DISPUTED, JSON, split

KEY = "a-key-of-sixteen-or-more"


def test_ping_health_version_and_unknown_paths(forest):
    for path in ("/ping", "/health"):
        answer = forest.ask(path)
        assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"\n", "application/json")
    assert forest.ask("/nothing").status == 404
    assert forest.ask("/invocations").status == 405
    assert forest.ask("/ping", body={}).status == 405
    assert forest.ask("/nothing", body={}).status == 404


def test_every_form_gets_the_same_answer(forest):
    rows = [DISPUTED, [1.0, 9.0, 5.0]]
    records = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    shuffled = {"columns": ["c", "more", "a", "b"], "data": [[row[2], 7, row[0], row[1]] for row in rows]}
    bodies = [
        split(rows), {"dataframe_records": records}, {"dataframe_split": shuffled}, {"instances": records},
        {"inputs": {name: [row[at] for row in rows] for at, name in enumerate(COLUMNS)}},
    ]  # fmt: skip
    assert [forest.ask(body=body).predictions for body in bodies] == [[1, 0]] * len(bodies)
    csv = ",".join(COLUMNS) + "\n" + "\n".join(",".join(map(str, row)) for row in rows)
    assert forest.ask(body=csv.encode(), headers={"content-type": "text/csv"}).predictions == [1, 0]


def test_parquet_is_taken(forest, table, tmp_path):
    table.head(3).to_parquet(tmp_path / "rows.parquet")
    answer = forest.ask(
        body=(tmp_path / "rows.parquet").read_bytes(), headers={"content-type": "application/vnd.apache.parquet"}
    )
    assert answer.predictions == forest.predict(table.head(3).to_numpy().tolist())
    broken = forest.ask(body=b"PAR1 no", headers={"content-type": "application/vnd.apache.parquet"})
    assert (broken.status, broken.json["error_code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (b"", "BAD_REQUEST", "no body"),
        (b"{", "BAD_REQUEST", "no JSON"),
        (b"\xff\xfe", "BAD_REQUEST", "no JSON"),
        (b"[" * 100_000, "BAD_REQUEST", "no JSON"),
        (b'{"instances": ' + b"[" * 2_000 + b"]" * 2_000 + b"}", "BAD_REQUEST", "no JSON"),
        (b"[]", "BAD_REQUEST", "JSON object"),
        ({"rows": []}, "BAD_REQUEST", "exactly one of"),
        ({"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]]}}, "INVALID_PARAMETER_VALUE", "lacks 'c'"),
        (split([["x", 1, 2]]), "BAD_REQUEST", "'a' cannot be converted to double"),
        (split([[1, 2]]), "BAD_REQUEST", ""),
    ],
)
def test_a_bad_body_is_refused_in_a_sentence_that_leaks_nothing(forest, body, code, says):
    answer = forest.ask(body=body)
    assert (answer.status, answer.json["error_code"]) == (400, code), answer.body[:300]
    message = answer.json["message"]
    assert says in message
    assert len(message) < 500
    assert not any(word in answer.body.decode() for word in ("Traceback", "/home", "site-packages", ".py", "0x"))


def test_numbers_that_the_proof_does_not_cover_go_to_the_python_model(forest):
    # scikit-learn's forest takes a missing value, and neither infinity nor what is that in 32 bits.
    assert forest.predict([[None, 1.0, 1.0]]) == forest.predict([[float("nan"), 1.0, 1.0]])
    for value in (1e39, -1e300, float("inf")):
        refused = forest.ask(body=split([[value, 1.0, 2.0]]))
        assert (refused.status, refused.json["error_code"]) == (400, "BAD_REQUEST")
        assert "infinity" in refused.json["message"].lower()


def test_a_large_request_is_split_and_streamed_and_a_huge_one_refused(forest, make_serving, forests, table):
    rows = table.to_numpy().tolist() * 84  # 25,200: three pieces
    answer = forest.ask(body=split(rows))
    assert answer.predictions == forest.predict(rows[:300]) * 84
    assert answer.headers["transfer-encoding"] == "chunked"

    small = make_serving("-m", str(forests[0]), "--max-body", "1", "--body-timeout", "0.3", "--max-requests", "1")
    too_long = small.ask(body=split(rows))
    assert (too_long.status, too_long.json["error_code"]) == (413, "BAD_REQUEST")

    # The same limits, met without a content-length, and by a client that sends its body a byte at a time.
    connection = http.client.HTTPConnection(urlsplit(small.url).netloc, timeout=30)
    connection.request("POST", "/invocations", iter([b" " * (1 << 20), b" " * 100]), JSON, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    with slow_request(small, b'{"dataframe') as slow:
        # A second one is more than this server takes at once.
        refused = small.ask(body=split([DISPUTED]))
        assert (refused.status, refused.json["error_code"]) == (429, "REQUEST_LIMIT_EXCEEDED")
        assert refused.headers["retry-after"] == "1"
        assert slow.makefile("rb").readline().startswith(b"HTTP/1.1 408")
    assert small.predict([DISPUTED]) == [1]
    assert 'status="408"' in small.ask("/metrics").body.decode()


def slow_request(server, start):
    """A connection on which a request has begun that does not end."""
    host, port = urlsplit(server.url).netloc.split(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    head = b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
    connection.sendall(head + start)
    server.wait_until(lambda: server.ask(body=b"").status == 429, "the slow request under way")
    return connection


def test_a_client_that_goes_away_leaves_nothing_behind(forest):
    host, port = urlsplit(forest.url).netloc.split(":")
    for _ in range(5):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert forest.predict([DISPUTED]) == [1]


def test_with_keys_a_request_must_show_one(make_serving, forests, tmp_path):
    (tmp_path / "keys").write_text(f"# ours\n{KEY}\n")
    server = make_serving("-m", str(forests[0]), "--keys-file", str(tmp_path / "keys"))
    body = split([DISPUTED])
    assert server.ask("/ping").status == 200
    for path in ("/version", "/metrics", "/openapi.json", "/models"):
        assert server.ask(path).status == 401, path
    for headers in ({}, {"authorization": "Bearer no"}, {"x-api-key": KEY[:-1]}, {"authorization": f"Basic {KEY}"}):
        refused = server.ask(body=body, headers=headers)
        assert (refused.status, refused.json["error_code"]) == (401, "UNAUTHENTICATED")
    for headers in ({"authorization": f"Bearer {KEY}"}, {"x-api-key": KEY}):
        assert server.ask(body=body, headers=headers).predictions == [1]
    short = make_serving("-m", str(forests[0]), wait=False, env={"HITO_SERVING_KEYS": "short"})
    assert short.process.wait(60) == 1
    assert "fewer than 16 characters" in short.log


def test_metrics_count_requests_rows_refusals_and_drift(make_serving, forests):
    server = make_serving("-m", str(forests[0]))
    for rows in ([DISPUTED], [DISPUTED, [99.0, 5.0, 5.0]]):
        server.predict(rows)
    server.ask(body=b"{")
    text = server.ask("/metrics").body.decode()
    who = f'model="{forests[0]}",version=""'
    assert f"hito_request_seconds_count{{{who}}} 2.0" in text
    assert f"hito_rows_total{{{who}}} 3.0" in text
    assert f'hito_refusals_total{{model="{forests[0]}",status="400",version=""}} 1.0' in text
    assert f'hito_values_outside_total{{column="a",{who}}} 1.0' in text
    assert 'column="b"' not in text

    moved = np.random.default_rng(1).uniform(0, 10, size=(1_000, 3)) / [2, 1, 1]
    server.predict(moved.tolist())
    text = server.ask("/metrics").body.decode()
    indices = {name: float(value) for name, value in re.findall(r'hito_input_psi\{column="(.)".*\} (\S+)', text)}
    assert indices == server.ask("/models").json["models"][0]["drift"]
    assert indices.keys() == {*COLUMNS}
    assert (indices["a"] > 0.5, indices["b"] < 0.1, indices["c"] < 0.1) == (True, True, True)


def test_a_request_keeps_its_id_and_others_get_one(forest):
    assert forest.ask("/ping", headers={"x-request-id": "abc.1-2_3"}).headers["x-request-id"] == "abc.1-2_3"
    hostile = forest.ask("/ping", headers={"x-request-id": 'a" onload="x'}).headers["x-request-id"]
    assert hostile != forest.ask("/ping").headers["x-request-id"]
    assert '"' not in hostile


def test_the_document_describes_the_model_and_the_page_is_its_own(forest):
    document = forest.ask("/openapi.json").json
    body = document["paths"]["/invocations"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    records = body["oneOf"][1]["properties"]["dataframe_records"]["items"]
    assert (list(records["properties"]), records["required"]) == (COLUMNS, COLUMNS)
    answer = document["paths"]["/invocations"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["properties"]["predictions"]["items"] == {"type": "integer"}

    page = forest.ask("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert b"http:" not in page.body and b"//" not in page.body  # noqa: PT018  nothing from anywhere else
    assert {forest.ask(path).status for path in ("/try.js", "/try.css")} == {200}


def test_what_is_under_way_is_answered_before_the_end(make_serving, forests):
    server = make_serving("-m", str(forests[0]), "--max-requests", "1")
    body = json.dumps(split([DISPUTED])).encode()
    with slow_request(server, body[:20]) as slow:
        server.process.terminate()
        server.wait_until(lambda: server.ask("/ping").status == 503, "the draining")
        slow.sendall(body[20:] + b" " * (500 - len(body)))
        answer = http.client.HTTPResponse(slow)
        answer.begin()
        assert json.loads(answer.read()) == {"predictions": [1]}
    assert server.process.wait(60) == 0


def test_workers_answer_and_count_together(make_serving, forests):
    server = make_serving("-m", str(forests[0]), "--workers", "2")
    callers = [threading.Thread(target=server.predict, args=([DISPUTED],)) for _ in range(20)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    counted = f'hito_rows_total{{model="{forests[0]}",version=""}} 20.0'
    server.wait_until(lambda: counted in server.ask("/metrics").body.decode(), "the sum of both workers")
    assert server.stop() == 0


def test_https_is_served_with_a_certificate(make_serving, forests, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    where = [
        "-keyout",
        str(key),
        "-out",
        str(certificate),
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    subprocess.run([*made, *where], check=True, capture_output=True)
    server = make_serving(
        "-m", str(forests[0]), "--ssl-certfile", str(certificate), "--ssl-keyfile", str(key), wait=False
    )  # fmt: skip
    trusted = ssl.create_default_context(cafile=str(certificate))

    def ping():
        connection = http.client.HTTPSConnection(urlsplit(server.url).netloc, context=trusted, timeout=30)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status
        except ConnectionRefusedError:
            return 0
        finally:
            connection.close()

    server.wait_until(lambda: ping() == 200, "an answer by TLS")


def test_what_cannot_be_served_is_told_at_once(make_serving, forests, tmp_path):
    from hito.flavors import pyfunc

    pyfunc.save(lambda data: data, tmp_path / "code", serialization_format="cloudpickle")
    taken = socket.create_server(("127.0.0.1", 0))
    for flags, says in (
        (["-m", str(tmp_path / "code")], "--trust-pickle"),
        (["-m", str(tmp_path / "none")], "There is no model at"),
        (["-m", str(forests[0]), "-p", str(taken.getsockname()[1])], "try another -p"),
    ):
        server = make_serving(*flags, wait=False)
        assert server.process.wait(120) == 1, flags
        assert says in server.log
        assert "Traceback" not in server.log
    taken.close()


def test_a_model_is_served_in_the_environment_that_it_recorded(make_serving, tmp_path):
    from hito.flavors import pyfunc

    (tmp_path / "told.py").write_text(
        "from importlib.metadata import version\n"
        "from hito.pyfunc import PythonModel, set_model\n"
        "class Told(PythonModel):\n"
        "    def predict(self, context, model_input, params=None):\n"
        "        return [version('cachetools')] * len(model_input)\n"
        "set_model(Told())\n"
    )
    pyfunc.save(tmp_path / "told.py", tmp_path / "model", pip_requirements=["cachetools==5.5.2", "pandas"])
    flags = ("-m", str(tmp_path / "model"), "--trust-pickle")
    here = make_serving(*flags)
    assert "it was made with cachetools 5.5.2, which is not installed here" in here.log
    refused = here.ask(body=split([DISPUTED]))
    assert (refused.status, refused.json["error_code"]) == (400, "BAD_REQUEST")

    built = make_serving(*flags, "--env-manager", "uv", env={"HITO_CACHE": str(tmp_path / "cache")})
    assert built.predict([DISPUTED]) == ["5.5.2"]
    assert "it was made with" not in built.log
    assert len(list((tmp_path / "cache" / "environments").glob("*/.ready"))) == 1
    assert built.stop() == 0
