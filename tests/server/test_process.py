"""The server as a process: how it starts, ends, counts, and hides behind a prefix."""

import http.client
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def call(url: str, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    raw = json.dumps(body).encode() if body is not None and not isinstance(body, bytes) else body
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, raw, {"Content-Type": "application/json", **names} if raw else names)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


def test_an_upload_in_flight_is_finished_before_the_server_ends(make_server: Any) -> None:
    server = make_server()
    parts = urlsplit(server.url)
    content = os.urandom(1 << 20)
    path = "/api/2.0/mlflow-artifacts/artifacts/0/slow.bin"
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as link:
        head = f"PUT {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(content)}\r\n\r\n"
        link.sendall(head.encode() + content[: len(content) // 2])
        folder = server.folder / "artifacts" / "0"
        while not list(folder.glob(".artifact.uploading.*")):  # until the server is in the middle of it
            time.sleep(0.01)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        link.sendall(content[len(content) // 2 :])
        assert link.recv(1000).startswith(b"HTTP/1.1 200")
    assert server.process.wait(20) == 0
    assert (folder / "slow.bin").read_bytes() == content


def test_sigint_ends_the_server_as_sigterm_does(make_server: Any) -> None:
    server = make_server()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    assert "Traceback" not in server.log


def test_a_worker_does_not_outlive_the_process_that_listens(make_server: Any) -> None:
    server = make_server()
    worker = int(Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()[0])
    server.process.kill()
    server.process.wait(20)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists():
        assert time.monotonic() < deadline, "the worker goes on alone"
        time.sleep(0.05)


def test_a_taken_port_is_told_in_a_sentence(make_server: Any) -> None:
    first = make_server()
    second = make_server(port=int(first.url.rpartition(":")[2]), wait=False)
    assert second.process.wait(20) == 1
    assert "Cannot listen on" in second.log
    assert "Traceback" not in second.log


def test_a_prefix_stands_before_every_path(make_server: Any) -> None:
    server = make_server("--static-prefix", "/lab", wait=False)
    deadline = time.monotonic() + 20
    while True:
        try:
            if call(server.url, "GET", "/lab/health")[2] == b"OK":
                break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert call(server.url, "GET", "/health")[0] == 404
    assert call(server.url, "GET", "/lab/api/2.0/mlflow/experiments/get?experiment_id=0")[0] == 200


def test_a_request_under_a_foreign_name_is_refused_but_for_health(hito_server: Any) -> None:
    path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    status, _, content = call(hito_server.url, "GET", path, Host="evil.example")
    assert status == 403
    assert "--allowed-hosts" in json.loads(content)["message"]
    assert call(hito_server.url, "GET", "/health", Host="evil.example")[0] == 200


def test_a_foreign_page_cannot_write(hito_server: Any) -> None:
    body = {"name": "forged"}
    path = "/api/2.0/mlflow/experiments/create"
    assert call(hito_server.url, "POST", path, body, Origin="https://evil.example")[0] == 403
    assert call(hito_server.url, "GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=forged")[0] == 404


def test_every_answer_tells_a_browser_not_to_guess(hito_server: Any) -> None:
    for path in ("/health", "/", "/nothing", "/api/2.0/mlflow/experiments/get?experiment_id=0"):
        _, headers, _ = call(hito_server.url, "GET", path)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"


def test_a_head_is_a_get_without_its_body(hito_server: Any) -> None:
    path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    status, _, content = call(hito_server.url, "HEAD", path)
    assert (status, content) == (200, b"")


def test_a_preflight_of_a_local_page_is_answered(hito_server: Any) -> None:
    status, headers, _ = call(hito_server.url, "OPTIONS", "/api/2.0/mlflow/runs/create", Origin="http://localhost:3000")
    assert status == 200
    assert headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "PATCH" in headers["access-control-allow-methods"]


def test_each_request_is_a_line_of_json_for_who_asks(make_server: Any) -> None:
    server = make_server("--log-requests")
    call(server.url, "GET", "/api/2.0/mlflow/experiments/get?experiment_id=0&secret=hush")
    server.stop()
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    told = next(line for line in lines if line["path"].endswith("experiments/get"))
    assert told["status"] == 200
    assert told["ms"] >= 0
    assert "hush" not in server.log


def test_requests_are_counted_for_prometheus_across_workers(make_server: Any, tmp_path: Path) -> None:
    server = make_server("--expose-prometheus", str(tmp_path / "counters"), "--workers", "2")
    for _ in range(20):
        assert call(server.url, "GET", "/api/2.0/mlflow/experiments/get?experiment_id=0")[0] == 200
    text = call(server.url, "GET", "/metrics")[2].decode()
    line = next(line for line in text.splitlines() if "experiments/get" in line and "requests_total" in line)
    assert float(line.split()[-1]) == 20


def test_counters_are_not_there_unless_asked_for(hito_server: Any) -> None:
    assert call(hito_server.url, "GET", "/metrics")[0] == 404


def test_two_servers_on_one_file_see_each_others_writes(make_server: Any, tmp_path: Path) -> None:
    servers = [make_server(folder=tmp_path), make_server(folder=tmp_path)]
    run = json.loads(call(servers[0].url, "POST", "/api/2.0/mlflow/runs/create", {"experiment_id": "0"})[2])
    run_id = run["run"]["info"]["run_id"]
    failures: list[Any] = []

    def log(server: Any, key: str) -> None:
        for step in range(60):
            point = {"run_id": run_id, "key": key, "value": step, "timestamp": step, "step": step}
            answer = call(server.url, "POST", "/api/2.0/mlflow/runs/log-metric", point)
            if answer[0] != 200:
                failures.append(answer)

    threads = [
        threading.Thread(target=log, args=(server, f"m{place}{n}"))
        for place, server in enumerate(servers)
        for n in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for server in servers:
        for key in ("m00", "m01", "m02", "m10", "m11", "m12"):
            path = f"/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key={key}"
            assert len(json.loads(call(server.url, "GET", path)[2])["metrics"]) == 60


def test_without_serving_artifacts_the_client_is_sent_to_the_storage(make_server: Any, tmp_path: Path) -> None:
    server = make_server("--no-serve-artifacts", "--default-artifact-root", str(tmp_path / "files"))
    experiment = json.loads(call(server.url, "GET", "/api/2.0/mlflow/experiments/get?experiment_id=0")[2])["experiment"]
    assert experiment["artifact_location"] == f"{tmp_path}/files/0"
    status, _, content = call(server.url, "GET", "/api/2.0/mlflow-artifacts/artifacts")
    assert (status, json.loads(content)["error_code"]) == (501, "NOT_IMPLEMENTED")
